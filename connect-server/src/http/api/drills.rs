//! The leak drill: what the last one found, another one, and that there is none.

use super::people::names;
use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::setup::Left;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use duplex_core::drill::{Report, Verdict};
use duplex_core::id::{Millis, Sides};
use serde::Serialize;
use std::sync::Arc;

/// How a sync stands with its drills.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct DrillRow {
    last: Option<LastDrill>,
    /// Whether the operator named a test customer of the side's site.
    customers: Sides<bool>,
    /// Scratch issues that may still be there.
    left: i64,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct LastDrill {
    at: Millis,
    author: String,
    /// As the viewer's site calls him; `null` for somebody whom it does not know.
    author_name: Option<String>,
    /// It looked at what is published now.
    current: bool,
    skipped: bool,
    /// `false`: under way, or it died.
    ended: bool,
    report: Option<Report>,
    /// *Start* is refused because of it.
    bars_start: bool,
}

/// What a drill found just now.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Drilled {
    report: Report,
    left: Vec<Left>,
}

/// `GET /syncs/{sync}/drill`.
pub(crate) async fn show(State(http): State<Arc<Http>>, admin: Admin) -> Result<Json<DrillRow>, ApiError> {
    let (store, sync) = (&http.setup.store, &admin.sync);
    let last = store.drills.last(&sync.tenant, &sync.sync).await?;
    let names = names(&http, &admin.person.site, last.iter().map(|drill| &drill.author).collect()).await;
    let left = store.drills.left(&sync.tenant, &sync.sync).await?.len();
    let customers = Sides::new(
        store.customers.get(&sync.ends.a.site).await?.is_some(),
        store.customers.get(&sync.ends.b.site).await?.is_some(),
    );
    let last = last.map(|drill| {
        let current = drill.version == sync.version;
        let failed = drill.report.as_ref().is_none_or(|report| report.verdict == Verdict::Failed);
        LastDrill {
            at: drill.ended.unwrap_or(drill.began),
            author_name: names.get(&drill.author).cloned(),
            author: drill.author.0,
            current,
            skipped: drill.skipped,
            ended: drill.ended.is_some(),
            bars_start: current && !drill.skipped && failed,
            report: drill.report,
        }
    });
    Ok(Json(DrillRow { last, customers, left: i64::try_from(left).unwrap_or(i64::MAX) }))
}

/// `POST /syncs/{sync}/drill`: runs one, and answers when it is over.
pub(crate) async fn run(State(http): State<Arc<Http>>, admin: Admin) -> Result<Json<Drilled>, ApiError> {
    let drilled = http.setup.drill(&admin.sync, &admin.person.account).await?;
    Ok(Json(Drilled { report: drilled.report, left: drilled.left }))
}

/// `POST /syncs/{sync}/drill/skip`: what is published starts without one; who said so is recorded.
pub(crate) async fn skip(State(http): State<Arc<Http>>, admin: Admin) -> Result<StatusCode, ApiError> {
    http.setup.skip_drill(&admin.sync, &admin.person.account).await?;
    Ok(StatusCode::NO_CONTENT)
}
