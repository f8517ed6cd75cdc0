//! Start, stop, and look again.

use super::Said;
use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::setup::Choice;
use axum::extract::State;
use axum::http::StatusCode;
use duplex_core::config::Existing;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "StartSync"))]
pub(crate) struct Start {
    /// `all` or `only_new`; left out, as the configuration says.
    #[serde(default)]
    existing: Option<Existing>,
}

/// `POST /syncs/{sync}/start`.
pub(crate) async fn start(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(said): Said<Start>,
) -> Result<StatusCode, ApiError> {
    let choice = said
        .existing
        .map_or(Choice::Configured, |existing| Choice::Said { existing, speaks: admin.speaks() });
    http.setup.start(&admin.sync, choice, &admin.person.account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /syncs/{sync}/stop`.
pub(crate) async fn stop(State(http): State<Arc<Http>>, admin: Admin) -> Result<StatusCode, ApiError> {
    http.setup.stop(&admin.sync, &admin.person.account).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "ResyncSync"))]
pub(crate) struct Resync {
    /// Narrows what is looked at again, on either side; left out, all that is in scope.
    #[serde(default)]
    jql: Option<String>,
}

/// `POST /syncs/{sync}/resync`: 202, for it takes its time.
pub(crate) async fn resync(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(said): Said<Resync>,
) -> Result<StatusCode, ApiError> {
    let by = &admin.person.account;
    http.setup.resync(&admin.sync, said.jql.as_deref(), &admin.sides, by).await?;
    Ok(StatusCode::ACCEPTED)
}
