//! Fields, and which can be set where.

use serde_json::{Value, json};

use super::call::Call;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;
use crate::model::Field;
use crate::view::{create_meta_field, edit_meta, field_details, field_page_item, issue_type_bean};

/// `GET field`
pub(super) fn fields(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    Reply::ok(call.site.fields.values().map(field_details).collect())
}

/// `GET field/search`
pub(super) fn field_search(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let (start, size) = call.query.page(50, 50)?;
    let (ids, types) = (call.query.list("id"), call.query.list("type"));
    let text = call.query.filled("query").map(str::to_lowercase);
    let wanted = |field: &&Field| {
        let kind = if field.custom_number().is_some() { "custom" } else { "system" };
        (ids.is_empty() || ids.contains(&field.id))
            && (types.is_empty() || types.iter().any(|it| it == kind))
            && text.as_ref().is_none_or(|text| field.name.to_lowercase().contains(text))
    };
    let all: Vec<Value> = call.site.fields.values().filter(wanted).map(field_page_item).collect();
    Reply::ok(super::projects::page(call, start, size, all))
}

/// `GET issue/createmeta/{p}/issuetypes`
pub(super) fn create_types(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (start, size) = call.query.page(50, 200)?;
    let project = creatable(call, &params[0])?;
    let known = project.issue_types.iter().filter_map(|id| call.site.issue_types.get(id));
    let all: Vec<Value> = known.map(|it| issue_type_bean(call.view(), it)).collect();
    let total = all.len();
    let page: Vec<Value> = all.into_iter().skip(start).take(size).collect();
    Reply::ok(json!({"startAt": start, "maxResults": size, "total": total, "issueTypes": page}))
}

/// `GET issue/createmeta/{p}/issuetypes/{t}`
pub(super) fn create_fields(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (start, size) = call.query.page(50, 200)?;
    let project = creatable(call, &params[0])?;
    let screen = project
        .screens
        .get(&params[1])
        .ok_or_else(|| Problem::bad("The issue type specified does not exist in this project."))?;
    let all: Vec<Value> = screen
        .create
        .iter()
        .filter_map(|on| create_meta_field(call.view(), project, &params[1], on))
        .collect();
    let total = all.len();
    let page: Vec<Value> = all.into_iter().skip(start).take(size).collect();
    Reply::ok(json!({"startAt": start, "maxResults": size, "total": total, "fields": page}))
}

/// `GET issue/{i}/editmeta`
pub(super) fn edit(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = call.issue(&params[0])?;
    if !call.may("EDIT_ISSUES", call.site.project_of(&issue.head)) {
        return Reply::ok(json!({"fields": {}}));
    }
    Reply::ok(edit_meta(call.view(), issue))
}

/// Createmeta of a project in which the caller cannot create is as good as absent; both are a bad request, for the
/// published API has no 404 here.
fn creatable<'a>(call: &'a Call<'_>, id_or_key: &str) -> Result<&'a crate::model::Project, Problem> {
    call.project(id_or_key).ok().filter(|project| call.may("CREATE_ISSUES", project)).ok_or_else(|| {
        Problem::bad("The project does not exist or you do not have permission to create issues in it.")
    })
}
