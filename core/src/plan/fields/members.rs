//! Sets: members are added and removed on either side.

use super::{Edit, Field};
use crate::explain::Outcome;
use crate::id::{Side, Sides};
use crate::merge::sets;
use crate::plan::draft::Draft;
use crate::plan::{FieldAfter, carry};

impl Field<'_> {
    /// `Some` when the field is merged member by member, which takes a look at both sides.
    pub(super) fn as_sets(&self, draft: &mut Draft<'_>) -> Option<sets::Merged> {
        let (Some(a), Some(b)) = (self.values.a, self.values.b) else { return None };
        if !carry::is_set(self.given, &self.pair) {
            return None;
        }
        let draft = std::cell::RefCell::new(draft);
        // By other rules, what both had in common says nothing: members are added then, and none is taken away.
        let shared = if self.remapped() { &[] } else { self.memory.members.as_slice() };
        Some(sets::merge(self.given.key, Sides::new(a, b), shared, |from, member| {
            carry::field(&mut draft.borrow_mut(), from, self.rules[from]?, member)?.value
        }))
    }

    pub(super) fn set_writes(&self, draft: &mut Draft<'_>, edits: &mut Sides<Edit>, merged: sets::Merged) {
        let mut nothing = true;
        for to in Side::BOTH {
            let from = to.other();
            // What is not carried from a side is not removed from its behalf either.
            let Some(change) = merged.changes[to].as_ref().filter(|_| self.rules[from].is_some()) else {
                continue;
            };
            nothing = false;
            let mut memory = self.memory.clone();
            // Side A is written first; with the other write all is done.
            let last = to == Side::B && merged.changes.a.is_some() && self.rules.b.is_some();
            memory.members.clone_from(if last { &merged.members } else { &change.members });
            memory.rule = Some(self.fingerprint());
            self.rebase(&mut memory, from);
            let why = format!("Members of the set were added or removed on side {from}.");
            draft.say(self.element(), Outcome::Writes { to }, &why);
            let sent = self.given.key.digest(&change.write);
            let after = FieldAfter { from, sent, changed: self.changed_at(from), memory };
            edits[to].why.insert(why);
            edits[to].after.insert(self.pair.clone(), after);
            edits[to].fields.insert(self.pair.of(to).clone(), change.write.clone());
        }
        if nothing {
            let mut memory = self.memory.clone();
            memory.members = merged.members;
            memory.rule = Some(self.fingerprint());
            for side in Side::BOTH {
                self.rebase(&mut memory, side);
            }
            self.note(draft, memory);
            draft.say(self.element(), Outcome::Nothing, "Both sides have the same members in common.");
        }
    }
}
