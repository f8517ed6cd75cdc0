//! Marks by scan what events missed, with the same hints that events give. One path for all.
//!
//! - *fast*: per site, what was updated since the last one, by one JQL over all its projects;
//! - *audit*: per site and rarely, the linked issues by id: finds deletions, moves and lost rights;
//! - *backfill* and *resync*: per sync and side, the issues of a JQL in slices, oldest first;
//! - *rebase*: per sync, after the database was restored: the copies that we made, and then all links;
//! - *remap*: per sync, the links whose field rules changed since they were last brought in line, without a search.
//!
//! # Guarantees
//! A watermark moves on only after the last page is marked. One unreadable project does not stop its site. A slice
//! that dies is done again: a mark twice is a mark.

mod audit;
mod fast;
mod rebase;
mod remap;
mod slices;

use super::Room;
use crate::jira::client::{Jira, JiraError, RateScope};
use crate::reach::{Allowance, ReachError};
use crate::store::StoreError;
use crate::store::pauses::{SITE, next_hour};
use crate::store::sweeps::{SweepClaim, SweepKind};
use crate::store::syncs::{Route, SyncState};
use duplex_core::id::{Millis, ProjectId, Side, SiteId};
use duplex_core::mutant;
use duplex_core::plan::Hints;
use std::collections::BTreeMap;
use std::sync::Arc;
use tracing::{info, warn};

/// Sweeps that one tick takes, at the most.
const CLAIM_MAX: i64 = 4;

/// So often the rest of a site's own sweep grows, which finds what was missed while the site was away: 40 seconds by
/// default. Any other rests as long as a link does.
const FAST_GROWN_MAX: i64 = 4;

/// Does what is due.
#[derive(Debug, Clone)]
pub struct Sweeper {
    room: Arc<Room>,
}

/// How a claim ends.
enum End {
    /// All was marked up to this instant of the site's clock; the next one begins then.
    Swept { watermark: Option<Millis>, again: Option<Millis> },
    /// It goes on at this instant.
    On(Millis),
    /// Somebody else has it.
    Lost,
}

impl Sweeper {
    #[must_use]
    pub fn new(room: Arc<Room>) -> Self {
        Self { room }
    }

    /// Goes on with some of the sweeps that are due. Answers how many.
    ///
    /// # Errors
    /// [`StoreError`]; the claims lapse and another tick goes on.
    pub async fn tick(&self) -> Result<usize, StoreError> {
        let room = &*self.room;
        let allowance = room.reach.allowance(room.times.points_per_hour).await?;
        if allowance == Allowance::HidingAlone || mutant!(NoSweep) {
            return Ok(0);
        }
        let claims = room.store.sweeps.claim(room.clock.now(), room.times.lease_ms, CLAIM_MAX).await?;
        for claim in &claims {
            if allowance == Allowance::PeopleAlone && claim.sweep.key.kind != SweepKind::Fast {
                let due = next_hour(room.clock.now());
                room.store
                    .sweeps
                    .release(claim, due, Some("the hour's points are for people's changes"))
                    .await?;
                continue;
            }
            let ended = match claim.sweep.key.kind {
                SweepKind::Fast => fast::sweep(room, claim).await,
                SweepKind::Audit => audit::sweep(room, claim).await,
                SweepKind::BackfillA | SweepKind::ResyncA => slices::sweep(room, claim, Side::A).await,
                SweepKind::BackfillB | SweepKind::ResyncB => slices::sweep(room, claim, Side::B).await,
                SweepKind::Remap => remap::sweep(room, claim).await,
                SweepKind::Rebase => rebase::sweep(room, claim).await,
            };
            end(room, claim, ended).await?;
        }
        room.reach.book().await?;
        Ok(claims.len())
    }
}

async fn end(room: &Room, claim: &SweepClaim, ended: Result<End, ReachError>) -> Result<(), StoreError> {
    let now = room.clock.now();
    let sweeps = &room.store.sweeps;
    let kept = match ended {
        Ok(End::Swept { watermark, again }) => sweeps.finish(claim, watermark, again).await?,
        Ok(End::On(due)) => sweeps.release(claim, due, None).await?,
        Ok(End::Lost) => false,
        Err(ReachError::Store(error)) => return Err(error),
        Err(error) => {
            let tried = claim.sweep.attempts.saturating_add(1);
            let fast = claim.sweep.key.kind == SweepKind::Fast;
            let attempts = if fast { tried.min(FAST_GROWN_MAX) } else { tried };
            let (due, why) = super::trouble::rest(room, attempts, &error);
            warn!(scope = %claim.sweep.key.scope, why, "a sweep did not get on");
            sweeps.release(claim, due.max(now), Some(why)).await?
        }
    };
    if !kept {
        info!(scope = %claim.sweep.key.scope, "the sweep was taken over");
    }
    Ok(())
}

/// The client of a site that no process was asked to leave alone.
async fn client(room: &Room, site: &SiteId) -> Result<Arc<Jira>, ReachError> {
    let pauses = room.store.pauses.of(room.clock.now(), site).await?;
    match pauses.get(SITE) {
        Some(until) => Err(JiraError::RateLimited { until: *until, scope: RateScope::Quota }.into()),
        None => room.reach.site(site).await,
    }
}

/// The running syncs of a site, by its projects.
async fn running(room: &Room, site: &SiteId) -> Result<BTreeMap<ProjectId, Vec<Route>>, StoreError> {
    let mut projects: BTreeMap<ProjectId, Vec<Route>> = BTreeMap::new();
    for sync in room.store.syncs.of_site(site).await? {
        if sync.state != SyncState::Running {
            continue;
        }
        for side in sync.sides_of(site) {
            projects.entry(sync.ends[side].project.clone()).or_default().push(Route {
                tenant: sync.tenant.clone(),
                sync: sync.sync.clone(),
                side,
            });
        }
    }
    Ok(projects)
}

/// A look at all that can have changed on an issue.
fn whole(updated: Option<Millis>) -> Hints {
    Hints { fields: updated.is_none(), updated, newest_comments: true, ..Hints::default() }
}
