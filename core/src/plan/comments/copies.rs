//! Copies that we made, as they are now. What a person did to one is recorded, and neither carried back nor healed.

use super::origins::has_portal;
use super::{Thread, base, element, leaks, removing, rests, unsettled};
use crate::audience::Audience;
use crate::explain::Outcome;
use crate::id::{CommentId, Millis, Side};
use crate::issue::Comment;
use crate::link::{CommentBase, CommentPair, CommentState, IntentKind};
use crate::plan::draft::Draft;
use crate::plan::{CommentSight, Note, Op, Step, carry, trouble};
use crate::stamp::Stamp;

impl Thread<'_> {
    pub(super) fn copy(&mut self, draft: &mut Draft<'_>, side: Side, id: &CommentId, sight: &CommentSight) {
        let pair = self.by_copy(side, id);
        match (sight, pair) {
            (CommentSight::Seen(_), None) if self.hiding_alone => {}
            (CommentSight::Seen(comment), Some(pair)) => self.look_at_copy(draft, side, comment, pair),
            (CommentSight::Absent, Some(pair)) => self.copy_gone(draft, &pair),
            (CommentSight::Seen(comment), None) => {
                if let Some(stamp) = self.made_here(draft, side, comment) {
                    self.stray(draft, side, comment, &stamp);
                }
            }
            (CommentSight::Absent, None) => {}
        }
    }

    /// The stamp of a comment that this link's own work made.
    pub(super) fn made_here(&self, draft: &Draft<'_>, side: Side, comment: &Comment) -> Option<Stamp> {
        carry::our_stamp(draft.given, side, comment).filter(|stamp| stamp.link == self.link.id)
    }

    fn look_at_copy(&mut self, draft: &mut Draft<'_>, side: Side, comment: &Comment, pair: CommentPair) {
        let Some(known) = &pair.copy_base else {
            // Its creation was a lost answer, or the database was restored: what it shows is all that is known of it.
            let shown = as_shown(draft, side, comment);
            let edited = carry::edited_by_another(draft.given, side, comment);
            let state = if edited && pair.state == CommentState::Live {
                self.detach(
                    draft,
                    &pair,
                    "A person edited the copy; it does not follow its origin any more.",
                );
                CommentState::Detached
            } else {
                pair.state.clone()
            };
            return self.put(CommentPair { copy_base: Some(shown), state, ..pair });
        };
        if leaks(known.audience, comment.audience) {
            let removed = CommentPair { state: CommentState::Parked, ..without_copy(&pair) };
            let op = Op::DeleteComment {
                side,
                issue: issue(draft, side),
                comment: comment.id.clone(),
                origin: pair.id.clone(),
            };
            let why = "More people can see the copy than may.".to_owned();
            draft.park(element(&pair), trouble::audience_mismatch(side));
            return self.hide(draft, step(op, why, removed));
        }
        let now = base(draft.given.key, comment, known.audience);
        if now == *known || self.hiding_alone {
            return;
        }
        // An edit of ours whose outcome is unknown may be what shows here; the origin decides again.
        let maybe_ours = unsettled(draft, &pair, |what| matches!(what, IntentKind::EditComment { .. }));
        let touched = now.value != known.value && !maybe_ours;
        if touched && pair.state != CommentState::Detached {
            self.detach(draft, &pair, "A person edited the copy; it does not follow its origin any more.");
        }
        let state = if touched { CommentState::Detached } else { pair.state.clone() };
        let mut pair = CommentPair { copy_base: Some(now), state, ..pair };
        if !touched {
            pair.wrote(comment.updated);
        }
        self.put(pair);
    }

    /// Versions of a copy that lie between our own writes: a person edited it, and a later edit of the origin, made
    /// without a look at the copy, went over that before we heard of it.
    pub(super) fn overwritten(&mut self, draft: &mut Draft<'_>) {
        for side in Side::BOTH {
            for (id, versions) in &draft.given.hints[side].named {
                let Some(mut pair) = self.by_copy(side, id) else { continue };
                let (first, last) = (pair.wrote.iter().min().copied(), pair.wrote.iter().max().copied());
                let between =
                    |at: &&Millis| first.is_some_and(|it| **at > it) && last.is_some_and(|it| **at < it);
                let lost: Vec<Millis> =
                    versions.iter().filter(between).filter(|at| !pair.wrote.contains(at)).copied().collect();
                for at in lost {
                    pair.wrote(at);
                    draft.note(Note::Overwritten { element: element(&pair), side, at });
                }
                if self.by_copy(side, id).as_ref() != Some(&pair) {
                    self.put(pair);
                }
            }
        }
    }

    fn copy_gone(&mut self, draft: &mut Draft<'_>, pair: &CommentPair) {
        // After a restore nobody knows who deleted it; it is made again, for that loses nothing.
        let removing = removing(draft, pair);
        let ours = draft.given.link.rebase || removing;
        match pair.state {
            // Since it was for fewer people than saw it; what is made in its place follows its origin.
            CommentState::Detached if removing && !self.hiding_alone => {
                self.put(CommentPair { base: None, state: CommentState::Live, ..without_copy(pair) });
            }
            CommentState::Detached => {}
            _ if ours && self.hiding_alone => {}
            _ if ours => self.put(CommentPair { base: None, ..without_copy(pair) }),
            CommentState::Live | CommentState::Home | CommentState::Parked | CommentState::Gone => {
                self.detach(draft, pair, "A person deleted the copy; it is not made again.");
                let pair = CommentPair { state: CommentState::Detached, ..without_copy(pair) };
                if self.hiding_alone {
                    // Nothing else is remembered then, and the next look may not show that there is nothing to hide.
                    draft.note(Note::Comment { pair: pair.clone() });
                }
                self.put(pair);
            }
        }
    }

    fn detach(&self, draft: &mut Draft<'_>, pair: &CommentPair, why: &str) {
        draft.say(element(pair), Outcome::Nothing, why);
        draft.note(Note::Skip { element: element(pair), why: why.to_owned() });
    }

    /// A copy of ours that no pair speaks of: the outcome of a lost answer, or a double that Jira completed late.
    fn stray(&mut self, draft: &mut Draft<'_>, side: Side, comment: &Comment, stamp: &Stamp) {
        let open = draft.given.link.intents.iter().find(|i| i.op == stamp.op).and_then(|i| match &i.what {
            IntentKind::AddComment { origin } => Some(origin.clone()),
            IntentKind::CreateIssue
            | IntentKind::EditIssue { .. }
            | IntentKind::EditComment { .. }
            | IntentKind::DeleteComment { .. } => None,
        });
        let pair = match &open {
            Some(origin) => {
                let key = (side.other(), origin.clone());
                Some(self.pairs.get(&key).cloned().unwrap_or_else(|| CommentPair::new(side.other(), origin)))
            }
            // By its write; and a copy of another sync's copy, which was made anew while nobody remembered this, by what it
            // stands for.
            None => {
                let theirs = |p: &&CommentPair| {
                    p.ops.contains(&stamp.op) || p.cluster.as_ref() == Some(&stamp.cluster)
                };
                self.pairs.values().filter(|p| p.origin != side).find(theirs).cloned()
            }
        };
        let Some(mut pair) = pair else { return };
        pair.tried(&stamp.op);
        if open.is_some() {
            // With whose it is, before anything is done about it: that may fail, and then the comment is there still.
            draft.note(Note::Settled { op: stamp.op.clone(), happened: true });
            draft.note(Note::Comment { pair: pair.clone() });
        }
        let wanted = match pair.state {
            CommentState::Live | CommentState::Parked => true,
            // It stayed at home once; what was sent since was sent because it may leave, and the origin decides again.
            CommentState::Home => open.is_some(),
            CommentState::Gone | CommentState::Detached => false,
        };
        if pair.copy.is_none() && wanted {
            draft.say(element(&pair), Outcome::Nothing, "The copy that we had made is found by its stamp.");
            draft.plan.again[side.other()].comments.insert(pair.id.clone(), None);
            let copy_base = Some(as_shown(draft, side, comment));
            return self.put(CommentPair {
                copy: Some(comment.id.clone()),
                base: None,
                copy_base,
                state: CommentState::Live,
                ..pair
            });
        }
        if rests(draft, &pair) && open.is_none() {
            return;
        }
        let op = Op::DeleteComment {
            side,
            issue: issue(draft, side),
            comment: comment.id.clone(),
            origin: pair.id.clone(),
        };
        pair.past.push(comment.id.clone());
        self.hide(draft, step(op, "It is a double of a copy that is there already.".to_owned(), pair));
    }
}

pub(super) fn step(op: Op, why: String, pair: CommentPair) -> Step {
    Step { op, why, fields: Default::default(), comment: Some(pair), removal: false, stands: Vec::new() }
}

/// What is known of a copy by what it shows. Where there is no portal, a comment for customers shows as the team's.
fn as_shown(draft: &Draft<'_>, side: Side, comment: &Comment) -> CommentBase {
    let asked = if has_portal(draft, side) { comment.audience } else { Audience::Customers };
    base(draft.given.key, comment, asked)
}

/// The pair once its copy is removed by us.
pub(super) fn without_copy(pair: &CommentPair) -> CommentPair {
    let mut pair = pair.clone();
    pair.removed();
    pair
}

pub(super) fn issue(draft: &Draft<'_>, side: Side) -> crate::id::IssueId {
    draft.given.end(side).map_or_else(|| crate::id::IssueId::new(""), |end| end.issue.clone())
}
