//! Rich text is merged by top-level block, so that what can't be carried (an image, a mention, a macro) survives an
//! edit of the other side: a block that did not change is left as the target has it.

use super::digest;
use crate::adf::Doc;
use crate::issue::Value;
use crate::link::{Block, Digest, DigestKey};

/// Blocks of one document that are compared with those of another. Longer texts are treated as one piece.
pub const BLOCKS_MAX: usize = 1_000;

/// A text that goes to one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Woven {
    pub doc: Doc,
    /// Blocks of the source that could not go over, because the target has more there than can be carried back.
    pub withheld: Vec<serde_json::Value>,
}

/// Weaves the source's edits into the target's document. `before` are the blocks at the last agreement, of the source
/// and of the target; `across` holds each block of the source as the target would have it.
///
/// Where the blocks of the two did not pair up one to one, nothing is overwritten that could not be carried.
pub fn weave(
    key: &DigestKey,
    source: &Doc,
    target: &Doc,
    before: (&[Block], &[Block]),
    across: &[Vec<serde_json::Value>],
) -> Woven {
    let (source_before, target_before) = before;
    if target_before.iter().all(|block| block.carried) {
        return Woven { doc: Doc::of_blocks(across.concat()), withheld: Vec::new() };
    }
    let paired = source_before.len() == target_before.len() && target.blocks().len() == target_before.len();
    if !paired || source_before.len().max(source.blocks().len()) > BLOCKS_MAX {
        return Woven { doc: target.clone(), withheld: source.blocks().to_vec() };
    }
    let now: Vec<Digest> = source.blocks().iter().map(|b| block_digest(key, b)).collect();
    let kept = common(source_before, &now);
    let (mut blocks, mut withheld) = (Vec::new(), Vec::new());
    let (mut old, mut new) = (0, 0);
    for (old_at, new_at) in kept.into_iter().chain([(source_before.len(), now.len())]) {
        // What lies between two unchanged blocks was replaced, on the source, by what lies there now.
        let theirs = &source.blocks()[new..new_at];
        if target_before[old..old_at].iter().all(|block| block.carried) {
            blocks.extend(across[new..new_at].concat());
        } else {
            blocks.extend(target.blocks()[old..old_at].iter().cloned());
            withheld.extend(theirs.iter().cloned());
            if theirs.is_empty() {
                // A removal is withheld as well; what was to go is what there is to see of it.
                withheld.extend(target.blocks()[old..old_at].iter().cloned());
            }
        }
        if let Some(own) = target.blocks().get(old_at) {
            blocks.push(own.clone());
        }
        (old, new) = (old_at + 1, new_at + 1);
    }
    Woven { doc: Doc::of_blocks(blocks), withheld }
}

/// The blocks of a document as they are remembered. `whole` says whether the other side can have all of the block at a
/// position.
pub fn remember(key: &DigestKey, doc: &Doc, whole: impl Fn(usize) -> bool) -> Vec<Block> {
    let block = |(at, block)| Block { value: block_digest(key, block), carried: whole(at) };
    doc.blocks().iter().enumerate().map(block).collect()
}

fn block_digest(key: &DigestKey, block: &serde_json::Value) -> Digest {
    digest(key, &alone(block))
}

/// A block as a text of its own.
pub(crate) fn alone(block: &serde_json::Value) -> Value {
    Value::Rich(Doc::of_blocks(vec![block.clone()]))
}

/// The longest common subsequence of what was and what is, as pairs of positions.
fn common(was: &[Block], is: &[Digest]) -> Vec<(usize, usize)> {
    let mut length = vec![vec![0u32; is.len() + 1]; was.len() + 1];
    for i in (0..was.len()).rev() {
        for j in (0..is.len()).rev() {
            length[i][j] = if was[i].value == is[j] {
                length[i + 1][j + 1] + 1
            } else {
                length[i + 1][j].max(length[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < was.len() && j < is.len() {
        if was[i].value == is[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if length[i + 1][j] >= length[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}
