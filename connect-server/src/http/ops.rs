//! What operators and their tools ask, on a listener of its own: is it alive, can it work, how does it do.

use super::Http;
use crate::store::StoreError;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone)]
struct Ops {
    http: Arc<Http>,
    metrics: PrometheusHandle,
}

/// `/healthz`, `/readyz` and `/metrics`.
pub fn router(http: Arc<Http>, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(scrape))
        .with_state(Ops { http, metrics })
}

/// The database answers, and its schema is ours: the server does not start on another.
async fn ready(State(ops): State<Ops>) -> Response {
    match ops.http.setup.store.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "Not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// Prometheus text. What only the database knows is asked for now; a failure leaves the old values standing.
async fn scrape(State(ops): State<Ops>) -> Response {
    if let Err(error) = gauge_backlog(&ops.http).await {
        tracing::warn!(%error, "The backlog could not be counted");
    }
    ops.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], ops.metrics.render()).into_response()
}

/// Over all tenants: a label per tenant would make as many series as there are customers.
async fn gauge_backlog(http: &Http) -> Result<(), StoreError> {
    let store = &http.setup.store;
    let now = http.setup.clock.now();
    let waiting = store.work.waiting_everywhere().await?;
    let lag_ms = waiting.oldest.map_or(0, |oldest| now.since(oldest).max(0));
    metrics::gauge!("duplex_lag_seconds").set(Duration::from_millis(lag_ms.unsigned_abs()).as_secs_f64());
    gauge("duplex_waiting_links", waiting.links);
    gauge("duplex_parked_elements", store.parked.count_everywhere().await?);
    Ok(())
}

fn gauge(name: &'static str, count: i64) {
    // Counts stay far below 2^53.
    #[expect(clippy::cast_precision_loss, reason = "Prometheus knows no integers")]
    metrics::gauge!(name).set(count as f64);
}
