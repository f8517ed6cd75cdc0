//! The comments of a linked pair. The origin owns: its edits, its audience and its deletion go to the copy.

mod copies;
mod origins;
mod reads;
mod rebase;

use super::draft::Draft;
use super::{CommentSight, Element, Note, Step, trouble};
use crate::audience::Audience;
use crate::explain::Outcome;
use crate::id::{CommentId, Millis, Side};
use crate::issue::Comment;
use crate::link::{CommentBase, CommentPair, IntentKind, Link};
use crate::ordered::BTreeMap;

/// Decides about every comment that was hinted at or listed.
pub(crate) fn plan(draft: &mut Draft<'_>) {
    decide(draft, false);
}

/// Only removes copies that more people see than may: the link stopped for another reason, and hiding does not wait.
pub(crate) fn hide(draft: &mut Draft<'_>) {
    decide(draft, true);
}

fn decide(draft: &mut Draft<'_>, hiding_alone: bool) {
    reads::ask(draft);
    let mut thread = Thread::of(draft.given.link, hiding_alone);
    if !hiding_alone {
        thread.overwritten(draft);
    }
    if !hiding_alone {
        thread.found_again(draft);
    }
    // What happened to copies decides what may still be done with them.
    for side in Side::BOTH {
        for (id, sight) in sorted(draft, side) {
            thread.copy(draft, side, id, sight);
        }
    }
    for side in Side::BOTH {
        for (id, sight) in sorted(draft, side) {
            thread.origin(draft, side, id, sight);
        }
    }
    thread.note_changes(draft);
}

/// The comments in sight, oldest first, so that copies stand in the order in which people wrote.
fn sorted<'a>(draft: &Draft<'a>, side: Side) -> Vec<(&'a CommentId, &'a CommentSight)> {
    let created = |sight: &CommentSight| match sight {
        CommentSight::Seen(comment) => comment.created,
        CommentSight::Absent => Millis(i64::MIN),
    };
    let placed = |(id, sight): (&'a CommentId, &'a CommentSight)| ((created(sight), id.0.len(), id), sight);
    let all: BTreeMap<_, _> = draft.given.seen[side].comments.iter().map(placed).collect();
    all.into_iter().map(|((_, _, id), sight)| (id, sight)).collect()
}

/// The comments that are there, oldest first.
fn comments<'a>(draft: &Draft<'a>, side: Side) -> Vec<(&'a CommentId, &'a Comment)> {
    let there = |(id, sight): (&'a CommentId, &'a CommentSight)| match sight {
        CommentSight::Seen(comment) => Some((id, &**comment)),
        CommentSight::Absent => None,
    };
    sorted(draft, side).into_iter().filter_map(there).collect()
}

/// The pairs as they are while the plan is made.
struct Thread<'a> {
    link: &'a Link,
    pairs: BTreeMap<(Side, CommentId), CommentPair>,
    /// Pairs whose new state is remembered with the outcome of a step, and not before.
    stepped: Vec<(Side, CommentId)>,
    removals: u32,
    /// The link stopped: a copy may be taken away, and nothing else is done or remembered.
    hiding_alone: bool,
}

impl<'a> Thread<'a> {
    fn of(link: &'a Link, hiding_alone: bool) -> Self {
        let pairs = link.comments.iter().map(|pair| ((pair.origin, pair.id.clone()), pair.clone())).collect();
        Self { link, pairs, stepped: Vec::new(), removals: link.removals, hiding_alone }
    }

    fn put(&mut self, pair: CommentPair) {
        self.pairs.insert((pair.origin, pair.id.clone()), pair);
    }

    /// The pair whose copy on `side` is `id`.
    fn by_copy(&self, side: Side, id: &CommentId) -> Option<CommentPair> {
        self.pairs.values().find(|p| p.origin == side.other() && p.copy.as_ref() == Some(id)).cloned()
    }

    fn step(&mut self, draft: &mut Draft<'_>, step: Step) {
        if let Some(pair) = &step.comment {
            self.stepped.push((pair.origin, pair.id.clone()));
            self.put(pair.clone());
            draft.step(element(pair), step);
        }
    }

    /// A removal that may not wait, and that no brake stops.
    fn hide(&mut self, draft: &mut Draft<'_>, step: Step) {
        if let Some(pair) = &step.comment {
            self.stepped.push((pair.origin, pair.id.clone()));
            self.put(pair.clone());
            draft.hide(element(pair), step);
        }
    }

    /// A removal that follows a deletion; too many in a row wait for a person.
    fn remove(&mut self, draft: &mut Draft<'_>, side: Side, step: Step) {
        let Some(element) = step.comment.as_ref().map(element) else { return };
        if let Some(parked) = draft.held(&element) {
            let outcome = Outcome::Parked { code: parked.code.clone() };
            return draft.say(element, outcome, "The removal of its copy waits for a person.");
        }
        if draft.retried(&element) {
            self.said_so(draft, &element);
        }
        if self.removals >= super::REMOVALS_MAX {
            return draft.park(element, trouble::brake(side, self.removals));
        }
        self.removals += 1;
        draft.unpark(&element);
        self.step(draft, Step { removal: true, ..step });
    }

    /// A person released the brake, once for all that he was asked about.
    fn said_so(&mut self, draft: &mut Draft<'_>, element: &Element) {
        let braked = |p: &&crate::link::Parked| p.code == trouble::BRAKE && draft.asked_after(p.at);
        let first = self.link.parked.iter().find(braked).map(|p| &p.element);
        if self.removals > 0 && first == Some(element) {
            self.removals = 0;
            draft.note(Note::Removals { count: 0 });
        }
    }

    fn note_changes(self, draft: &mut Draft<'_>) {
        if self.hiding_alone {
            return;
        }
        for (key, pair) in self.pairs {
            let known = self.link.comments.iter().find(|p| p.origin == key.0 && p.id == key.1);
            if known != Some(&pair) && !self.stepped.contains(&key) {
                draft.note(Note::Comment { pair });
            }
        }
    }
}

fn element(pair: &CommentPair) -> Element {
    Element::Comment { origin: pair.origin, id: pair.id.clone() }
}

/// Nothing is decided about a comment while a write of ours to its copy may still happen.
fn rests(draft: &Draft<'_>, pair: &CommentPair) -> bool {
    draft.resting().any(|(side, what)| side == pair.origin.other() && speaks_of(what, &pair.id))
        || unsettled(draft, pair, |what| matches!(what, IntentKind::AddComment { .. }))
}

/// An open write to the copy, of a kind.
fn unsettled(draft: &Draft<'_>, pair: &CommentPair, kind: impl Fn(&IntentKind) -> bool) -> bool {
    let side = pair.origin.other();
    draft.given.link.intents.iter().any(|i| i.side == side && speaks_of(&i.what, &pair.id) && kind(&i.what))
}

/// The removal of the very copy was sent, and nobody knows what became of it.
fn removing(draft: &Draft<'_>, pair: &CommentPair) -> bool {
    unsettled(draft, pair, |what| match what {
        IntentKind::DeleteComment { comment, .. } => pair.copy.as_ref() == Some(comment),
        IntentKind::CreateIssue
        | IntentKind::EditIssue { .. }
        | IntentKind::AddComment { .. }
        | IntentKind::EditComment { .. } => false,
    })
}

fn speaks_of(what: &IntentKind, id: &CommentId) -> bool {
    match what {
        IntentKind::AddComment { origin }
        | IntentKind::EditComment { origin }
        | IntentKind::DeleteComment { origin, .. } => origin == id,
        IntentKind::CreateIssue | IntentKind::EditIssue { .. } => false,
    }
}

/// A comment as it was read, to be remembered under `audience`.
pub(super) fn base(key: &crate::link::DigestKey, comment: &Comment, audience: Audience) -> CommentBase {
    let value = crate::merge::digest(key, &crate::issue::Value::Rich(comment.body.clone()));
    CommentBase { value, updated: comment.updated, audience }
}

/// More people may see what was written than was asked for; what Jira does not say counts as that.
pub(super) fn leaks(asked: Audience, shown: Audience) -> bool {
    asked != Audience::Customers && (shown < asked || shown == Audience::Unknown)
}
