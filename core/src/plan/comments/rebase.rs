//! Copies that no pair knows, as after the database was restored from a backup, or on an issue that was just adopted:
//! they are paired with their origins by stamp.

use super::Thread;
use super::origins::{cluster, written_at};
use crate::id::{ClusterId, CommentId, Side, Sides};
use crate::issue::Comment;
use crate::link::{CommentPair, CommentState, IntentKind};
use crate::ordered::BTreeMap;
use crate::plan::draft::Draft;
use crate::plan::{CommentSight, Note, carry};
use crate::stamp::Stamp;

impl Thread<'_> {
    /// Takes every copy of ours that no pair knows as its origin's, where that is still there and has none; and says
    /// of each comment of ours, whichever sync made it, that its place is taken. All comments of both sides are in
    /// sight, or are asked for.
    ///
    /// Without a restored database, it says nothing of places, and leaves alone what a pair is known for.
    pub(super) fn found_again(&mut self, draft: &mut Draft<'_>) {
        let rebase = self.link.rebase;
        if !rebase && !Side::BOTH.into_iter().all(|side| super::reads::whole(draft, side)) {
            return;
        }
        let origins = Sides::each(|side| by_cluster(draft, side));
        for side in Side::BOTH {
            for (id, comment) in super::comments(draft, side) {
                let Some(stamp) = carry::our_stamp(draft.given, side, comment) else { continue };
                if self.by_copy(side, id).is_none() && stamp.link == self.link.id {
                    let origin = origins[side.other()].get(&stamp.cluster);
                    self.take_back(draft, side, comment, &stamp, origin);
                }
                if !rebase {
                    continue;
                }
                let first =
                    stamp.link == self.link.id && was_written(draft, side.other(), &stamp.cluster, &origins);
                let Stamp { link, op, cluster, .. } = stamp;
                draft.last.push(Note::Standing { side, cluster, link, op, first });
            }
        }
    }

    fn take_back(
        &mut self,
        draft: &mut Draft<'_>,
        side: Side,
        copy: &Comment,
        stamp: &Stamp,
        origin: Option<&CommentId>,
    ) {
        let from = side.other();
        let Some(id) = origin else { return self.orphan(draft, side, copy, stamp) };
        let known = self.pairs.get(&(from, id.clone())).cloned();
        if !self.link.rebase && (known.is_some() || rests_on(draft, side, id)) {
            return;
        }
        let mut pair = known.unwrap_or_else(|| CommentPair::new(from, id));
        if pair.copy.as_ref().is_some_and(|copy| in_sight(draft, side, copy)) {
            return;
        }
        pair.removed();
        pair.tried(&stamp.op);
        self.put(CommentPair { copy: Some(copy.id.clone()), base: None, state: CommentState::Live, ..pair });
    }
}

impl Thread<'_> {
    /// A copy whose origin is not in sight: once it is proved that it was deleted, the copy follows it.
    fn orphan(&mut self, draft: &mut Draft<'_>, side: Side, copy: &Comment, stamp: &Stamp) {
        let from = side.other();
        if !self.link.rebase {
            return;
        }
        // Of a copy that came by another link first, the stamp does not name the comment on this link's side.
        let Some(id) = written_at(draft, from, &stamp.cluster) else { return };
        // What is known of it may be older than its copy.
        let known = self.pairs.get(&(from, id.clone())).cloned();
        let mut pair = known.unwrap_or_else(|| CommentPair::new(from, &id));
        if pair.copy.as_ref().is_some_and(|copy| in_sight(draft, side, copy)) {
            return;
        }
        pair.removed();
        pair.tried(&stamp.op);
        self.put(CommentPair { copy: Some(copy.id.clone()), base: None, state: CommentState::Live, ..pair });
        super::reads::one(draft, from, id);
    }
}

/// The comments of a side by the cluster that each stands for; the oldest counts.
fn by_cluster(draft: &Draft<'_>, side: Side) -> BTreeMap<ClusterId, CommentId> {
    let mut known = BTreeMap::new();
    for (id, comment) in super::comments(draft, side) {
        known.entry(cluster(draft, side, comment)).or_insert_with(|| id.clone());
    }
    known
}

/// Whether people wrote the comment on the issue of this side, as far as can be told: it may be deleted by now, but
/// then no copy stands for it here.
fn was_written(
    draft: &Draft<'_>,
    side: Side,
    cluster: &ClusterId,
    origins: &Sides<BTreeMap<ClusterId, CommentId>>,
) -> bool {
    let written = written_at(draft, side, cluster);
    written.is_some_and(|id| origins[side].get(cluster).is_none_or(|standing| *standing == id))
}

/// Our own addition of a copy of it may be what is seen; that is settled elsewhere.
fn rests_on(draft: &Draft<'_>, side: Side, origin: &CommentId) -> bool {
    draft.given.link.intents.iter().any(|intent| {
        intent.side == side && matches!(&intent.what, IntentKind::AddComment { origin: of } if of == origin)
    })
}

fn in_sight(draft: &Draft<'_>, side: Side, id: &CommentId) -> bool {
    matches!(draft.given.seen[side].comments.get(id), Some(CommentSight::Seen(_)))
}
