//! The merge of one field element: the whole decision on one page.
//!
//! Each side stands somewhere against its base ([`Standing`]); [`settle`] looks at the two and decides. Sets are
//! merged member by member ([`sets`]), rich text block by block ([`blocks`]).

pub mod blocks;
pub mod sets;
mod value;

#[cfg(test)]
mod tests;

pub use value::{canonical, digest, is_empty};

use crate::id::{Side, Sides};

/// Where one side stands against what it showed when the two last agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody looked, and nothing says that it changed.
    Unread,
    /// Nobody looked, and what it shows is not known: only what was sent, or nothing at all.
    Unsure,
    /// It was read, and there is no base: a first merge, or a newly mapped field.
    New,
    /// As it was.
    Same,
    /// It shows our own write, or what Jira made of it; no other hand was there.
    Ours,
    /// Somebody else wrote it.
    Changed,
}

/// From which side the element is carried to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ways {
    Both,
    From(Side),
}

/// Everything that the decision about one field element rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    pub standing: Sides<Standing>,
    pub ways: Ways,
    /// Both were read, and they say the same in the words of either side.
    pub means_same: bool,
    /// It was read and holds nothing.
    pub empty: Sides<bool>,
    /// The side whose value no person ever gave: we created the issue there, and its history knows nothing of the field.
    pub untouched: Option<Side>,
    /// Whom the conflict policy prefers.
    pub preferred: Side,
    /// People asked to have it settled by the policy.
    pub settle: bool,
    /// It was merged by other rules, and people asked to have it translated anew.
    pub remapped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is done, nothing is remembered.
    Keep(Why),
    /// The sides agree as they were read: that is the new base.
    Remember,
    /// The value of `from` goes to the other side.
    Carry { from: Side, conflict: bool },
    /// This side must be read first.
    Look(Side),
    /// A person must choose.
    Ask,
}

/// Why nothing is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    NobodyLooked,
    Unchanged,
    /// The side that changed is not carried to the other.
    OneWay,
}

/// Decides what becomes of one field element.
#[must_use]
pub fn settle(case: &Case) -> Verdict {
    use Side::{A, B};
    use Standing::{Changed, New, Ours, Same, Unread, Unsure};
    match (case.standing.a, case.standing.b) {
        (Same | Ours, Same | Ours | Changed) | (Changed, Same | Ours) if case.remapped => case.anew(),

        (Unread | Unsure, Unread | Unsure) => Verdict::Keep(Why::NobodyLooked),

        (Same, Same | Unread | Unsure) | (Unread | Unsure, Same) => Verdict::Keep(Why::Unchanged),

        (Ours, Unread | Unsure | Same | Ours) | (Unread | Unsure | Same, Ours) => Verdict::Remember,

        (Changed | New, Unsure) => case.look(A),
        (Unsure, Changed | New) => case.look(B),

        (Changed | New, Unread | Same | Ours) => case.carry(A),
        (Unread | Same | Ours, Changed | New) => case.carry(B),

        (Changed, Changed | New) | (New, Changed) => case.conflict(),

        (New, New) => case.first(),
    }
}

impl Case {
    fn may_leave(&self, side: Side) -> bool {
        match self.ways {
            Ways::Both => true,
            Ways::From(from) => from == side,
        }
    }

    fn look(&self, changed: Side) -> Verdict {
        if self.may_leave(changed) { Verdict::Look(changed.other()) } else { Verdict::Keep(Why::OneWay) }
    }

    fn carry(&self, from: Side) -> Verdict {
        if self.means_same {
            Verdict::Remember
        } else if self.may_leave(from) {
            Verdict::Carry { from, conflict: false }
        } else {
            Verdict::Keep(Why::OneWay)
        }
    }

    /// Both were changed. On a one-way element the sender wins, and what it overwrites is recorded all the same.
    fn conflict(&self) -> Verdict {
        match self.ways {
            _ if self.means_same => Verdict::Remember,
            Ways::Both => Verdict::Carry { from: self.preferred, conflict: true },
            Ways::From(from) => Verdict::Carry { from, conflict: true },
        }
    }

    /// The rules changed under the base. What the sender has is carried once more; where either may send, the policy
    /// says who, and what it overwrites may be a person's.
    fn anew(&self) -> Verdict {
        let changed = Side::BOTH.map(|side| self.standing[side] == Standing::Changed);
        match (self.ways, changed) {
            _ if self.means_same => Verdict::Remember,
            (Ways::From(from), _) => {
                Verdict::Carry { from, conflict: self.standing[from.other()] == Standing::Changed }
            }
            (Ways::Both, [true, _]) => Verdict::Carry { from: Side::A, conflict: false },
            (Ways::Both, [_, true]) => Verdict::Carry { from: Side::B, conflict: false },
            (Ways::Both, [false, false]) => Verdict::Carry { from: self.preferred, conflict: true },
        }
    }

    /// There is no base: fill what is empty or was never touched, and do not guess beyond that.
    fn first(&self) -> Verdict {
        if self.means_same || (self.empty.a && self.empty.b) {
            return Verdict::Remember;
        }
        match self.ways {
            Ways::From(from) if self.empty[from] => Verdict::Remember,
            Ways::Both | Ways::From(_) => match self.fillable() {
                Some(side) => Verdict::Carry { from: side.other(), conflict: false },
                None if self.settle => self.conflict(),
                None => Verdict::Ask,
            },
        }
    }

    /// The side that can be written without loss to anybody.
    fn fillable(&self) -> Option<Side> {
        let free =
            |side: Side| self.may_leave(side.other()) && (self.empty[side] || self.untouched == Some(side));
        // What was never touched gives way first: an empty original is a value too.
        self.untouched.filter(|side| free(*side)).or_else(|| Side::BOTH.into_iter().find(|side| free(*side)))
    }
}
