//! The readable form of a sync's configuration, out and in.

use super::Said;
use super::drafts::{self, DraftRow};
use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;

/// `GET /syncs/{sync}/file`: TOML, what is published.
pub(crate) async fn export(State(http): State<Arc<Http>>, admin: Admin) -> Result<Response, ApiError> {
    let text = http.setup.write_file(&admin.sync).await?;
    Ok(([(header::CONTENT_TYPE, "application/toml")], text).into_response())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "ImportFile"))]
pub(crate) struct Import {
    /// The version of the draft that it replaces; 0 for none.
    version: i64,
    toml: String,
}

/// `PUT /syncs/{sync}/file`: into the draft; publishing it is a step of its own.
pub(crate) async fn import(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(said): Said<Import>,
) -> Result<Json<DraftRow>, ApiError> {
    let config = http.setup.read_file(&admin.sync, &said.toml).await?;
    drafts::save(&http, &admin, said.version, &config).await.map(Json)
}
