//! Many storms, one after the other on each of a few threads.

use super::weather::Fault;
use super::{Failure, Plot, Survived, run, shrink};
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tracing::level_filters::LevelFilter;

/// Every so manieth seed runs twice, and both times the same has to happen.
const TWICE_EVERY: u64 = 20;

/// A seed takes a second or two; one that takes so long waits for something that never comes.
const STANDS_STILL: Duration = Duration::from_secs(180);

/// Which storms.
#[derive(Debug, Clone)]
pub struct Campaign {
    pub seeds: Range<u64>,
    /// Threads that share the seeds.
    pub lanes: usize,
    /// No further seed begins after the first that fails.
    pub until_first: bool,
    /// Whether the history of a failure is made shorter before it is told.
    pub shrinks: bool,
}

/// What came of them.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub seeds: u64,
    pub twice: u64,
    pub turns: usize,
    pub calls: usize,
    pub writes: usize,
    pub faults: usize,
    /// On the worlds' clocks, in hours.
    pub world_hours: f64,
    /// Seeds in which each fault was on.
    pub weather: BTreeMap<Fault, u64>,
    /// In the order in which they were found.
    pub failures: Vec<Failure>,
}

impl Campaign {
    /// The seeds on one thread, with short histories of what fails.
    #[must_use]
    pub fn of(seeds: Range<u64>) -> Self {
        Self { seeds, lanes: 1, until_first: false, shrinks: true }
    }

    /// Runs all of it. `plot` says what a seed is made of, `begin` is called on every thread before its first seed,
    /// `told` after every seed.
    pub fn run(
        &self,
        plot: impl Fn(u64) -> Plot + Sync,
        begin: impl Fn() + Sync,
        told: impl Fn(&Tally) + Sync,
    ) -> Tally {
        if self.seeds.end - self.seeds.start > 1 {
            // Nobody reads what thousands of worlds log; a seed that is run by itself tells its story.
            drop(tracing_subscriber::fmt().with_max_level(LevelFilter::OFF).try_init());
        }
        let next = AtomicU64::new(self.seeds.start);
        let over = AtomicBool::new(false);
        let tally = Mutex::new(Tally::default());
        let lane = || {
            begin();
            loop {
                let seed = next.fetch_add(1, Ordering::SeqCst);
                if seed >= self.seeds.end || over.load(Ordering::SeqCst) {
                    break;
                }
                let plot = plot(seed);
                let ended = self.one(&plot);
                if self.until_first && ended.is_err() {
                    over.store(true, Ordering::SeqCst);
                }
                let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
                tally.add(&plot, ended);
                told(&tally);
            }
        };
        thread::scope(|scope| {
            for _ in 1..self.lanes {
                scope.spawn(lane);
            }
            lane();
        });
        tally.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn one(&self, plot: &Plot) -> Result<Survived, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime of one thread");
        let failed = |why: String| Failure::of(plot, vec![why]);
        let storm = async {
            let Ok(first) = tokio::time::timeout(STANDS_STILL, run(plot)).await else {
                return Err(failed(format!("nothing moved any more within {STANDS_STILL:?} of real time")));
            };
            match first {
                Err(failure) if self.shrinks => return Err(shrink(plot, failure).await),
                Err(failure) => Err(failure),
                Ok(survived) if plot.seed.is_multiple_of(TWICE_EVERY) => {
                    let second = run(plot).await?;
                    if second != survived {
                        return Err(failed(format!("not the same twice: {survived:?}, {second:?}")));
                    }
                    Ok(survived)
                }
                Ok(survived) => Ok(survived),
            }
        };
        let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(storm)));
        ended.unwrap_or_else(|panic| {
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            Err(failed(format!("panicked: {words}")))
        })
    }
}

impl Tally {
    fn add(&mut self, plot: &Plot, ended: Result<Survived, Failure>) {
        self.seeds += 1;
        for fault in &plot.weather.on {
            *self.weather.entry(*fault).or_default() += 1;
        }
        match ended {
            Ok(survived) => {
                self.twice += u64::from(plot.seed.is_multiple_of(TWICE_EVERY));
                self.turns += survived.turns;
                self.calls += survived.calls;
                self.writes += survived.writes;
                self.faults += survived.faults;
                self.world_hours += survived.world_ms as f64 / 3_600_000.0;
            }
            Err(failure) => self.failures.push(failure),
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} seeds ({} of them twice), {} failed; {} turns, {} calls of the app, {} of them writes, {} refused or \
             lost; {:.0} hours of the worlds",
            self.seeds,
            self.twice,
            self.failures.len(),
            self.turns,
            self.calls,
            self.writes,
            self.faults,
            self.world_hours
        )
    }
}
