//! The REST API of a site.

use axum::Router;

use crate::Twin;

/// Serves one site.
pub(crate) fn router(_twin: Twin, _site: &str) -> Router {
    Router::new()
}
