//! `/api/v1`: what the admin page asks for and decides. JSON; every call carries the page's own token.
//!
//! Guarantees: whoever comes to a handler has been checked. [`who::Person`] is somebody who looks at our page on a site
//! that proved it; [`who::Admin`] may administer every project that the sync has on that site, as Jira says now. A sync
//! of others answers exactly as one that is not there.

mod activity;
mod drafts;
mod files;
mod history;
mod invitations;
mod me;
mod projects;
mod running;
mod syncs;
mod troubles;
#[cfg(feature = "ts")]
pub(super) mod types;
pub(crate) mod who;

use super::Http;
use super::body;
use super::error::ApiError;
use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::routing::{get, post};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A configuration may have a mebibyte; around it stands little.
const API_BODY_BYTES_MAX: usize = duplex_core::config::CONFIG_BYTES_MAX + 64 * 1024;

pub(crate) fn routes() -> Router<Arc<Http>> {
    Router::new()
        .route("/me", get(me::show))
        .route("/projects", get(projects::list))
        .route("/projects/{project}/schema", get(projects::schema))
        .route("/projects/{project}/permissions", get(projects::permissions))
        .route("/syncs", get(syncs::list).post(syncs::create))
        .route("/syncs/{sync}", get(syncs::show).patch(syncs::rename).delete(syncs::delete))
        .route("/syncs/{sync}/schemas", get(projects::both))
        .route("/syncs/{sync}/draft", get(drafts::show).put(drafts::put).delete(drafts::discard))
        .route("/syncs/{sync}/draft/check", post(drafts::check))
        .route("/syncs/{sync}/draft/publish", post(drafts::publish))
        .route("/syncs/{sync}/sent", get(drafts::sent))
        .route("/syncs/{sync}/sent/{id}/accept", post(drafts::accept))
        .route("/syncs/{sync}/sent/{id}/decline", post(drafts::decline))
        .route("/syncs/{sync}/history", get(history::list))
        .route("/syncs/{sync}/history/{version}/restore", post(history::restore))
        .route("/syncs/{sync}/file", get(files::export).put(files::import))
        .route("/syncs/{sync}/start", post(running::start))
        .route("/syncs/{sync}/stop", post(running::stop))
        .route("/syncs/{sync}/resync", post(running::resync))
        .route("/syncs/{sync}/activity", get(activity::list))
        .route("/syncs/{sync}/parked", get(troubles::parked))
        .route("/syncs/{sync}/parked/retry", post(troubles::retry))
        .route("/syncs/{sync}/parked/ignore", post(troubles::ignore))
        .route("/syncs/{sync}/conflicts", get(troubles::conflicts))
        .route("/invitations", get(invitations::list).post(invitations::create))
        .route("/invitations/inspect", post(invitations::inspect))
        .route("/invitations/accept", post(invitations::accept))
        .fallback(async || ApiError::not_found("address"))
}

/// A JSON body; the refusal names the offending key.
#[derive(Debug)]
pub(crate) struct Said<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Said<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = body::read(request.into_body(), API_BODY_BYTES_MAX).await?;
        body::json(&bytes).map(Self)
    }
}
