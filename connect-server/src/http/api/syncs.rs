//! The list of *Synchronizations*, and a new one within a site.

use super::Said;
use super::who::{Admin, Person};
use crate::http::Http;
use crate::http::error::ApiError;
use crate::setup::sync_name;
use crate::store::syncs::{Place, Sync, SyncState};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use duplex_core::id::{Millis, ProjectId, Side, Sides};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One row of the list.
#[derive(Debug, Serialize)]
pub(crate) struct SyncRow {
    id: String,
    name: String,
    state: &'static str,
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

#[derive(Debug, Serialize)]
pub(crate) struct EndRow {
    site: String,
    base_url: Option<String>,
    project: ProjectId,
}

/// How it does, now.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Health {
    /// Since when the oldest waiting change waits, in milliseconds.
    lag_ms: i64,
    waiting: i64,
    parked: i64,
}

/// `GET /syncs`: those whose projects on this site the caller may administer.
pub(crate) async fn list(
    State(http): State<Arc<Http>>,
    person: Person,
) -> Result<Json<Vec<SyncRow>>, ApiError> {
    let syncs = http.setup.store.syncs.of_site(&person.site.site).await?;
    let here = |sync: &Sync| -> Vec<ProjectId> {
        sync.sides_of(&person.site.site).map(|side| sync.ends[side].project.clone()).collect()
    };
    let projects: BTreeSet<ProjectId> = syncs.iter().flat_map(here).collect();
    let projects: Vec<ProjectId> = projects.into_iter().collect();
    let may = http.administered(&person, &projects).await?;
    let mut rows = Vec::new();
    for sync in syncs.into_iter().filter(|sync| here(sync).iter().all(|project| may.contains(project))) {
        let admin = Admin::of(&http, person.clone(), sync).await?;
        rows.push(row(&http, &admin).await?);
    }
    Ok(Json(rows))
}

/// `GET /syncs/{sync}`.
pub(crate) async fn show(State(http): State<Arc<Http>>, admin: Admin) -> Result<Json<SyncRow>, ApiError> {
    Ok(Json(row(&http, &admin).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    /// Two projects of the caller's site.
    a: ProjectId,
    b: ProjectId,
}

/// `POST /syncs`: within the caller's site; another site is joined by invitation.
pub(crate) async fn create(
    State(http): State<Arc<Http>>,
    person: Person,
    Said(new): Said<New>,
) -> Result<(StatusCode, Json<SyncRow>), ApiError> {
    let a = person.clone().admin_of(&http, new.a).await?;
    let b = person.admin_of(&http, new.b).await?;
    let site = a.person.site.site.clone();
    let ends =
        Sides::new(Place { site: site.clone(), project: a.project }, Place { site, project: b.project });
    let sync = http.setup.create(&new.name, &ends).await?;
    let admin = Admin { person: b.person, sync, sides: Side::BOTH.to_vec() };
    Ok((StatusCode::CREATED, Json(row(&http, &admin).await?)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
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
    let Sync { tenant, sync, .. } = &admin.sync;
    let store = &http.setup.store;
    let sent = store.syncs.sent_draft(tenant, sync).await?;
    Ok(SyncRow {
        id: sync.0.clone(),
        name: admin.sync.name.clone(),
        state: admin.sync.state.as_str(),
        version: admin.sync.version,
        sides: Sides::new(end(http, &admin.sync.ends.a).await?, end(http, &admin.sync.ends.b).await?),
        mine: admin.sides.clone(),
        created: admin.sync.created,
        scope_from: admin.sync.scope_from,
        awaits: sent.map(|sent| sent.side),
        health: health(http, &admin.sync).await?,
    })
}

async fn end(http: &Http, place: &Place) -> Result<EndRow, ApiError> {
    let site = http.setup.store.sites.get(&place.site).await?;
    Ok(EndRow {
        site: place.site.0.clone(),
        base_url: site.map(|site| site.base_url),
        project: place.project.clone(),
    })
}

async fn health(http: &Http, sync: &Sync) -> Result<Health, ApiError> {
    let store = &http.setup.store;
    let waiting = store.work.waiting(&sync.tenant, &sync.sync).await?;
    Ok(Health {
        lag_ms: waiting.oldest.map_or(0, |oldest| http.setup.clock.now().since(oldest).max(0)),
        waiting: waiting.links,
        parked: store.parked.count(&sync.tenant, &sync.sync).await?,
    })
}
