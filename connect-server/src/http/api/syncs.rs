//! The list of *Synchronizations*, and a new one within a site.

use super::Said;
use super::who::{Admin, Person, no_sync};
use crate::http::Http;
use crate::http::error::ApiError;
use crate::setup::{host_of, sync_name};
use crate::store::lines::{EndLine, SyncLine};
use crate::store::syncs::{Place, SyncState};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use duplex_core::id::{Millis, ProjectId, Side, Sides, SiteId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One row of the list.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct SyncRow {
    id: String,
    name: String,
    state: SyncState,
    /// The published configuration; 0 before the first publish.
    version: i64,
    sides: Sides<EndRow>,
    /// The sides that the caller speaks for.
    mine: Vec<Side>,
    created: Millis,
    scope_from: Sides<Option<Millis>>,
    /// *Draft sent* or *Draft received*: the side whose admin is waited for.
    awaits: Option<Side>,
    health: Health,
}

/// A project of a site. Who is in a sync with it knows its names, as he knows what it offers.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct EndRow {
    site: String,
    /// `None`: the app was uninstalled there.
    base_url: Option<String>,
    /// As people call the site: `acme.atlassian.net`.
    host: Option<String>,
    project: ProjectId,
    /// `None` until the project was read for the first time.
    key: Option<String>,
    name: Option<String>,
}

/// How it does, now.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Health {
    state: HealthState,
    /// Since when the oldest waiting change waits, in milliseconds.
    lag_ms: i64,
    waiting: i64,
    /// Parked elements that nobody ignores: each has an error and a remedy.
    parked: i64,
    /// A site asked us to rest until then.
    paused_until: Option<Millis>,
}

/// The first of them that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) enum HealthState {
    Stopped,
    /// Something is parked.
    Errors,
    /// A site is left alone for a while, because its rate limit is used up.
    Paused,
    /// Changes wait for longer than [`BEHIND_MS`].
    Behind,
    Fine,
}

/// People expect a change on the other side within seconds; after so long, in milliseconds, something is in the way.
const BEHIND_MS: i64 = 5 * 60_000;

/// `GET /syncs`: those whose projects on this site the caller may administer. Jira is asked once, and so are we,
/// however many there are.
pub(crate) async fn list(
    State(http): State<Arc<Http>>,
    person: Person,
) -> Result<Json<Vec<SyncRow>>, ApiError> {
    let (now, site) = (http.setup.clock.now(), &person.site.site);
    let lines = http.setup.store.lines.of_site(now, site).await?;
    let here = |line: &SyncLine| -> Vec<ProjectId> {
        line.sync.sides_of(site).map(|side| line.sync.ends[side].project.clone()).collect()
    };
    let projects: BTreeSet<ProjectId> = lines.iter().flat_map(here).collect();
    let may = http.administered(&person, &projects.into_iter().collect::<Vec<_>>()).await?;
    let lines = lines.into_iter().filter(|line| here(line).iter().all(|project| may.contains(project)));
    Ok(Json(lines.map(|line| SyncRow::of(now, site, line)).collect()))
}

/// `GET /syncs/{sync}`.
pub(crate) async fn show(State(http): State<Arc<Http>>, admin: Admin) -> Result<Json<SyncRow>, ApiError> {
    Ok(Json(row(&http, &admin).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct NewSync {
    name: String,
    /// Two projects of the caller's site.
    a: ProjectId,
    b: ProjectId,
}

/// `POST /syncs`: within the caller's site; another site is joined by invitation.
pub(crate) async fn create(
    State(http): State<Arc<Http>>,
    person: Person,
    Said(new): Said<NewSync>,
) -> Result<(StatusCode, Json<SyncRow>), ApiError> {
    let a = person.clone().admin_of(&http, new.a).await?;
    let b = person.admin_of(&http, new.b).await?;
    let site = a.person.site.site;
    let ends =
        Sides::new(Place { site: site.clone(), project: a.project }, Place { site, project: b.project });
    for end in [&ends.a, &ends.b] {
        http.setup.call_by_name(&b.person.site, end).await?;
    }
    let sync = http.setup.create(&new.name, &ends).await?;
    let admin = Admin { person: b.person, sync, sides: Side::BOTH.to_vec() };
    Ok((StatusCode::CREATED, Json(row(&http, &admin).await?)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "RenameSync"))]
pub(crate) struct Rename {
    name: String,
}

/// `PATCH /syncs/{sync}`.
pub(crate) async fn rename(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(said): Said<Rename>,
) -> Result<Json<SyncRow>, ApiError> {
    let name = sync_name(&said.name)?;
    http.setup.store.syncs.rename(&admin.sync.tenant, &admin.sync.sync, name).await?;
    let sync = http.setup.sync(&admin.sync.sync).await?;
    Ok(Json(row(&http, &Admin { sync, ..admin }).await?))
}

/// `DELETE /syncs/{sync}`: what was mirrored stays in Jira. Only a sync that is stopped, so that nobody deletes what
/// is at work by a slip.
pub(crate) async fn delete(State(http): State<Arc<Http>>, admin: Admin) -> Result<StatusCode, ApiError> {
    match admin.sync.state {
        SyncState::Running => Err(ApiError::conflict(
            "running",
            "The sync is running.",
            "Stop it first; deleting forgets its links, and they can't be brought back.",
        )),
        SyncState::Stopped => {
            http.setup.store.syncs.delete(&admin.sync.tenant, &admin.sync.sync).await?;
            Ok(StatusCode::NO_CONTENT)
        }
    }
}

async fn row(http: &Http, admin: &Admin) -> Result<SyncRow, ApiError> {
    let now = http.setup.clock.now();
    let line = http.setup.store.lines.of_sync(now, &admin.sync.sync).await?.ok_or_else(no_sync)?;
    Ok(SyncRow::of(now, &admin.person.site.site, line))
}

impl SyncRow {
    /// As somebody on `site` sees it.
    fn of(now: Millis, site: &SiteId, line: SyncLine) -> Self {
        let SyncLine { sync, ends, awaits, waiting, parked, paused_until } = line;
        let lag_ms = waiting.oldest.map_or(0, |oldest| now.since(oldest).max(0));
        let state = match sync.state {
            SyncState::Stopped => HealthState::Stopped,
            SyncState::Running if parked > 0 => HealthState::Errors,
            SyncState::Running if paused_until.is_some() => HealthState::Paused,
            SyncState::Running if lag_ms > BEHIND_MS => HealthState::Behind,
            SyncState::Running => HealthState::Fine,
        };
        Self {
            mine: sync.sides_of(site).collect(),
            id: sync.sync.0,
            name: sync.name,
            state: sync.state,
            version: sync.version,
            sides: Sides::new(EndRow::of(sync.ends.a, ends.a), EndRow::of(sync.ends.b, ends.b)),
            created: sync.created,
            scope_from: sync.scope_from,
            awaits,
            health: Health { state, lag_ms, waiting: waiting.links, parked, paused_until },
        }
    }
}

impl EndRow {
    fn of(place: Place, end: EndLine) -> Self {
        let (key, name) = end.called.map(|called| (called.key, called.name)).unzip();
        let host = end.base_url.as_deref().and_then(host_of);
        Self { site: place.site.0, base_url: end.base_url, host, project: place.project, key, name }
    }
}
