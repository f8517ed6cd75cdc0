//! `GET /syncs/{sync}/progress`: how far the first look at the existing issues has come since the last start.

use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::store::starts::Start;
use axum::Json;
use axum::extract::State;
use duplex_core::id::{Millis, Sides};
use serde::Serialize;
use std::sync::Arc;

const MINUTE_MS: f64 = 60_000.0;

/// The issues of one side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct SideProgress {
    /// Looked at, and mirrored where they are to be.
    done: i64,
    /// In scope, as Jira counted at the start; `null` before it did.
    total: Option<i64>,
    /// On the average since the start; `null` while nothing is done.
    rate_per_minute: Option<f64>,
    /// Milliseconds, at this rate.
    left_ms: Option<i64>,
    /// Nothing is left to do; also of a side that was never started.
    finished: bool,
}

pub(crate) async fn show(
    State(http): State<Arc<Http>>,
    admin: Admin,
) -> Result<Json<Sides<SideProgress>>, ApiError> {
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    let starts = http.setup.store.starts.of_sync(tenant, sync).await?;
    let waiting = http.setup.store.work.waiting_backfill(tenant, sync).await?;
    let now = http.setup.clock.now();
    Ok(Json(Sides::each(|side| SideProgress::of(now, starts[side], waiting[side]))))
}

impl SideProgress {
    /// What is marked and waits no more is done.
    fn of(now: Millis, start: Option<Start>, waiting: i64) -> Self {
        let Some(start) = start else {
            return Self {
                done: 0,
                total: None,
                rate_per_minute: None,
                left_ms: None,
                finished: waiting == 0,
            };
        };
        let finished = start.whole && waiting == 0;
        let done = (start.marked - waiting).max(0);
        // Jira's count is an estimate, and issues are created meanwhile.
        let total = if start.whole { Some(start.marked) } else { start.total.map(|n| n.max(start.marked)) };
        let minutes = minutes(now.since(start.started).max(1));
        let rate = (done > 0 && !finished).then(|| number(done) / minutes);
        let left = |(rate, total): (f64, i64)| milliseconds(number(total - done) / rate * MINUTE_MS);
        Self { done, total, rate_per_minute: rate, left_ms: rate.zip(total).map(left), finished }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn number(count: i64) -> f64 {
    count as f64
}

fn minutes(ms: i64) -> f64 {
    number(ms) / MINUTE_MS
}

#[expect(clippy::cast_possible_truncation, reason = "an estimate; the cast saturates")]
fn milliseconds(ms: f64) -> i64 {
    ms.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_from_what_is_marked_and_waits() {
        // (marked, total, whole, waiting) after ten minutes -> done, total, rate, left, finished
        for (marked, total, whole, waiting, expect) in [
            (0, None, false, 0, (0, None, None, None, false)),
            (100, Some(1_000), false, 50, (50, Some(1_000), Some(5.0), Some(190 * 60_000), false)),
            (100, Some(40), false, 0, (100, Some(100), Some(10.0), Some(0), false)),
            (100, Some(900), true, 20, (80, Some(100), Some(8.0), Some(150_000), false)),
            (100, Some(900), true, 0, (100, Some(100), None, None, true)),
            (5, Some(9), false, 7, (0, Some(9), None, None, false)),
        ] {
            let start = Start { started: Millis(1), total, marked, whole };
            let p = SideProgress::of(Millis(600_001), Some(start), waiting);
            let got = (p.done, p.total, p.rate_per_minute, p.left_ms, p.finished);
            assert_eq!(got, expect, "{start:?} {waiting}");
        }
        assert!(SideProgress::of(Millis(9), None, 0).finished, "never started");
    }
}
