//! Seeded storms of the whole engine in one thread: the same ones every time, new ones every time, and those that once
//! found something.
//!
//! `DUPLEX_SIM_SEED` and `DUPLEX_SIM_COUNT` run other seeds by the test `fixed_1`.

mod bystanders;

use duplex_tests::sim::{Campaign, Plot, Tally};
use std::ops::Range;

/// Seeds of each of the four tests: all of them together take two cores some three minutes. `make storm` runs more.
const SEEDS: u64 = 8;
/// Fresh seeds lie beyond those that anybody names.
const FRESH_FROM: u64 = 1_000_000;

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

/// Other seeds in every run; a failure names its own.
fn fresh(lane: u64) {
    use std::hash::{BuildHasher, RandomState};
    let first = FRESH_FROM + RandomState::new().hash_one(lane) % u64::from(u32::MAX);
    check(first..first + SEEDS);
}

#[test]
fn fresh_1() {
    fresh(1);
}

#[test]
fn fresh_2() {
    fresh(2);
}

/// What storms found once: a call that came too late, a place in a cluster that nobody saw taken, a comment whose
/// audience changed while it waited, a project that was hidden for longer than sweeps look back, a conflict whose
/// answer was lost, and a first comment whose answer was lost.
const FOUND: [u64; 6] = [353_886_715, 100_013, 100_029, 200_103, 200_214, 300_489];

#[test]
fn what_was_found_once() {
    FOUND.into_iter().for_each(|seed| check(seed..seed + 1));
}
