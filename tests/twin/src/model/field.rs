//! Fields and the values they hold.

use serde_json::Value;

use super::user::AccountId;

/// `summary`, `customfield_10042`, ...
pub type FieldId = String;

/// One field of a site.
#[derive(Debug, Clone)]
pub struct Field {
    pub id: FieldId,
    pub name: String,
    pub kind: FieldKind,
    /// Options of select fields, in their order.
    pub options: Vec<FieldOption>,
    /// Names by which JQL knows the field.
    pub clause_names: Vec<String>,
}

impl Field {
    /// Custom fields carry a number in their id, which differs between sites.
    #[must_use]
    pub fn custom_number(&self) -> Option<u64> {
        self.id.strip_prefix("customfield_").and_then(|n| n.parse().ok())
    }
}

/// One option of a select field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldOption {
    pub id: String,
    pub value: String,
    pub disabled: bool,
}

/// What a field holds, which decides its schema, how it is written and how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    TextArea,
    Number,
    Date,
    DateTime,
    Select,
    MultiSelect,
    User,
    Labels,
    Priority,
    Resolution,
    Components,
    RequestType,
    Organizations,
    Participants,
    SecurityLevel,
    Project,
    IssueType,
    Status,
    /// `created`, `updated`, `resolutiondate`, `statuscategorychangedate`: Jira writes them.
    Stamp,
    /// `creator`: Jira writes it.
    Creator,
    Comments,
    /// `attachment` and `issuelinks`: lists that stay empty here.
    EmptyList(ListOf),
}

/// Which of the lists that stay empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListOf {
    Attachments,
    IssueLinks,
    Subtasks,
}

/// The value of one field of one issue. An empty field has no value at all.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    Text(String),
    /// Rich text is kept as ADF; version 2 of the API reads and writes it as wiki markup.
    Rich(Value),
    Number(f64),
    /// `2026-11-23`
    Date(String),
    /// Milliseconds since the epoch.
    DateTime(i64),
    User(AccountId),
    Users(Vec<AccountId>),
    /// The id of an option, a priority, a resolution, a request type, a security level.
    Id(String),
    /// Ids of options, components, organizations.
    Ids(Vec<String>),
    Labels(Vec<String>),
}
