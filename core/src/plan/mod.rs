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

mod answer;
pub(crate) mod carry;
mod comments;
mod create;
mod draft;
mod ends;
mod fields;
mod given;
mod intents;
pub mod mapping;
mod recreate;
mod remember;
mod step;
#[cfg(test)]
mod tests;
mod trouble;

pub use answer::answer;
pub(crate) use fields::{Field, elements, mapped_fields};
pub use given::{CommentSight, Found, Given, Hints, People, Read, Rebasing, Sight, View};
pub use step::{Answer, Conflict, Element, FieldAfter, FieldWrite, Mark, Note, Op, Plan, Step, Trouble};

use crate::explain::Outcome;
use crate::id::Side;
use crate::link::LinkState;
use draft::Draft;

/// After so many alternations that other people's automations made in a row, a field is frozen.
pub const ALTERNATIONS_MAX: u32 = 3;
/// So many comments of one link are removed in a row; then a person is asked. Hiding is exempt.
pub const REMOVALS_MAX: u32 = 10;
/// So many known comments are asked for beside one that may be gone.
pub const WITNESSES_MAX: usize = 3;

/// Looks at what was read of one link, and says what must still be read, or what is to be done and remembered.
#[must_use]
pub fn plan(given: &Given<'_>) -> Plan {
    decide(given).finish()
}

/// The decision with its reasons; [`plan`] and [`explain`](crate::explain::explain) are two views of it.
pub(crate) fn decide<'a>(given: &'a Given<'a>) -> Draft<'a> {
    let mut draft = Draft::new(given);
    if given.link.state == LinkState::Unlinked {
        draft.say(Element::Issue, Outcome::Nothing, "The two issues are no pair.");
        return draft;
    }
    if !ends::look(&mut draft) {
        if ends::readable(given) {
            comments::hide(&mut draft);
        }
        return draft;
    }
    if !intents::settle(&mut draft) {
        return draft;
    }
    if Side::BOTH.iter().all(|side| given.end(*side).is_some()) {
        comments::plan(&mut draft);
        fields::plan(&mut draft);
    } else if !create::plan(&mut draft) {
        return draft;
    }
    ends::remember(&mut draft);
    draft
}
