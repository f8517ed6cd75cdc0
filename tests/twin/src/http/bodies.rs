//! Parts of request bodies that several resources share: rich text, entity properties, restrictions.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::reply::Problem;
use crate::model::{Site, Visibility, VisibilityKind};
use crate::text;
use crate::view::Api;

/// Longest property key, in characters.
pub(super) const PROPERTY_KEY_CHARS_MAX: usize = 255;
/// Longest property value as JSON text, in characters.
pub(super) const PROPERTY_VALUE_CHARS_MAX: usize = 32_768;

/// An id that may come as a string or as a number: Jira's reader turns one into the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Id(pub(super) String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        text_or_number(&value).map(Self).ok_or_else(|| serde::de::Error::custom("expected an id"))
    }
}

/// The same, out of a value.
pub(super) fn text_or_number(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))
}

/// Rich text as the version of the API writes it, turned into the stored document; the message is Jira's.
pub(super) fn rich(api: Api, value: &Value) -> Result<Value, String> {
    match (api, value) {
        (Api::V3, value) => text::accept_adf(value).map_err(|error| error.to_string()),
        (Api::V2, Value::String(wiki)) => text::accept_wiki(wiki).map_err(|error| error.to_string()),
        (Api::V2, _) => Err("Operation value must be a string".to_owned()),
    }
}

/// Whether a document has nothing a reader could see.
pub(super) fn is_blank(adf: &Value) -> bool {
    let has_node = |kind: &str| adf.to_string().contains(&format!("\"type\":\"{kind}\""));
    text::plain_text(adf).trim().is_empty()
        && !["media", "mention", "emoji", "rule", "inlineCard", "blockCard", "extension", "date", "status"]
            .iter()
            .any(|kind| has_node(kind))
}

/// `properties: [{"key": ..., "value": ...}]`
pub(super) fn properties(list: Option<&Value>) -> Result<BTreeMap<String, Value>, Problem> {
    let list = match list {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Array(list)) => list,
        Some(_) => {
            return Err(Problem::bad("The properties must be a list of objects with 'key' and 'value'."));
        }
    };
    list.iter().map(property).collect()
}

fn property(item: &Value) -> Result<(String, Value), Problem> {
    let key = item.get("key").and_then(Value::as_str).filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| Problem::bad("The property key is required."))?;
    let value = item.get("value").filter(|value| !value.is_null());
    let value = value.ok_or_else(|| Problem::bad("The property value is required."))?;
    check_property(key, value)?;
    Ok((key.to_owned(), value.clone()))
}

/// Refuses a property beyond the limits.
pub(super) fn check_property(key: &str, value: &Value) -> Result<(), Problem> {
    if key.chars().count() > PROPERTY_KEY_CHARS_MAX {
        return Err(Problem::bad(format!(
            "The property key cannot be longer than {PROPERTY_KEY_CHARS_MAX} characters."
        )));
    }
    if value.to_string().chars().count() > PROPERTY_VALUE_CHARS_MAX {
        let message =
            format!("The property value cannot be longer than {PROPERTY_VALUE_CHARS_MAX} characters.");
        return Err(Problem::bad(message));
    }
    Ok(())
}

/// `visibility: {"type": "role", "value": "Administrators"}` or with `identifier`. `null` and `{}` restrict nothing.
pub(super) fn visibility(site: &Site, value: &Value) -> Result<Option<Visibility>, Problem> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let wrong = |message: String| Problem::field("commentLevel", message);
    let (name, identifier) = (text("value"), text("identifier"));
    match text("type") {
        None if value.as_object().is_none_or(serde_json::Map::is_empty) => Ok(None),
        Some("role") => {
            let role = site.roles.values().find(|role| {
                name.is_some_and(|name| role.name == name)
                    || identifier.is_some_and(|id| role.id.to_string() == id)
            });
            let role =
                role.ok_or_else(|| wrong(format!("Role: {} does not exist.", name.unwrap_or_default())))?;
            let (value, identifier) = (role.name.clone(), role.id.to_string());
            Ok(Some(Visibility { kind: VisibilityKind::Role, value, identifier }))
        }
        Some("group") => {
            let group = site.groups.values().find(|group| {
                name.is_some_and(|name| group.name == name) || identifier.is_some_and(|id| group.id == id)
            });
            let group =
                group.ok_or_else(|| wrong(format!("Group: {} does not exist.", name.unwrap_or_default())))?;
            let (value, identifier) = (group.name.clone(), group.id.clone());
            Ok(Some(Visibility { kind: VisibilityKind::Group, value, identifier }))
        }
        _ => Err(wrong("The visibility type must be 'role' or 'group'.".to_owned())),
    }
}
