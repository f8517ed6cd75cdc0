//! A pair of which one issue is gone, and people want it made again from the twin that is left.

use crate::id::Side;
use crate::link::{CommentState, Link, LinkState};

impl Link {
    /// Makes it a candidate again, whose origin is the twin. What people wrote on the side that is gone went with its
    /// issue: the twin keeps its copies of that, and they are not carried back. What was written on the twin's side is
    /// copied anew.
    pub fn recreate(&mut self, gone: Side) {
        self.origin = gone.other();
        self.ends[gone] = None;
        self.state = LinkState::Live;
        self.mapping = None;
        self.fields.clear();
        self.intents.retain(|intent| intent.side != gone);
        self.parked.clear();
        self.removals = 0;
        for pair in &mut self.comments {
            if pair.origin == gone {
                pair.state = CommentState::Gone;
            } else if pair.state != CommentState::Gone {
                pair.removed();
                (pair.base, pair.state) = (None, CommentState::Live);
            }
        }
    }
}
