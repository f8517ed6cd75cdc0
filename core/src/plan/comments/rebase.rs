//! After the database was restored from a backup: copies that were made since are paired with their origins by stamp.

use super::Thread;
use super::origins::cluster;
use crate::id::{CommentId, Side};
use crate::issue::Comment;
use crate::link::{CommentPair, CommentState};
use crate::plan::draft::Draft;
use crate::plan::{CommentSight, Note, carry};
use crate::stamp::Stamp;

impl Thread<'_> {
    /// Takes every copy of ours that no pair knows as its origin's, where that is still there and has none; and says
    /// of each comment of ours, whichever sync made it, that its place is taken. All comments of both sides are in
    /// sight, or are asked for.
    pub(super) fn found_again(&mut self, draft: &mut Draft<'_>) {
        for side in Side::BOTH {
            for (id, comment) in super::comments(draft, side) {
                let Some(stamp) = carry::stamp(draft.given, comment) else { continue };
                if !carry::is_ours(draft.given, side, comment) {
                    continue;
                }
                if self.by_copy(side, id).is_none() && stamp.link == self.link.id {
                    self.take_back(draft, side, comment, &stamp);
                }
                let Stamp { link, op, cluster, .. } = stamp;
                draft.last.push(Note::Standing { side, cluster, link, op });
            }
        }
    }

    fn take_back(&mut self, draft: &Draft<'_>, side: Side, copy: &Comment, stamp: &Stamp) {
        let from = side.other();
        let origin = super::comments(draft, from)
            .into_iter()
            .find(|(_, comment)| cluster(draft, from, comment) == stamp.cluster);
        let Some((id, _)) = origin else { return };
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

fn in_sight(draft: &Draft<'_>, side: Side, id: &CommentId) -> bool {
    matches!(draft.given.seen[side].comments.get(id), Some(CommentSight::Seen(_)))
}
