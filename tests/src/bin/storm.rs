//! `cargo run --profile storm -p duplex-tests --bin storm -- --seeds 10000`: seeded storms, many of them.

use anyhow::{Result, ensure};
use clap::Parser;
use duplex_tests::sim::{Campaign, Tally};
use std::time::Instant;

/// A line of progress after so many seeds.
const TELL_EVERY: u64 = 25;
/// Of what fails, so many are told in full.
const FAILURES_TOLD_MAX: usize = 5;

#[derive(Debug, Parser)]
struct Args {
    /// So many seeds.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Threads that share them.
    #[arg(long, default_value_t = 2)]
    lanes: usize,
    /// Histories of failures stay as long as they are.
    #[arg(long)]
    as_it_is: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let seeds = args.first..args.first + args.seeds;
    let campaign = Campaign { lanes: args.lanes, shrinks: !args.as_it_is, ..Campaign::of(seeds) };
    let began = now();
    let tally = campaign.run(|| (), |tally| tell(tally, args.seeds, began));
    say(&format!("\n{tally}, in {:.0} s", began.elapsed().as_secs_f64()));
    for (fault, seeds) in &tally.weather {
        say(&format!("  {fault:?} was on in {seeds} seeds"));
    }
    for failure in tally.failures.iter().take(FAILURES_TOLD_MAX) {
        say(&format!("\n{failure}"));
    }
    let failed: Vec<u64> = tally.failures.iter().map(|failure| failure.seed).collect();
    ensure!(failed.is_empty(), "these seeds failed: {failed:?}");
    Ok(())
}

fn tell(tally: &Tally, all: u64, began: Instant) {
    if tally.seeds % TELL_EVERY == 0 {
        let seconds = began.elapsed().as_secs_f64();
        let rate = tally.seeds as f64 / seconds.max(0.001);
        eprintln!("{:6}/{all} seeds, {} failed, {rate:.1}/s", tally.seeds, tally.failures.len());
    }
}

#[expect(clippy::disallowed_methods, reason = "how long it takes is no part of the storm")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::print_stdout, reason = "what the program is for")]
fn say(words: &str) {
    println!("{words}");
}
