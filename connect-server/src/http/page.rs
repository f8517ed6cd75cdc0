//! `GET /connect/admin`: the page that Jira frames for its admins. It shows what `/api/v1` tells its viewer, and no more.
//!
//! The address carries a token bound to it, so a frame that Jira did not open is refused; only the viewer's own site may
//! frame the answer.

use super::Http;
use super::error::ApiError;
use crate::jira::auth::Purpose;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;

const PAGE: &str = include_str!("../../../manifest/page/admin.html");
const SCRIPT: &str = include_str!("../../../manifest/page/admin.js");

pub(crate) async fn admin(State(http): State<Arc<Http>>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let (_, site) = http.server_caller(&parts, Purpose::Frame).await?;
    let script = &http.connect_script_url;
    // A URL holds no quotes or angle brackets.
    let page = PAGE.replace("{{connectScript}}", script.as_str());
    let policy = format!(
        "default-src 'none'; script-src 'self' {}; connect-src 'self'; frame-ancestors {}",
        script.origin().ascii_serialization(),
        site.base_url,
    );
    let headers = [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "no-store".to_owned())];
    Ok((headers, Html(page)).into_response())
}

pub(crate) async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response()
}
