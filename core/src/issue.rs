//! What one site shows of an issue, in canonical form: the shape that both sides are compared in.

use crate::adf::Doc;
use crate::audience::Audience;
use crate::id::{
    AccountId, CommentId, FieldId, HistoryId, IssueId, IssueTypeId, Millis, ProjectId, RequestTypeId,
};
use crate::ordered::{BTreeMap, BTreeSet};
use serde::{Deserialize, Serialize};

/// An issue as one site shows it. `fields` holds those that were read, empty ones as [`Value::Empty`]; a field that
/// is missing there was not asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Issue {
    pub id: IssueId,
    /// For people only; never used to find the issue again.
    pub key: String,
    pub project: ProjectId,
    pub issue_type: IssueTypeId,
    /// `Some` makes the issue a *request*, which is the only thing whose comments customers can see.
    pub request_type: Option<RequestTypeId>,
    /// The id of its security level.
    pub security: Option<String>,
    /// The site's clock.
    pub created: Millis,
    /// The site's clock. Moves on every change, comments included.
    pub updated: Millis,
    pub reporter: Option<Person>,
    /// Who really created it: the account whose stamp may be believed.
    pub creator: Option<AccountId>,
    pub fields: BTreeMap<FieldId, Value>,
    /// Foreign and own history since the id the reader asked from, oldest first; `None` when it was not read.
    pub history: Option<Vec<Change>>,
    /// The stamp that the issue carries as an entity property, as found (not verified here).
    pub stamp: Option<String>,
}

/// One group of the changelog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/", rename = "Revision"))]
pub struct Change {
    pub id: HistoryId,
    pub at: Millis,
    /// `None`: by Jira itself or an anonymous actor.
    pub author: Option<AccountId>,
    pub items: Vec<ChangeItem>,
}

/// One field of one group of the changelog. Texts are wiki markup for rich text, as Jira keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct ChangeItem {
    pub field: FieldId,
    pub from: Option<String>,
    pub from_text: Option<String>,
    pub to: Option<String>,
    pub to_text: Option<String>,
}

/// The canonical value of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Value {
    Empty,
    /// One line or plain text.
    Text(String),
    Rich(Doc),
    /// Wiki markup: only as a value to restore from the changelog, through `/rest/api/2`.
    Wiki(String),
    Number(#[cfg_attr(feature = "ts", ts(type = "number"))] serde_json::Number),
    /// `2026-11-23`.
    Date(String),
    DateTime(Millis),
    /// An option, a priority, a component, a version: something with an id of its own site.
    Choice(Choice),
    Choices(BTreeSet<Choice>),
    Labels(BTreeSet<String>),
    Person(Person),
    People(BTreeSet<Person>),
    /// A value of a field type that is not carried. Present, so that it is not taken for empty.
    Other(String),
}

/// Something a site offers for choice. The id decides; the name is for tables and people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Choice {
    pub id: String,
    pub name: String,
}

/// A user as a site shows him. Never logged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Person {
    pub account: AccountId,
    pub name: String,
    /// Only where the site shows it to us.
    pub email: Option<String>,
}

/// A comment as one site shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Comment {
    pub id: CommentId,
    /// `None` for comments of deleted or anonymous users.
    pub author: Option<Person>,
    pub created: Millis,
    /// The version of a comment: Jira moves it on every edit.
    pub updated: Millis,
    /// Who wrote that version, where Jira says so.
    #[serde(default)]
    pub editor: Option<AccountId>,
    pub body: Doc,
    pub audience: Audience,
    /// The stamp that the comment carries as a property, as found (not verified here).
    pub stamp: Option<String>,
}
