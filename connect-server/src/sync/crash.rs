//! Named places where a proof may end the process, compiled in for tests only.

/// Ends the process here, as `kill -9` would, when `DUPLEX_CRASH` says `NAME=N` and this is the `N`th time that a
/// place of that name is reached. Without the feature `crash-points` there is nothing here.
macro_rules! crash_point {
    ($name:literal) => {
        #[cfg(feature = "crash-points")]
        $crate::sync::crash::reached($name);
    };
}
pub(super) use crash_point;

#[cfg(feature = "crash-points")]
pub(super) fn reached(name: &str) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static REACHED: AtomicU64 = AtomicU64::new(0);
    let Ok(wanted) = std::env::var("DUPLEX_CRASH") else { return };
    let Some((point, count)) = wanted.split_once('=') else { return };
    if point == name && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == count.parse().unwrap_or(1) {
        std::process::abort();
    }
}
