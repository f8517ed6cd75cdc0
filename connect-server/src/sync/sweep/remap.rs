//! The links whose field rules changed since they were last brought in line: asked for by people, a page per slice.

use super::End;
use super::slices::WAITING_MAX;
use crate::reach::ReachError;
use crate::store::sweeps::{Progress, SweepClaim};
use crate::store::syncs::SyncState;
use crate::store::{Class, LinkMark};
use crate::sync::Room;
use duplex_core::id::{LinkId, Side, SyncId};
use duplex_core::plan::Hints;
use duplex_core::plan::mapping::Mappings;

/// One slice. What is published when it runs counts.
pub(super) async fn sweep(room: &Room, claim: &SweepClaim) -> Result<End, ReachError> {
    let now = room.clock.now();
    let gone = End::Swept { watermark: None, again: None };
    let Some(sync) = room.store.syncs.get(&SyncId::new(claim.sweep.key.scope.clone())).await? else {
        return Ok(gone);
    };
    let Some(published) = room.store.syncs.published(&sync.tenant, &sync.sync).await? else {
        return Ok(gone);
    };
    if sync.state != SyncState::Running {
        return Ok(gone);
    }
    if room.store.work.waiting(&sync.tenant, &sync.sync).await?.links > WAITING_MAX {
        return Ok(End::On(now.plus(room.times.retry_first_ms)));
    }
    let mappings = Mappings::of(&published.config, &room.keys.digest_key(&sync.tenant, &sync.sync));
    let mut progress = claim.sweep.progress.clone();
    if progress.started.is_none() {
        let count = room.store.links.count_mapped_otherwise(&sync.tenant, &sync.sync, &mappings).await?;
        (progress.started, progress.total) = (Some(now), Some(count));
    }
    let after = progress.page.clone().map(LinkId);
    let page = room.store.links.mapped_otherwise(&sync.tenant, &sync.sync, &mappings, after.as_ref()).await?;
    let done = i64::try_from(page.links.len()).unwrap_or(i64::MAX);
    let mark = |link: &LinkId, side: Side| LinkMark {
        tenant: sync.tenant.clone(),
        sync: sync.sync.clone(),
        link: link.clone(),
        side,
        hints: Hints { remap: true, ..Hints::default() },
        class: Class::Backfill,
        at: now,
    };
    let marks = page.links.iter().flat_map(|link| Side::BOTH.map(|side| mark(link, side)));
    room.store.work.mark_links(marks.collect()).await?;
    let Some(last) = page.last else { return Ok(gone) };
    let progress = Progress { page: Some(last.0), done: progress.done + done, ..progress };
    if !room.store.sweeps.progress(claim, &progress, now.plus(room.times.lease_ms)).await? {
        return Ok(End::Lost);
    }
    Ok(End::On(now))
}
