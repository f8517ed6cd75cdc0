//! `/api/v1`: what the admin page asks for and decides. JSON; every call carries the page's own token.
//!
//! Guarantees: whoever comes to a handler has been checked. [`who::Person`] is somebody who looks at our page on a site
//! that proved it; [`who::Admin`] may administer every project that the sync has on that site, as Jira says now. A sync
//! of others answers exactly as one that is not there.

mod activity;
mod drafts;
mod drills;
mod files;
mod history;
mod invitations;
mod me;
mod pairs;
mod panel;
mod people;
mod preview;
mod progress;
mod projects;
mod remap;
pub(super) mod routes;
mod running;
mod scope;
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
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A configuration may have a mebibyte; around it stands little.
const API_BODY_BYTES_MAX: usize = duplex_core::config::CONFIG_BYTES_MAX + 64 * 1024;

pub(crate) fn routes() -> Router<Arc<Http>> {
    routes::routes().fallback(async || ApiError::not_found("address"))
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
