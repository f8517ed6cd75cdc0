//! Requests as the portal lists them.

use serde_json::{Value, json};

use super::super::bodies;
use super::super::call::Call;
use super::super::reply::{Answer, Problem, Reply};
use super::super::routes::Params;
use super::super::transitions::open_to;
use super::{bad, page, visible};
use crate::model::{Edit, Issue, NewComment, StatusCategory, Transition};
use crate::view::{Api, current_status, request_bean};

/// `GET request`: the caller's own and those he takes part in, unless more is asked for.
pub(in crate::http) fn requests(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    call.signed_in()?;
    let expand = call.query.list("expand");
    let mut found: Vec<&Issue> = call
        .site
        .issues
        .values()
        .filter(|issue| call.site.may_see_request(call.account(), issue))
        .filter(|issue| owned_as_asked(call, issue) && wanted(call, issue))
        .collect();
    found.sort_by_key(|issue| std::cmp::Reverse((issue.head.created_ms, issue.head.id)));
    let all = found.into_iter().filter_map(|issue| request_bean(call.view(), issue, &expand)).collect();
    Reply::ok(page(call, all)?)
}

fn owned_as_asked(call: &Call<'_>, issue: &Issue) -> bool {
    let Some(account) = call.account() else { return false };
    let owned = issue.head.user_value("reporter") == Some(account);
    let participated = call.site.participants(&issue.head).contains(account);
    let in_organization = call.site.shared_with(&issue.head).iter().any(|id| {
        call.site.organizations.get(id).is_some_and(|organization| organization.members.contains(account))
    });
    match call.query.filled("requestOwnership") {
        None => owned || participated,
        Some("OWNED_REQUESTS") => owned,
        Some("PARTICIPATED_REQUESTS") => participated,
        Some("ORGANIZATION") => in_organization,
        Some("ALL_ORGANIZATIONS") => in_organization,
        Some(_) => true,
    }
}

fn wanted(call: &Call<'_>, issue: &Issue) -> bool {
    let query = &call.query;
    let desk = call.site.project_of(&issue.head).service_desk.as_ref().map(|desk| desk.id.as_str());
    let request_type = call.site.request_type(&issue.head).map(|it| it.id.as_str());
    let done =
        call.site.statuses.get(&issue.head.status).is_some_and(|it| it.category == StatusCategory::Done);
    let open = match query.filled("requestStatus") {
        Some("OPEN_REQUESTS") => !done,
        Some("CLOSED_REQUESTS") => done,
        _ => true,
    };
    query.filled("serviceDeskId").is_none_or(|id| desk == Some(id))
        && query.filled("requestTypeId").is_none_or(|id| request_type == Some(id))
        && query
            .filled("searchTerm")
            .is_none_or(|term| issue.head.summary().to_lowercase().contains(&term.to_lowercase()))
        && open
}

/// `GET request/{i}`
pub(in crate::http) fn request(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = visible(call, &params[0])?;
    let bean = request_bean(call.view(), issue, &call.query.list("expand")).ok_or_else(Problem::no_issue)?;
    Reply::ok(bean)
}

/// `GET request/{i}/status`: newest first; the changelog tells the earlier ones.
pub(in crate::http) fn status(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = visible(call, &params[0])?;
    let mut all: Vec<Value> = vec![current_status(call.view(), issue)];
    // Each change of status also tells the status it left, which had begun with the change before.
    let changes: Vec<_> = issue
        .changelog
        .iter()
        .filter_map(|history| {
            Some((history.created_ms, history.items.iter().find(|it| it.field_id == "status")?))
        })
        .collect();
    for (number, (_, item)) in changes.iter().enumerate().rev() {
        let began = number.checked_sub(1).map_or(issue.head.created_ms, |before| changes[before].0);
        let mut earlier = issue.clone();
        earlier.head.status = item.from.clone().unwrap_or_default();
        earlier.head.status_changed_ms = began;
        all.push(current_status(call.view(), &earlier));
    }
    Reply::ok(page(call, all)?)
}

/// The transitions offered to the caller: agents get all, customers those meant for them.
fn offered<'a>(call: &'a Call<'_>, issue: &'a Issue) -> impl Iterator<Item = &'a Transition> {
    let agent = call.site.is_agent(call.account(), call.site.project_of(&issue.head));
    open_to(call.site, issue).filter(move |it| agent || it.customer)
}

/// `GET request/{i}/transition`
pub(in crate::http) fn transitions(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = visible(call, &params[0])?;
    let all = offered(call, issue).map(|it| json!({"id": it.id, "name": it.name})).collect();
    Reply::ok(page(call, all)?)
}

/// `POST request/{i}/transition {id, additionalComment}`
pub(in crate::http) fn take_transition(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let issue = visible(call, &params[0])?;
    let id = issue.head.id;
    let body = call.json()?;
    let wanted = body
        .get("id")
        .and_then(bodies::text_or_number)
        .ok_or_else(|| bad("The transition ID is required."))?;
    let transition = offered(call, issue).find(|it| it.id == wanted).cloned();
    let transition = transition.ok_or_else(|| bad("The transition is not valid for this request."))?;
    let comment = body.get("additionalComment").and_then(|it| it.get("body"));
    let comment = comment.map(|text| bodies::rich(Api::V2, text).map_err(bad)).transpose()?;
    call.site.transition_issue(&act, id, &transition, Edit::default());
    if let Some(body) = comment {
        let new = NewComment { body, visibility: None, properties: std::collections::BTreeMap::new() };
        call.site.add_comment(&act, id, new);
    }
    Reply::no_content()
}
