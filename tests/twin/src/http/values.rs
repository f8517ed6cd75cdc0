//! One field's value as a request writes it: what is taken, what is refused and in which words.

use std::collections::BTreeSet;

use serde_json::Value;

use super::bodies;
use crate::model::{AccountId, Field, FieldKind, FieldValue, Named, Project, Site};
use crate::view::Api;

/// Longest summary and one-line text, in characters.
const LINE_CHARS_MAX: usize = 255;

/// Where a value is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) site: &'a Site,
    pub(super) project: &'a Project,
    pub(super) api: Api,
}

/// What a value becomes: `None` clears the field.
pub(super) type Written = Result<Option<FieldValue>, String>;

/// Reads the value of a field.
pub(super) fn read(place: Place<'_>, field: &Field, value: &Value) -> Written {
    if value.is_null() {
        return cleared(field);
    }
    match field.kind {
        FieldKind::Text => line(field, value),
        FieldKind::TextArea => {
            let adf = bodies::rich(place.api, value)?;
            Ok((!bodies::is_blank(&adf)).then_some(FieldValue::Rich(adf)))
        }
        FieldKind::Number => {
            let number = value.as_f64().ok_or_else(|| "Operation value must be a number".to_owned())?;
            Ok(Some(FieldValue::Number(number)))
        }
        FieldKind::Date => date(value),
        FieldKind::DateTime => date_time(value),
        FieldKind::Select => Ok(Some(FieldValue::Id(option(field, value)?))),
        FieldKind::MultiSelect => ids(value, |item| option(field, item)),
        FieldKind::User => user(place, field, value),
        FieldKind::Labels => labels(value),
        FieldKind::Priority => {
            let priority = named(&place.site.priorities, value).ok_or("The priority selected is invalid.")?;
            Ok(Some(FieldValue::Id(priority)))
        }
        FieldKind::Resolution => {
            let resolution =
                named(&place.site.resolutions, value).ok_or("The resolution selected is invalid.")?;
            Ok(Some(FieldValue::Id(resolution)))
        }
        FieldKind::SecurityLevel => {
            let level = named(&place.site.security_levels, value).ok_or("The security level is invalid.")?;
            Ok(Some(FieldValue::Id(level)))
        }
        FieldKind::Components => ids(value, |item| component(place.project, item)),
        FieldKind::RequestType => request_type(place.project, value),
        FieldKind::Organizations => ids(value, |item| organization(place.site, item)),
        FieldKind::Participants => participants(place.site, value),
        FieldKind::Project
        | FieldKind::IssueType
        | FieldKind::Status
        | FieldKind::Stamp
        | FieldKind::Creator
        | FieldKind::Comments
        | FieldKind::EmptyList(_) => Err(not_on_screen(&field.id)),
    }
}

/// What Jira says of a field that cannot be set here.
pub(super) fn not_on_screen(field: &str) -> String {
    format!("Field '{field}' cannot be set. It is not on the appropriate screen, or unknown.")
}

/// What Jira says of a required field that is left empty.
pub(super) fn required(field: &Field) -> String {
    match field.id.as_str() {
        "summary" => "You must specify a summary of the issue.".to_owned(),
        _ => format!("{} is required.", field.name),
    }
}

fn cleared(field: &Field) -> Written {
    match field.id.as_str() {
        "summary" => Err(required(field)),
        "reporter" => Err("Reporter is required.".to_owned()),
        _ => Ok(None),
    }
}

// Jira trims one-line texts.
fn line(field: &Field, value: &Value) -> Written {
    let text = value.as_str().ok_or_else(|| "Operation value must be a string".to_owned())?.trim();
    if text.is_empty() {
        return cleared(field);
    }
    if text.contains(['\n', '\r']) {
        return Err(format!(
            "The {} is invalid because it contains newline characters.",
            field.name.to_lowercase()
        ));
    }
    if text.chars().count() > LINE_CHARS_MAX {
        return Err(match field.id.as_str() {
            "summary" => format!("Summary must be less than {LINE_CHARS_MAX} characters."),
            _ => format!(
                "The entered text is too long. It exceeds the allowed limit of {LINE_CHARS_MAX} characters."
            ),
        });
    }
    Ok(Some(FieldValue::Text(text.to_owned())))
}

fn date(value: &Value) -> Written {
    let text = value.as_str().ok_or_else(|| "Operation value must be a string".to_owned())?;
    let date = jiff::civil::Date::strptime("%Y-%m-%d", text);
    let date = date.map_err(|_| format!("Error parsing date string: {text}"))?;
    Ok(Some(FieldValue::Date(date.to_string())))
}

/// `2026-11-23T10:00:00.000+0000`, the colon of the offset being optional.
fn date_time(value: &Value) -> Written {
    let text = value.as_str().ok_or_else(|| "Operation value must be a string".to_owned())?;
    let read = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text)
        .or_else(|_| jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%:z", text))
        .and_then(|parsed| parsed.to_timestamp());
    let at = read.map_err(|_| format!("Error parsing date string: {text}"))?;
    Ok(Some(FieldValue::DateTime(at.as_millisecond())))
}

fn option(field: &Field, value: &Value) -> Result<String, String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let open = || field.options.iter().filter(|option| !option.disabled);
    match (text("id"), text("value")) {
        (Some(id), _) => open()
            .find(|it| it.id == id)
            .map(|it| it.id.clone())
            .ok_or(format!("Option id '{id}' is not valid")),
        (None, Some(name)) => open()
            .find(|it| it.value == name)
            .map(|it| it.id.clone())
            .ok_or(format!("Option value '{name}' is not valid")),
        (None, None) => Err("Could not find valid 'id' or 'value' in the Parent Option object.".to_owned()),
    }
}

fn ids(value: &Value, one: impl Fn(&Value) -> Result<String, String>) -> Written {
    let list = value.as_array().ok_or_else(|| "data was not an array".to_owned())?;
    let mut ids: Vec<String> = Vec::new();
    for item in list {
        let id = one(item)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok((!ids.is_empty()).then_some(FieldValue::Ids(ids)))
}

/// The account a user value names: by `accountId`, or `id` as older clients send.
pub(super) fn account(site: &Site, value: &Value) -> Option<AccountId> {
    let id = value.get("accountId").or_else(|| value.get("id"))?.as_str()?;
    site.users.get(id).filter(|user| user.active).map(|user| user.account_id.clone())
}

fn user(place: Place<'_>, field: &Field, value: &Value) -> Written {
    let sent = value.get("accountId").or_else(|| value.get("id"));
    // `{"accountId": null}` unassigns, as `null` does.
    if field.id == "assignee" && sent.is_none_or(Value::is_null) {
        return Ok(None);
    }
    let Some(account) = account(place.site, value) else {
        return Err(match field.id.as_str() {
            "reporter" => "The reporter specified is not a user.".to_owned(),
            _ => format!("User '{}' does not exist.", sent.and_then(Value::as_str).unwrap_or_default()),
        });
    };
    if field.id == "assignee" && !place.site.may(Some(&account), "ASSIGNABLE_USER", Some(place.project)) {
        return Err(format!("User '{account}' cannot be assigned issues."));
    }
    Ok(Some(FieldValue::User(account)))
}

// Jira keeps labels as a set and gives them back in alphabetical order.
fn labels(value: &Value) -> Written {
    let list = value.as_array().ok_or_else(|| "data was not an array".to_owned())?;
    let mut labels = BTreeSet::new();
    for item in list {
        labels.insert(label(item)?);
    }
    Ok((!labels.is_empty()).then(|| FieldValue::Labels(labels.into_iter().collect())))
}

/// One label: a word.
pub(super) fn label(value: &Value) -> Result<String, String> {
    let label = value.as_str().ok_or_else(|| "Operation value must be a string".to_owned())?.trim();
    if label.contains(char::is_whitespace) {
        return Err(format!("The label '{label}' contains spaces which is invalid."));
    }
    if label.chars().count() > LINE_CHARS_MAX {
        return Err(format!(
            "The label '{label}' exceeds the maximum length of {LINE_CHARS_MAX} characters."
        ));
    }
    Ok(label.to_owned())
}

/// By `id`, or by `name` in any case.
fn named(list: &[Named], value: &Value) -> Option<String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let found = match (text("id"), text("name")) {
        (Some(id), _) => list.iter().find(|it| it.id == id),
        (None, Some(name)) => list.iter().find(|it| it.name.eq_ignore_ascii_case(name)),
        (None, None) => None,
    };
    found.map(|it| it.id.clone())
}

fn component(project: &Project, value: &Value) -> Result<String, String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let found = |wanted: &dyn Fn(&crate::model::Component) -> bool| {
        project.components.iter().find(|it| wanted(it)).map(|it| it.id.clone())
    };
    match (text("id"), text("name")) {
        (Some(id), _) => found(&|it| it.id == id).ok_or(format!("Component id '{id}' is not valid")),
        (None, Some(name)) => {
            found(&|it| it.name == name).ok_or(format!("Component name '{name}' is not valid"))
        }
        (None, None) => Err("expected 'id' or 'name' property".to_owned()),
    }
}

// Written by id as a string; a name is refused, and so is the object that reads return.
fn request_type(project: &Project, value: &Value) -> Written {
    let known = value.as_str().and_then(|id| {
        project.service_desk.as_ref().and_then(|desk| desk.request_types.iter().find(|it| it.id == id))
    });
    let found = known
        .ok_or_else(|| "The request type specified is not valid for this service project.".to_owned())?;
    Ok(Some(FieldValue::Id(found.id.clone())))
}

fn organization(site: &Site, value: &Value) -> Result<String, String> {
    let id = value.as_u64().map(|id| id.to_string()).or_else(|| value.as_str().map(str::to_owned));
    let id = id.ok_or_else(|| "Organizations are specified by their numeric ids.".to_owned())?;
    if site.organizations.contains_key(&id) {
        Ok(id)
    } else {
        Err(format!("Organization '{id}' does not exist."))
    }
}

fn participants(site: &Site, value: &Value) -> Written {
    let list = value.as_array().ok_or_else(|| "data was not an array".to_owned())?;
    let mut accounts: Vec<AccountId> = Vec::new();
    for item in list {
        let account = account(site, item).ok_or_else(|| "The user specified does not exist.".to_owned())?;
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    Ok((!accounts.is_empty()).then_some(FieldValue::Users(accounts)))
}
