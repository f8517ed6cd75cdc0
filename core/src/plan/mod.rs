//! What makes the sides of one link agree: a printable list of operations, with the reason of each.
//!
//! `plan` looks at what was read and says either what it must still see ([`Plan::needs`]) or what is to be done. Whoever
//! executes it has no choice left. When a call has been answered, the answer comes back here and becomes notes (what
//! to remember) and, where the answer shows trouble, further steps.
//!
//! # What the caller must do
//! Ask, read what is needed, ask again; write the notes down, execute the steps in order, give each answer to
//! `answer` and write its notes down with the outcome, then do the steps that it adds. Then ask again with the same
//! hints, the link as it is now, and the same sights, save that what was written is seen as the answer showed it (an
//! edited issue, an added, edited or removed comment), until there are neither needs nor steps. Only then are the
//! hints done with: what says "read up to here" is noted in that last round, so that a crash before it loses nothing.

use crate::adf::Doc;
use crate::audience::Audience;
use crate::config::Config;
use crate::id::{
    AccountId, ClusterId, CommentId, FieldId, HistoryId, IssueId, IssueTypeId, LinkId, Millis, OpId,
    ProjectId, RequestTypeId, Side, Sides,
};
use crate::issue::{Choice, Comment, Issue, Value};
use crate::link::{CommentPair, Digest, DigestKey, End, FieldMemory, FieldPair, IntentKind, Link, LinkState};
use crate::schema::ProjectSchema;
use crate::stamp::Stamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// After so many alternations that other people's automations made in a row, a field is frozen.
pub const ALTERNATIONS_MAX: u32 = 3;
/// So many comments of one link are removed in a row; then a person is asked. Hiding is exempt.
pub const REMOVALS_MAX: u32 = 10;
/// So many known comments are asked for beside one that may be gone.
pub const WITNESSES_MAX: usize = 3;

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
    /// How people call each site: for the header of enriched copies and for `{site}`.
    pub sites: &'a Sides<String>,
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
    /// The issue's own fields, whatever we know.
    pub fields: bool,
    /// The issue's own fields, if its changelog went on to this id since we last read it.
    pub history: Option<HistoryId>,
    /// The issue's own fields, if we last read them at an older `updated` (an event without a changelog, a sweep).
    pub updated: Option<Millis>,
    /// These comments, with the version that the event named (`None`: the event named none, or it was deleted).
    pub comments: BTreeMap<CommentId, Option<Millis>>,
    /// The newest page of comments (a sweep).
    pub newest_comments: bool,
    /// All comments (an audit, a start, a resync).
    pub all_comments: bool,
    /// People asked, at this time of the server's clock: elements that were parked before are tried again.
    pub retry: Option<Millis>,
}

impl Hints {
    /// Both at once: a second hint widens the first.
    pub fn widen(&mut self, more: Self) {
        self.fields |= more.fields;
        self.history = match (self.history.take(), more.history) {
            (Some(ours), Some(theirs)) if theirs.is_after(&ours) => Some(theirs),
            (Some(ours), _) => Some(ours),
            (None, theirs) => theirs,
        };
        self.updated = self.updated.max(more.updated);
        for (id, version) in more.comments {
            self.comments
                .entry(id)
                .and_modify(|known| *known = known.zip(version).map(|(a, b)| a.max(b)))
                .or_insert(version);
        }
        self.newest_comments |= more.newest_comments;
        self.all_comments |= more.all_comments;
        self.retry = self.retry.max(more.retry);
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
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
    /// To be looked at again: marked like any hint, in the transaction of the notes.
    pub again: Sides<Hints>,
    /// A write whose outcome is unknown must rest until then (the server's clock); the hints are kept and the rest goes on.
    pub not_before: Option<Millis>,
}

/// One operation, its reason, and what to remember once it is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub op: Op,
    pub why: String,
    /// What the written fields are remembered by, once the answer says what Jira made of them.
    pub fields: BTreeMap<FieldPair, FieldAfter>,
    /// Settled by this step.
    pub conflicts: Vec<Conflict>,
    /// The comment pair as it is once the step is done, save what the answer adds (the copy's id and version).
    pub comment: Option<CommentPair>,
    /// A removal that counts for the brake; hiding does not.
    pub removal: bool,
}

/// A field after its value was carried from `from` to the other side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldAfter {
    pub from: Side,
    /// What was sent.
    pub sent: Digest,
    /// When the source was changed, on the server's clock, where its changelog was read.
    pub changed: Option<Millis>,
    /// Complete but for the base of the side that was written.
    pub memory: FieldMemory,
}

/// What the stamp of a created issue or comment says beside the operation: see [`Step::stamp`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Reserved together with the intent: one issue per project, one comment per issue.
    pub cluster: ClusterId,
    pub ceiling: Audience,
}

impl Step {
    /// What the thing that this step creates carries; `None` for a step that creates nothing.
    #[must_use]
    pub fn stamp(&self, link: &Link, op: &OpId) -> Option<Stamp> {
        match &self.op {
            Op::CreateIssue { mark, .. } | Op::AddComment { mark, .. } => Some(Stamp {
                sync: link.sync.clone(),
                link: link.id.clone(),
                op: op.clone(),
                cluster: mark.cluster.clone(),
                ceiling: mark.ceiling,
            }),
            Op::EditIssue { .. } | Op::EditComment { .. } | Op::DeleteComment { .. } => None,
        }
    }

    /// The intent that is written down before the step.
    #[must_use]
    pub fn intent(&self) -> IntentKind {
        match &self.op {
            Op::CreateIssue { .. } => IntentKind::CreateIssue,
            Op::EditIssue { .. } => IntentKind::EditIssue {
                fields: self.fields.iter().map(|(pair, after)| (pair.clone(), after.sent.clone())).collect(),
            },
            Op::AddComment { origin, .. } => IntentKind::AddComment { origin: origin.clone() },
            Op::EditComment { origin, .. } => IntentKind::EditComment { origin: origin.clone() },
            Op::DeleteComment { origin, comment, .. } => {
                IntentKind::DeleteComment { origin: origin.clone(), comment: comment.clone() }
            }
        }
    }
}

impl Op {
    /// The side that it writes to.
    #[must_use]
    pub fn side(&self) -> Side {
        match self {
            Self::CreateIssue { side, .. }
            | Self::EditIssue { side, .. }
            | Self::AddComment { side, .. }
            | Self::EditComment { side, .. }
            | Self::DeleteComment { side, .. } => *side,
        }
    }
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
        mark: Mark,
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
        mark: Mark,
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
    /// Jira refused and changed nothing. The fields that it named are parked with its sentence, and the others are
    /// tried again without them; where it named none, the whole step is parked.
    Refused {
        trouble: Trouble,
        fields: BTreeMap<FieldId, String>,
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
    /// How many comments were removed in a row: [`Link::removals`].
    Removals {
        count: u32,
    },
    /// This issue is the copy that another link of this sync made, by its stamp. That link is asked to look, with
    /// `Found::Issue` in its sights; it adopts the issue or, if it has an end there, calls it an extra one.
    Hand {
        link: LinkId,
        op: OpId,
        side: Side,
        issue: IssueId,
        key: String,
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
///
/// `at` is on the server's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    pub pair: FieldPair,
    pub winner: Side,
    /// Of the side that lost. Kept sealed by the store, for 30 days.
    pub lost: Value,
    pub at: Sides<Option<Millis>>,
    pub history: Sides<Option<HistoryId>>,
}
