//! Field values as Jira takes them.

use super::{Fields, PayloadError, kind_of};
use crate::adf::Doc;
use crate::calendar;
use crate::id::{AccountId, FieldId, IssueTypeId};
use crate::issue::Value;
use crate::ordered::{BTreeMap, BTreeSet};
use crate::plan::FieldWrite;
use crate::schema::{FieldKind, ProjectSchema};
use serde_json::{Value as Json, json};

/// `fields` of a new issue. Empty ones are left out, so that Jira's own defaults count.
pub(super) fn of_new(
    values: &BTreeMap<FieldId, Value>,
    schema: &ProjectSchema,
    issue_type: &IssueTypeId,
) -> Result<Fields, PayloadError> {
    let mut out = Fields::new();
    for (field, value) in values.iter().filter(|(_, value)| **value != Value::Empty) {
        // Version 3 would take wiki markup for plain text.
        if matches!(value, Value::Wiki(_)) {
            return Err(PayloadError::Value(field.clone()));
        }
        out.insert(field.0.clone(), encode(field, value, kind_of(schema, Some(issue_type), field))?);
    }
    Ok(out)
}

/// The body of an edit: `fields` for what is set as a whole, `update` for what is added and removed.
pub(super) fn of_edit(
    writes: &BTreeMap<FieldId, FieldWrite>,
    schema: &ProjectSchema,
) -> Result<Json, PayloadError> {
    let (mut fields, mut update) = (Fields::new(), Fields::new());
    for (field, write) in writes {
        let verbs = match write {
            FieldWrite::Set { value } => {
                fields.insert(field.0.clone(), encode(field, value, kind_of(schema, None, field))?);
                continue;
            }
            FieldWrite::Labels { add, remove } => verbs(add, remove, |label| json!(label)),
            FieldWrite::Choices { add, remove } => verbs(add, remove, |choice| json!({ "id": choice.id })),
            FieldWrite::People { add, remove } => verbs(add, remove, person),
        };
        update.insert(field.0.clone(), Json::Array(verbs));
    }
    if let (Some(wiki), Some(rich)) = (wiki(writes), rich(writes, schema)) {
        return Err(PayloadError::Mixed(wiki.clone(), rich.clone()));
    }
    let parts = [("fields", fields), ("update", update)];
    Ok(parts
        .into_iter()
        .filter(|(_, p)| !p.is_empty())
        .map(|(n, p)| (n.to_owned(), Json::Object(p)))
        .collect())
}

/// The first field that is restored from wiki markup.
pub(super) fn wiki(writes: &BTreeMap<FieldId, FieldWrite>) -> Option<&FieldId> {
    first(writes, |_, value| matches!(value, Value::Wiki(_)))
}

/// The first field that would be sent as ADF.
fn rich<'a>(writes: &'a BTreeMap<FieldId, FieldWrite>, schema: &ProjectSchema) -> Option<&'a FieldId> {
    let is_rich = |field: &FieldId| kind_of(schema, None, field) == Some(FieldKind::Rich);
    first(writes, |field, value| {
        matches!(value, Value::Rich(_)) || (matches!(value, Value::Text(_)) && is_rich(field))
    })
}

fn first(writes: &BTreeMap<FieldId, FieldWrite>, is: impl Fn(&FieldId, &Value) -> bool) -> Option<&FieldId> {
    writes
        .iter()
        .find(|(field, write)| matches!(write, FieldWrite::Set { value } if is(field, value)))
        .map(|(field, _)| field)
}

fn verbs<T>(add: &BTreeSet<T>, remove: &BTreeSet<T>, json: impl Fn(&T) -> Json) -> Vec<Json> {
    let added = add.iter().map(|item| json!({ "add": json(item) }));
    let removed = remove.iter().map(|item| json!({ "remove": json(item) }));
    added.chain(removed).collect()
}

fn person(account: &AccountId) -> Json {
    json!({ "accountId": account })
}

/// One value as a whole. Where the schema knows the field, its kind decides between forms of the same value.
fn encode(field: &FieldId, value: &Value, kind: Option<FieldKind>) -> Result<Json, PayloadError> {
    let refused = || PayloadError::Value(field.clone());
    Ok(match value {
        Value::Empty => match kind {
            Some(FieldKind::Labels | FieldKind::Choices | FieldKind::People) => json!([]),
            _ => Json::Null,
        },
        Value::Text(text) if kind == Some(FieldKind::Rich) => rich_json(&Doc::from_text(text)),
        Value::Text(text) | Value::Wiki(text) | Value::Date(text) => json!(text),
        Value::Rich(doc) => rich_json(doc),
        Value::Number(number) => Json::Number(number.clone()),
        Value::DateTime(at) => json!(calendar::field_instant(*at).ok_or_else(refused)?),
        Value::Choice(choice) => match kind {
            Some(FieldKind::RequestType) => json!(choice.id),
            Some(FieldKind::Choices) => json!([{ "id": choice.id }]),
            _ => json!({ "id": choice.id }),
        },
        Value::Choices(choices) => choices.iter().map(|choice| json!({ "id": choice.id })).collect(),
        Value::Labels(labels) => json!(labels),
        Value::Person(one) => match kind {
            Some(FieldKind::People) => json!([person(&one.account)]),
            _ => person(&one.account),
        },
        Value::People(people) => people.iter().map(|one| person(&one.account)).collect(),
        Value::Other(_) => return Err(refused()),
    })
}

/// Jira shows an empty document as `null`, and takes it so.
fn rich_json(doc: &Doc) -> Json {
    if doc.is_empty() { Json::Null } else { doc.to_send() }
}
