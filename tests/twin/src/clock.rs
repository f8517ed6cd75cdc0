//! The one way this crate learns the time, so that a test can be the clock.

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, Ordering};

/// Time in milliseconds since 1970-01-01T00:00:00Z.
pub trait Clock: Send + Sync + Debug {
    /// Milliseconds since the epoch.
    fn now_ms(&self) -> i64;

    /// Moves the clock forward where it can be moved, and says whether it was.
    fn try_advance(&self, _by_ms: i64) -> bool {
        false
    }
}

/// The machine's clock, for the binary.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in")]
    fn now_ms(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond()
    }
}

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock standing at `now_ms`.
    #[must_use]
    pub fn at(now_ms: i64) -> Self {
        Self(AtomicI64::new(now_ms))
    }

    /// Moves the clock to `now_ms`, backwards too.
    pub fn set(&self, now_ms: i64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }

    /// Moves the clock by `by_ms` milliseconds.
    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn try_advance(&self, by_ms: i64) -> bool {
        self.advance(by_ms);
        true
    }
}

/// A moment as Jira's platform API writes it: `2026-11-23T10:00:00.000+0000`. The twin's sites live in UTC.
#[must_use]
pub fn jira_time(at_ms: i64) -> String {
    format_time(at_ms, "%Y-%m-%dT%H:%M:%S%.3f+0000")
}

/// A moment as an HTTP `Date` header.
#[must_use]
pub fn http_date(at_ms: i64) -> String {
    format_time(at_ms, "%a, %d %b %Y %H:%M:%S GMT")
}

/// A moment in any `strftime` form, in UTC.
#[must_use]
pub fn format_time(at_ms: i64, form: &str) -> String {
    jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH).strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_jira_writes_them() {
        assert_eq!(jira_time(1_795_428_000_000), "2026-11-23T10:00:00.000+0000");
        assert_eq!(jira_time(1_795_428_000_007), "2026-11-23T10:00:00.007+0000");
        assert_eq!(http_date(1_795_428_000_000), "Mon, 23 Nov 2026 10:00:00 GMT");
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::at(5);
        clock.advance(10);
        assert_eq!(clock.now_ms(), 15);
        clock.set(1);
        assert_eq!(clock.now_ms(), 1);
    }
}
