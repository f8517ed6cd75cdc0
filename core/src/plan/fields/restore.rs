//! A value that lost a conflict, and that people want back: it is written where it was lost, and then goes the way of
//! any change. What it overwrites is kept in its place.

use super::{Edit, Field};
use crate::explain::Outcome;
use crate::id::Side;
use crate::plan::FieldWrite;
use crate::plan::Note;
use crate::plan::draft::Draft;

impl Field<'_> {
    /// The side whose value is wanted back and is not there yet.
    pub(super) fn wanted_back(&self) -> Option<Side> {
        Side::BOTH.into_iter().find(|side| {
            let wanted = self.given.seen[*side].wanted_back.get(&self.pair);
            wanted.is_some_and(|wanted| {
                self.values[*side].is_none_or(|there| self.digest(there) != self.digest(wanted))
            })
        })
    }

    pub(super) fn restore(self, draft: &mut Draft<'_>, edit: &mut Edit, side: Side) {
        let Some(wanted) = self.given.seen[side].wanted_back.get(&self.pair) else { return };
        if let Some(unread) = Side::BOTH.into_iter().find(|side| self.values[*side].is_none()) {
            return self.look(draft, unread);
        }
        let why = format!("A person wants back what side {side} had.");
        draft.say(self.element(), Outcome::Writes { to: side }, &why);
        edit.why.insert(why);
        edit.fields.insert(self.pair.of(side).clone(), FieldWrite::Set { value: wanted.clone() });
        let conflict = self.conflict(side, self.values[side.other()]);
        draft.note(Note::Conflict { conflict });
        draft.plan.again[side].fields = true;
    }
}
