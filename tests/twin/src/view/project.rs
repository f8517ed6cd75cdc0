//! Beans of what an admin configures: projects, issue types, statuses, priorities, roles, transitions.

use serde_json::{Map, Value, json};

use super::{View, people, user_details};
use crate::model::{
    IssueType, Named, Project, ProjectKind, Role, RoleMembers, Status, StatusCategory, Transition,
};

/// A project inside an issue.
#[must_use]
pub fn project_identity(view: View<'_>, project: &Project) -> Value {
    json!({
        "self": view.link(&format!("/project/{}", project.id)),
        "id": project.id,
        "key": project.key,
        "name": project.name,
        "projectTypeKey": project.kind.as_str(),
        "simplified": false,
        "avatarUrls": avatars(view, project),
    })
}

/// A project as `/project/{id}` (all of it) and `/project/search` show it.
#[must_use]
pub fn project_bean(view: View<'_>, project: &Project, all: bool) -> Value {
    let mut bean = project_identity(view, project);
    bean["expand"] = json!("description,lead,issueTypes,url,projectKeys,permissions,insight");
    bean["style"] = json!("classic");
    bean["isPrivate"] = json!(false);
    bean["properties"] = json!({});
    if all {
        bean["description"] = json!("");
        bean["lead"] = user_details(view, &project.lead);
        bean["assigneeType"] = json!("UNASSIGNED");
        bean["versions"] = json!([]);
        bean["components"] = project
            .components
            .iter()
            .map(|it| {
                json!({"self": view.link(&format!("/component/{}", it.id)), "id": it.id, "name": it.name,
                    "isAssigneeTypeValid": false})
            })
            .collect();
        bean["issueTypes"] = issue_types(view, project);
        bean["roles"] = roles(view, project);
    }
    bean
}

/// The issue types of a project, in its order.
#[must_use]
pub(super) fn issue_types(view: View<'_>, project: &Project) -> Value {
    let known = project.issue_types.iter().filter_map(|id| view.site.issue_types.get(id));
    known.map(|it| issue_type_bean(view, it)).collect()
}

fn roles(view: View<'_>, project: &Project) -> Value {
    let link = |role: &Role| view.link(&format!("/project/{}/role/{}", project.id, role.id));
    let shown = view.site.roles.values().filter(|role| project.roles.contains_key(&role.id));
    Value::Object(shown.map(|role| (role.name.clone(), json!(link(role)))).collect::<Map<_, _>>())
}

fn avatars(view: View<'_>, project: &Project) -> Value {
    let base = format!("{}/rest/api/3/universal_avatar/view/type/project/avatar/10400", view.site.base_url);
    let kind = match project.kind {
        ProjectKind::ServiceDesk => "?size=",
        ProjectKind::Software => "?format=svg&size=",
    };
    let of = |size: &str| format!("{base}{kind}{size}");
    json!({"48x48": base, "24x24": of("small"), "16x16": of("xsmall"), "32x32": of("medium")})
}

/// An issue type.
#[must_use]
pub fn issue_type_bean(view: View<'_>, issue_type: &IssueType) -> Value {
    json!({
        "self": view.link(&format!("/issuetype/{}", issue_type.id)),
        "id": issue_type.id,
        "description": issue_type.description,
        "iconUrl": format!("{}/rest/api/2/universal_avatar/view/type/issuetype/avatar/10300?size=medium", view.site.base_url),
        "name": issue_type.name,
        "subtask": issue_type.subtask,
        "avatarId": 10300,
        "hierarchyLevel": if issue_type.subtask { -1 } else { 0 },
    })
}

/// A status with its category.
#[must_use]
pub fn status_bean(view: View<'_>, status: &Status) -> Value {
    let (id, key, color, name) = match status.category {
        StatusCategory::ToDo => (2, "new", "blue-gray", "To Do"),
        StatusCategory::InProgress => (4, "indeterminate", "yellow", "In Progress"),
        StatusCategory::Done => (3, "done", "green", "Done"),
    };
    json!({
        "self": view.link(&format!("/status/{}", status.id)),
        "description": "",
        "iconUrl": format!("{}/images/icons/status_generic.gif", view.site.base_url),
        "name": status.name,
        "id": status.id,
        "statusCategory": {
            "self": view.link(&format!("/statuscategory/{id}")),
            "id": id,
            "key": key,
            "colorName": color,
            "name": name,
        },
    })
}

/// A priority.
#[must_use]
pub fn priority_bean(view: View<'_>, priority: &Named) -> Value {
    json!({
        "self": view.link(&format!("/priority/{}", priority.id)),
        "statusColor": "#999999",
        "description": priority.description,
        "iconUrl": format!("{}/images/icons/priorities/{}.svg", view.site.base_url, priority.name.to_lowercase()),
        "name": priority.name,
        "id": priority.id,
    })
}

/// A role of a project with its members.
#[must_use]
pub fn role_bean(view: View<'_>, project: &Project, role: &Role, members: &RoleMembers) -> Value {
    let groups = members.groups.iter().filter_map(|id| view.site.groups.get(id)).map(|group| {
        json!({"displayName": group.name, "name": group.name, "type": "atlassian-group-role-actor",
            "actorGroup": {"name": group.name, "displayName": group.name, "groupId": group.id}})
    });
    let users = members.users.iter().filter_map(|id| view.site.users.get(id)).map(|user| {
        json!({"displayName": user.display_name, "type": "atlassian-user-role-actor",
            "avatarUrl": people::avatars(view, &user.account_id)["16x16"],
            "actorUser": {"accountId": user.account_id}})
    });
    let actors: Vec<Value> = groups
        .chain(users)
        .enumerate()
        .map(|(index, mut actor)| {
            actor["id"] = json!(10_000 + index);
            actor
        })
        .collect();
    json!({
        "self": view.link(&format!("/project/{}/role/{}", project.id, role.id)),
        "name": role.name,
        "id": role.id,
        "description": role.description,
        "actors": actors,
    })
}

/// A transition of an issue.
#[must_use]
pub fn transition_bean(view: View<'_>, transition: &Transition) -> Value {
    let to = view.site.statuses.get(&transition.to).map(|status| status_bean(view, status));
    json!({
        "id": transition.id,
        "name": transition.name,
        "to": to,
        "hasScreen": !transition.screen().is_empty(),
        "isGlobal": transition.from.is_empty(),
        "isInitial": false,
        "isAvailable": true,
        "isConditional": false,
        "looped": false,
    })
}
