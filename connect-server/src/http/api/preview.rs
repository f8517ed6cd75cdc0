//! `GET /syncs/{sync}/preview?side=&issue=`: what a preview of one issue rests on, read from Jira now; the page makes
//! the preview of it. Nothing is written.
//!
//! Guarantees: the texts of a side are shown to those alone who speak for it, and the keys of the sync's hashes and
//! stamps stay here.

use super::drafts;
use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use duplex_core::id::Side;
use duplex_core::preview::PreviewFacts;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// A side of the caller's.
    side: Side,
    /// A key or an id.
    issue: String,
}

/// For the draft as it stands, else for what is published.
pub(crate) async fn facts(
    State(http): State<Arc<Http>>,
    admin: Admin,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<PreviewFacts>, ApiError> {
    let Query(asked) = asked.map_err(|error| {
        ApiError::bad_request(error.body_text(), "Ask with `side`, a or b, and `issue`, its key.")
    })?;
    if !admin.speaks_for(asked.side) {
        return Err(ApiError::forbidden(
            format!("Side {} lies on another site.", asked.side),
            "An admin there previews its issues on his own page.",
        ));
    }
    let config = drafts::standing(&http, &admin).await?.config;
    let issue = (asked.side, asked.issue.trim());
    Ok(Json(http.setup.preview_facts(&admin.sync, &config, issue, admin.speaks()).await?))
}
