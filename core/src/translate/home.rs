//! Rich text that was edited where it is a copy, on its way home.
//!
//! The owner's document holds what could not be carried: images, mentions, apps. Where a block was not touched on
//! the other side the owner keeps its own; a touched block that held such things can't be brought back.

use super::rich::{Block, blocks};
use super::{Loss, Way};
use crate::adf::Doc;
use serde_json::Value;

/// Cells of the comparison of blocks. Longer documents are compared from both ends only.
const CELLS_MAX: usize = 1_000_000;

/// What an edit of the copy makes of the owner's document.
#[derive(Debug, Clone, PartialEq)]
pub enum Home {
    /// Written as it stands.
    Doc { doc: Doc, losses: Vec<Loss> },
    /// These blocks of the owner hold what would be lost, and were changed on the other side.
    Conflict { blocks: Vec<usize> },
}

/// Brings `edited`, the copy as it is now, home into `own`, whose copy it was. `out` is the way from the owner to the
/// copy, `back` the other.
#[must_use]
pub fn home(own: &Doc, edited: &Doc, out: &Way<'_>, back: &Way<'_>) -> Home {
    let own = own.normalise();
    let edited = edited.normalise();
    let carried = blocks(&own, out);
    if was_cut(&carried, &own) {
        return Home::Conflict { blocks: (0..carried.len()).collect() };
    }
    let untouched = untouched(&carried, edited.blocks());
    let lost = lost_blocks(&carried, &untouched);
    if !lost.is_empty() {
        return Home::Conflict { blocks: lost };
    }
    let (mut merged, mut losses) = (Vec::new(), Vec::new());
    for (at, returned) in blocks(&edited, back).into_iter().enumerate() {
        match untouched.iter().position(|span| span.as_ref().is_some_and(|s| s.contains(&at))) {
            // Several blocks of the copy may stem from one of the owner's: the first brings it.
            Some(owner) if untouched[owner].as_ref().is_some_and(|s| s.start == at) => {
                merged.extend(own.blocks().get(owner).cloned());
            }
            Some(_) => {}
            None => {
                merged.extend(returned.blocks);
                losses.extend(returned.losses);
            }
        }
    }
    Home::Doc { doc: Doc::of_blocks(merged).normalise(), losses }
}

/// A copy that was cut says nothing of what was behind the cut.
fn was_cut(carried: &[Block], own: &Doc) -> bool {
    let whole = Doc::of_blocks(carried.iter().flat_map(|block| block.blocks.iter().cloned()).collect());
    whole.fit(Doc::limit_after(own)).cut
}

/// Per block of the owner: where in the copy it stands untouched.
type Spans = Vec<Option<std::ops::Range<usize>>>;

fn lost_blocks(carried: &[Block], untouched: &Spans) -> Vec<usize> {
    let touched = carried.iter().zip(untouched).enumerate();
    touched
        .filter(|(_, (block, span))| !block.losses.is_empty() && span.is_none())
        .map(|(at, _)| at)
        .collect()
}

/// A block of the owner is untouched where all that it became stands in the copy, in a row.
fn untouched(carried: &[Block], copy: &[Value]) -> Spans {
    let flat: Vec<&Value> = carried.iter().flat_map(|block| &block.blocks).collect();
    let places = align(&flat, copy);
    let mut next = 0;
    let span = |block: &Block| {
        let mine = &places[next..next + block.blocks.len()];
        next += block.blocks.len();
        let first = (*mine.first()?)?;
        let in_a_row = mine.iter().enumerate().all(|(n, place)| *place == Some(first + n));
        in_a_row.then_some(first..first + mine.len())
    };
    carried.iter().map(span).collect()
}

/// The longest common subsequence: per block of the left, its place on the right.
fn align(left: &[&Value], right: &[Value]) -> Vec<Option<usize>> {
    let shorter = left.len().min(right.len());
    let head = (0..shorter).take_while(|n| *left[*n] == right[*n]).count();
    let tail =
        (0..shorter - head).take_while(|n| *left[left.len() - 1 - n] == right[right.len() - 1 - n]).count();
    let mut places = vec![None; left.len()];
    for (n, place) in places.iter_mut().enumerate().take(head) {
        *place = Some(n);
    }
    for n in 0..tail {
        places[left.len() - 1 - n] = Some(right.len() - 1 - n);
    }
    let middle = between(&left[head..left.len() - tail], &right[head..right.len() - tail]);
    for (at, place) in middle.into_iter().enumerate() {
        places[head + at] = place.map(|p| head + p);
    }
    places
}

fn between(left: &[&Value], right: &[Value]) -> Vec<Option<usize>> {
    let mut places = vec![None; left.len()];
    let width = right.len() + 1;
    if left.is_empty() || right.is_empty() || (left.len() + 1).saturating_mul(width) > CELLS_MAX {
        return places;
    }
    // `common[l * width + r]`: the length of what `left[l..]` and `right[r..]` share.
    let mut common = vec![0_u32; (left.len() + 1) * width];
    for l in (0..left.len()).rev() {
        for r in (0..right.len()).rev() {
            common[l * width + r] = if *left[l] == right[r] {
                common[(l + 1) * width + r + 1] + 1
            } else {
                common[(l + 1) * width + r].max(common[l * width + r + 1])
            };
        }
    }
    let (mut l, mut r) = (0, 0);
    while l < left.len() && r < right.len() {
        if *left[l] == right[r] {
            places[l] = Some(r);
            (l, r) = (l + 1, r + 1);
        } else if common[(l + 1) * width + r] >= common[l * width + r + 1] {
            l += 1;
        } else {
            r += 1;
        }
    }
    places
}
