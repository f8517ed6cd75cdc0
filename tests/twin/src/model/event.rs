//! What happened on a site, in order; webhooks are made of it.

use serde_json::Value;

use super::issue::{ChangeItem, IssueHead};
use super::user::AccountId;

/// Who does something, when, and in which request.
#[derive(Debug, Clone)]
pub struct Act {
    pub account: AccountId,
    pub now_ms: i64,
    /// `X-Atlassian-Webhook-Trace` of the request, which the resulting webhooks echo.
    pub trace: Option<String>,
}

/// One thing that happened to an issue.
#[derive(Debug, Clone)]
pub struct DomainEvent {
    /// Counts from 1 within the site.
    pub seq: u64,
    pub at_ms: i64,
    pub actor: AccountId,
    pub trace: Option<String>,
    /// The issue right after the event (for a deletion: right before), for webhook filters.
    pub head: IssueHead,
    /// The issue at that moment as version 2 of the API shows it: wiki markup, no comments of its own.
    pub issue_v2: Value,
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum EventKind {
    IssueCreated,
    /// `changelog_id` and items of the changelog entry.
    IssueUpdated {
        changelog_id: u64,
        items: Vec<ChangeItem>,
    },
    IssueDeleted,
    /// `comment_v2` is the comment as version 2 shows it, `jsdPublic` included, properties not.
    CommentCreated {
        comment_id: u64,
        comment_v2: Value,
    },
    CommentUpdated {
        comment_id: u64,
        comment_v2: Value,
    },
    CommentDeleted {
        comment_id: u64,
        comment_v2: Value,
        /// It went because its issue was deleted; such webhooks are of the `Secondary` flow.
        cascade: bool,
    },
    PropertySet {
        key: String,
        value: Value,
    },
    PropertyDeleted {
        key: String,
    },
}
