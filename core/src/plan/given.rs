//! What a decision rests on: what people configured, what we remember, what was read.

use crate::config::Config;
use crate::id::{AccountId, ClusterId, CommentId, FieldId, HistoryId, IssueId, Millis, OpId, Side, Sides};
use crate::issue::{Comment, Issue, Value};
use crate::link::{DigestKey, FieldPair, IntentKind, Link};
use crate::ordered::{BTreeMap, BTreeSet};
use crate::schema::ProjectSchema;
use serde::{Deserialize, Serialize};

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
    /// What is not known yet since the database was restored from a backup: nothing is created before.
    pub rebasing: Rebasing,
    /// Verifies and reads the stamps in `seen`; see [`crate::stamp`].
    pub stamps: &'a crate::stamp::Ring,
    pub key: &'a DigestKey,
    /// The server's clock.
    pub now: Millis,
    /// How long an unknown outcome must rest before "not found" is believed: server time-out and index lag.
    pub grace_ms: i64,
}

/// What is still being looked up, after the database was restored, of the project where a copy would be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rebasing {
    Nothing,
    /// Which of its issues have copies elsewhere: a copy of a copy might come back to where its issue was made.
    Homes,
    /// Which copies there are in it, and all that [`Self::Homes`] says.
    Copies,
}

/// What to look at on one side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Hints {
    /// The issue's own fields, whatever we know.
    pub fields: bool,
    /// The issue's own fields, if its changelog went on to this id since we last read it.
    pub history: Option<HistoryId>,
    /// The issue's own fields, if we last read them at an older `updated` (an event without a changelog, a sweep).
    pub updated: Option<Millis>,
    /// These comments, with the version that the event named (`None`: the event named none, or it was deleted).
    pub comments: BTreeMap<CommentId, Option<Millis>>,
    /// All versions that events named of a comment; at most `NAMED_VERSIONS_MAX` of each.
    pub named: BTreeMap<CommentId, BTreeSet<Millis>>,
    /// The newest page of comments (a sweep).
    pub newest_comments: bool,
    /// All comments (an audit, a start, a resync).
    pub all_comments: bool,
    /// People asked, at this time of the server's clock: elements that were parked before are tried again.
    pub retry: Option<Millis>,
    /// People asked to have fields translated anew whose mapping changed since both sides agreed.
    pub remap: bool,
    /// Conflicts whose lost value, of this side, people want back: by the id under which it is kept.
    pub restore: BTreeSet<String>,
}

/// So many versions of one comment are told apart while they wait; the newest count.
const NAMED_VERSIONS_MAX: usize = 16;

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
        for (id, versions) in more.named {
            let known = self.named.entry(id).or_default();
            known.extend(versions);
            while known.len() > NAMED_VERSIONS_MAX {
                known.pop_first();
            }
        }
        self.restore.extend(more.restore);
        self.newest_comments |= more.newest_comments;
        self.all_comments |= more.all_comments;
        self.retry = self.retry.max(more.retry);
        self.remap |= more.remap;
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// What was read of one side so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
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
    /// Values that lost a conflict here and that people want back. Once the steps of a plan were executed, they are
    /// done with.
    pub wanted_back: BTreeMap<FieldPair, Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
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
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum CommentSight {
    Seen(Box<Comment>),
    /// It is not there, and the same pass proved that we can read its issue and comments of its audience.
    Absent,
}

/// The answer to "is there something with this operation's stamp?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Found {
    /// With the cluster that its stamp names.
    Issue {
        id: IssueId,
        key: String,
        cluster: ClusterId,
    },
    Comment {
        id: CommentId,
    },
    Nothing,
}

/// Who is who on the other side: filled where e-mail decides, because that takes a look-up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct People {
    /// E-mail, lower case -> account, per side that was searched; `None` when nobody has it there.
    pub by_email: Sides<BTreeMap<String, Option<AccountId>>>,
}

/// Something to be read before the decision can be made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "read", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
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
