//! Observe, let the core decide, execute; and sweep for what events missed.
//!
//! # Guarantees
//! Never two workers on one link. A write starts only under a lease that outlasts it, after its intent was written
//! down, and its outcome is recorded whatever happens to the lease. A write whose outcome is unknown is not repeated
//! until it was looked for.
//!
//! # What the caller must do
//! Call [`Worker::tick`] and [`Sweeper::tick`](sweep::Sweeper::tick) again and again; each does a bounded amount of work
//! and says whether there was any.

mod execute;
mod job;
mod observe;
pub mod sweep;
mod trouble;

use crate::clock::{Chance, Clock};
use crate::config::Times;
use crate::reach::Reach;
use crate::secret::KeyRing;
use crate::store::{Store, StoreError};
use duplex_core::stamp::Ring;
use std::sync::Arc;

/// Links that one tick works off, at the most.
const CLAIM_MAX: usize = 8;
/// Events that one tick turns into work, at the most.
const ROUTE_MAX: i64 = 256;

/// What all of this room works with.
#[derive(Debug, Clone)]
pub struct Room {
    pub store: Store,
    pub reach: Reach,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub times: Times,
    pub stamps: Ring,
    pub keys: KeyRing,
}

/// Works off what is due.
#[derive(Debug, Clone)]
pub struct Worker {
    room: Arc<Room>,
}

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Events turned into work.
    pub routed: usize,
    /// Links looked at.
    pub jobs: usize,
}

impl Progress {
    #[must_use]
    pub fn idle(self) -> bool {
        self == Self::default()
    }
}

impl Worker {
    #[must_use]
    pub fn new(room: Arc<Room>) -> Self {
        Self { room }
    }

    /// Turns what came in into work, claims some of what is due and works it off.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer; the leases lapse and another tick takes the work.
    pub async fn tick(&self) -> Result<Progress, StoreError> {
        let room = &*self.room;
        let routed = room.store.work.route(room.clock.now(), ROUTE_MAX).await?;
        let up_to = room.reach.allowance(room.times.points_per_hour).await?.class();
        let claimed =
            room.store.work.claim_up_to(up_to, room.clock.now(), room.times.lease_ms, CLAIM_MAX).await?;
        let jobs = claimed.len();
        for claim in claimed {
            job::work_off(room, &claim).await?;
        }
        room.reach.book().await?;
        Ok(Progress { routed, jobs })
    }
}
