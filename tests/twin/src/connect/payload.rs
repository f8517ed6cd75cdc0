//! What a webhook says of an event.

use serde_json::{Map, Value, json};

use crate::model::{ChangeItem, DomainEvent, EventKind, Site};
use crate::view::{View, user_details};

/// The fields of the issue that a comment's webhook carries; the rest has to be read.
const COMMENT_ISSUE_FIELDS: &[&str] = &["summary", "issuetype", "project", "assignee", "priority", "status"];

/// One webhook of an event: its name and its body.
pub(super) struct Notice {
    pub(super) event: &'static str,
    pub(super) body: Value,
    /// Set for property events.
    pub(super) property: Option<String>,
    /// Part of a cascade, which Jira sends late.
    pub(super) cascade: bool,
}

/// The webhooks an event gives. A comment's event also gives `jira:issue_updated`, except in a cascade.
pub(super) fn notices(site: &Site, event: &DomainEvent) -> Vec<Notice> {
    match &event.kind {
        EventKind::IssueCreated => {
            vec![issue(site, event, "jira:issue_created", Some("issue_created"), None)]
        }
        EventKind::IssueUpdated { changelog_id, items } => {
            let changelog = changelog(*changelog_id, items);
            vec![issue(site, event, "jira:issue_updated", Some(update_type(items)), Some(changelog))]
        }
        EventKind::IssueDeleted => vec![issue(site, event, "jira:issue_deleted", None, None)],
        EventKind::CommentCreated { comment_v2, .. } => vec![
            comment(event, "comment_created", comment_v2, false),
            issue(site, event, "jira:issue_updated", Some("issue_commented"), None),
        ],
        EventKind::CommentUpdated { comment_v2, .. } => vec![
            comment(event, "comment_updated", comment_v2, false),
            issue(site, event, "jira:issue_updated", Some("issue_comment_edited"), None),
        ],
        EventKind::CommentDeleted { comment_v2, cascade: true, .. } => {
            vec![comment(event, "comment_deleted", comment_v2, true)]
        }
        EventKind::CommentDeleted { comment_v2, cascade: false, .. } => vec![
            comment(event, "comment_deleted", comment_v2, false),
            issue(site, event, "jira:issue_updated", Some("issue_comment_deleted"), None),
        ],
        EventKind::PropertySet { key, value } => {
            vec![property(site, event, "issue_property_set", key, &json!({"key": key, "value": value}))]
        }
        EventKind::PropertyDeleted { key } => {
            vec![property(site, event, "issue_property_deleted", key, &json!({"key": key}))]
        }
    }
}

/// A change of status is *generic*, one of the assignee alone is *assigned*.
fn update_type(items: &[ChangeItem]) -> &'static str {
    let only = |id: &str| items.iter().all(|item| item.field_id == id);
    if items.iter().any(|item| item.field_id == "status") {
        "issue_generic"
    } else if only("assignee") {
        "issue_assigned"
    } else {
        "issue_updated"
    }
}

fn changelog(id: u64, items: &[ChangeItem]) -> Value {
    let items: Vec<Value> = items
        .iter()
        .map(|item| {
            json!({
                "field": item.field,
                "fieldtype": item.fieldtype,
                "fieldId": item.field_id,
                "from": item.from,
                "fromString": item.from_string,
                "to": item.to,
                "toString": item.to_string,
            })
        })
        .collect();
    json!({"id": id.to_string(), "items": items})
}

fn issue(
    site: &Site,
    event: &DomainEvent,
    name: &'static str,
    type_name: Option<&str>,
    changelog: Option<Value>,
) -> Notice {
    let mut body = json!({
        "timestamp": event.at_ms,
        "webhookEvent": name,
        "user": user_details(View::for_webhooks(site), &event.actor),
        "issue": event.issue_v2,
    });
    if let Some(type_name) = type_name {
        body["issue_event_type_name"] = json!(type_name);
    }
    if let Some(changelog) = changelog {
        body["changelog"] = changelog;
    }
    notice(name, body, None, false)
}

fn comment(event: &DomainEvent, name: &'static str, comment: &Value, cascade: bool) -> Notice {
    let body = json!({
        "timestamp": event.at_ms,
        "webhookEvent": name,
        "comment": comment,
        "issue": short_issue(&event.issue_v2),
    });
    notice(name, body, None, cascade)
}

/// No recording of a property event is published; the body follows the issue events with the property added.
fn property(site: &Site, event: &DomainEvent, name: &'static str, key: &str, property: &Value) -> Notice {
    let body = json!({
        "timestamp": event.at_ms,
        "webhookEvent": name,
        "user": user_details(View::for_webhooks(site), &event.actor),
        "issue": short_issue(&event.issue_v2),
        "property": property,
    });
    notice(name, body, Some(key.to_owned()), false)
}

fn notice(event: &'static str, mut body: Value, property: Option<String>, cascade: bool) -> Notice {
    drop_emails(&mut body);
    Notice { event, body, property, cascade }
}

fn short_issue(issue: &Value) -> Value {
    let fields: Map<String, Value> = COMMENT_ISSUE_FIELDS
        .iter()
        .map(|name| {
            ((*name).to_owned(), issue.pointer(&format!("/fields/{name}")).cloned().unwrap_or(Value::Null))
        })
        .collect();
    json!({"id": issue["id"], "self": issue["self"], "key": issue["key"], "fields": fields})
}

/// Webhooks show people without their e-mail addresses.
fn drop_emails(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.remove("emailAddress");
            map.values_mut().for_each(drop_emails);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_emails),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
