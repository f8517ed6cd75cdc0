//! All linked issues of a site by id: finds what no search shows, because what is gone is in no index.

use super::{End, running};
use crate::jira::client::{BULK_MAX, IssueAsk, Jira};
use crate::jira::wire::FieldKinds;
use crate::reach::ReachError;
use crate::store::links::LinkLine;
use crate::store::sweeps::{Progress, SweepClaim};
use crate::store::syncs::Route;
use crate::store::{Class, LinkMark, StoreError};
use crate::sync::Room;
use duplex_core::id::{IssueId, LinkId, Millis, SiteId};
use duplex_core::link::LinkState;
use duplex_core::plan::Hints;
use std::collections::{BTreeMap, BTreeSet};

/// One page of links per tick: a slice of the audit.
pub(super) async fn sweep(room: &Room, claim: &SweepClaim) -> Result<End, ReachError> {
    let now = room.clock.now();
    let site = SiteId::new(claim.sweep.key.scope.clone());
    let routes: Vec<Route> = running(room, &site).await?.into_values().flatten().collect();
    if routes.is_empty() {
        return Ok(End::Swept { watermark: None, again: None });
    }
    let swept = End::Swept { watermark: Some(now), again: Some(now.plus(room.times.audit_interval_ms)) };
    let at = Place::of(claim.sweep.progress.page.as_deref());
    let Some(route) = routes.get(at.route) else { return Ok(swept) };
    let limit = i64::try_from(BULK_MAX).unwrap_or(i64::MAX);
    let links = room.store.links.list(&route.tenant, &route.sync, at.after.as_ref(), limit).await?;
    let jira = super::client(room, &site).await?;
    // The first audit comes one interval after the start, which has looked at everything. The site's clock may differ.
    let last = claim.sweep.watermark.unwrap_or(now.plus(-room.times.audit_interval_ms));
    compare(room, &jira, route, &links, last.plus(-room.times.sweep_overlap_ms)).await?;

    let next = match links.last() {
        Some(last) if links.len() == BULK_MAX => Place { route: at.route, after: Some(last.link.clone()) },
        _ => Place { route: at.route + 1, after: None },
    };
    let progress = Progress {
        started: claim.sweep.progress.started.or(Some(now)),
        page: Some(next.text()),
        done: claim.sweep.progress.done + i64::try_from(links.len()).unwrap_or(i64::MAX),
        total: None,
    };
    if !room.store.sweeps.progress(claim, &progress, now.plus(room.times.lease_ms)).await? {
        return Ok(End::Lost);
    }
    Ok(if next.route < routes.len() { End::On(now) } else { swept })
}

/// Marks the links whose issue is not there any more, is there again, or was changed since the last audit.
async fn compare(
    room: &Room,
    jira: &Jira,
    route: &Route,
    links: &[LinkLine],
    since: Millis,
) -> Result<(), ReachError> {
    let (Some(first), Some(last)) = (links.first(), links.last()) else { return Ok(()) };
    let page = (&first.link, &last.link);
    let stopped = room.store.parked.whole_links(&route.tenant, &route.sync, page).await?;
    let was_gone = |line: &LinkLine| {
        stopped.get(&line.link).is_some_and(|trouble| trouble.side == route.side && trouble.is_absence())
    };
    let looked_at = links.iter().filter(|line| line.state == LinkState::Live || was_gone(line));
    let ends: BTreeMap<IssueId, &LinkLine> =
        looked_at.filter_map(|line| Some((line.ends[route.side].as_ref()?.issue.clone(), line))).collect();
    let ids: Vec<IssueId> = ends.keys().cloned().collect();
    let kinds = FieldKinds::default();
    let ask = IssueAsk { kinds: &kinds, fields: &BTreeSet::new(), history: false };
    let fetched = jira.bulk_fetch(&ids, ask).await?;
    let answered: BTreeMap<_, _> = fetched.issues.iter().map(|issue| (&issue.id, issue)).collect();
    let mut marks = Vec::new();
    for (id, line) in &ends {
        let hints = match answered.get(id) {
            None if was_gone(line) => continue,
            None => Hints { fields: true, ..Hints::default() },
            Some(_) if was_gone(line) => Hints { fields: true, all_comments: true, ..Hints::default() },
            Some(issue) if issue.updated >= since => {
                Hints { updated: Some(issue.updated), all_comments: true, ..Hints::default() }
            }
            Some(_) => continue,
        };
        marks.push(LinkMark {
            tenant: route.tenant.clone(),
            sync: route.sync.clone(),
            link: line.link.clone(),
            side: route.side,
            hints,
            class: Class::Backfill,
            at: room.clock.now(),
        });
    }
    let marked: Result<_, StoreError> = room.store.work.mark_links(marks).await;
    Ok(marked.map(drop)?)
}

/// Where the audit stands: the how-manieth sync of the site, and the last link of it that was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    route: usize,
    after: Option<LinkId>,
}

impl Place {
    fn of(page: Option<&str>) -> Self {
        let (route, after) = page.and_then(|page| page.split_once(' ')).unwrap_or(("0", ""));
        let after = (!after.is_empty()).then(|| LinkId::new(after));
        Self { route: route.parse().unwrap_or(0), after }
    }

    fn text(&self) -> String {
        format!("{} {}", self.route, self.after.as_ref().map_or("", LinkId::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_again() {
        for place in
            [Place { route: 0, after: None }, Place { route: 3, after: Some(LinkId::new("s.a.10001")) }]
        {
            assert_eq!(Place::of(Some(&place.text())), place);
        }
        assert_eq!(Place::of(None), Place { route: 0, after: None });
    }
}
