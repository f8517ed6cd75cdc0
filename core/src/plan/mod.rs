//! What makes the sides of one link agree: a printable list of operations, with the reason of each.
//!
//! [`plan`](crate::plan) looks at what was read and says either what it must still see ([`Plan::needs`]) or what is to be done. Whoever
//! executes it has no choice left. When a call has been answered, the answer comes back here and becomes notes (what
//! to remember) and, where the answer shows trouble, further steps.

use crate::adf::Doc;
use crate::audience::Audience;
use crate::config::Config;
use crate::id::{
    AccountId, ClusterId, CommentId, FieldId, IssueId, IssueTypeId, Millis, OpId, ProjectId, RequestTypeId,
    Side, Sides,
};
use crate::issue::{Choice, Comment, Issue, Value};
use crate::link::{
    CommentPair, Digest, DigestKey, End, FieldMemory, FieldPair, IntentKind, Link, LinkState, Shown,
};
use crate::schema::ProjectSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// After so many alternations that other people's automations made in a row, a field is frozen.
pub const ALTERNATIONS_MAX: u32 = 3;

/// Everything that a decision about one link rests on.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    pub config: &'a Config,
    pub schemas: &'a Sides<ProjectSchema>,
    /// Issues and comments created before it stay out, per side, on the site's clock.
    pub scope_from: &'a Sides<Option<Millis>>,
    pub link: &'a Link,
    /// What events, sweeps and people said may have changed. Never what it changed to.
    pub hints: &'a Sides<Hints>,
    pub seen: &'a Sides<View>,
    pub people: &'a People,
    /// The other side's project has an issue of this cluster already, or one is being created there.
    pub cluster_taken: bool,
    /// Verifies and reads the stamps in `seen`; see [`crate::stamp`].
    pub stamps: &'a crate::stamp::Ring,
    pub key: &'a DigestKey,
    /// The server's clock.
    pub now: Millis,
    /// How long an unknown outcome must rest before "not found" is believed: server time-out and index lag.
    pub grace_ms: i64,
}

/// What to look at on one side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hints {
    /// The issue's own fields.
    pub fields: bool,
    /// These comments, with the version that the event named (`None`: the event named none, or it was deleted).
    pub comments: BTreeMap<CommentId, Option<Millis>>,
    /// The newest page of comments (a sweep).
    pub newest_comments: bool,
    /// All comments (an audit, a start, a resync).
    pub all_comments: bool,
    /// People asked for it: parked elements are tried again.
    pub retry: bool,
}

/// What was read of one side so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The account that we write as.
    pub us: Option<AccountId>,
    /// The site's clock minus ours.
    pub clock_ahead_ms: i64,
    pub issue: Sight,
    /// Whether the issue lies in the scope of its side; asked only where it matters.
    pub in_scope: Option<bool>,
    pub comments: BTreeMap<CommentId, CommentSight>,
    /// The comments before this instant were not listed; `Some(Millis(i64::MIN))` when all were.
    pub comments_listed_from: Option<Millis>,
    /// The outcome of looking for the stamp of an open intent.
    pub searched: BTreeMap<OpId, Found>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", content = "issue", rename_all = "snake_case")]
pub enum Sight {
    #[default]
    NotRead,
    Seen(Box<Issue>),
    /// 404: deleted, or we may not see it any more.
    Missing,
    /// 401 or 403.
    Forbidden,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", content = "comment", rename_all = "snake_case")]
pub enum CommentSight {
    Seen(Box<Comment>),
    /// It is not there, and the same pass proved that we can read its issue and comments of its audience.
    Absent,
}

/// The answer to "is there something with this operation's stamp?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Found {
    Issue { id: IssueId, key: String },
    Comment { id: CommentId },
    Nothing,
}

/// Who is who on the other side: filled where e-mail decides, because that takes a look-up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// E-mail, lower case -> account, per side that was searched; `None` when nobody has it there.
    pub by_email: Sides<BTreeMap<String, Option<AccountId>>>,
}

/// Something to be read before the decision can be made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "read", rename_all = "snake_case")]
pub enum Read {
    /// The issue with these fields, its stamp, and its changelog.
    Issue {
        side: Side,
        fields: BTreeSet<FieldId>,
        history: bool,
    },
    /// One comment. `witnesses` are comments of the same issue and audience: one of them in the same answer proves
    /// that an absence is a deletion. Without a witness the newest page of the list is read.
    Comment {
        side: Side,
        id: CommentId,
        witnesses: Vec<CommentId>,
    },
    NewestComments {
        side: Side,
    },
    AllComments {
        side: Side,
    },
    /// Our own recent creations in the project, or the newest comments, with their stamps.
    Search {
        side: Side,
        op: OpId,
        what: IntentKind,
    },
    Person {
        side: Side,
        email: String,
    },
    InScope {
        side: Side,
    },
}

/// What is to be done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Not empty: nothing else is said yet; read these and ask again.
    pub needs: BTreeSet<Read>,
    /// Written down before the steps.
    pub notes: Vec<Note>,
    /// In this order; hiding comes first.
    pub steps: Vec<Step>,
}

/// One operation, its reason, and what to remember once it is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub op: Op,
    pub why: String,
    /// The bases on the side that the values came from, to be recorded with the outcome.
    pub fields: BTreeMap<FieldPair, FieldAfter>,
    /// The comment pair as it is once the step is done, save what the answer adds (the copy's id and version).
    pub comment: Option<CommentPair>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldAfter {
    pub source: Shown,
    pub sent: Digest,
    pub memory: FieldMemory,
}

/// A write. `side` is where it goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    CreateIssue {
        side: Side,
        project: ProjectId,
        issue_type: IssueTypeId,
        request_type: Option<RequestTypeId>,
        fields: BTreeMap<FieldId, Value>,
    },
    EditIssue {
        side: Side,
        issue: IssueId,
        fields: BTreeMap<FieldId, FieldWrite>,
    },
    AddComment {
        side: Side,
        issue: IssueId,
        origin: CommentId,
        body: Doc,
        audience: Audience,
    },
    EditComment {
        side: Side,
        issue: IssueId,
        comment: CommentId,
        origin: CommentId,
        body: Doc,
        audience: Audience,
    },
    DeleteComment {
        side: Side,
        issue: IssueId,
        comment: CommentId,
        origin: CommentId,
    },
}

/// How a field is written. Sets are written as additions and removals, never as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum FieldWrite {
    Set { value: Value },
    Labels { add: BTreeSet<String>, remove: BTreeSet<String> },
    Choices { add: BTreeSet<Choice>, remove: BTreeSet<Choice> },
    People { add: BTreeSet<AccountId>, remove: BTreeSet<AccountId> },
}

/// What Jira answered to an operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    Created {
        id: IssueId,
        key: String,
    },
    /// `returnIssue=true&expand=changelog`: what Jira made of it, and what it overwrote.
    Edited {
        issue: Box<Issue>,
    },
    Commented {
        comment: Box<Comment>,
    },
    Deleted,
    /// It was gone already.
    NotThere,
    /// Jira refused: the element is parked with this sentence and remedy. Nothing was changed.
    Refused {
        trouble: Trouble,
    },
}

/// Something to remember.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    End {
        side: Side,
        end: End,
    },
    State {
        state: LinkState,
    },
    Cluster {
        cluster: ClusterId,
    },
    Field {
        pair: FieldPair,
        memory: FieldMemory,
    },
    Comment {
        pair: CommentPair,
    },
    /// The intent is settled: it happened (and was adopted), or it never did.
    Settled {
        op: OpId,
        happened: bool,
    },
    Conflict {
        conflict: Conflict,
    },
    Park {
        element: Element,
        trouble: Trouble,
    },
    Unpark {
        element: Element,
    },
    /// For the activity log: nothing was written, and why.
    Skip {
        element: Element,
        why: String,
    },
}

/// The unit of merging inside a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "element", rename_all = "snake_case")]
pub enum Element {
    Issue,
    Field { pair: FieldPair },
    Comment { origin: Side, id: CommentId },
}

/// Why an element stopped, in words for an admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// A stable name: `target_not_a_request`, `field_not_on_screen`, ...
    pub code: String,
    pub side: Side,
    pub sentence: String,
    pub remedy: String,
}

/// Both sides changed one field, and the policy chose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    pub pair: FieldPair,
    pub winner: Side,
    /// Of the side that lost. Kept sealed by the store, for 30 days.
    pub lost: Value,
    pub at: Sides<Option<Millis>>,
    pub history: Sides<Option<String>>,
}
