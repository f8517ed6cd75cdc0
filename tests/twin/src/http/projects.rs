//! Projects, and the lists an admin configures.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;
use crate::model::{Named, Project, RoleMembers};
use crate::view::{issue_type_bean, priority_bean, project_bean, role_bean, status_bean};

/// A page of the platform API (`PageBean`).
pub(super) fn page(call: &Call<'_>, start: usize, size: usize, all: Vec<Value>) -> Value {
    let total = all.len();
    let values: Vec<Value> = all.into_iter().skip(start).take(size).collect();
    let asked = call.query.without(&["startAt", "maxResults"]);
    let joint = if asked.is_empty() { "" } else { "&" };
    let listing = format!("{}{}?{asked}{joint}", call.site.base_url, call.path);
    let link = |start: usize| format!("{listing}startAt={start}&maxResults={size}");
    let is_last = start + values.len() >= total;
    let mut page = json!({
        "self": link(start),
        "maxResults": size,
        "startAt": start,
        "total": total,
        "isLast": is_last,
        "values": values,
    });
    if !is_last {
        page["nextPage"] = json!(link(start + size));
    }
    page
}

fn visible<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Project> {
    call.site.projects.values().filter(|project| call.may("BROWSE_PROJECTS", project))
}

/// `GET project`
pub(super) fn all(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    Reply::ok(visible(call).map(|project| project_bean(call.view(), project, false)).collect())
}

/// `GET project/search`
pub(super) fn search(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let (start, size) = call.query.page(50, 100)?;
    let (ids, keys, kinds) = (call.query.list("id"), call.query.list("keys"), call.query.list("typeKey"));
    let text = call.query.filled("query").map(str::to_lowercase);
    let action = match call.query.filled("action") {
        None | Some("view" | "browse") => "BROWSE_PROJECTS",
        Some("edit") => "ADMINISTER_PROJECTS",
        Some("create") => "CREATE_ISSUES",
        Some(other) => return Err(Problem::bad(format!("The action '{other}' is not supported."))),
    };
    let wanted = |project: &&Project| {
        (ids.is_empty() || ids.contains(&project.id))
            && (keys.is_empty() || keys.iter().any(|key| key.eq_ignore_ascii_case(&project.key)))
            && (kinds.is_empty() || kinds.iter().any(|kind| kind == project.kind.as_str()))
            && text.as_ref().is_none_or(|text| {
                project.name.to_lowercase().contains(text) || project.key.to_lowercase().contains(text)
            })
            && call.may(action, project)
    };
    let mut found: Vec<&Project> = visible(call).filter(wanted).collect();
    found.sort_by(|a, b| {
        match call.query.filled("orderBy").unwrap_or("key").trim_start_matches(['-', '+']) {
            "name" => a.name.cmp(&b.name),
            _ => a.key.cmp(&b.key),
        }
    });
    if call.query.filled("orderBy").is_some_and(|order| order.starts_with('-')) {
        found.reverse();
    }
    let expanded = call.query.list("expand");
    let beans = found.into_iter().map(|project| {
        let mut bean = project_bean(call.view(), project, false);
        let full = project_bean(call.view(), project, true);
        for (word, key) in [("lead", "lead"), ("description", "description"), ("issueTypes", "issueTypes")] {
            if expanded.iter().any(|it| it == word) {
                bean[key] = full[key].clone();
            }
        }
        bean
    });
    let all = beans.collect();
    Reply::ok(page(call, start, size, all))
}

/// `GET project/{p}`
pub(super) fn one(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let project = call.project(&params[0])?;
    Reply::ok(project_bean(call.view(), project, true))
}

/// `GET project/{p}/statuses`
pub(super) fn statuses(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let project = call.project(&params[0])?;
    let statuses: Vec<Value> = project
        .workflow
        .statuses
        .iter()
        .filter_map(|id| call.site.statuses.get(id))
        .map(|status| status_bean(call.view(), status))
        .collect();
    let types = project.issue_types.iter().filter_map(|id| call.site.issue_types.get(id));
    let answer = types.map(|it| {
        json!({
            "self": call.view().link(&format!("/issuetype/{}", it.id)),
            "id": it.id,
            "name": it.name,
            "subtask": it.subtask,
            "statuses": statuses,
        })
    });
    Reply::ok(answer.collect())
}

/// `GET project/{p}/components`
pub(super) fn components(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let project = call.project(&params[0])?;
    Reply::ok(project_bean(call.view(), project, true)["components"].take())
}

/// `GET project/{p}/role`: addresses by name.
pub(super) fn roles(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let project = call.project(&params[0])?;
    Reply::ok(project_bean(call.view(), project, true)["roles"].take())
}

/// `GET project/{p}/roledetails`
pub(super) fn role_details(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let project = call.project(&params[0])?;
    let roles = call.site.roles.values().filter(|role| project.roles.contains_key(&role.id)).map(|role| {
        json!({
            "self": call.view().link(&format!("/project/{}/role/{}", project.id, role.id)),
            "name": role.name,
            "id": role.id,
            "description": role.description,
            "admin": false,
            "default": false,
            "roleConfigurable": true,
            "translatedName": role.name,
        })
    });
    Reply::ok(roles.collect())
}

/// `GET project/{p}/role/{id}`: admins see who is in it.
pub(super) fn role(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let project = call.project(&params[0])?;
    let missing = || {
        Problem::missing(format!(
            "Can not retrieve a role actor for a null project role or role id {}.",
            params[1]
        ))
    };
    if !call.may("ADMINISTER_PROJECTS", project) {
        // Not 403: who does not administer the project is told that there is no such role.
        return Err(missing());
    }
    let role = params[1].parse().ok().and_then(|id: u64| call.site.roles.get(&id)).ok_or_else(missing)?;
    let nobody = RoleMembers::default();
    let members = project.roles.get(&role.id).unwrap_or(&nobody);
    Reply::ok(role_bean(call.view(), project, role, members))
}

/// `GET role`
pub(super) fn site_roles(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let roles = call.site.roles.values().map(|role| {
        let link = call.view().link(&format!("/role/{}", role.id));
        json!({"self": link, "name": role.name, "id": role.id, "description": role.description})
    });
    Reply::ok(roles.collect())
}

/// `GET issuetype`
pub(super) fn issue_types(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    Reply::ok(call.site.issue_types.values().map(|it| issue_type_bean(call.view(), it)).collect())
}

/// `GET issuetype/project?projectId=`
pub(super) fn issue_types_of_project(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let id = call.query.filled("projectId").ok_or_else(|| Problem::bad("The project ID is required."))?;
    let project = call.project(id)?;
    let types = project.issue_types.iter().filter_map(|id| call.site.issue_types.get(id));
    Reply::ok(types.map(|it| issue_type_bean(call.view(), it)).collect())
}

/// `GET issuetype/{id}`
pub(super) fn issue_type(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let missing = || Problem::missing(format!("The issue type with ID {} was not found.", params[0]));
    let issue_type = call.site.issue_types.get(&params[0]).ok_or_else(missing)?;
    Reply::ok(issue_type_bean(call.view(), issue_type))
}

/// `GET status`
pub(super) fn site_statuses(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    Reply::ok(call.site.statuses.values().map(|it| status_bean(call.view(), it)).collect())
}

/// `GET status/{s}`: by id or name.
pub(super) fn status(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let asked = &params[0];
    let found = call.site.statuses.values().find(|it| it.id == *asked || it.name.eq_ignore_ascii_case(asked));
    let status =
        found.ok_or_else(|| Problem::missing(format!("The status with ID '{asked}' does not exist.")))?;
    Reply::ok(status_bean(call.view(), status))
}

/// `GET statuscategory`
pub(super) fn status_categories(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let categories: Map<String, Value> = call
        .site
        .statuses
        .values()
        .map(|it| status_bean(call.view(), it)["statusCategory"].take())
        .map(|category| (category["id"].to_string(), category))
        .collect();
    Reply::ok(categories.into_iter().map(|(_, category)| category).collect())
}

/// `GET priority`
pub(super) fn priorities(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    Reply::ok(call.site.priorities.iter().map(|it| priority_bean(call.view(), it)).collect())
}

/// `GET priority/search`
pub(super) fn priority_search(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let (start, size) = call.query.page(50, 50)?;
    let all = call.site.priorities.iter().map(|it| {
        let mut bean = priority_bean(call.view(), it);
        bean["isDefault"] = json!(it.name == "Medium");
        bean
    });
    let all = all.collect();
    Reply::ok(page(call, start, size, all))
}

/// `GET priority/{id}`
pub(super) fn priority(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let missing = || Problem::missing(format!("The priority with ID '{}' does not exist.", params[0]));
    let priority = call.site.priorities.iter().find(|it| it.id == params[0]).ok_or_else(missing)?;
    Reply::ok(priority_bean(call.view(), priority))
}

/// `GET resolution`
pub(super) fn resolutions(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let bean = |it: &Named| {
        let link = call.view().link(&format!("/resolution/{}", it.id));
        json!({"self": link, "id": it.id, "name": it.name, "description": it.description})
    };
    Reply::ok(call.site.resolutions.iter().map(bean).collect())
}
