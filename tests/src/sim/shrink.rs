//! The shortest history that still goes wrong, as far as it can be found within a bounded time.

use super::{Failure, Plot, run};

/// Tries of one search.
const TRIES_MAX: usize = 150;

/// Leaves turns out as long as the storm still goes wrong in the same way: halves first, then less and less.
pub async fn shrink(plot: &Plot, failure: Failure) -> Failure {
    let kind = kind(&failure);
    let mut best = failure;
    let mut size = best.turns.len().div_ceil(2);
    let mut tries = 0;
    while size > 0 {
        let mut from = 0;
        let before = best.turns.len();
        while from < best.turns.len() && tries < TRIES_MAX {
            tries += 1;
            let mut turns = best.turns.clone();
            turns.drain(from..(from + size).min(turns.len()));
            let shorter = Plot { turns, ..plot.clone() };
            match run(&shorter).await {
                Err(failure) if self::kind(&failure) == kind => best = failure,
                Ok(_) | Err(_) => from += size,
            }
        }
        if tries >= TRIES_MAX {
            break;
        }
        size = if size == 1 && best.turns.len() < before { 1 } else { size / 2 };
    }
    best
}

/// Which promise was broken: the name in front of the first line.
fn kind(failure: &Failure) -> String {
    let first = failure.wrong.first().map(String::as_str).unwrap_or_default();
    first.split(':').next().unwrap_or_default().to_owned()
}
