//! Fields of the seed.

use std::collections::BTreeMap;

use super::Numbers;
use crate::model::{Field, FieldId, FieldKind, FieldOption, ListOf};

const SYSTEM: &[(&str, &str, FieldKind, &[&str])] = &[
    ("summary", "Summary", FieldKind::Text, &["summary"]),
    ("description", "Description", FieldKind::TextArea, &["description"]),
    ("environment", "Environment", FieldKind::TextArea, &["environment"]),
    ("issuetype", "Issue Type", FieldKind::IssueType, &["issuetype", "type"]),
    ("project", "Project", FieldKind::Project, &["project"]),
    ("status", "Status", FieldKind::Status, &["status"]),
    ("statuscategorychangedate", "Status Category Changed", FieldKind::Stamp, &["statusCategoryChangedDate"]),
    ("resolution", "Resolution", FieldKind::Resolution, &["resolution"]),
    ("resolutiondate", "Resolved", FieldKind::Stamp, &["resolutiondate", "resolved"]),
    ("created", "Created", FieldKind::Stamp, &["created", "createdDate"]),
    ("updated", "Updated", FieldKind::Stamp, &["updated", "updatedDate"]),
    ("creator", "Creator", FieldKind::Creator, &["creator"]),
    ("reporter", "Reporter", FieldKind::User, &["reporter"]),
    ("assignee", "Assignee", FieldKind::User, &["assignee"]),
    ("priority", "Priority", FieldKind::Priority, &["priority"]),
    ("duedate", "Due date", FieldKind::Date, &["due", "duedate"]),
    ("labels", "Labels", FieldKind::Labels, &["labels"]),
    ("components", "Components", FieldKind::Components, &["component"]),
    ("security", "Security Level", FieldKind::SecurityLevel, &["level"]),
    ("comment", "Comment", FieldKind::Comments, &["comment"]),
    ("attachment", "Attachment", FieldKind::EmptyList(ListOf::Attachments), &["attachments"]),
    ("issuelinks", "Linked Issues", FieldKind::EmptyList(ListOf::IssueLinks), &[]),
    ("subtasks", "Sub-tasks", FieldKind::EmptyList(ListOf::Subtasks), &["subtasks"]),
];

/// Custom fields in the order of their numbers.
const CUSTOM: &[(&str, FieldKind, &[&str])] = &[
    ("Request Type", FieldKind::RequestType, &[]),
    ("Organizations", FieldKind::Organizations, &[]),
    ("Request participants", FieldKind::Participants, &[]),
    ("Urgency", FieldKind::Select, &["Critical", "High", "Medium", "Low"]),
    ("Affected services", FieldKind::MultiSelect, &["E-mail", "Network", "Printing", "Telephony"]),
    ("Seats", FieldKind::Number, &[]),
    ("Needed by", FieldKind::Date, &[]),
    ("Asset tag", FieldKind::Text, &[]),
    ("Business justification", FieldKind::TextArea, &[]),
    ("Approver", FieldKind::User, &[]),
    ("Outage start", FieldKind::DateTime, &[]),
];

pub(super) fn all(numbers: Numbers) -> BTreeMap<FieldId, Field> {
    let system = SYSTEM.iter().map(|(id, name, kind, clauses)| Field {
        id: (*id).to_owned(),
        name: (*name).to_owned(),
        kind: *kind,
        options: Vec::new(),
        clause_names: clauses.iter().map(|name| (*name).to_owned()).collect(),
    });
    let first = 10_010 + numbers.order * 100;
    let custom = CUSTOM.iter().zip(first..).map(|((name, kind, options), number)| Field {
        id: format!("customfield_{number}"),
        name: (*name).to_owned(),
        kind: *kind,
        options: options_of(options, number, numbers),
        clause_names: vec![format!("cf[{number}]"), (*name).to_owned()],
    });
    system.chain(custom).map(|field| (field.id.clone(), field)).collect()
}

fn options_of(values: &[&str], number: u64, numbers: Numbers) -> Vec<FieldOption> {
    let first = numbers.at(10_000) + (number % 100) * 20;
    values
        .iter()
        .zip(first..)
        .map(|(value, id)| FieldOption { id: id.to_string(), value: (*value).to_owned(), disabled: false })
        .collect()
}
