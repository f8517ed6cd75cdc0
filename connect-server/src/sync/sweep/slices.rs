//! Backfill and resync: the issues of a JQL in slices, oldest first.

use super::End;
use crate::jira::client::Search;
use crate::reach::ReachError;
use crate::store::starts::Start;
use crate::store::sweeps::{Progress, SweepClaim, SweepKind};
use crate::store::syncs::{Sync, SyncState};
use crate::store::{Class, LinkMark};
use crate::sync::Room;
use duplex_core::config::scope::unordered;
use duplex_core::id::{IssueId, LinkId, Side, SyncId};
use duplex_core::plan::Hints;

/// While more links than this wait in the sync, no further slice is marked: people's changes come first.
pub(super) const WAITING_MAX: i64 = 500;

/// One slice.
pub(super) async fn sweep(room: &Room, claim: &SweepClaim, side: Side) -> Result<End, ReachError> {
    let now = room.clock.now();
    let gone = End::Swept { watermark: None, again: None };
    let Some(sync) = room.store.syncs.get(&SyncId::new(claim.sweep.key.scope.clone())).await? else {
        return Ok(gone);
    };
    if sync.state != SyncState::Running {
        return Ok(gone);
    }
    let waiting = room.store.work.waiting(&sync.tenant, &sync.sync).await?;
    if waiting.links > WAITING_MAX {
        return Ok(End::On(now.plus(room.times.retry_first_ms)));
    }
    let Some(published) = room.store.syncs.published(&sync.tenant, &sync.sync).await? else {
        return Ok(gone);
    };
    let jira = super::client(room, &sync.ends[side].site).await?;
    let jql = jql(&sync, side, claim, published.config.sides[side].scope.jql.as_deref());

    let mut progress = claim.sweep.progress.clone();
    if progress.started.is_none() {
        let total = jira.approximate_count(&jql).await?;
        progress.started = Some(now);
        progress.total = i64::try_from(total).ok();
    }
    let page = jira
        .search(&Search {
            jql: format!("{jql} ORDER BY created ASC"),
            page: progress.page.clone(),
            max: u32::try_from(room.times.backfill_slice_issues).unwrap_or(u32::MAX),
            reconcile: Vec::new(),
        })
        .await?;
    let ids: Vec<IssueId> = page.issues.iter().map(|issue| issue.id.clone()).collect();
    let known = room.store.links.swept(&sync.tenant, &sync.sync, side, &ids).await?;
    let retry = matches!(claim.sweep.key.kind, SweepKind::ResyncA | SweepKind::ResyncB).then_some(now);
    let marks: Vec<LinkMark> = ids
        .iter()
        .map(|id| LinkMark {
            tenant: sync.tenant.clone(),
            sync: sync.sync.clone(),
            link: known.get(id).map_or_else(|| LinkId::of(&sync.sync, side, id), |(link, _)| link.clone()),
            side,
            hints: Hints { fields: true, all_comments: true, retry, ..Hints::default() },
            class: Class::Backfill,
            at: now,
        })
        .collect();
    room.store.work.mark_links(marks).await?;
    let last = page.next.is_none();
    let progress = Progress {
        page: page.next,
        done: progress.done + i64::try_from(ids.len()).unwrap_or(i64::MAX),
        ..progress
    };
    if matches!(claim.sweep.key.kind, SweepKind::BackfillA | SweepKind::BackfillB) {
        let started = progress.started.unwrap_or(now);
        let start = Start { started, total: progress.total, marked: progress.done, whole: last };
        room.store.starts.put(&sync.tenant, &sync.sync, side, start).await?;
    }
    if last {
        return Ok(gone);
    }
    if !room.store.sweeps.progress(claim, &progress, now.plus(room.times.lease_ms)).await? {
        return Ok(End::Lost);
    }
    Ok(End::On(now))
}

fn jql(sync: &Sync, side: Side, claim: &SweepClaim, scope: Option<&str>) -> String {
    let narrowing = [scope, claim.sweep.jql.as_deref()];
    let project = format!("project = {}", sync.ends[side].project);
    narrowing.into_iter().flatten().fold(project, |jql, more| format!("{jql} AND ({})", unordered(more)))
}
