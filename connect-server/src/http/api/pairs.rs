//! What an admin chooses for one pair.

use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use duplex_core::id::{LinkId, Side};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
pub(crate) struct PairPath {
    link: LinkId,
}

/// `POST /syncs/{sync}/links/{link}/unlink`.
pub(crate) async fn unlink(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Path(path): Path<PairPath>,
) -> Result<StatusCode, ApiError> {
    http.setup.unlink(&admin.sync, &path.link, &admin.person.account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where an issue is made again.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Recreated {
    side: Side,
}

/// `POST /syncs/{sync}/links/{link}/recreate`: 202, for it takes its time.
pub(crate) async fn recreate(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Path(path): Path<PairPath>,
) -> Result<(StatusCode, Json<Recreated>), ApiError> {
    let side = http.setup.recreate(&admin.sync, &path.link, &admin.person.account).await?;
    Ok((StatusCode::ACCEPTED, Json(Recreated { side })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct ConflictPath {
    id: String,
}

/// `POST /syncs/{sync}/conflicts/{id}/restore`: 202, for it takes its time.
pub(crate) async fn restore(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Path(path): Path<ConflictPath>,
) -> Result<StatusCode, ApiError> {
    http.setup.restore(&admin.sync, &path.id, &admin.sides, &admin.person.account).await?;
    Ok(StatusCode::ACCEPTED)
}
