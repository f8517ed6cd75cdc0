//! What comes in: Jira's lifecycle events and webhooks, the admin page's calls, and the operator's questions.

mod api;
mod body;
pub mod descriptor;
mod door;
pub mod error;
mod gate;
mod lifecycle;
pub mod listen;
pub mod ops;
mod page;
#[cfg(test)]
mod tests;
mod webhook;

use crate::config::{AppKey, BaseUrl, Settings, Times};
use crate::egress::{Policy, Transport};
use crate::jira::auth::InstallVerifier;
use crate::setup::Setup;
pub use api::routes::{Asks, ROUTES, Route};
#[cfg(feature = "ts")]
pub use api::types::export as export_types;
use api::who::Rights;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::routing::{get, post};
use error::ApiError;
use gate::{Gate, Proxies};
pub(crate) use page::Built;
use std::sync::Arc;
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use url::Url;

/// What every route needs.
#[derive(Debug)]
pub struct Http {
    pub(crate) setup: Arc<Setup>,
    pub(crate) rights: Rights,
    pub(crate) policy: Policy,
    pub(crate) installer: InstallVerifier,
    pub(crate) gate: Gate,
    pub(crate) app_key: AppKey,
    pub(crate) base_url: BaseUrl,
    pub(crate) connect_script_url: Url,
    pub(crate) page: Built,
    pub(crate) times: Times,
}

/// No request of ours needs longer, in seconds; a page's call that waits for Jira included.
const REQUEST_SECONDS_MAX: u64 = 60;

impl Http {
    #[must_use]
    pub fn new(settings: &Settings, setup: Arc<Setup>, transport: Arc<dyn Transport>) -> Self {
        let installer = InstallVerifier::new(
            settings.outside.install_keys_url.clone(),
            settings.base_url.url().clone(),
            transport,
            Arc::clone(&setup.clock),
        );
        Self {
            policy: settings.outside.policy(),
            app_key: settings.outside.app_key.clone(),
            base_url: settings.base_url.clone(),
            connect_script_url: settings.outside.connect_script_url.clone(),
            page: Built::default(),
            times: settings.times.clone(),
            rights: Rights::default(),
            gate: Gate::new(&settings.times, Proxies::new(settings.proxies.clone())),
            installer,
            setup,
        }
    }
}

/// Everything that is open to Jira and to browsers, at the root and below the path of the base URL: whether a proxy
/// in front of us strips that path or not, the rest of the address is the same.
pub fn router(http: &Arc<Http>) -> Router {
    let base = http.base_url.path().to_owned();
    let routes = routes().with_state(Arc::clone(http));
    let routes = if base.is_empty() { routes } else { routes.clone().nest(&base, routes) };
    routes
        .layer(axum::middleware::from_fn_with_state(Arc::clone(http), gate::pass))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(REQUEST_SECONDS_MAX),
        ))
        .layer(CompressionLayer::new())
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"))
        .layer(TraceLayer::new_for_http().make_span_with(span))
}

fn routes() -> Router<Arc<Http>> {
    Router::new()
        .route("/atlassian-connect.json", get(descriptor_json))
        .route("/connect/installed", post(lifecycle::installed))
        .route("/connect/enabled", post(lifecycle::enabled))
        .route("/connect/disabled", post(lifecycle::disabled))
        .route("/connect/uninstalled", post(lifecycle::uninstalled))
        .route("/connect/admin", get(page::admin))
        .route("/connect/panel", get(page::panel))
        .route("/connect/assets/{name}", get(page::asset))
        .route("/connect/webhooks/{event}", post(webhook::take))
        .nest("/api/v1", api::routes().layer(fixed(header::CACHE_CONTROL, "no-store")))
        .fallback(async || ApiError::not_found("address"))
}

async fn descriptor_json(State(http): State<Arc<Http>>) -> axum::response::Response {
    descriptor::answer(&descriptor::descriptor(&http.app_key, &http.base_url))
}

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// The path without its query, which may hold a token. The site is recorded once it is proved.
fn span<B>(request: &Request<B>) -> tracing::Span {
    tracing::info_span!(
        "request",
        method = %request.method(),
        path = request.uri().path(),
        site = tracing::field::Empty,
    )
}
