//! The two issues themselves: which must be read, and what stops the whole link.

use super::draft::Draft;
use super::fields::mapped_fields;
use super::{Element, Given, Note, Read, Sight, Trouble, trouble};
use crate::explain::Outcome;
use crate::id::{Side, Sides};
use crate::issue::Issue;
use crate::link::{End, IntentKind, LinkState};

/// Asks for the issues that were hinted at. `false`: nothing more is to be decided about this link now.
pub(crate) fn look(draft: &mut Draft<'_>) -> bool {
    let given = draft.given;
    for side in Side::BOTH {
        if wanted(draft, side) && matches!(given.seen[side].issue, Sight::NotRead) {
            need(draft, side, "The issue may have changed.");
        }
    }
    let stopped_before =
        given.link.parked(&Element::Issue).is_some_and(|parked| is_of_the_issue(&parked.code));
    let troubles = Sides::each(|side| stopped(given, side));
    if stopped_before && troubles.a.is_none() && troubles.b.is_none() && given.has_seen_any() {
        for side in Side::BOTH.into_iter().filter(|side| given.issue(*side).is_none()) {
            need(draft, side, "What stopped the link is over on one side.");
        }
    }
    match trouble::worse(&troubles) {
        Some(found) => {
            stop(draft, found.clone());
            false
        }
        // Nobody has to decide any more what becomes of it.
        None if gone_before_it_was_mirrored(given) => true,
        None => given.link.parked(&Element::Issue).is_none_or(|parked| {
            // A look at both sides is proof that what stopped the link is over.
            let over = is_of_the_issue(&parked.code) && all_seen(draft.given);
            if over {
                // Nobody looked at comments meanwhile, on whichever side somebody asked for another try.
                Side::BOTH.into_iter().for_each(|side| draft.plan.again[side].all_comments = true);
            }
            let held = !over && draft.held(&Element::Issue).is_some();
            if held {
                let why = "The link waits for a person.";
                draft.say(Element::Issue, Outcome::Parked { code: parked.code.clone() }, why);
            }
            !held
        }),
    }
}

/// Both issues are there for us, as far as is known, though the link stopped.
pub(crate) fn readable(given: &Given<'_>) -> bool {
    let gone = |side: Side| matches!(given.seen[side].issue, Sight::Missing | Sight::Forbidden);
    let known = given.link.parked(&Element::Issue).map(|parked| parked.code.as_str());
    let hidden = matches!(known, Some(trouble::END_GONE | trouble::FORBIDDEN));
    linked(given) && !hidden && !Side::BOTH.into_iter().any(gone)
}

/// What was read, to be remembered once nothing is left to do.
pub(crate) fn remember(draft: &mut Draft<'_>) {
    // An issue that is handed to the link that made it is that link's end, and can't be another's as well.
    if draft.plan.notes.iter().any(|note| matches!(note, Note::Hand { .. })) {
        return;
    }
    for side in Side::BOTH {
        let given = draft.given;
        if let (Some(end), Some(issue)) = (given.end(side), given.issue(side)) {
            let fresh = fresh(given, side, end, issue);
            if &fresh != end {
                draft.last.push(Note::End { side, end: fresh });
            }
        }
    }
    if draft.given.link.rebase {
        draft.last.push(Note::Rebased);
    }
    let seen = all_seen(draft.given);
    let retried = draft.retried(&Element::Issue);
    if let Some(parked) = draft.given.link.parked(&Element::Issue)
        && (retried || (seen && is_of_the_issue(&parked.code)))
    {
        if draft.given.link.state == LinkState::EndGone {
            draft.note(Note::State { state: LinkState::Live });
        }
        draft.unpark(&Element::Issue);
    }
}

pub(crate) fn need(draft: &mut Draft<'_>, side: Side, why: &str) {
    if draft.given.end(side).is_none() {
        return;
    }
    let fields = mapped_fields(draft.given.config, side);
    draft.need(Element::Issue, Read::Issue { side, fields, history: true }, why);
}

/// The end as it was just read.
pub(crate) fn fresh(given: &Given<'_>, side: Side, end: &End, issue: &Issue) -> End {
    let newest =
        issue.history.iter().flatten().map(|change| &change.id).fold(end.history.as_ref(), |known, id| {
            match known {
                Some(known) if !id.is_after(known) => Some(known),
                _ => Some(id),
            }
        });
    let whole = mapped_fields(given.config, side).iter().all(|field| issue.fields.contains_key(field));
    End {
        issue: issue.id.clone(),
        key: issue.key.clone(),
        issue_type: issue.issue_type.clone(),
        is_request: issue.request_type.is_some(),
        secured: stays_for_security(given, side, issue),
        created: issue.created,
        seen: if whole { issue.updated.max(end.seen) } else { end.seen },
        history: newest.cloned(),
        us: given.seen[side].us.clone().or_else(|| end.us.clone()),
    }
}

/// It stands under a security level whose issues may not leave.
pub(crate) fn stays_for_security(given: &Given<'_>, side: Side, issue: &Issue) -> bool {
    let may_leave = &given.config.sides[side].scope.security_levels;
    issue.security.as_ref().is_some_and(|level| !may_leave.contains(level))
}

fn wanted(draft: &Draft<'_>, side: Side) -> bool {
    let given = draft.given;
    let Some(end) = given.end(side) else { return false };
    let hints = &given.hints[side];
    let went_on = match (&hints.history, &end.history) {
        (Some(named), Some(known)) => named.is_after(known),
        (Some(_), None) => true,
        (None, _) => false,
    };
    let alone = given.end(side.other()).is_none() && !hints.is_empty();
    let unsettled = given.link.intents.iter().any(|intent| {
        intent.side == side
            && matches!(intent.what, IntentKind::EditIssue { .. })
            && intent.opened.plus(given.grace_ms) <= given.now
    });
    hints.fields
        || went_on
        || alone
        || unsettled
        || hints.updated.is_some_and(|at| at > end.seen)
        || given.remap()
        || given.link.rebase
        || Side::BOTH.iter().any(|side| !given.seen[*side].wanted_back.is_empty())
        || given.retry().is_some_and(|asked| given.link.parked.iter().any(|p| asked > p.at))
}

fn stopped(given: &Given<'_>, side: Side) -> Option<Trouble> {
    match &given.seen[side].issue {
        Sight::NotRead => None,
        Sight::Missing if gone_before_it_was_mirrored(given) => None,
        Sight::Missing => Some(trouble::end_gone(side)),
        Sight::Forbidden => Some(trouble::forbidden(side)),
        Sight::Seen(issue) if issue.project != given.config.sides[side].project => Some(trouble::moved(side)),
        Sight::Seen(issue) if linked(given) && stays_for_security(given, side, issue) => {
            Some(trouble::secured(side))
        }
        Sight::Seen(_) => None,
    }
}

impl Given<'_> {
    fn has_seen_any(&self) -> bool {
        Side::BOTH.iter().any(|side| self.issue(*side).is_some())
    }
}

fn all_seen(given: &Given<'_>) -> bool {
    Side::BOTH.iter().all(|side| given.end(*side).is_none() || given.issue(*side).is_some())
}

fn linked(given: &Given<'_>) -> bool {
    Side::BOTH.iter().all(|side| given.end(*side).is_some())
}

fn stop(draft: &mut Draft<'_>, found: Trouble) {
    if found.code == trouble::END_GONE && draft.given.link.state == LinkState::Live {
        draft.note(Note::State { state: LinkState::EndGone });
    }
    draft.park(Element::Issue, found);
}

/// There is nothing to say about it.
fn gone_before_it_was_mirrored(given: &Given<'_>) -> bool {
    !linked(given) && matches!(given.seen[given.link.origin].issue, Sight::Missing)
}

/// Codes that a look at both issues refutes.
fn is_of_the_issue(code: &str) -> bool {
    [trouble::END_GONE, trouble::FORBIDDEN, trouble::MOVED, trouble::SECURED].contains(&code)
}
