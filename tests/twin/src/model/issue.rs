//! An issue: what it says now, what search knows of it, and how it came to be so.

use std::collections::BTreeMap;

use serde_json::Value;

use super::comment::Comment;
use super::field::{FieldId, FieldValue};
use super::user::AccountId;

/// One issue with everything that hangs on it.
#[derive(Debug, Clone)]
pub struct Issue {
    pub head: IssueHead,
    pub comments: Vec<Comment>,
    pub changelog: Vec<History>,
    /// What the search index was given, oldest first; the tail is not visible yet.
    pub index: Vec<Indexed>,
}

/// The part of an issue that search indexes.
#[derive(Debug, Clone)]
pub struct IssueHead {
    pub id: u64,
    pub key: String,
    /// Project id.
    pub project: String,
    /// Issue type id.
    pub issue_type: String,
    /// Status id.
    pub status: String,
    pub status_changed_ms: i64,
    pub creator: AccountId,
    pub created_ms: i64,
    pub updated_ms: i64,
    pub resolved_ms: Option<i64>,
    /// Values of everything that can stand on a screen; an empty field is absent.
    pub values: BTreeMap<FieldId, FieldValue>,
    /// Entity properties.
    pub properties: BTreeMap<String, Value>,
}

/// One state of an issue on its way into the index.
#[derive(Debug, Clone)]
pub struct Indexed {
    /// When the write happened; search shows it `index_lag_ms` later.
    pub at_ms: i64,
    pub head: IssueHead,
}

/// One entry of the changelog.
#[derive(Debug, Clone)]
pub struct History {
    pub id: u64,
    pub author: AccountId,
    pub created_ms: i64,
    pub items: Vec<ChangeItem>,
}

/// One field of a changelog entry. Ids in `from`/`to`, words in the strings; rich text is in wiki markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeItem {
    pub field: String,
    /// `jira` or `custom`.
    pub fieldtype: &'static str,
    pub field_id: FieldId,
    pub from: Option<String>,
    pub from_string: Option<String>,
    pub to: Option<String>,
    pub to_string: Option<String>,
}

impl Issue {
    /// The issue as search shows it at `now_ms`, if search has heard of it.
    #[must_use]
    pub fn indexed(&self, now_ms: i64, index_lag_ms: i64) -> Option<&IssueHead> {
        self.index.iter().rev().find(|entry| entry.at_ms + index_lag_ms <= now_ms).map(|entry| &entry.head)
    }

    /// Hands the present state to the index and forgets states that search has left behind.
    pub(crate) fn reindex(&mut self, now_ms: i64, index_lag_ms: i64) {
        let visible = self.index.iter().rposition(|entry| entry.at_ms + index_lag_ms <= now_ms);
        self.index.drain(..visible.unwrap_or(0));
        self.index.push(Indexed { at_ms: now_ms, head: self.head.clone() });
    }

    /// A comment by id.
    #[must_use]
    pub fn comment(&self, id: u64) -> Option<&Comment> {
        self.comments.iter().find(|comment| comment.id == id)
    }

    pub(crate) fn comment_mut(&mut self, id: u64) -> Option<&mut Comment> {
        self.comments.iter_mut().find(|comment| comment.id == id)
    }
}

impl IssueHead {
    /// The id held by a select-like field.
    #[must_use]
    pub fn id_value(&self, field: &str) -> Option<&str> {
        match self.values.get(field) {
            Some(FieldValue::Id(id)) => Some(id),
            _ => None,
        }
    }

    /// The account held by a user field.
    #[must_use]
    pub fn user_value(&self, field: &str) -> Option<&AccountId> {
        match self.values.get(field) {
            Some(FieldValue::User(account)) => Some(account),
            _ => None,
        }
    }

    /// The text of a one-line field.
    #[must_use]
    pub fn text_value(&self, field: &str) -> Option<&str> {
        match self.values.get(field) {
            Some(FieldValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The one-line summary; empty only for an issue that never had one.
    #[must_use]
    pub fn summary(&self) -> &str {
        self.text_value("summary").unwrap_or_default()
    }
}
