//! The counted resync: pairs that were mirrored by other field rules than the published ones.

use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;

/// How many pairs there are.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Otherwise {
    pairs: i64,
}

/// `GET /syncs/{sync}/remap`.
pub(crate) async fn show(State(http): State<Arc<Http>>, admin: Admin) -> Result<Json<Otherwise>, ApiError> {
    Ok(Json(Otherwise { pairs: http.setup.mapped_otherwise(&admin.sync).await? }))
}

/// `POST /syncs/{sync}/remap`: 202, for it takes its time.
pub(crate) async fn begin(
    State(http): State<Arc<Http>>,
    admin: Admin,
) -> Result<(StatusCode, Json<Otherwise>), ApiError> {
    let pairs = http.setup.remap(&admin.sync, &admin.person.account).await?;
    Ok((StatusCode::ACCEPTED, Json(Otherwise { pairs })))
}
