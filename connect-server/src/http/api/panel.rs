//! The panel beside an issue: its twins, how they do, and *sync now*.
//!
//! Guarantees: who may see the issue on his own site, as Jira says now, learns the keys of its twins, when something
//! was last written, and what stopped; nothing of what stands in a twin. *Sync now* needs *Edit Issues* there, and asks
//! for no more than what an edit of the issue would cause.

use super::Said;
use super::who::{Person, Reader, no_sync};
use crate::http::Http;
use crate::http::error::ApiError;
use crate::store::links::EndPlace;
use crate::store::syncs::{Sync, SyncState};
use crate::store::{Class, LinkMark};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use duplex_core::id::{IssueId, LinkId, Millis, Side, SyncId};
use duplex_core::link::{Link, LinkState};
use duplex_core::plan::{Hints, Trouble};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Twins that one panel shows.
const TWINS_MAX: usize = 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "PanelIssue"))]
pub(crate) struct Asked {
    /// By id.
    issue: IssueId,
}

/// One twin of the issue, or the one to be.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct PanelRow {
    sync: SyncId,
    /// Of the synchronization.
    name: String,
    state: SyncState,
    /// `null` until the twin is there.
    partner: Option<Twin>,
    status: PanelStatus,
    /// When something of this issue was last written to the twin.
    last_sent: Option<Millis>,
    /// When something of the twin was last written here.
    last_received: Option<Millis>,
    /// What stopped, each with its remedy.
    troubles: Vec<Trouble>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Twin {
    key: String,
    url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) enum PanelStatus {
    /// Both sides are there and nothing waits.
    Mirrored,
    /// A change is on its way.
    Waiting,
    /// It has no twin yet.
    NoTwin,
    /// One of the two was deleted; the other is kept.
    EndGone,
    Unlinked,
}

/// `GET /panel?issue=ID`: a row per synchronization that the issue is in; none for an issue that is not mirrored.
pub(crate) async fn show(
    State(http): State<Arc<Http>>,
    person: Person,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Vec<PanelRow>>, ApiError> {
    let Query(asked) = asked.map_err(|error| ApiError::malformed("issue", error.body_text()))?;
    let reader = person.reader_of(&http, asked.issue).await?;
    let store = &http.setup.store;
    let mut rows = Vec::new();
    for place in store.links.find(&reader.person.site.site, &reader.issue).await?.iter().take(TWINS_MAX) {
        let (Some(sync), Some(link)) =
            (store.syncs.get(&place.sync).await?, store.links.load(&place.tenant, &place.link).await?)
        else {
            continue;
        };
        rows.push(row(&http, place, sync, &link).await?);
    }
    Ok(Json(rows))
}

async fn row(http: &Http, place: &EndPlace, sync: Sync, link: &Link) -> Result<PanelRow, ApiError> {
    let store = &http.setup.store;
    let other = place.side.other();
    let partner = match &link.ends[other] {
        Some(end) => store
            .sites
            .get(&sync.ends[other].site)
            .await?
            .map(|site| Twin { url: format!("{}/browse/{}", site.base_url, end.key), key: end.key.clone() }),
        None => None,
    };
    let waits = store.work.waits(&place.tenant, &place.link).await?;
    let status = match link.state {
        LinkState::EndGone => PanelStatus::EndGone,
        LinkState::Unlinked => PanelStatus::Unlinked,
        LinkState::Live if waits => PanelStatus::Waiting,
        LinkState::Live if partner.is_none() => PanelStatus::NoTwin,
        LinkState::Live => PanelStatus::Mirrored,
    };
    let wrote = store.activity.last_writes(&place.tenant, &place.link).await?;
    let parked = store.parked.of_link(&place.tenant, &place.link).await?;
    Ok(PanelRow {
        sync: sync.sync,
        name: sync.name,
        state: sync.state,
        partner,
        status,
        last_sent: wrote[other],
        last_received: wrote[place.side],
        troubles: parked.into_iter().filter(|p| p.ignored_by.is_none()).map(|p| p.trouble).collect(),
    })
}

#[derive(Debug, Deserialize)]
pub(crate) struct SyncPath {
    sync: SyncId,
}

/// `POST /panel/{sync}/sync-now`: 202, for a worker does it. Both sides are looked at, and what was parked is tried
/// again.
pub(crate) async fn sync_now(
    State(http): State<Arc<Http>>,
    person: Person,
    Path(path): Path<SyncPath>,
    Said(asked): Said<Asked>,
) -> Result<StatusCode, ApiError> {
    let editor = person.editor_of(&http, asked.issue).await?;
    let sync = http.setup.store.syncs.get(&path.sync).await?.ok_or_else(no_sync)?;
    let place = placed(&http, &editor, &sync).await?.ok_or_else(no_sync)?;
    if sync.state != SyncState::Running {
        return Err(ApiError::refused(
            "stopped",
            "The synchronization is stopped.",
            "An admin of the project starts it on the page *Duplex*.",
        ));
    }
    let now = http.setup.clock.now();
    let mark = |side: Side| LinkMark {
        tenant: sync.tenant.clone(),
        sync: sync.sync.clone(),
        link: place.link.clone(),
        side,
        hints: Hints { fields: true, all_comments: true, retry: Some(now), ..Hints::default() },
        class: Class::People,
        at: now,
    };
    http.setup.store.work.mark_links(Side::BOTH.map(mark).to_vec()).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Where the issue is an end of the sync, or would be: as an issue of its project without a twin. `None`: it has
/// nothing to do with it.
async fn placed(http: &Http, editor: &Reader, sync: &Sync) -> Result<Option<EndPlace>, ApiError> {
    let site = &editor.person.site;
    let places = http.setup.store.links.find(&site.site, &editor.issue).await?;
    if let Some(place) = places.into_iter().find(|place| place.sync == sync.sync) {
        return Ok(Some(place));
    }
    if sync.sides_of(&site.site).next().is_none() {
        return Ok(None);
    }
    let project = http.setup.jira(site)?.project_of(&editor.issue).await;
    let project = project.map_err(|error| ApiError::jira(&site.base_url, error))?;
    let side = sync.sides_of(&site.site).find(|side| sync.ends[*side].project == project);
    Ok(side.map(|side| EndPlace {
        tenant: sync.tenant.clone(),
        sync: sync.sync.clone(),
        link: LinkId::of(&sync.sync, side, &editor.issue),
        side,
    }))
}
