//! How often: one pace for many callers, each of whom has his own allowance.
//!
//! An allowance is one number, the instant at which it will be whole again. A clock that jumps back makes it whole.

use duplex_core::id::Millis;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Callers that are told apart; further ones share one allowance until others have come to rest.
const CALLERS_MAX: usize = 65_536;

const MICROS_PER_MINUTE: i64 = 60_000_000;

/// So many calls in a minute per caller. Who has been quiet for a minute may make them at once.
#[derive(Debug)]
pub(super) struct Pace<K> {
    per_minute: i64,
    kept: Mutex<Kept<K>>,
}

#[derive(Debug)]
struct Kept<K> {
    /// When each allowance is whole again, in microseconds.
    whole: BTreeMap<K, i64>,
    /// The same of all who are not told apart.
    others: i64,
}

impl<K: Ord + Clone> Pace<K> {
    pub(super) fn new(per_minute: i64) -> Self {
        Self { per_minute: per_minute.max(1), kept: Mutex::new(Kept { whole: BTreeMap::new(), others: 0 }) }
    }

    /// Whether another call fits; it is not counted.
    ///
    /// # Errors
    /// After how many seconds it would fit.
    pub(super) fn fits(&self, caller: &K, now: Millis) -> Result<(), u64> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let whole =
            kept.whole.get(caller).copied().unwrap_or(if self.is_full(&kept) { kept.others } else { 0 });
        self.wait(whole, now)
    }

    /// Counts a call.
    pub(super) fn count(&self, caller: &K, now: Millis) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = micros(now);
        if self.is_full(&kept) && !kept.whole.contains_key(caller) {
            kept.whole.retain(|_, whole| *whole > at);
        }
        if self.is_full(&kept) && !kept.whole.contains_key(caller) {
            kept.others = self.later(kept.others, at);
            return;
        }
        let whole = kept.whole.get(caller).copied().unwrap_or_default();
        kept.whole.insert(caller.clone(), self.later(whole, at));
    }

    /// Counts a call if it fits.
    ///
    /// # Errors
    /// After how many seconds it would fit.
    pub(super) fn take(&self, caller: &K, now: Millis) -> Result<(), u64> {
        self.fits(caller, now)?;
        self.count(caller, now);
        Ok(())
    }

    fn is_full(&self, kept: &Kept<K>) -> bool {
        kept.whole.len() >= CALLERS_MAX
    }

    /// One call's share of a minute, in microseconds.
    fn share(&self) -> i64 {
        (MICROS_PER_MINUTE / self.per_minute).max(1)
    }

    fn later(&self, whole: i64, at: i64) -> i64 {
        let lacking = whole.saturating_sub(at);
        let lacking = if (0..=MICROS_PER_MINUTE).contains(&lacking) { lacking } else { 0 };
        at.saturating_add((lacking + self.share()).min(MICROS_PER_MINUTE))
    }

    fn wait(&self, whole: i64, now: Millis) -> Result<(), u64> {
        let lacking = whole.saturating_sub(micros(now));
        let over = lacking - (MICROS_PER_MINUTE - self.share());
        if over <= 0 || lacking > MICROS_PER_MINUTE {
            return Ok(());
        }
        Err(over.unsigned_abs().div_ceil(1_000_000))
    }
}

fn micros(at: Millis) -> i64 {
    at.0.saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_795_428_000_000);

    fn spent(pace: &Pace<&'static str>, caller: &'static str, now: Millis) -> usize {
        (0..1_000).take_while(|_| pace.take(&caller, now).is_ok()).count()
    }

    #[test]
    fn each_caller_has_his_own_minute() {
        let pace = Pace::new(60);
        assert_eq!(spent(&pace, "a", NOW), 60);
        assert_eq!(pace.take(&"a", NOW), Err(1));
        assert_eq!(spent(&pace, "b", NOW), 60, "another's is untouched");
        assert_eq!(spent(&pace, "a", NOW.plus(10_000)), 10, "it comes back little by little");
        assert_eq!(spent(&pace, "a", NOW.plus(3_600_000)), 60, "and never to more than a minute's");
    }

    #[test]
    fn looking_costs_nothing_and_what_is_counted_over_it_does_not_add_up() {
        let pace = Pace::new(2);
        for _ in 0..100 {
            assert_eq!(pace.fits(&"a", NOW), Ok(()));
        }
        for _ in 0..100 {
            pace.count(&"a", NOW);
        }
        assert_eq!(pace.fits(&"a", NOW), Err(30));
        assert_eq!(pace.fits(&"a", NOW.plus(30_000)), Ok(()));
    }

    #[test]
    fn a_clock_that_jumps_back_locks_nobody_out() {
        let pace = Pace::new(60);
        assert_eq!(spent(&pace, "a", NOW), 60);
        assert_eq!(spent(&pace, "a", NOW.plus(-86_400_000)), 60);
    }

    #[test]
    fn callers_beyond_the_bound_share() {
        let pace = Pace::new(60);
        for caller in 0..CALLERS_MAX {
            pace.count(&caller, NOW);
        }
        let late = |caller| (0..1_000).take_while(|_| pace.take(&caller, NOW).is_ok()).count();
        assert_eq!(late(CALLERS_MAX), 60);
        assert_eq!(late(CALLERS_MAX + 1), 0, "it is gone for all who came too late");
        assert_eq!(late(7), 59, "who was there before has his own");
        assert_eq!(pace.kept.lock().unwrap().whole.len(), CALLERS_MAX);
        pace.count(&CALLERS_MAX, NOW.plus(60_001));
        assert!(pace.kept.lock().unwrap().whole.len() < 3, "who has come to rest is forgotten");
    }
}
