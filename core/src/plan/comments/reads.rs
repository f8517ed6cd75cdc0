//! Which comments must be looked at.

use crate::audience::Audience;
use crate::id::{CommentId, Millis, Side};
use crate::link::{CommentBase, CommentPair, CommentState};
use crate::ordered::BTreeSet;
use crate::plan::draft::Draft;
use crate::plan::{Element, Read, Sight, WITNESSES_MAX};

/// Asks for lists and single comments; nothing for a hint that shows what we know already.
pub(super) fn ask(draft: &mut Draft<'_>) {
    retried(draft);
    for side in Side::BOTH {
        if !readable(draft, side) {
            continue;
        }
        lists(draft, side);
        let hinted: Vec<_> =
            draft.given.hints[side].comments.iter().filter(|(id, v)| !known(draft, side, id, **v)).collect();
        let forced: Vec<_> = draft.forced[side].iter().cloned().collect();
        let omitted = omitted(draft, side);
        for id in hinted.into_iter().map(|(id, _)| id.clone()).chain(forced).chain(omitted) {
            one(draft, side, id);
        }
    }
}

/// Comments of an issue that is gone are no question.
fn readable(draft: &Draft<'_>, side: Side) -> bool {
    let gone = matches!(draft.given.seen[side].issue, Sight::Missing | Sight::Forbidden);
    draft.given.end(side).is_some() && !gone
}

/// Elements that people want to be tried again.
fn retried(draft: &mut Draft<'_>) {
    for parked in &draft.given.link.parked {
        if let Element::Comment { origin, id } = &parked.element
            && draft.asked_after(parked.at)
        {
            draft.forced[*origin].insert(id.clone());
        }
    }
}

fn lists(draft: &mut Draft<'_>, side: Side) {
    let (hints, listed) = (&draft.given.hints[side], draft.given.seen[side].comments_listed_from);
    let all = hints.all_comments || draft.given.link.rebase;
    if all && !whole(draft, side) {
        draft.need(Element::Issue, Read::AllComments { side }, "All comments are compared.");
    } else if hints.newest_comments && listed.is_none() {
        draft.need(Element::Issue, Read::NewestComments { side }, "The newest comments are compared.");
    }
}

/// All comments of the side are in sight.
pub(super) fn whole(draft: &Draft<'_>, side: Side) -> bool {
    draft.given.seen[side].comments_listed_from == Some(Millis(i64::MIN))
}

/// Known comments that a whole list does not show. Whether they were deleted must be proved.
fn omitted(draft: &Draft<'_>, side: Side) -> Vec<CommentId> {
    let view = &draft.given.seen[side];
    if !whole(draft, side) {
        return Vec::new();
    }
    let expected = draft.given.link.comments.iter().filter_map(|pair| match pair.origin == side {
        true => (pair.state != CommentState::Gone).then_some(&pair.id),
        false => pair.copy.as_ref().filter(|_| pair.state != CommentState::Detached),
    });
    expected.filter(|id| !view.comments.contains_key(*id)).cloned().collect()
}

pub(super) fn one(draft: &mut Draft<'_>, side: Side, id: CommentId) {
    if draft.given.seen[side].comments.contains_key(&id) {
        return;
    }
    let pair = draft.given.link.comment(side, &id);
    let mut copied = draft.given.link.comments.iter().filter(|it| it.origin != side);
    let element = match pair.or_else(|| copied.find(|it| it.copy.as_ref() == Some(&id))) {
        Some(pair) => super::element(pair),
        None => Element::Comment { origin: side, id: id.clone() },
    };
    let witnesses = witnesses(draft, side, &id, pair.and_then(|p| base(p, side)).map(|b| b.audience));
    draft.need(element, Read::Comment { side, id, witnesses }, "The comment may have changed.");
}

/// The newest comments that no more people may read: whoever sees them would see this one too.
fn witnesses(draft: &Draft<'_>, side: Side, id: &CommentId, audience: Option<Audience>) -> Vec<CommentId> {
    let others: BTreeSet<_> = draft
        .given
        .link
        .comments
        .iter()
        .filter(|pair| pair.state != CommentState::Gone && pair.state != CommentState::Detached)
        .filter_map(|pair| {
            let other = if pair.origin == side { Some(&pair.id) } else { pair.copy.as_ref() }?;
            let base = base(pair, side)?;
            (other != id && audience.is_none_or(|a| vouches(base.audience, a)))
                .then_some((base.updated, other))
        })
        .collect();
    others.into_iter().rev().take(WITNESSES_MAX).map(|(_, id)| id.clone()).collect()
}

/// Whoever reads comments of the first audience reads those of the second. Roles and groups vouch for nobody.
fn vouches(witness: Audience, of: Audience) -> bool {
    match of {
        Audience::Customers => matches!(witness, Audience::Customers | Audience::Team),
        Audience::Team => witness == Audience::Team,
        Audience::Restricted | Audience::Unknown => false,
    }
}

fn base(pair: &CommentPair, side: Side) -> Option<&CommentBase> {
    if pair.origin == side { pair.base.as_ref() } else { pair.copy_base.as_ref() }
}

/// The hint shows nothing newer than what we recorded: most often the echo of our own write.
fn known(draft: &Draft<'_>, side: Side, id: &CommentId, version: Option<Millis>) -> bool {
    let link = draft.given.link;
    let Some(pair) = link.comment(side, id) else {
        return link.comments.iter().any(|pair| pair.origin != side && pair.past.contains(id));
    };
    match version {
        Some(version) => base(pair, side).is_some_and(|base| version <= base.updated),
        None if pair.origin == side => pair.state == CommentState::Gone,
        None => pair.state == CommentState::Detached,
    }
}
