//! After the database was restored from a backup: first the copies that we made are looked up by their stamps, on both
//! sides, and handed to the links that made them; then issues may be created again, and every link is compared anew.

use super::End;
use super::slices::WAITING_MAX;
use crate::jira::client::{FoundIssue, JiraError, Search};
use crate::reach::ReachError;
use crate::store::epochs::FoundCopy;
use crate::store::sweeps::{Progress, SweepClaim};
use crate::store::syncs::{Sync, SyncState};
use crate::store::{Class, LinkMark};
use crate::sync::Room;
use duplex_core::id::{LinkId, Side, SyncId};
use duplex_core::plan::Hints;

/// Issues of one page, with their stamps.
const PAGE_ISSUES: u32 = 100;

/// Where it stands: `a`, `b`, each with Jira's token of the next page, or `links` with the last link's id.
enum At {
    Side(Side, Option<String>),
    Links(Option<LinkId>),
}

impl At {
    fn of(page: Option<&str>) -> Self {
        let (place, rest) = page.and_then(|page| page.split_once(':')).unwrap_or(("a", ""));
        let rest = Some(rest).filter(|rest| !rest.is_empty());
        match place {
            "links" => Self::Links(rest.map(LinkId::new)),
            "b" => Self::Side(Side::B, rest.map(str::to_owned)),
            _ => Self::Side(Side::A, rest.map(str::to_owned)),
        }
    }

    fn page(&self) -> String {
        match self {
            Self::Side(side, token) => format!("{}:{}", side.as_str(), token.as_deref().unwrap_or_default()),
            Self::Links(last) => format!("links:{}", last.as_ref().map_or("", LinkId::as_str)),
        }
    }
}

/// One slice.
pub(super) async fn sweep(room: &Room, claim: &SweepClaim) -> Result<End, ReachError> {
    let now = room.clock.now();
    let gone = End::Swept { watermark: None, again: None };
    let Some(sync) = room.store.syncs.get(&SyncId::new(claim.sweep.key.scope.clone())).await? else {
        return Ok(gone);
    };
    // It is not over because nobody runs it: it goes on once somebody does.
    if sync.state != SyncState::Running {
        return Ok(End::On(now.plus(room.times.retry_max_ms)));
    }
    let mut rests = 0;
    let next = match At::of(claim.sweep.progress.page.as_deref()) {
        At::Side(side, token) => match look_up(room, &sync, side, token).await {
            Ok(Some(token)) => At::Side(side, Some(token)),
            Ok(None) => {
                room.store.epochs.copies_known(&sync.tenant, &sync.sync, side).await?;
                let other = side.other();
                if sync.rebasing[other] { At::Side(other, None) } else { At::Links(None) }
            }
            // A project that we may not see must not hide the other one: the two are asked in turn.
            Err(ReachError::Jira(
                JiraError::Refused { .. } | JiraError::Forbidden(_) | JiraError::NotFound(_),
            )) => {
                let next = if sync.rebasing[side.other()] { side.other() } else { side };
                rests = room.times.retry_max_ms;
                At::Side(next, None)
            }
            Err(other) => return Err(other),
        },
        At::Links(last) => {
            if room.store.work.waiting(&sync.tenant, &sync.sync).await?.links > WAITING_MAX {
                return Ok(End::On(now.plus(room.times.retry_first_ms)));
            }
            match compare(room, &sync, last).await? {
                Some(last) => At::Links(Some(last)),
                None => return Ok(gone),
            }
        }
    };
    let progress = Progress { page: Some(next.page()), ..claim.sweep.progress.clone() };
    if !room.store.sweeps.progress(claim, &progress, now.plus(room.times.lease_ms)).await? {
        return Ok(End::Lost);
    }
    Ok(End::On(now.plus(rests)))
}

/// A page of what our account created in the project of a side. Answers Jira's token of the next one.
async fn look_up(
    room: &Room,
    sync: &Sync,
    side: Side,
    page: Option<String>,
) -> Result<Option<String>, ReachError> {
    let end = &sync.ends[side];
    let us = room.reach.project(&end.site, &end.project).await?.us;
    let jira = super::client(room, &end.site).await?;
    let jql = format!("project = {} AND creator = currentUser() ORDER BY created ASC", end.project);
    let found = jira.search(&Search { jql, page, max: PAGE_ISSUES, reconcile: Vec::new() }).await?;
    let copy = |issue: FoundIssue| {
        let stamp = room.stamps.read(issue.stamp.as_deref()?)?;
        let ours = issue.creator.as_ref() == Some(&us);
        ours.then_some(FoundCopy {
            sync: stamp.sync,
            link: stamp.link,
            op: stamp.op,
            cluster: stamp.cluster,
            side,
            issue: issue.id,
            key: issue.key,
        })
    };
    let copies: Vec<FoundCopy> = found.issues.into_iter().filter_map(copy).collect();
    room.store.epochs.hand_back(room.clock.now(), sync, &copies).await?;
    Ok(found.next)
}

/// A page of links is marked. `None`: there are no more.
async fn compare(room: &Room, sync: &Sync, last: Option<LinkId>) -> Result<Option<LinkId>, ReachError> {
    let links = room.store.epochs.to_compare(&sync.tenant, &sync.sync, last.as_ref()).await?;
    let mark = |link: &LinkId| LinkMark {
        tenant: sync.tenant.clone(),
        sync: sync.sync.clone(),
        link: link.clone(),
        side: Side::A,
        hints: Hints { fields: true, ..Hints::default() },
        class: Class::Backfill,
        at: room.clock.now(),
    };
    room.store.work.mark_links(links.iter().map(mark).collect()).await?;
    Ok(links.last().cloned())
}
