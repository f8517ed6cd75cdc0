//! Raising a request.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::super::bodies::Id;
use super::super::call::Call;
use super::super::reply::{Answer, Problem, Reply};
use super::super::routes::Params;
use super::super::values::{self, Place};
use super::{bad, find_desk, forbidden};
use crate::model::{AccountId, FieldId, FieldKind, FieldValue, NewIssue, Project, RequestType};
use crate::view::{Api, request_bean};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    service_desk_id: Option<Id>,
    request_type_id: Option<Id>,
    #[serde(default)]
    request_field_values: BTreeMap<FieldId, Value>,
    raise_on_behalf_of: Option<String>,
    #[serde(default)]
    request_participants: Vec<AccountId>,
    #[serde(default)]
    is_adf_request: bool,
    #[serde(default, rename = "channel")]
    _channel: Option<String>,
}

/// `POST request`
pub(in crate::http) fn create_request(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let act = call.act()?;
    let body: Body =
        serde_json::from_value(call.json()?).map_err(|_| bad("The request body is not valid."))?;
    let desk_id = body
        .service_desk_id
        .as_ref()
        .map(|id| id.0.as_str())
        .ok_or_else(|| bad("Service desk ID is required."))?;
    let (project, desk) = find_desk(call, desk_id)?;
    let type_id = body
        .request_type_id
        .as_ref()
        .map(|id| id.0.as_str())
        .ok_or_else(|| bad("Request type ID is required."))?;
    let request_type = desk
        .request_types
        .iter()
        .find(|it| it.id == type_id)
        .ok_or_else(|| bad("The request type you specified does not exist in this service project."))?;
    let reporter = reporter(call, project, body.raise_on_behalf_of.as_deref())?;
    let mut values = form_values(call, project, request_type, &body)?;
    values.insert("reporter".to_owned(), FieldValue::User(reporter));
    if let Some(field) = call.site.field_of_kind(FieldKind::RequestType) {
        values.insert(field.clone(), FieldValue::Id(request_type.id.clone()));
    }
    let participants = participants(call, &body.request_participants)?;
    if let (Some(field), false) = (call.site.field_of_kind(FieldKind::Participants), participants.is_empty())
    {
        values.insert(field.clone(), FieldValue::Users(participants));
    }
    if let Some(medium) = call.site.priorities.iter().find(|it| it.name == "Medium") {
        values.entry("priority".to_owned()).or_insert_with(|| FieldValue::Id(medium.id.clone()));
    }
    let new = NewIssue {
        project: project.id.clone(),
        issue_type: request_type.issue_type.clone(),
        values,
        properties: BTreeMap::new(),
    };
    let id = call.site.create_issue(&act, new);
    let issue = call.site.issues.get(&id).ok_or_else(Problem::no_issue)?;
    let bean = request_bean(call.view(), issue, &[]).ok_or_else(Problem::no_issue)?;
    Reply::created(bean)
}

/// Agents may raise for somebody else.
fn reporter(call: &Call<'_>, project: &Project, on_behalf_of: Option<&str>) -> Result<AccountId, Problem> {
    let caller = call.signed_in()?;
    let Some(asked) = on_behalf_of.filter(|asked| *asked != caller) else { return Ok(caller) };
    if !call.site.is_agent(call.account(), project) {
        return Err(forbidden("You don't have permission to raise a request on behalf of others."));
    }
    let known = call.site.users.get(asked).filter(|user| user.active);
    known
        .map(|user| user.account_id.clone())
        .ok_or_else(|| bad(format!("The user '{asked}' does not exist.")))
}

fn form_values(
    call: &Call<'_>,
    project: &Project,
    request_type: &RequestType,
    body: &Body,
) -> Result<BTreeMap<FieldId, FieldValue>, Problem> {
    let api = if body.is_adf_request { Api::V3 } else { Api::V2 };
    let place = Place { site: call.site, project, api };
    let mut values = BTreeMap::new();
    for (name, value) in &body.request_field_values {
        let field =
            request_type.fields.iter().find(|on| on.field == *name).and_then(|_| call.site.fields.get(name));
        let field = field
            .ok_or_else(|| bad(format!("The field '{name}' is not part of this request type's form.")))?;
        let read = values::read(place, field, value).map_err(|message| bad(format!("{name}: {message}")))?;
        if let Some(read) = read {
            values.insert(name.clone(), read);
        }
    }
    let missing = request_type.fields.iter().find(|on| on.required && !values.contains_key(&on.field));
    match missing {
        Some(on) => Err(bad(format!("The field '{}' is required.", on.name))),
        None => Ok(values),
    }
}

pub(super) fn participants(call: &Call<'_>, ids: &[AccountId]) -> Result<Vec<AccountId>, Problem> {
    let unknown = ids.iter().find(|id| !call.site.users.contains_key(*id));
    match unknown {
        Some(id) => Err(bad(format!("The user '{id}' does not exist."))),
        None => Ok(ids.to_vec()),
    }
}
