//! Everything that may happen in a storm.

use crate::person::Kind;

/// An issue or a comment, by the order of its birth.
pub(super) type Nth = usize;
/// One of the mirrored projects, by its place in the topology.
pub(super) type Place = usize;

/// One thing that happens. What can't happen as things stand (there is no copy yet, the comment is gone) does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// A customer raises a request in the portal.
    Raise {
        at: Place,
        issue: Nth,
        kind: usize,
    },
    /// An agent creates an issue without a request type.
    Create {
        at: Place,
        issue: Nth,
        kind: usize,
    },
    /// Somebody renames the issue, or its copy.
    Rename {
        at: Place,
        issue: Nth,
        words: String,
    },
    Describe {
        at: Place,
        issue: Nth,
        words: String,
    },
    /// Somebody chooses how urgent it is.
    Choose {
        at: Place,
        issue: Nth,
        option: &'static str,
    },
    Say {
        at: Place,
        issue: Nth,
        comment: Nth,
        who: &'static str,
        kind: Kind,
        words: String,
    },
    /// An author edits what he wrote.
    Reword {
        comment: Nth,
        words: String,
    },
    /// An author deletes what he wrote.
    Erase {
        comment: Nth,
    },
    /// A comment is shown to customers, or to the team alone.
    Show {
        comment: Nth,
        kind: Kind,
    },
    /// A comment is restricted to administrators.
    Restrict {
        comment: Nth,
    },
    /// Somebody edits our copy.
    RewordCopy {
        comment: Nth,
        at: Place,
        words: String,
    },
    EraseCopy {
        comment: Nth,
        at: Place,
    },
    /// An issue goes through its workflow: resolved, and opened again.
    Resolve {
        at: Place,
        issue: Nth,
    },
    Reopen {
        at: Place,
        issue: Nth,
    },
    Delete {
        at: Place,
        issue: Nth,
    },
    /// An issue moves into a project that nobody mirrors.
    Move {
        at: Place,
        issue: Nth,
    },
    /// Somebody publishes another configuration of a sync: what becomes of its first side's comments.
    Publish {
        sync: usize,
        cells: Cells,
    },
    Stop {
        sync: usize,
    },
    Start {
        sync: usize,
    },
    /// The app loses its rights in a project, and gets them back.
    Revoke {
        at: Place,
    },
    Grant {
        at: Place,
    },
    /// An option can't be chosen at a place's site any more, and comes back.
    DropOption {
        at: Place,
        option: &'static str,
    },
    AddOption {
        at: Place,
        option: &'static str,
    },
    /// A person gets another display name.
    Marry {
        at: Place,
        who: &'static str,
        name: String,
    },
    Uninstall {
        site: usize,
    },
    Install {
        site: usize,
    },
    /// The server dies at one of its crash points.
    Die {
        after: u64,
    },
    /// It dies in a call to Jira.
    DieInCall {
        skip: u32,
        after_effect: bool,
    },
    /// It stands still in a call while another server takes over.
    Sleep {
        skip: u32,
        after_effect: bool,
        ms: i64,
    },
    /// The clock jumps; nobody did anything meanwhile.
    Jump {
        ms: i64,
    },
    /// Somebody presses retry on everything.
    Retry,
    /// The database is backed up, and later restored.
    Backup,
    Restore,
}

impl Transition {
    /// Admins did something to the app that a database of an earlier time knows nothing of.
    pub(super) fn is_for_admins(&self) -> bool {
        matches!(
            self,
            Self::Publish { .. }
                | Self::Stop { .. }
                | Self::Start { .. }
                | Self::Uninstall { .. }
                | Self::Install { .. }
        )
    }
}

/// What becomes of a side's comments on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cells {
    /// Public to public, internal to internal.
    #[default]
    Alike,
    /// Internal comments stay at home.
    NotesStay,
    /// Everything becomes internal.
    AllInternal,
}

impl Cells {
    /// A side's part of the guide's configuration, with these cells.
    #[must_use]
    pub fn written(self, part: &str) -> String {
        match self {
            Self::Alike => part.to_owned(),
            Self::NotesStay => part.replace("internal = \"internal\"", "internal = \"nothing\""),
            Self::AllInternal => part.replace("public = \"public\"", "public = \"internal\""),
        }
    }
}

/// A transition, and how long people rest after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub what: Transition,
    pub pause_ms: i64,
}
