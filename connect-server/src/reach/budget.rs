//! The hour's points: what was spent is written down for all processes, and what is left decides who may go on.

use super::Reach;
use crate::store::pauses::hour;
use crate::store::{Class, StoreError};
use duplex_core::id::{Millis, SiteId};

/// From this share of the hour's points on, in percent, existing issues wait: what is left is for people's changes.
const PEOPLE_ALONE_PERCENT: i64 = 80;
/// What other processes have spent is read again after so long, in milliseconds.
const SPENT_READ_MS: i64 = 5_000;

/// Who may go on within this hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    All,
    /// Backfill, resync and audit wait.
    PeopleAlone,
    /// Everything waits but what may have become less public, or is gone.
    HidingAlone,
}

impl Allowance {
    /// What `spent` of `points_per_hour` leaves.
    #[must_use]
    pub fn of(spent: i64, points_per_hour: i64) -> Self {
        if spent >= points_per_hour {
            Self::HidingAlone
        } else if spent.saturating_mul(100) >= points_per_hour.saturating_mul(PEOPLE_ALONE_PERCENT) {
            Self::PeopleAlone
        } else {
            Self::All
        }
    }

    /// The last class of work that goes on.
    #[must_use]
    pub fn class(self) -> Class {
        match self {
            Self::All => Class::Backfill,
            Self::PeopleAlone => Class::People,
            Self::HidingAlone => Class::Hiding,
        }
    }
}

/// What all processes had spent in an hour, when it was last read, and our own since.
#[derive(Debug, Default)]
pub(super) struct Known {
    read: Option<Millis>,
    everywhere: i64,
}

impl Reach {
    /// Writes down what this process has spent, and which sites asked to be left alone, since it last did: one
    /// transaction, or none when there is nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`]; it is written down next time.
    pub async fn book(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let untold = self.tolls.take(now);
        if untold.is_empty() {
            return Ok(());
        }
        match self.store.pauses.book(now, &untold.points, &untold.rests).await {
            Ok(()) => {
                self.memory().spent.everywhere += untold.points.values().sum::<i64>();
                Ok(())
            }
            Err(error) => {
                self.tolls.give_back(untold);
                Err(error)
            }
        }
    }

    /// Who may go on, as the points of this hour say.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn allowance(&self, points_per_hour: i64) -> Result<Allowance, StoreError> {
        let now = self.clock.now();
        let fresh = |read: Millis| hour(read) == hour(now) && now.since(read) < SPENT_READ_MS;
        let known = {
            let memory = self.memory();
            memory.spent.read.is_some_and(fresh).then_some(memory.spent.everywhere)
        };
        let spent = match known {
            Some(spent) => spent,
            None => {
                let everywhere = self.store.pauses.spent(now, &SiteId::new("")).await?.everywhere;
                self.memory().spent = Known { read: Some(now), everywhere };
                everywhere
            }
        };
        Ok(Allowance::of(spent, points_per_hour))
    }
}

#[cfg(test)]
mod tests {
    use super::Allowance;

    #[test]
    fn backfill_waits_first_and_hiding_never() {
        for (spent, allowance) in [
            (0, Allowance::All),
            (799, Allowance::All),
            (800, Allowance::PeopleAlone),
            (999, Allowance::PeopleAlone),
            (1_000, Allowance::HidingAlone),
            (1_001, Allowance::HidingAlone),
        ] {
            assert_eq!(Allowance::of(spent, 1_000), allowance, "{spent}");
        }
        assert_eq!(Allowance::of(0, 0), Allowance::HidingAlone);
    }
}
