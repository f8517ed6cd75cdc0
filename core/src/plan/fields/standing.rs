//! Where a side stands, and what its changelog says of the field.

use super::Field;
use crate::config::Wins;
use crate::id::{Millis, Side, Sides};
use crate::issue::{Change, Value};
use crate::link::{Digest, IntentKind, Shown};
use crate::merge::{Standing, Ways};
use crate::plan::draft::Draft;
use crate::plan::{Note, answer, carry};

impl<'a> Field<'a> {
    pub(super) fn ways(&self) -> Ways {
        match (self.rules.a, self.rules.b) {
            (Some(_), Some(_)) => Ways::Both,
            (Some(_), None) => Ways::From(Side::A),
            (None, _) => Ways::From(Side::B),
        }
    }

    pub(super) fn standing(&self, side: Side) -> Standing {
        let expected = self.our_lost_write(side);
        match (&self.memory.base[side], self.values[side]) {
            (None, Some(_)) => Standing::New,
            (None | Some(Shown::Sent { .. }), None) => Standing::Unsure,
            (Some(Shown::Agreed { .. }), None) if expected.is_some() => Standing::Unsure,
            (Some(Shown::Agreed { .. }), None) => Standing::Unread,
            (Some(Shown::Sent { value, .. }), Some(shown)) => {
                // A creation leaves no trace in the changelog: what stands there was written later.
                let touched = self.changes(side).is_none_or(|mut changes| changes.next().is_some());
                if !touched || &self.digest(shown) == value { Standing::Ours } else { Standing::Changed }
            }
            (Some(Shown::Agreed { value, .. }), Some(shown)) => {
                let digest = self.digest(shown);
                if &digest == value {
                    Standing::Same
                } else if expected.is_some_and(|sent| *sent == digest || self.only_our_hand(side)) {
                    Standing::Ours
                } else {
                    Standing::Changed
                }
            }
        }
    }

    /// The digest of an edit that may or may not have happened.
    fn our_lost_write(&self, side: Side) -> Option<&'a Digest> {
        self.given.link.intents.iter().filter(|intent| intent.side == side).find_map(|intent| {
            match &intent.what {
                IntentKind::EditIssue { fields } => fields.get(&self.pair),
                IntentKind::CreateIssue
                | IntentKind::AddComment { .. }
                | IntentKind::EditComment { .. }
                | IntentKind::DeleteComment { .. } => None,
            }
        })
    }

    /// Keeps what a write of ours went over whose answer, which would have told of it, was lost.
    pub(super) fn went_over(&self, draft: &mut Draft<'_>, side: Side) {
        let given = self.given;
        if self.our_lost_write(side).is_none() || carry::is_set(given, &self.pair) {
            return;
        }
        let us = given.seen[side].us.as_ref();
        let changes: Vec<_> = self.changes(side).into_iter().flatten().collect();
        let ours = |change: &&&Change| us.is_some() && change.author.as_ref() == us;
        let Some(own) = changes.iter().rposition(|change| ours(&change)) else { return };
        let Some(theirs) = changes[..own].iter().rfind(|change| !ours(change)) else { return };
        let item = theirs.items.iter().find(|item| &item.field == self.pair.of(side));
        let Some(item) = item else { return };
        let lost = answer::from_changelog(given, side, self.pair.of(side), item);
        let lost = lost.unwrap_or_else(|| Value::Other(item.to_text.clone().unwrap_or_default()));
        let mut conflict = self.conflict(side.other(), Some(&lost));
        conflict.at[side] = Some(given.on_our_clock(side, theirs.at));
        conflict.history[side] = Some(theirs.id.clone());
        draft.note(Note::Conflict { conflict });
    }

    /// The changelog holds one entry since the base, and it is ours.
    fn only_our_hand(&self, side: Side) -> bool {
        let us = self.given.seen[side].us.as_ref();
        self.changes(side).is_some_and(|changes| {
            let authors: Vec<_> = changes.map(|change| change.author.as_ref()).collect();
            us.is_some() && authors == [us]
        })
    }

    /// Entries of the field since the newest id that we knew; `None` when the changelog was not read.
    pub(super) fn changes(&self, side: Side) -> Option<impl Iterator<Item = &'a Change>> {
        let known = self.given.end(side).and_then(|end| end.history.as_ref());
        let field = self.pair.of(side).clone();
        let history = self.given.issue(side)?.history.as_ref()?;
        Some(
            history
                .iter()
                .filter(move |change| known.is_none_or(|known| change.id.is_after(known)))
                .filter(move |change| change.items.iter().any(|item| item.field == field)),
        )
    }

    /// The side whose issue we created and whose field nobody wrote since.
    pub(super) fn untouched(&self) -> Option<Side> {
        let side = self.given.link.origin.other();
        let issue = self.given.issue(side)?;
        let ours = issue.creator.is_some() && issue.creator == self.given.seen[side].us;
        let all_read = self.given.end(side).is_some_and(|end| end.history.is_none());
        let nobody = self.changes(side).is_some_and(|mut changes| changes.next().is_none());
        (ours && all_read && nobody).then_some(side)
    }

    pub(super) fn changed_at(&self, side: Side) -> Option<Millis> {
        let newest = self.changes(side)?.last()?;
        Some(self.given.on_our_clock(side, newest.at))
    }

    pub(super) fn preferred(&self) -> Side {
        match self.given.config.wins(&self.pair.a, &self.pair.b) {
            Wins::A => Side::A,
            Wins::B => Side::B,
            Wins::Newest => match (self.changed_at(Side::A), self.changed_at(Side::B)) {
                (None, None) if self.remapped() => self.given.link.origin,
                (a, b) if b > a => Side::B,
                (_, _) => Side::A,
            },
        }
    }

    pub(super) fn means_same(&self, draft: &mut Draft<'_>, values: Sides<&Value>) -> Option<bool> {
        for from in Side::BOTH {
            if let Some(rule) = self.rules[from] {
                let crossed = carry::field(draft, from, rule, values[from])?;
                let there = self.digest(values[from.other()]);
                if crossed.value.as_ref().is_some_and(|v| self.digest(v) == there) {
                    return Some(true);
                }
            }
        }
        Some(false)
    }
}
