//! An issue of Jira's as a value: ids, times, fields of every kind, and its changelog.

use super::{is_id, json};
use duplex_core::id::{FieldId, Sides};
use duplex_core::issue::{Issue, Value};
use duplex_core::link::DigestKey;
use duplex_core::merge;
use duplex_core::schema::{FieldKind, ProjectSchema};
use duplex_server::jira::wire::{self, FieldKinds};
use std::collections::BTreeSet;

/// A field of every kind, by the names that Jira has for them.
const FIELDS: [(&str, FieldKind); 12] = [
    ("summary", FieldKind::Text),
    ("description", FieldKind::Rich),
    ("customfield_10001", FieldKind::Number),
    ("duedate", FieldKind::Date),
    ("customfield_10002", FieldKind::DateTime),
    ("priority", FieldKind::Choice),
    ("components", FieldKind::Choices),
    ("labels", FieldKind::Labels),
    ("assignee", FieldKind::Person),
    ("customfield_10003", FieldKind::People),
    ("customfield_10010", FieldKind::RequestType),
    ("customfield_10004", FieldKind::Other),
];

/// Takes JSON text, as `/rest/api/3` shows an issue with its changelog and the stamp's property.
pub fn check(bytes: &[u8]) {
    let Some(json) = json(bytes) else { return };
    let kinds = FieldKinds::of(&schema());
    let wanted: BTreeSet<FieldId> = FIELDS.iter().map(|(id, _)| (*id).into()).collect();
    match wire::issue(&json, &kinds, &wanted) {
        Ok(issue) => holds(&issue, &wanted),
        Err(error) => assert!(error.to_string().len() <= ERROR_BYTES_MAX, "{error}"),
    }
}

/// Paths of an issue's JSON are short, and nothing of its content is told.
const ERROR_BYTES_MAX: usize = 256;

fn schema() -> ProjectSchema {
    ProjectSchema { request_type_field: Some("customfield_10010".into()), ..super::project("ITA", &FIELDS) }
}

fn holds(issue: &Issue, wanted: &BTreeSet<FieldId>) {
    let ids = [issue.id.as_str(), issue.project.as_str(), issue.issue_type.as_str()];
    let some = [issue.security.as_deref(), issue.request_type.as_ref().map(|id| id.as_str())];
    assert!(ids.into_iter().chain(some.into_iter().flatten()).all(is_id), "{issue:?}");
    assert!(issue.fields.keys().all(|id| wanted.contains(id)), "a field that nobody asked for");
    assert!(issue.reporter.iter().all(|person| person.email.as_deref() != Some("")), "{:?}", issue.reporter);

    let changes = issue.history.as_deref().unwrap_or_default();
    assert!(changes.iter().all(|change| is_id(change.id.as_str())), "{changes:?}");
    for pair in changes.windows(2) {
        assert!(pair[1].id.is_after(&pair[0].id), "the changelog is in order: {changes:?}");
    }

    let printed = serde_json::to_string(issue).expect("an issue prints");
    let read: Issue = serde_json::from_str(&printed).expect("an issue is read");
    assert_eq!(&read, issue, "what is printed is read alike");
    for (id, value) in &issue.fields {
        canonical(id, value, &read.fields[id]);
    }
}

/// A value means the same after it was printed and read, and nothing that a reader would see is not taken for empty.
fn canonical(id: &FieldId, value: &Value, read: &Value) {
    let key = DigestKey::new(b"fuzz");
    let digests = Sides::new(merge::digest(&key, value), merge::digest(&key, read));
    assert_eq!(digests.a, digests.b, "{id}: the digest is that of the value");
    match value {
        Value::Rich(doc) => assert_eq!(&doc.normalise(), doc, "{id} is in canonical form"),
        Value::Text(text) => assert!(!text.is_empty(), "{id}: an empty text is no text"),
        Value::Choices(set) => assert!(!set.is_empty() && set.iter().all(|c| is_id(&c.id)), "{id}: {set:?}"),
        Value::Choice(choice) => assert!(is_id(&choice.id), "{id}: {choice:?}"),
        Value::Labels(set) => assert!(!set.is_empty(), "{id}: no label is nothing"),
        Value::People(set) => assert!(!set.is_empty(), "{id}: nobody is nothing"),
        Value::Empty
        | Value::Wiki(_)
        | Value::Number(_)
        | Value::Date(_)
        | Value::DateTime(_)
        | Value::Person(_)
        | Value::Other(_) => {}
    }
}
