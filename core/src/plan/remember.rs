//! What a note changes in what we remember. The store does the same in rows.

use super::Note;
use crate::id::Millis;
use crate::link::{Link, Parked};

impl Link {
    /// Writes the note down. `now` is the server's clock. Conflicts, skips and hand-overs are kept elsewhere.
    pub fn remember(&mut self, note: &Note, now: Millis) {
        match note {
            Note::End { side, end } => self.ends[*side] = Some(end.clone()),
            Note::State { state } => self.state = *state,
            Note::Cluster { cluster } => self.cluster = Some(cluster.clone()),
            Note::Mapped { mapping } => self.mapping = Some(mapping.clone()),
            Note::Field { pair, memory } => {
                self.fields.insert(pair.clone(), memory.clone());
            }
            Note::Comment { pair } => {
                match self.comments.iter_mut().find(|p| p.origin == pair.origin && p.id == pair.id) {
                    Some(known) => *known = pair.clone(),
                    None => self.comments.push(pair.clone()),
                }
            }
            Note::Settled { op, .. } => self.intents.retain(|intent| &intent.op != op),
            Note::Park { element, trouble } => {
                self.parked.retain(|p| &p.element != element);
                self.parked.push(Parked { element: element.clone(), code: trouble.code.clone(), at: now });
            }
            Note::Unpark { element } => self.parked.retain(|p| &p.element != element),
            Note::Removals { count } => self.removals = *count,
            Note::Rebased => self.rebase = false,
            Note::Conflict { .. }
            | Note::Stands { .. }
            | Note::Overwritten { .. }
            | Note::Standing { .. }
            | Note::Hand { .. }
            | Note::Skip { .. } => {}
        }
    }
}
