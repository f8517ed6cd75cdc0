//! *Verify* beside a JQL: what it finds now.

use super::Said;
use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::jira::client::Example;
use axum::Json;
use axum::extract::State;
use duplex_core::id::Side;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "VerifyScope"))]
pub(crate) struct Verify {
    side: Side,
    /// Left out or empty: the whole project.
    #[serde(default)]
    jql: Option<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Verified {
    /// About how many issues of the project it finds, as Jira counts.
    count: u64,
    /// The newest of them.
    examples: Vec<Example>,
}

/// `POST /syncs/{sync}/scope/verify`: on a side of the caller's alone, for an answer tells what is in its issues.
pub(crate) async fn verify(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(said): Said<Verify>,
) -> Result<Json<Verified>, ApiError> {
    if !admin.speaks_for(said.side) {
        return Err(ApiError::forbidden(
            format!("Side {} lies on another site.", said.side),
            "An admin there verifies it on his own page.",
        ));
    }
    let jql = said.jql.as_deref().map(str::trim).filter(|jql| !jql.is_empty());
    let (count, examples) = http.setup.found(&admin.sync, said.side, jql).await?;
    Ok(Json(Verified { count, examples }))
}
