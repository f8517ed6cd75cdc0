//! `GET /connect/admin` and `/connect/panel`: the pages that Jira frames, for its admins and beside an issue. They show
//! what `/api/v1` tells their viewer, and no more.
//!
//! The address carries a token bound to it, so a frame that Jira did not open is refused; only the viewer's own site may
//! frame the answer. What the pages are made of is the same for everybody, and is cached for as long as its name lasts.

mod built;

pub(crate) use built::Built;

use super::Http;
use super::error::ApiError;
use crate::jira::auth::Purpose;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;
use url::Url;

/// The longest that HTTP knows: an asset's name holds the hash of its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(crate) async fn admin(State(http): State<Arc<Http>>, request: Request) -> Result<Response, ApiError> {
    frame(&http, request, "admin.html").await
}

pub(crate) async fn panel(State(http): State<Arc<Http>>, request: Request) -> Result<Response, ApiError> {
    frame(&http, request, "panel.html").await
}

async fn frame(http: &Http, request: Request, page: &str) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let (_, site) = http.server_caller(&parts, Purpose::Frame).await?;
    let html = http.page.html(page).ok_or_else(ApiError::no_page)?;
    let script = &http.connect_script_url;
    // A URL holds no quotes or angle brackets.
    let html = html.replace("{{connectScript}}", script.as_str());
    let policy = policy(&script.origin().ascii_serialization(), &origin(&site.base_url));
    let headers = [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "no-store".to_owned())];
    Ok((headers, Html(html)).into_response())
}

/// What a policy may name of a site: a path could hold a `;` and bring a directive of its own.
fn origin(base_url: &str) -> String {
    Url::parse(base_url).map_or_else(|_| "'none'".to_owned(), |url| url.origin().ascii_serialization())
}

/// `GET /connect/assets/{name}`: scripts, styles and the core as WebAssembly. They know no site and no person. What the
/// build has compressed is sent so; the rest is compressed on its way, as all answers are.
pub(crate) async fn asset(
    State(http): State<Arc<Http>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asset = http.page.asset(&name).ok_or_else(|| ApiError::not_found("file of the page"))?;
    let about = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, FOR_EVER)];
    match asset.gzip.filter(|_| takes_gzip(&headers)) {
        Some(gzip) => {
            let encoded = [(header::CONTENT_ENCODING, "gzip"), (header::VARY, "accept-encoding")];
            Ok((about, encoded, Body::from(gzip)).into_response())
        }
        None => Ok((about, Body::from(asset.bytes)).into_response()),
    }
}

/// Every browser says so plainly; whoever says it otherwise gets it by the common way.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|all| all.split(',').any(|one| one.trim() == "gzip"))
}

/// Scripts are ours and Connect's, never inline; WebAssembly is compiled. Atlaskit writes styles into the page.
fn policy(connect: &str, site: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {connect}; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors {site}"
    )
}
