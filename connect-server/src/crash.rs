//! Places where a proof may end the server, compiled in for tests only: named ones in the middle of a write, and the
//! beginning of every transaction. What dies before a transaction begins has died after the one before it.

/// The server may end here. Without the feature `crash-points` there is nothing here.
macro_rules! crash_point {
    ($name:literal) => {
        #[cfg(feature = "crash-points")]
        $crate::crash::reached(const { $crate::crash::named($name) }).await;
    };
}
pub(crate) use crash_point;

#[cfg(feature = "crash-points")]
pub use points::{POINTS, Passing, aim, on_passing, struck};
#[cfg(feature = "crash-points")]
pub(crate) use points::{named, reached};

#[cfg(feature = "crash-points")]
mod points {
    use std::cell::{Cell, RefCell};
    use std::sync::atomic::{AtomicU64, Ordering};

    /// All names there are; another one does not compile. Proofs go through this list, so that a new place is never
    /// without its death.
    pub const POINTS: [&str; 12] = [
        "store.begin",
        "plan.recorded",
        "intent.opened",
        "call.answered",
        "outcome.recorded",
        "drill.begun",
        "drill.intended",
        "drill.created",
        "drill.posted",
        "drill.seen",
        "drill.judged",
        "drill.ended",
    ];

    /// The name, if it is on the list.
    pub(crate) const fn named(name: &'static str) -> &'static str {
        let mut nth = 0;
        while nth < POINTS.len() {
            if is_same(POINTS[nth].as_bytes(), name.as_bytes()) {
                return name;
            }
            nth += 1;
        }
        panic!("a crash point that `POINTS` does not name")
    }

    const fn is_same(one: &[u8], other: &[u8]) -> bool {
        let mut at = 0;
        while at < one.len() && at < other.len() {
            if one[at] != other[at] {
                return false;
            }
            at += 1;
        }
        one.len() == other.len()
    }

    thread_local! {
        /// So many places are passed unharmed.
        static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
        static STRUCK: Cell<Option<&'static str>> = const { Cell::new(None) };
        static PASSING: RefCell<Option<Passing>> = const { RefCell::new(None) };
    }

    /// Something that happens whenever a place is passed.
    pub struct Passing(Box<dyn FnMut() + Send + Sync>);

    impl Passing {
        pub fn new(happens: impl FnMut() + Send + Sync + 'static) -> Self {
            Self(Box::new(happens))
        }
    }

    impl std::fmt::Debug for Passing {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Passing")
        }
    }

    /// From now on this happens whenever a server on this thread passes a place. Answers what happened until now.
    pub fn on_passing(passing: Option<Passing>) -> Option<Passing> {
        PASSING.replace(passing)
    }

    /// A server on this thread stands still for ever at the place that is reached after `left` others, so that
    /// whoever drives it can drop it there. Answers what was aimed at before and not reached.
    pub fn aim(left: Option<u64>) -> Option<u64> {
        LEFT.replace(left)
    }

    /// The place where a server on this thread was struck since this was last asked.
    #[must_use]
    pub fn struck() -> Option<&'static str> {
        STRUCK.take()
    }

    pub(crate) async fn reached(name: &'static str) {
        end_process(name);
        PASSING.with_borrow_mut(|passing| passing.iter_mut().for_each(|it| (it.0)()));
        match LEFT.get() {
            None => {}
            Some(0) => {
                LEFT.set(None);
                STRUCK.set(Some(name));
                std::future::pending::<()>().await;
            }
            Some(left) => LEFT.set(Some(left - 1)),
        }
    }

    /// Ends the process, as `kill -9` would, when `DUPLEX_CRASH` says `NAME=N` and this is the `N`th time that a place
    /// of that name is reached.
    fn end_process(name: &str) {
        static REACHED: AtomicU64 = AtomicU64::new(0);
        let Ok(wanted) = std::env::var("DUPLEX_CRASH") else { return };
        let Some((point, count)) = wanted.split_once('=') else { return };
        if point == name && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == count.parse().unwrap_or(1) {
            std::process::abort();
        }
    }
}
