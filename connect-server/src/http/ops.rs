//! What operators and their tools ask, on a listener of its own: is it alive, can it work, how does it do.

use super::Http;
use crate::store::StoreError;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use duplex_core::id::SiteId;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use std::time::Duration;

/// A part that is slower than this is not ready.
const READY_MAX: Duration = Duration::from_secs(3);

#[derive(Clone)]
struct Ops {
    http: Arc<Http>,
    metrics: PrometheusHandle,
}

/// What `/metrics` shows, with what each says. Counters are of this process; the others are of the whole database, the
/// same from every process.
const NAMES: [(Kind, &str, &str); 8] = [
    (Kind::Gauge, "duplex_lag_seconds", "How long the oldest waiting work has waited."),
    (Kind::Gauge, "duplex_waiting_links", "Links and events that wait, those under way included."),
    (Kind::Gauge, "duplex_parked_elements", "Elements that wait for a person; ignored ones do not count."),
    (Kind::Gauge, "duplex_open_intents", "Writes begun whose outcome is not recorded yet."),
    (Kind::Gauge, "duplex_points_spent_this_hour", "Jira's rate-limit points, over all sites and processes."),
    (Kind::Counter, "duplex_jira_calls_total", "Calls to Jira, by site, endpoint and status."),
    (Kind::Counter, "duplex_jira_points_total", "Jira's rate-limit points as we count them, by site."),
    (Kind::Counter, "duplex_hints_total", "Hints that Jira's events gave."),
];

#[derive(Clone, Copy)]
enum Kind {
    Gauge,
    Counter,
}

fn describe() {
    for (kind, name, says) in NAMES {
        match kind {
            Kind::Gauge => metrics::describe_gauge!(name, says),
            Kind::Counter => metrics::describe_counter!(name, says),
        }
    }
}

/// `/healthz`, `/readyz` and `/metrics`. The recorder of the metrics is in place before.
pub fn router(http: Arc<Http>, metrics: PrometheusHandle) -> Router {
    describe();
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(scrape))
        .with_state(Ops { http, metrics })
}

/// The database answers and takes writes; its schema is ours, for the server does not start on another. Whether sites
/// answer is no part of it: another process would reach them no better.
async fn ready(State(ops): State<Ops>) -> Response {
    let store = &ops.http.setup.store;
    // After a failover a database may answer and take nothing, which loses events as surely as none.
    let not_ready = match part(store.ping()).await {
        Some(why) => Some(("the database does not answer", why)),
        None => part(store.takes_writes()).await.map(|why| ("the database takes no writes", why)),
    };
    match not_ready {
        None => "ready\n".into_response(),
        Some((what, why)) => {
            tracing::warn!(why, "Not ready: {what}");
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {what}\n")).into_response()
        }
    }
}

/// Why a part is not ready; `None` when it is.
async fn part(asked: impl Future<Output = Result<(), StoreError>>) -> Option<String> {
    match tokio::time::timeout(READY_MAX, asked).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no answer within {} s", READY_MAX.as_secs())),
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
    gauge("duplex_open_intents", store.intents.open_everywhere().await?);
    gauge("duplex_parked_elements", store.parked.count_everywhere().await?);
    let spent = store.pauses.spent(now, &SiteId::new("")).await?;
    gauge("duplex_points_spent_this_hour", spent.everywhere);
    Ok(())
}

fn gauge(name: &'static str, count: i64) {
    // Counts stay far below 2^53.
    #[expect(clippy::cast_precision_loss, reason = "Prometheus knows no integers")]
    metrics::gauge!(name).set(count as f64);
}
