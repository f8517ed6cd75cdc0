//! Ordered maps and sets: the standard library's, and for the browser ones in their place that need a fifth of the
//! code. B-trees are made anew for every pair of types, and that was a quarter of what the page had to load.

#[cfg(any(test, target_family = "wasm"))]
pub mod lists;
#[cfg(test)]
mod tests;

#[cfg(target_family = "wasm")]
pub use lists::{BTreeMap, BTreeSet};
#[cfg(not(target_family = "wasm"))]
pub use std::collections::{BTreeMap, BTreeSet};
