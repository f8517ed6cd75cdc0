//! What was published, by whom, and what it changed.

use super::drafts::{self, DraftRow};
use super::people::names;
use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::store::syncs::Published;
use axum::Json;
use axum::extract::{Path, State};
use duplex_core::config::diff::{Change, diff};
use duplex_core::id::Millis;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct HistoryRow {
    version: i64,
    author: String,
    /// As the viewer's site calls him; `null` for somebody whom it does not know.
    author_name: Option<String>,
    /// The admin of the other side who accepted it.
    accepted_by: Option<String>,
    accepted_by_name: Option<String>,
    at: Millis,
    /// Against the version before; empty for the first.
    changes: Vec<Change>,
}

/// `GET /syncs/{sync}/history`: newest first.
pub(crate) async fn list(
    State(http): State<Arc<Http>>,
    admin: Admin,
) -> Result<Json<Vec<HistoryRow>>, ApiError> {
    let history = http.setup.store.syncs.history(&admin.sync.tenant, &admin.sync.sync).await?;
    let people = history.iter().flat_map(|p| std::iter::once(&p.author).chain(&p.accepted_by)).collect();
    let names = names(&http, &admin.person.site, people).await;
    // Where a site does not answer, types and fields are called by their ids.
    let schemas = http.setup.schemas(&admin.sync).await.ok();
    let before = history.iter().skip(1).map(Some).chain([None]);
    let row = |(new, old): (&Published, Option<&Published>)| HistoryRow {
        version: new.version,
        author: new.author.0.clone(),
        author_name: names.get(&new.author).cloned(),
        accepted_by_name: new.accepted_by.as_ref().and_then(|account| names.get(account)).cloned(),
        accepted_by: new.accepted_by.clone().map(|account| account.0),
        at: new.at,
        changes: old.map(|old| diff(&old.config, &new.config, schemas.as_ref())).unwrap_or_default(),
    };
    Ok(Json(history.iter().zip(before).map(row).collect()))
}

#[derive(Debug, Deserialize)]
pub(crate) struct VersionPath {
    version: i64,
}

/// `POST /syncs/{sync}/history/{version}/restore`: into the draft, over whatever stands there; publishing it is a step
/// of its own, with its own check and consent.
pub(crate) async fn restore(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Path(path): Path<VersionPath>,
) -> Result<Json<DraftRow>, ApiError> {
    let syncs = &http.setup.store.syncs;
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    let history = syncs.history(tenant, sync).await?;
    let old = history.into_iter().find(|published| published.version == path.version);
    let old = old.ok_or_else(|| ApiError::not_found("version"))?;
    let seen = syncs.draft(tenant, sync).await?.map_or(0, |draft| draft.version);
    drafts::save(&http, &admin, seen, &old.config).await.map(Json)
}
