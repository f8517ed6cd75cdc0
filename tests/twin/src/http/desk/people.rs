//! Participants of requests, and organizations.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::reply::{Answer, Problem, Reply};
use super::super::routes::Params;
use super::create::participants as known;
use super::{bad, find_desk, forbidden, page, visible};
use crate::model::{AccountId, Edit, FieldKind, FieldValue, Organization};
use crate::view::desk_user;

/// `GET request/{i}/participant`
pub(in crate::http) fn participants(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = visible(call, &params[0])?;
    let all = call.site.participants(&issue.head).iter().map(|it| desk_user(call.view(), it)).collect();
    Reply::ok(page(call, all)?)
}

/// `POST request/{i}/participant {accountIds}`
pub(in crate::http) fn add_participants(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    change(call, params, |mut now, asked| {
        now.retain(|it| !asked.contains(it));
        now.extend(asked);
        now
    })
}

/// `DELETE request/{i}/participant {accountIds}`
pub(in crate::http) fn remove_participants(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    change(call, params, |mut now, asked| {
        now.retain(|it| !asked.contains(it));
        now
    })
}

fn change(
    call: &mut Call<'_>,
    params: Params<'_>,
    after: impl Fn(Vec<AccountId>, Vec<AccountId>) -> Vec<AccountId>,
) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Body {
        #[serde(default)]
        account_ids: Vec<AccountId>,
        #[serde(default, rename = "usernames")]
        _usernames: Vec<String>,
    }
    let act = call.act()?;
    let body: Body =
        serde_json::from_value(call.json()?).map_err(|_| bad("The request body is not valid."))?;
    let issue = visible(call, &params[0])?;
    let id = issue.head.id;
    let asked = known(call, &body.account_ids)?;
    let people = after(call.site.participants(&issue.head).to_vec(), asked);
    let field = call.site.field_of_kind(FieldKind::Participants).cloned();
    let field = field.ok_or_else(|| bad("This site has no request participants."))?;
    let mut edit = Edit::default();
    edit.values.insert(field, (!people.is_empty()).then_some(FieldValue::Users(people)));
    call.site.edit_issue(&act, id, edit);
    participants(call, params)
}

/// `GET organization`: agents see all, customers their own.
pub(in crate::http) fn organizations(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let account = call.signed_in()?;
    let of = call.query.filled("accountId");
    let seen = call
        .site
        .organizations
        .values()
        .filter(|it| is_agent_somewhere(call) || it.members.contains(&account));
    let seen = seen.filter(|it| of.is_none_or(|of| it.members.contains(of)));
    let all = seen.map(|it| bean(call, it)).collect();
    Reply::ok(page(call, all)?)
}

/// `GET servicedesk/{d}/organization`
pub(in crate::http) fn organizations_of_desk(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (_, desk) = find_desk(call, &params[0])?;
    let known = desk.organizations.iter().filter_map(|id| call.site.organizations.get(id));
    let all = known.map(|it| bean(call, it)).collect();
    Reply::ok(page(call, all)?)
}

/// `GET organization/{o}`
pub(in crate::http) fn organization(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let organization = find(call, &params[0])?;
    Reply::ok(bean(call, organization))
}

/// `GET organization/{o}/user`
pub(in crate::http) fn organization_users(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let organization = find(call, &params[0])?;
    if !is_agent_somewhere(call) {
        return Err(forbidden("You don't have permission to view the users of this organization."));
    }
    let all = organization.members.iter().map(|it| desk_user(call.view(), it)).collect();
    Reply::ok(page(call, all)?)
}

fn find<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Organization, Problem> {
    let account = call.signed_in()?;
    let seen = |it: &&Organization| is_agent_somewhere(call) || it.members.contains(&account);
    call.site.organizations.get(id).filter(seen).ok_or_else(|| {
        Problem::desk(
            StatusCode::NOT_FOUND,
            "sd.organisation.error.not.found",
            "The organization does not exist.",
        )
    })
}

fn is_agent_somewhere(call: &Call<'_>) -> bool {
    call.site.projects.values().any(|project| call.site.is_agent(call.account(), project))
}

fn bean(call: &Call<'_>, organization: &Organization) -> Value {
    let link = format!("{}/rest/servicedeskapi/organization/{}", call.site.base_url, organization.id);
    json!({"id": organization.id, "name": organization.name, "scimManaged": false, "_links": {"self": link}})
}
