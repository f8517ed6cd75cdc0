//! What comes of a decision: steps, their answers, and what to remember.

use super::mapping::Mapping;
use super::{Hints, Read};
use crate::adf::Doc;
use crate::audience::Audience;
use crate::id::{
    AccountId, ClusterId, CommentId, FieldId, HistoryId, IssueId, IssueTypeId, LinkId, Millis, OpId,
    ProjectId, RequestTypeId, Side, Sides,
};
use crate::issue::{Choice, Comment, Issue, Value};
use crate::link::{CommentPair, Digest, End, FieldMemory, FieldPair, IntentKind, Link, LinkState};
use crate::ordered::{BTreeMap, BTreeSet};
use crate::stamp::Stamp;
use serde::{Deserialize, Serialize};

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
    /// The comment pair as it is once the step is done, save what the answer adds (the copy's id and version).
    pub comment: Option<CommentPair>,
    /// A removal that counts for the brake; hiding does not.
    pub removal: bool,
    /// What was kept as lost, and stands again once the step is done.
    pub stands: Vec<Conflict>,
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
    /// It is gone: a list that would show it does not, or the project of a new issue is not there.
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
    /// The fields of the link are as these rules want them.
    Mapped {
        mapping: Mapping,
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
    /// What a conflict of the same change kept stands again: it is not kept any more.
    Stands {
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
        cluster: ClusterId,
    },
    /// All of the link was compared anew after the database was restored: [`Link::rebase`] is over.
    Rebased,
    /// A comment of ours was found after the database was restored: its place in the cluster is taken by the link that
    /// made it. `first`: it was made from what people wrote on the other side, whose place is held as well.
    Standing {
        side: Side,
        cluster: ClusterId,
        link: LinkId,
        op: OpId,
        first: bool,
    },
    /// For the activity log: a person's edit of a copy that a later write of ours went over, by the version that Jira
    /// had given it.
    Overwritten {
        element: Element,
        side: Side,
        at: Millis,
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Element {
    Issue,
    Field { pair: FieldPair },
    Comment { origin: Side, id: CommentId },
}

/// Why an element stopped, in words for an admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Conflict {
    pub pair: FieldPair,
    pub winner: Side,
    /// Of the side that lost. Kept sealed by the store, for 30 days.
    pub lost: Value,
    /// `lost` is the part that could not be carried; the whole value still stands where it was written.
    #[serde(default)]
    pub in_part: bool,
    pub at: Sides<Option<Millis>>,
    pub history: Sides<Option<HistoryId>>,
}
