//! What the caller, or another account, may do.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;
use crate::model::{PermissionInfo, Project};

/// `GET mypermissions`
pub(super) fn mine(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let asked = call.query.list("permissions");
    if asked.is_empty() {
        return Err(Problem::bad("The 'permissions' query parameter is required."));
    }
    let unknown: BTreeMap<String, String> = asked
        .iter()
        .filter(|key| PermissionInfo::find(key).is_none())
        .map(|key| (key.clone(), "Unrecognized permission".to_owned()))
        .collect();
    if !unknown.is_empty() {
        return Err(Problem::fields(unknown));
    }
    let project = project_in_question(call)?;
    let permissions: Map<String, Value> = asked
        .iter()
        .filter_map(|key| PermissionInfo::find(key))
        .map(|info| (info.key.to_owned(), described(call, info, project)))
        .collect();
    Reply::ok(json!({"permissions": permissions}))
}

fn described(call: &Call<'_>, info: &PermissionInfo, project: Option<&Project>) -> Value {
    // Without a project, a project permission is had when some project gives it.
    let have = match project {
        None if !info.global => call.site.projects.values().any(|project| call.may(info.key, project)),
        _ => call.site.may(call.account(), info.key, project),
    };
    json!({
        "id": info.id,
        "key": info.key,
        "name": info.name,
        "type": if info.global { "GLOBAL" } else { "PROJECT" },
        "description": info.name,
        "havePermission": have,
    })
}

fn project_in_question<'a>(call: &'a Call<'_>) -> Result<Option<&'a Project>, Problem> {
    if let Some(issue) = call.query.filled("issueKey").or(call.query.filled("issueId")) {
        return call.issue(issue).map(|issue| Some(call.site.project_of(&issue.head)));
    }
    let project = call.query.filled("projectKey").or(call.query.filled("projectId"));
    project.map(|asked| call.project(asked)).transpose()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CheckBody {
    account_id: Option<String>,
    #[serde(default)]
    global_permissions: Vec<String>,
    #[serde(default)]
    project_permissions: Vec<ProjectPermissions>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectPermissions {
    permissions: Vec<String>,
    #[serde(default)]
    projects: Vec<u64>,
    #[serde(default)]
    issues: Vec<u64>,
}

/// `POST permissions/check`: site admins may ask about others, and so may an app about anybody ("Connect apps can make a
/// call from the app server to the product to obtain permission details for any user, without admin permission").
pub(super) fn check(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let body: CheckBody = call.bean()?;
    let account = body.account_id.or_else(|| call.account().cloned());
    let is_app = matches!(call.caller, crate::Caller::App { .. });
    if account.as_ref() != call.account() && !is_app && !call.is_admin() {
        let message = "You do not have permission to view the permissions of other users.";
        return Err(Problem::message(StatusCode::FORBIDDEN, message));
    }
    let asked =
        body.global_permissions.iter().chain(body.project_permissions.iter().flat_map(|it| &it.permissions));
    if let Some(unknown) = asked.into_iter().find(|key| PermissionInfo::find(key).is_none()) {
        return Err(Problem::bad(format!("Unrecognized permission: {unknown}")));
    }
    let has = |key: &str, project: Option<&Project>| call.site.may(account.as_ref(), key, project);
    let global: Vec<&String> = body.global_permissions.iter().filter(|key| has(key, None)).collect();
    let granted = |asked: &ProjectPermissions, key: &String| {
        let projects: Vec<u64> = asked
            .projects
            .iter()
            .filter(|id| {
                call.site.projects.get(&id.to_string()).is_some_and(|project| has(key, Some(project)))
            })
            .copied()
            .collect();
        let issues: Vec<u64> = asked
            .issues
            .iter()
            .filter(|id| {
                call.site
                    .issues
                    .get(id)
                    .is_some_and(|issue| has(key, Some(call.site.project_of(&issue.head))))
            })
            .copied()
            .collect();
        json!({"permission": key, "projects": projects, "issues": issues})
    };
    let projects: Vec<Value> = body
        .project_permissions
        .iter()
        .flat_map(|asked| asked.permissions.iter().map(move |key| (asked, key)))
        .map(|(asked, key)| granted(asked, key))
        .collect();
    Reply::ok(json!({"globalPermissions": global, "projectPermissions": projects}))
}
