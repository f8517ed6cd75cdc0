//! What people know to be true: what they made, and have not taken back.

use super::transition::{Cells, Nth, Place};
use crate::person::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// What people know of an issue.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub(super) kind: &'static str,
    pub(super) home: Place,
    /// Everything that was ever written, by field; the mirror must not make anything up.
    pub(super) written: BTreeMap<Field, BTreeSet<String>>,
    /// Deleted or moved at one end: its pair goes its own ways.
    pub(super) parted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Summary,
    Description,
}

/// What people know of a comment.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) issue: Nth,
    pub(super) home: Place,
    pub(super) who: &'static str,
    /// Every name that the author had meanwhile.
    pub(super) names: BTreeSet<String>,
    pub(super) kind: Kind,
    pub(super) words: String,
    /// All that it ever said.
    pub(super) said: BTreeSet<String>,
    pub(super) id: String,
    pub(super) gone: bool,
    pub(super) restricted: bool,
    /// Words that somebody put into a copy, or an empty text for a copy that somebody deleted.
    pub(super) touched: BTreeMap<Place, BTreeSet<String>>,
    /// The rules for it changed while it lived: it may or may not have a copy.
    pub(super) doubtful: bool,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Truth {
    pub(super) issues: BTreeMap<Nth, Issue>,
    pub(super) comments: BTreeMap<Nth, Comment>,
    /// Secrets that people themselves told customers.
    pub(super) told: BTreeSet<u64>,
    /// What each sync's first side sends, where it is not as the guide has it.
    pub(super) cells: BTreeMap<usize, Cells>,
    /// Options that can't be chosen now, and whether any ever could not.
    pub(super) dropped: BTreeSet<(Place, &'static str)>,
    pub(super) options_changed: bool,
    pub(super) revoked: BTreeSet<Place>,
    pub(super) away: BTreeSet<usize>,
    pub(super) stopped: BTreeSet<usize>,
}

/// The number of the secret that a text holds.
pub(super) fn class_of(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once("Team only ")?;
    rest.split_once(':')?.0.parse().ok()
}
