//! The way of one request: who calls, may they, what is asked, what is answered.

mod app_properties;
mod auth;
mod bodies;
mod call;
mod changelog;
mod comments;
mod desk;
mod gate;
mod issues;
mod meta;
mod people;
mod permissions;
mod projects;
mod properties;
mod reply;
mod routes;
mod search;
#[cfg(test)]
mod tests;
mod transitions;
mod twin_control;
mod update;
mod values;
mod web;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Given};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};

use crate::Twin;
use reply::Reply;

pub use routes::operations;
pub use web::{Face, Sessions};

/// Largest request body that is read, in bytes; Jira refuses far smaller ones.
const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;

/// Longest trace that is echoed on webhooks, in characters.
const TRACE_CHARS_MAX: usize = 1024;

#[derive(Debug, Clone)]
struct Served {
    twin: Twin,
    site: String,
}

/// One request with its body read.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Serves one site.
pub(crate) fn router(twin: Twin, site: &str) -> Router {
    Router::new().fallback(serve).with_state(Served { twin, site: site.to_owned() })
}

async fn serve(Given(served): Given<Served>, request: Request) -> http::Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
        return Reply::problem_json(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large", "", parts.uri.path())
            .into_response("");
    };
    let asked = Asked { method: parts.method, uri: parts.uri, headers: parts.headers, body: body.to_bytes() };
    gate::pass(&served.twin, &served.site, &asked).await
}

/// `X-Atlassian-Webhook-Trace`: printable ASCII up to a length; anything else is as good as none.
fn trace(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-atlassian-webhook-trace")?.to_str().ok()?;
    let fits = value.len() <= TRACE_CHARS_MAX && value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    fits.then(|| value.to_owned())
}
