//! What was updated since the last sweep, by one search over all projects of a site.

use super::{End, running, whole};
use crate::jira::client::{FoundIssue, Jira, JiraError, Search};
use crate::reach::{EPOCH_PROPERTY, ReachError};
use crate::store::sweeps::SweepClaim;
use crate::store::syncs::Route;
use crate::store::{Class, LinkMark, StoreError};
use crate::sync::Room;
use duplex_core::id::{IssueId, LinkId, Millis, ProjectId, SiteId};
use duplex_core::mutant;
use serde_json::json;
use std::collections::BTreeMap;
use tracing::warn;

/// Issues of one page. They come with their times alone.
const PAGE_ISSUES: u32 = 500;
/// Pages of one sweep; a site where more was changed within one interval is swept again at once.
const PAGES_MAX: usize = 200;

type Projects = BTreeMap<ProjectId, Vec<Route>>;

pub(super) async fn sweep(room: &Room, claim: &SweepClaim) -> Result<End, ReachError> {
    let site = SiteId::new(claim.sweep.key.scope.clone());
    let started = room.clock.now();
    let projects = running(room, &site).await?;
    let again = room.clock.now().plus(room.times.sweep_interval_ms);
    if projects.is_empty() {
        return Ok(End::Swept { watermark: None, again: None });
    }
    let jira = super::client(room, &site).await?;
    let row = room.store.sites.get(&site).await?;
    let ahead = jira.clock_ahead_ms().or(row.map(|row| row.clock_ahead_ms)).unwrap_or(0);
    let began = room.clock.now().plus(ahead);
    let overlap_ms = if mutant!(NoOverlap) { 0 } else { room.times.sweep_overlap_ms };
    let from = claim.sweep.watermark.unwrap_or(began).plus(-overlap_ms);

    // One project that Jira refuses must not hide the others: halves are asked until it stands alone. From then on it
    // is asked by itself, from where it was refused first.
    let behind = room.store.unswept.of(&site).await?;
    let alone = projects.keys().filter(|project| behind.contains_key(*project));
    let mut groups: Vec<Vec<ProjectId>> = alone.map(|project| vec![project.clone()]).collect();
    groups.push(projects.keys().filter(|project| !behind.contains_key(*project)).cloned().collect());
    let mut pages = PAGES_MAX;
    while let Some(group) = groups.pop() {
        let Some(first) = group.first() else { continue };
        let since = behind.get(first).copied().unwrap_or(from);
        match search(room, &jira, &projects, &group, since, &mut pages).await {
            Ok(true) if behind.contains_key(first) => room.store.unswept.searched(&site, first).await?,
            Ok(true) => {}
            Ok(false) => return Ok(End::On(room.clock.now())),
            Err(ReachError::Jira(JiraError::Refused { .. })) if group.len() > 1 => {
                let (first, second) = group.split_at(group.len() / 2);
                groups.push(first.to_vec());
                groups.push(second.to_vec());
            }
            Err(ReachError::Jira(JiraError::Refused { status, .. })) => {
                warn!(site = %site, project = %first, status, "this project can't be searched; the others are swept");
                room.store.unswept.refused(&site, first, since).await?;
            }
            Err(other) => return Err(other),
        }
        let progress = &claim.sweep.progress;
        if !room.store.sweeps.progress(claim, progress, room.clock.now().plus(room.times.lease_ms)).await? {
            return Ok(End::Lost);
        }
    }
    if let Err(error) = raise_epoch(room, &site, &jira, started).await {
        warn!(site = %site, %error, "the site's epoch was not raised; the next sweep tries again");
    }
    Ok(End::Swept { watermark: Some(began), again: Some(again) })
}

/// Lets the site know a later epoch, if something was written since the last one: see [`crate::store::epochs`].
async fn raise_epoch(room: &Room, site: &SiteId, jira: &Jira, started: Millis) -> Result<(), ReachError> {
    let epochs = &room.store.epochs;
    if !epochs.written_since(site, epochs.of(site).await?.raised).await? {
        return Ok(());
    }
    let next = epochs.announce(site).await?;
    jira.set_app_property(EPOCH_PROPERTY, json!({ "epoch": next })).await?;
    Ok(epochs.raised(started, site, next).await?)
}

/// Marks what the search finds. `false`: there were more pages than one sweep takes.
async fn search(
    room: &Room,
    jira: &Jira,
    projects: &Projects,
    group: &[ProjectId],
    from: Millis,
    pages: &mut usize,
) -> Result<bool, ReachError> {
    let list = group.iter().map(ProjectId::as_str).collect::<Vec<_>>().join(", ");
    let jql = format!("project in ({list}) AND updated >= {} ORDER BY updated ASC", from.0);
    let mut search = Search { jql, page: None, max: PAGE_ISSUES, reconcile: Vec::new() };
    while *pages > 0 {
        *pages -= 1;
        let page = jira.search(&search).await?;
        mark(room, projects, &page.issues).await?;
        if page.next.is_none() {
            return Ok(true);
        }
        search.page = page.next;
    }
    Ok(false)
}

/// Marks the issues that were updated after a sweep last saw them.
async fn mark(room: &Room, projects: &Projects, issues: &[FoundIssue]) -> Result<(), StoreError> {
    let mut by_project: BTreeMap<&ProjectId, Vec<&FoundIssue>> = BTreeMap::new();
    for issue in issues {
        by_project.entry(&issue.project).or_default().push(issue);
    }
    for (project, issues) in by_project {
        let ids: Vec<IssueId> = issues.iter().map(|issue| issue.id.clone()).collect();
        for route in projects.get(project).into_iter().flatten() {
            let ends = room.store.links.swept(&route.tenant, &route.sync, route.side, &ids).await?;
            let mut marks = Vec::new();
            let mut swept = Vec::new();
            for issue in &issues {
                let known = ends.get(&issue.id);
                if known.is_some_and(|(_, swept)| *swept >= issue.updated) {
                    continue;
                }
                let link = known
                    .map_or_else(|| LinkId::of(&route.sync, route.side, &issue.id), |(link, _)| link.clone());
                swept.push((link.clone(), issue.updated));
                marks.push(LinkMark {
                    tenant: route.tenant.clone(),
                    sync: route.sync.clone(),
                    link,
                    side: route.side,
                    hints: whole(Some(issue.updated)),
                    class: Class::People,
                    at: room.clock.now(),
                });
            }
            room.store.work.mark_links(marks).await?;
            // After the marks are on disk: a crash between the two marks again.
            room.store.links.set_swept(&route.tenant, route.side, &swept).await?;
        }
    }
    Ok(())
}
