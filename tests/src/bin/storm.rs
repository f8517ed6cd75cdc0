//! Seeded storms, many of them: `make storm SEEDS=10000`, and with deliberate bugs `make mutants`.

use anyhow::{Result, ensure};
use clap::Parser;
use duplex_tests::sim::{Campaign, Fault, Plot, Tally};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// A line of progress after so many seeds.
const TELL_EVERY: u64 = 25;
/// Of what fails, so many are told in full.
const FAILURES_TOLD_MAX: usize = 20;
/// Of two calls, one meets the fault that is alone.
const ALONE_PERCENT: u64 = 50;

#[derive(Debug, Parser)]
struct Args {
    /// So many seeds; with `--alone`, of each fault; with `--mutants`, at the most of each bug.
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
    /// A file for the last calls of the first failure.
    #[arg(long)]
    calls: Option<PathBuf>,
    /// Every fault alone, at a rate of 50 %; or the one that is named, as the summary calls it.
    #[arg(long, value_name = "FAULT", num_args = 0..=1, default_missing_value = "all")]
    alone: Option<String>,
    /// After how many seeds each deliberate bug is caught; needs the feature `mutants`.
    #[arg(long)]
    mutants: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    match (args.mutants, &args.alone) {
        (true, _) => mutants(&args),
        (_, Some(which)) => each_alone(&args, which),
        _ => storm(&args, Plot::of),
    }
}

impl Args {
    fn range(&self) -> Range<u64> {
        self.first..self.first + self.seeds
    }
}

fn storm(args: &Args, plot: impl Fn(u64) -> Plot + Sync) -> Result<()> {
    let campaign = Campaign { lanes: args.lanes, shrinks: !args.as_it_is, ..Campaign::of(args.range()) };
    let (began, told) = (now(), AtomicUsize::new(0));
    let tally = campaign.run(&plot, || (), |tally| tell(tally, args.seeds, began, &told));
    say(&format!("\n{tally}, in {:.0} s", began.elapsed().as_secs_f64()));
    for (fault, seeds) in &tally.weather {
        say(&format!("  {fault:?} was on in {seeds} seeds"));
    }
    if let (Some(file), Some(failure)) = (&args.calls, tally.failures.first()) {
        std::fs::write(file, failure.scene.calls.join("\n"))?;
    }
    let failed: Vec<u64> = tally.failures.iter().map(|failure| failure.seed).collect();
    ensure!(failed.is_empty(), "these seeds failed: {failed:?}");
    Ok(())
}

/// All of them are seen, also where one of them failed.
fn each_alone(args: &Args, which: &str) -> Result<()> {
    let named = |fault: &Fault| which == "all" || which == format!("{fault:?}");
    let faults: Vec<Fault> = Fault::ALL.into_iter().filter(named).collect();
    ensure!(!faults.is_empty(), "there is no fault {which}; there are {:?}", Fault::ALL);
    let mut failed = Vec::new();
    for fault in faults {
        say(&format!("\n{fault:?} alone"));
        if let Err(error) = storm(args, alone(fault)) {
            failed.push(format!("{fault:?}: {error}"));
        }
    }
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

fn alone(fault: Fault) -> impl Fn(u64) -> Plot + Sync {
    move |seed| Plot::alone(seed, fault, ALONE_PERCENT)
}

#[cfg(feature = "mutants")]
fn mutants(args: &Args) -> Result<()> {
    use duplex_core::mutants::{Mutant, choose};
    let mut escaped = Vec::new();
    for mutant in Mutant::ALL {
        let campaign =
            Campaign { lanes: args.lanes, until_first: true, shrinks: false, ..Campaign::of(args.range()) };
        let tally = campaign.run(&Plot::of, || choose(Some(*mutant)), |_| ());
        match tally.failures.first() {
            Some(failure) => {
                let by = failure.wrong.first().map(String::as_str).unwrap_or_default();
                let by: String = by.chars().take(100).collect();
                say(&format!("{mutant:?} ({}): after {} seeds, by {by}", mutant.words(), tally.seeds));
            }
            None => {
                say(&format!("{mutant:?} ({}): NOT within {} seeds", mutant.words(), tally.seeds));
                escaped.push(*mutant);
            }
        }
    }
    ensure!(escaped.is_empty(), "not caught: {escaped:?}");
    Ok(())
}

#[cfg(not(feature = "mutants"))]
fn mutants(_: &Args) -> Result<()> {
    anyhow::bail!(
        "this build has no deliberate bugs: build it with --features mutants, as `make mutants` does"
    )
}

fn tell(tally: &Tally, all: u64, began: Instant, told: &AtomicUsize) {
    let failures = tally.failures.iter().take(FAILURES_TOLD_MAX);
    for failure in failures.skip(told.swap(tally.failures.len(), Ordering::SeqCst)) {
        say(&format!("\n{failure}"));
    }
    if tally.seeds.is_multiple_of(TELL_EVERY) {
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
