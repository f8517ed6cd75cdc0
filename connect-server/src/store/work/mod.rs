//! Work: which links to look at, and who is looking.
//!
//! Guarantees: a mark that returned `Ok` is on disk. A mark during a run is not lost: the link is run again. Never
//! two workers on one link while leases hold; a worker whose lease was taken over can't record anything.
//! Assumptions: the fencing tokens come from one counter of the database, so no two claims of any process have the same.
//! What the caller must do: call [`Work::route`] before [`Work::claim`], and answer every [`Claimed`] with
//! [`Work::finish`] or [`Work::retry`]; one that is answered by nothing is claimed again when its lease has run out.
//!
//! Rows hold ids and versions, no customer text.

mod claim;
mod intake;
pub(super) mod route;

pub use claim::{Claimed, Finished, Lease, Waiting};
pub use intake::{MARK_MS_MAX, MARKS_PER_COMMIT_MAX, MARKS_WAITING_MAX};

use super::bell::Bell;
use super::db::Db;
use duplex_core::id::{IssueId, LinkId, Millis, ProjectId, Side, SiteId, SyncId};
use duplex_core::plan::Hints;
use std::sync::Arc;

#[derive(Debug, Clone)]
pub struct Work {
    pub(super) db: Db,
    pub(super) bell: Bell,
    pub(super) intake: Arc<intake::Group>,
}

impl Work {
    pub(super) fn new(db: Db, bell: Bell) -> Self {
        Self { db, bell, intake: Arc::default() }
    }
}

/// "Look at this issue, at these elements."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub site: SiteId,
    pub project: ProjectId,
    pub issue: IssueId,
    pub hints: Hints,
    pub class: Class,
    /// When it may be looked at first.
    pub at: Millis,
}

/// The same, of a link that is known: from a sweep, a retry, or a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkMark {
    pub tenant: SiteId,
    pub sync: SyncId,
    pub link: LinkId,
    pub side: Side,
    pub hints: Hints,
    pub class: Class,
    pub at: Millis,
}

/// What goes first within a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Something may have become less public, or is gone.
    Hiding,
    /// People's changes.
    People,
    /// First mirroring, resync, audit.
    Backfill,
}

impl Class {
    const ALL: [Self; 3] = [Self::Hiding, Self::People, Self::Backfill];

    fn rank(self) -> i64 {
        match self {
            Self::Hiding => 0,
            Self::People => 1,
            Self::Backfill => 2,
        }
    }

    fn of(rank: i64) -> Self {
        Self::ALL.into_iter().find(|class| class.rank() == rank).unwrap_or(Self::Backfill)
    }
}
