//! What a call costs of the hourly quota.

use serde_json::Value;

/// What a served call costs: a base of 1, and 1 more for each core object returned or 2 for each identity object; a
/// write costs 1, in bulk 1 for each thing written.
#[must_use]
pub fn points(write: bool, template: &str, answer: &Value) -> u64 {
    if write {
        let in_bulk = template.ends_with("/issue/bulk").then(|| length(&answer["issues"]));
        return in_bulk.unwrap_or(1).max(1);
    }
    let is_identity = IDENTITY.iter().any(|word| template.split('/').any(|part| part == *word));
    1 + returned(answer) * if is_identity { 2 } else { 1 }
}

/// Words of a template whose answers are users, groups, roles or permissions.
const IDENTITY: &[&str] = &[
    "user",
    "users",
    "myself",
    "group",
    "groups",
    "role",
    "mypermissions",
    "permissions",
    "customer",
    "participant",
];

/// Lists by the names under which answers carry them.
const LISTS: &[&str] =
    &["issues", "values", "comments", "histories", "issueChangeLogs", "transitions", "fields", "keys"];

fn returned(answer: &Value) -> u64 {
    match answer {
        Value::Array(all) => all.len() as u64,
        Value::Object(map) => {
            let listed = LISTS.iter().find_map(|name| map.get(*name).filter(|list| list.is_array()));
            listed.map_or(u64::from(!map.is_empty()), length)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

fn length(list: &Value) -> u64 {
    list.as_array().map_or(0, |all| all.len() as u64)
}
