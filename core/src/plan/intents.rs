//! Writes whose outcome is unknown: nothing is sent again before the grace period is over and we looked.

use super::draft::Draft;
use super::{CommentSight, Element, Found, Note, Read, fields, trouble};
use crate::explain::Outcome;
use crate::id::{ClusterId, CommentId, IssueId, OpId, Side};
use crate::link::{CommentPair, CommentState, End, Intent, IntentKind};

/// Settles what can be settled. `false`: the link waits as a whole, for an issue may be about to appear.
pub(crate) fn settle(draft: &mut Draft<'_>) -> bool {
    let mut go_on = handed_over(draft);
    for intent in &draft.given.link.intents {
        let due = intent.opened.plus(draft.given.grace_ms);
        let rests = due > draft.given.now && !crate::mutant!(NotFoundBelieved);
        if rests {
            draft.wait_until(due);
        }
        match &intent.what {
            IntentKind::CreateIssue => go_on &= created(draft, intent, rests),
            IntentKind::AddComment { origin } => added(draft, intent, origin, rests),
            IntentKind::EditIssue { .. }
            | IntentKind::EditComment { .. }
            | IntentKind::DeleteComment { .. }
                if rests => {}
            IntentKind::EditIssue { .. } => close(draft, intent),
            IntentKind::EditComment { origin } => {
                draft.forced[intent.side.other()].insert(origin.clone());
                close(draft, intent);
            }
            // Its origin may be for those again who saw it: what is there shows what is to be done.
            IntentKind::DeleteComment { origin, comment } => {
                draft.forced[intent.side.other()].insert(origin.clone());
                draft.forced[intent.side].insert(comment.clone());
                close(draft, intent);
            }
        }
    }
    go_on
}

/// Looking again is enough to repeat what is idempotent; the intent is closed once the sides agree.
fn close(draft: &mut Draft<'_>, intent: &Intent) {
    draft.last.push(Note::Settled { op: intent.op.clone(), happened: true });
}

fn created(draft: &mut Draft<'_>, intent: &Intent, rests: bool) -> bool {
    let (side, op) = (intent.side, &intent.op);
    match draft.given.seen[side].searched.get(op) {
        Some(Found::Issue { id, key, cluster }) => {
            draft.note(Note::Settled { op: op.clone(), happened: true });
            adopt(draft, side, id, key, cluster)
        }
        Some(Found::Nothing | Found::Comment { .. }) if !rests => {
            draft.note(Note::Settled { op: op.clone(), happened: false });
            true
        }
        _ if rests => {
            draft.say(Element::Issue, Outcome::Waits, "Whether the issue was created is not known yet.");
            false
        }
        _ => {
            search(draft, Element::Issue, intent);
            false
        }
    }
}

/// Issues that were found by their stamp and that no open intent speaks of: handed over by another link's work.
fn handed_over(draft: &mut Draft<'_>) -> bool {
    let given = draft.given;
    let mut go_on = true;
    for side in Side::BOTH {
        for (op, found) in &given.seen[side].searched {
            if let Found::Issue { id, key, cluster } = found
                && given.link.intents.iter().all(|intent| &intent.op != op)
            {
                go_on &= adopt(draft, side, id, key, cluster);
            }
        }
    }
    go_on
}

/// Takes the found issue as the other end, or says that it is one too many.
fn adopt(draft: &mut Draft<'_>, side: Side, id: &IssueId, key: &str, cluster: &ClusterId) -> bool {
    match draft.given.end(side) {
        Some(end) if &end.issue == id => true,
        Some(_) => {
            draft.park(Element::Issue, trouble::extra_issue(side, key));
            false
        }
        None => {
            let end = End { key: key.to_owned(), ..End::unread(id.clone()) };
            draft.note(Note::Cluster { cluster: cluster.clone() });
            draft.note(Note::End { side, end });
            fields::adopted(draft);
            // What Jira made of it is read next, and what people said meanwhile: the hints of it end with this look.
            for side in Side::BOTH {
                let again = &mut draft.plan.again[side];
                (again.fields, again.all_comments) = (true, true);
            }
            draft.say(
                Element::Issue,
                Outcome::Nothing,
                "The issue that we had created is found by its stamp.",
            );
            false
        }
    }
}

fn added(draft: &mut Draft<'_>, intent: &Intent, origin: &CommentId, rests: bool) {
    let (side, op) = (intent.side, &intent.op);
    let element = Element::Comment { origin: side.other(), id: origin.clone() };
    match draft.given.seen[side].searched.get(op) {
        Some(Found::Comment { id }) => take(draft, side, origin, op, Some(id)),
        Some(Found::Nothing | Found::Issue { .. }) if !rests => take(draft, side, origin, op, None),
        _ if rests => draft.say(element, Outcome::Waits, "Whether the copy was made is not known yet."),
        _ if seen_stamped(draft, side, op) => {}
        _ => search(draft, element, intent),
    }
}

/// A comment in sight carries the stamp already; it is taken where comments are looked at.
fn seen_stamped(draft: &Draft<'_>, side: Side, op: &OpId) -> bool {
    draft.given.seen[side].comments.values().any(|sight| match sight {
        CommentSight::Seen(comment) => super::carry::stamp(draft.given, comment).is_some_and(|s| &s.op == op),
        CommentSight::Absent => false,
    })
}

/// Records what became of an addition. The origin is looked at again: it may have changed since.
fn take(draft: &mut Draft<'_>, side: Side, origin: &CommentId, op: &OpId, copy: Option<&CommentId>) {
    let from = side.other();
    draft.note(Note::Settled { op: op.clone(), happened: copy.is_some() });
    let mut pair = draft.given.link.comment(from, origin).cloned().unwrap_or(CommentPair::new(from, origin));
    pair.tried(op);
    if pair.copy.is_none() && copy.is_some() {
        pair.copy = copy.cloned();
        pair.base = None;
        pair.state = CommentState::Live;
    }
    draft.note(Note::Comment { pair });
    draft.plan.again[from].comments.insert(origin.clone(), None);
}

fn search(draft: &mut Draft<'_>, element: Element, intent: &Intent) {
    let read = Read::Search { side: intent.side, op: intent.op.clone(), what: intent.what.clone() };
    draft.need(element, read, "Whether our last write happened is looked up by its stamp.");
}
