//! Seeded storms of the whole engine in one thread: the same ones every time, new ones every time, and those that once
//! found something.
//!
//! `DUPLEX_SIM_SEED` and `DUPLEX_SIM_COUNT` run some seeds alone, by the test `fixed_1`.

use duplex_tests::sim::{Campaign, Plot, Tally};
use std::ops::Range;

/// Seeds of each of the four tests.
const SEEDS: u64 = 40;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

fn check(seeds: Range<u64>) {
    eprintln!("seeds {seeds:?}");
    survived(&Campaign::of(seeds).run(Plot::of, || (), |_| ()));
}

fn survived(tally: &Tally) {
    eprintln!("{tally}");
    tally.failures.iter().for_each(|failure| eprintln!("{failure}"));
    let failed: Vec<u64> = tally.failures.iter().map(|failure| failure.seed).collect();
    assert!(failed.is_empty(), "these seeds failed: {failed:?}");
}

#[test]
fn fixed_1() {
    let first = number("DUPLEX_SIM_SEED").unwrap_or(0);
    check(first..first + number("DUPLEX_SIM_COUNT").unwrap_or(SEEDS));
}

#[test]
fn fixed_2() {
    check(SEEDS..2 * SEEDS);
}
