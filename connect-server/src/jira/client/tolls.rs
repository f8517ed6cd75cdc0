//! What the calls of a process have cost, and which sites asked to be left alone. All its clients share it.

use duplex_core::id::{Millis, SiteId};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The tolls of one process. What other processes must know of is taken out and written down by whoever owns it.
#[derive(Debug, Default)]
pub struct Tolls(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    untold: Untold,
    rests: BTreeMap<SiteId, Millis>,
}

/// What is not written down yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Untold {
    /// Points by site.
    pub points: BTreeMap<SiteId, i64>,
    /// Until when a site is left alone.
    pub rests: BTreeMap<SiteId, Millis>,
}

impl Untold {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.points.is_empty() && self.rests.is_empty()
    }
}

impl Tolls {
    /// Until when nothing goes to the site.
    #[must_use]
    pub fn resting(&self, site: &SiteId, now: Millis) -> Option<Millis> {
        self.open().rests.get(site).copied().filter(|until| *until > now)
    }

    /// Takes out what is not written down yet. What fails to be written goes back by [`Tolls::give_back`].
    #[must_use]
    pub fn take(&self, now: Millis) -> Untold {
        let mut open = self.open();
        open.rests.retain(|_, until| *until > now);
        std::mem::take(&mut open.untold)
    }

    pub fn give_back(&self, untold: Untold) {
        for (site, points) in untold.points {
            self.charge(&site, points);
        }
        for (site, until) in untold.rests {
            self.rest(&site, until);
        }
    }

    pub(super) fn charge(&self, site: &SiteId, points: i64) {
        if points > 0 {
            *self.open().untold.points.entry(site.clone()).or_default() += points;
        }
    }

    /// The site said that its quota, or the app's, is used up until then.
    pub(super) fn rest(&self, site: &SiteId, until: Millis) {
        let mut open = self.open();
        let Open { untold, rests } = &mut *open;
        for rests in [rests, &mut untold.rests] {
            let known = rests.entry(site.clone()).or_insert(until);
            *known = until.max(*known);
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
