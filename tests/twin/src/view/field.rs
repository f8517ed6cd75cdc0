//! Fields: what they are, and what an issue's value of one looks like.

use serde_json::{Map, Value, json};

use super::{
    View, comment_page, desk, issue_type_bean, priority_bean, project_identity, status_bean, user_details,
};
use crate::clock::jira_time;
use crate::model::{Field, FieldKind, FieldValue, Issue, ListOf};

/// A field as `/field` lists it.
#[must_use]
pub fn field_details(field: &Field) -> Value {
    json!({
        "id": field.id,
        "key": field.id,
        "name": field.name,
        "custom": field.custom_number().is_some(),
        "orderable": is_orderable(field.kind),
        "navigable": field.kind != FieldKind::Comments,
        "searchable": true,
        "clauseNames": field.clause_names,
        "schema": field_schema(field),
    })
}

/// A field as `/field/search` lists it.
#[must_use]
pub fn field_page_item(field: &Field) -> Value {
    json!({
        "id": field.id,
        "key": field.id,
        "name": field.name,
        "schema": field_schema(field),
        "description": "",
        "isLocked": false,
    })
}

/// Fields that can be put on a screen; the others Jira writes itself.
fn is_orderable(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Stamp | FieldKind::Creator | FieldKind::Status | FieldKind::Project)
}

/// The schema of a field: its type, and for custom fields the key of the type and the number.
#[must_use]
pub fn field_schema(field: &Field) -> Value {
    let (kind, items, custom) = shape(field.kind);
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!(kind));
    if let Some(items) = items {
        schema.insert("items".to_owned(), json!(items));
    }
    match field.custom_number() {
        Some(number) => {
            schema.insert("custom".to_owned(), json!(custom));
            schema.insert("customId".to_owned(), json!(number));
        }
        None => {
            schema.insert("system".to_owned(), json!(field.id));
        }
    }
    Value::Object(schema)
}

fn shape(kind: FieldKind) -> (&'static str, Option<&'static str>, &'static str) {
    match kind {
        FieldKind::Text => ("string", None, "com.atlassian.jira.plugin.system.customfieldtypes:textfield"),
        FieldKind::TextArea => ("string", None, "com.atlassian.jira.plugin.system.customfieldtypes:textarea"),
        FieldKind::Number => ("number", None, "com.atlassian.jira.plugin.system.customfieldtypes:float"),
        FieldKind::Date => ("date", None, "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"),
        FieldKind::DateTime | FieldKind::Stamp => {
            ("datetime", None, "com.atlassian.jira.plugin.system.customfieldtypes:datetime")
        }
        FieldKind::Select => ("option", None, "com.atlassian.jira.plugin.system.customfieldtypes:select"),
        FieldKind::MultiSelect => {
            ("array", Some("option"), "com.atlassian.jira.plugin.system.customfieldtypes:multiselect")
        }
        FieldKind::User | FieldKind::Creator => {
            ("user", None, "com.atlassian.jira.plugin.system.customfieldtypes:userpicker")
        }
        FieldKind::Labels => {
            ("array", Some("string"), "com.atlassian.jira.plugin.system.customfieldtypes:labels")
        }
        FieldKind::RequestType => ("sd-customerrequesttype", None, "com.atlassian.servicedesk:vp-origin"),
        FieldKind::Organizations => {
            ("array", Some("sd-customerorganization"), "com.atlassian.servicedesk:sd-customer-organizations")
        }
        FieldKind::Participants => {
            ("array", Some("user"), "com.atlassian.servicedesk:sd-request-participants")
        }
        FieldKind::Priority => ("priority", None, ""),
        FieldKind::Resolution => ("resolution", None, ""),
        FieldKind::Components => ("array", Some("component"), ""),
        FieldKind::SecurityLevel => ("securitylevel", None, ""),
        FieldKind::Project => ("project", None, ""),
        FieldKind::IssueType => ("issuetype", None, ""),
        FieldKind::Status => ("status", None, ""),
        FieldKind::Comments => ("comments-page", None, ""),
        FieldKind::EmptyList(ListOf::Attachments) => ("array", Some("attachment"), ""),
        FieldKind::EmptyList(ListOf::IssueLinks | ListOf::Subtasks) => ("array", Some("issuelinks"), ""),
    }
}

/// What an issue's field looks like; `null` (or an empty list, where Jira gives one) when it is empty.
#[must_use]
pub fn field_value(view: View<'_>, issue: &Issue, field: &Field) -> Value {
    let (site, head) = (view.site, &issue.head);
    match field.kind {
        FieldKind::Project => project_identity(view, site.project_of(head)),
        FieldKind::IssueType => {
            site.issue_types.get(&head.issue_type).map_or(Value::Null, |it| issue_type_bean(view, it))
        }
        FieldKind::Status => site.statuses.get(&head.status).map_or(Value::Null, |it| status_bean(view, it)),
        FieldKind::Creator => user_details(view, &head.creator),
        FieldKind::Comments => comment_page(view, issue),
        FieldKind::EmptyList(_) => json!([]),
        FieldKind::Stamp => match field.id.as_str() {
            "created" => json!(jira_time(head.created_ms)),
            "updated" => json!(jira_time(head.updated_ms)),
            "statuscategorychangedate" => json!(jira_time(head.status_changed_ms)),
            _ => head.resolved_ms.map_or(Value::Null, |at| json!(jira_time(at))),
        },
        FieldKind::Text
        | FieldKind::TextArea
        | FieldKind::Number
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Select
        | FieldKind::MultiSelect
        | FieldKind::User
        | FieldKind::Labels
        | FieldKind::Priority
        | FieldKind::Resolution
        | FieldKind::Components
        | FieldKind::RequestType
        | FieldKind::Organizations
        | FieldKind::Participants
        | FieldKind::SecurityLevel => head
            .values
            .get(&field.id)
            .map_or_else(|| empty(field.kind), |value| shown(view, issue, field, value)),
    }
}

fn empty(kind: FieldKind) -> Value {
    match kind {
        FieldKind::Labels | FieldKind::Components | FieldKind::Organizations | FieldKind::Participants => {
            json!([])
        }
        FieldKind::Text
        | FieldKind::TextArea
        | FieldKind::Number
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Select
        | FieldKind::MultiSelect
        | FieldKind::User
        | FieldKind::Priority
        | FieldKind::Resolution
        | FieldKind::RequestType
        | FieldKind::SecurityLevel
        | FieldKind::Project
        | FieldKind::IssueType
        | FieldKind::Status
        | FieldKind::Stamp
        | FieldKind::Creator
        | FieldKind::Comments
        | FieldKind::EmptyList(_) => Value::Null,
    }
}

fn shown(view: View<'_>, issue: &Issue, field: &Field, value: &FieldValue) -> Value {
    match value {
        FieldValue::Text(text) => json!(text),
        FieldValue::Rich(adf) => view.rich(adf),
        FieldValue::Number(number) => json!(number),
        FieldValue::Date(date) => json!(date),
        FieldValue::DateTime(at) => json!(jira_time(*at)),
        FieldValue::User(account) => user_details(view, account),
        FieldValue::Users(accounts) => accounts.iter().map(|account| user_details(view, account)).collect(),
        FieldValue::Labels(labels) => json!(labels),
        FieldValue::Id(id) => one(view, issue, field, id),
        FieldValue::Ids(ids) => ids.iter().map(|id| one(view, issue, field, id)).collect(),
    }
}

fn one(view: View<'_>, issue: &Issue, field: &Field, id: &str) -> Value {
    let site = view.site;
    let name = site.name_of(field, &issue.head, id);
    let named = |path: &str| json!({"self": view.link(&format!("/{path}/{id}")), "id": id, "name": name});
    match field.kind {
        FieldKind::Priority => {
            site.priorities.iter().find(|it| it.id == id).map_or(Value::Null, |it| priority_bean(view, it))
        }
        FieldKind::Resolution => {
            let mut bean = named("resolution");
            bean["description"] = json!("");
            bean
        }
        FieldKind::SecurityLevel => {
            let mut bean = named("securitylevel");
            bean["description"] = json!("");
            bean
        }
        FieldKind::Components => named("component"),
        FieldKind::RequestType => desk::request_type_field_value(view, issue),
        FieldKind::Organizations => {
            let link = format!("{}/rest/servicedeskapi/organization/{id}", site.base_url);
            json!({"id": id, "name": name, "_links": {"self": link}})
        }
        FieldKind::Text
        | FieldKind::TextArea
        | FieldKind::Number
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Select
        | FieldKind::MultiSelect
        | FieldKind::User
        | FieldKind::Labels
        | FieldKind::Participants
        | FieldKind::Project
        | FieldKind::IssueType
        | FieldKind::Status
        | FieldKind::Stamp
        | FieldKind::Creator
        | FieldKind::Comments
        | FieldKind::EmptyList(_) => {
            json!({"self": view.link(&format!("/customFieldOption/{id}")), "value": name, "id": id})
        }
    }
}
