//! `POST /connect/webhooks/{event}`: Jira says that something changed; that we should look is stored before the answer.
//!
//! Guarantees: 204 means that the hints are on disk. Nothing of the event but ids and versions is kept.
//!
//! A body that is authentic but can't be read is answered 400. Jira gives such an event up at once, and that is right:
//! the same bytes would fail again, five times, while the sweep finds what they were about. Only what may go better
//! later (a slow commit, a busy database) is answered 503, which Jira retries.

use super::error::ApiError;
use super::{Http, body};
use crate::jira::auth::Purpose;
use crate::jira::wire::{self, Hint};
use crate::store::work::Mark;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use duplex_core::id::{Millis, SiteId};
use std::sync::Arc;
use std::time::Duration;

/// Jira's largest events (an issue with all its fields and a long description) stay well below 1 MiB.
const HOOK_BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

pub(crate) async fn take(State(http): State<Arc<Http>>, request: Request) -> Result<StatusCode, ApiError> {
    let (parts, body) = request.into_parts();
    let (caller, _) = http.server_caller(&parts, Purpose::Webhook).await?;
    let bytes = body::read(body, HOOK_BODY_BYTES_MAX).await?;
    let hints = wire::webhook_hints(&body::json(&bytes)?)?;
    let within = Duration::from_millis(http.times.intake_commit_ms.unsigned_abs());
    match tokio::time::timeout(within, store_hints(&http, &caller.site, hints)).await {
        Ok(stored) => stored.map(|()| StatusCode::NO_CONTENT),
        Err(_) => Err(ApiError::busy()),
    }
}

/// Marks what some sync mirrors; the rest is dropped here.
async fn store_hints(http: &Http, site: &SiteId, hints: Vec<Hint>) -> Result<(), ApiError> {
    let at = http.clock.now();
    let mut marks = Vec::new();
    for hint in hints {
        if http.store.syncs.watches(site, &hint.project).await? {
            marks.push(mark(site, hint, at));
        }
    }
    metrics::counter!("duplex_hints_total").increment(marks.len() as u64);
    if marks.is_empty() { Ok(()) } else { Ok(http.store.work.mark(marks).await?) }
}

fn mark(site: &SiteId, hint: Hint, at: Millis) -> Mark {
    Mark { site: site.clone(), project: hint.project, issue: hint.issue, hints: hint.hints, at }
}
