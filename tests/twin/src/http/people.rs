//! The site itself, users and groups.

use http::StatusCode;
use serde_json::{Value, json};

use super::call::Call;
use super::projects::page;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;
use crate::clock::jira_time;
use crate::model::{AccountType, Group, User};
use crate::view::{group_details, user_bean, user_details};

/// `GET serverInfo`: open to everyone.
pub(super) fn server_info(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    Reply::ok(json!({
        "baseUrl": call.site.base_url,
        "displayUrl": call.site.base_url,
        "displayUrlServicedeskHelpCenter": call.site.base_url,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100_290,
        "buildDate": "2026-11-20T09:00:00.000+0000",
        "serverTime": jira_time(call.now_ms),
        "scmInfo": "3b1c7e0a5d0c4c1f9a6a8c6d2f1e0b9a7c5d3e1f",
        "serverTitle": call.site.title,
        "serverTimeZone": "Etc/UTC",
    }))
}

/// `GET myself`
pub(super) fn myself(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let account = call.signed_in()?;
    let user = call.site.users.get(&account).ok_or(Problem::Unauthorized)?;
    Reply::ok(user_bean(call.view(), user, &call.query.list("expand")))
}

/// `GET user?accountId=`
pub(super) fn user(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    may_browse(call)?;
    let missing =
        || Problem::missing("Specified user does not exist or you do not have required permissions");
    let id = call.query.filled("accountId").ok_or_else(missing)?;
    let user = call.site.users.get(id).ok_or_else(missing)?;
    Reply::ok(user_bean(call.view(), user, &call.query.list("expand")))
}

/// `GET user/bulk?accountId=&accountId=`
pub(super) fn bulk(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    may_browse(call)?;
    let (start, size) = call.query.page(10, 200)?;
    let asked = call.query.list("accountId");
    if asked.is_empty() {
        return Err(Problem::bad("The 'accountId' query parameter is required."));
    }
    let all = asked.iter().filter_map(|id| call.site.users.get(id));
    let all = all.map(|user| user_details(call.view(), &user.account_id)).collect();
    Reply::ok(page(call, start, size, all))
}

/// `GET user/search`: by name or address, or one by its id. Who may not browse people finds none.
pub(super) fn search(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let (query, account) = (call.query.get("query"), call.query.filled("accountId"));
    if query.is_none() && account.is_none() && call.query.filled("property").is_none() {
        return Err(Problem::bad("Either query, accountId or property must be specified."));
    }
    let may = browses(call);
    let found = |user: &User| may && account.map_or_else(|| matches(user, query), |id| user.account_id == id);
    Reply::ok(users(call, &found)?)
}

/// `GET user/assignable/search`
pub(super) fn assignable(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let issue = call.query.filled("issueKey").or(call.query.filled("issueId"));
    let project = match (issue, call.query.filled("project")) {
        (Some(issue), _) => call.site.project_of(&call.issue(issue)?.head),
        (None, Some(project)) => call.project(project)?,
        (None, None) => return Err(Problem::bad("No project, issue key or issue ID was provided")),
    };
    let (query, account) = (call.query.get("query"), call.query.filled("accountId"));
    let found = |user: &User| {
        call.site.may(Some(&user.account_id), "ASSIGNABLE_USER", Some(project))
            && user.account_type == AccountType::Atlassian
            && account.map_or_else(|| matches(user, query), |id| user.account_id == id)
    };
    Reply::ok(users(call, &found)?)
}

/// `GET users/search`: everyone, apps and customers too.
pub(super) fn all(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    // Nobody is refused as everyone is who may not: the published API has no 401 here.
    if !browses(call) {
        return Err(may_not_browse());
    }
    Reply::ok(users(call, &|_| true)?)
}

fn users(call: &Call<'_>, found: &dyn Fn(&User) -> bool) -> Result<Value, Problem> {
    let (start, size) = call.query.page(50, 1_000)?;
    let page = call.site.users.values().filter(|user| found(user)).skip(start).take(size);
    Ok(page.map(|user| user_details(call.view(), &user.account_id)).collect())
}

/// Jira matches from the start of any word of the name, or of the address.
fn matches(user: &User, query: Option<&str>) -> bool {
    let Some(query) = query.map(str::to_lowercase) else { return true };
    let name = user.display_name.to_lowercase();
    user.active
        && (name.starts_with(&query)
            || name.split_whitespace().any(|word| word.starts_with(&query))
            || user.email.to_lowercase().starts_with(&query))
}

/// `GET group/bulk`
pub(super) fn groups(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    if !browses(call) {
        let message = "Browse users and groups permission is required to view groups.";
        return Err(Problem::message(StatusCode::FORBIDDEN, message));
    }
    let (start, size) = call.query.page(50, 200)?;
    let (ids, names) = (call.query.list("groupId"), call.query.list("groupName"));
    let wanted = |group: &&Group| {
        (ids.is_empty() && names.is_empty()) || ids.contains(&group.id) || names.contains(&group.name)
    };
    let all = call.site.groups.values().filter(wanted).map(group_details).collect();
    Reply::ok(page(call, start, size, all))
}

/// `GET group/member?groupId=` or `?groupname=`
pub(super) fn group_members(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    may_browse(call)?;
    let (start, size) = call.query.page(50, 50)?;
    let group = match (call.query.filled("groupId"), call.query.filled("groupname")) {
        (Some(id), _) => call.site.groups.get(id),
        (None, Some(name)) => call.site.group_named(name),
        (None, None) => return Err(Problem::bad("Group name or group ID must be specified.")),
    };
    let group = group.ok_or_else(|| Problem::missing("The group does not exist."))?;
    let all = group.members.iter().map(|account| user_details(call.view(), account)).collect();
    Reply::ok(page(call, start, size, all))
}

/// `GET groups/picker`: who may not browse groups is offered none.
pub(super) fn group_picker(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let may = browses(call);
    let query = call.query.get("query").unwrap_or_default().to_lowercase();
    let found: Vec<&Group> =
        call.site.groups.values().filter(|group| may && group.name.to_lowercase().contains(&query)).collect();
    let groups: Vec<Value> = found
        .iter()
        .map(|it| json!({"name": it.name, "html": it.name, "groupId": it.id, "labels": []}))
        .collect();
    let header = format!("Showing {0} of {0} matching groups", groups.len());
    Reply::ok(json!({"header": header, "total": groups.len(), "groups": groups}))
}

fn may_browse(call: &Call<'_>) -> Result<(), Problem> {
    call.signed_in()?;
    if browses(call) { Ok(()) } else { Err(may_not_browse()) }
}

fn browses(call: &Call<'_>) -> bool {
    call.site.may(call.account(), "USER_PICKER", None)
}

fn may_not_browse() -> Problem {
    Problem::message(StatusCode::FORBIDDEN, "You are not authorized to perform this operation.")
}
