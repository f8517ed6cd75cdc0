//! After the database was restored from a backup: copies that were made since are paired with their origins by stamp.

use super::Thread;
use super::origins::cluster;
use crate::id::{ClusterId, CommentId, Side, Sides};
use crate::issue::Comment;
use crate::link::{CommentPair, CommentState};
use crate::plan::draft::Draft;
use crate::plan::{CommentSight, Note, carry};
use crate::stamp::Stamp;
use std::collections::BTreeMap;

impl Thread<'_> {
    /// Takes every copy of ours that no pair knows as its origin's, where that is still there and has none; and says
    /// of each comment of ours, whichever sync made it, that its place is taken. All comments of both sides are in
    /// sight, or are asked for.
    pub(super) fn found_again(&mut self, draft: &mut Draft<'_>) {
        let origins = Sides::each(|side| by_cluster(draft, side));
        for side in Side::BOTH {
            for (id, comment) in super::comments(draft, side) {
                let Some(stamp) = carry::stamp(draft.given, comment) else { continue };
                if !carry::is_ours(draft.given, side, comment) {
                    continue;
                }
                if self.by_copy(side, id).is_none() && stamp.link == self.link.id {
                    let origin = origins[side.other()].get(&stamp.cluster);
                    self.take_back(draft, side, comment, &stamp, origin);
                }
                let Stamp { link, op, cluster, .. } = stamp;
                draft.last.push(Note::Standing { side, cluster, link, op });
            }
        }
    }

    fn take_back(
        &mut self,
        draft: &Draft<'_>,
        side: Side,
        copy: &Comment,
        stamp: &Stamp,
        origin: Option<&CommentId>,
    ) {
        let (from, Some(id)) = (side.other(), origin) else { return };
        let known = self.pairs.get(&(from, id.clone())).cloned();
        let mut pair = known.unwrap_or_else(|| CommentPair::new(from, id));
        if pair.copy.as_ref().is_some_and(|copy| in_sight(draft, side, copy)) {
            return;
        }
        pair.removed();
        pair.tried(&stamp.op);
        self.put(CommentPair { copy: Some(copy.id.clone()), base: None, state: CommentState::Live, ..pair });
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

fn in_sight(draft: &Draft<'_>, side: Side, id: &CommentId) -> bool {
    matches!(draft.given.seen[side].comments.get(id), Some(CommentSight::Seen(_)))
}
