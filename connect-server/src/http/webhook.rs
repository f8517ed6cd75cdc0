//! `POST /connect/webhooks/{event}`: Jira says that something changed; that we should look is stored before the answer.
//!
//! Guarantees: 204 means that the hints are on disk. Nothing of the event but ids and versions is kept.
//!
//! A body that is authentic but can't be read is answered 400. Jira gives such an event up at once, and that is right:
//! the same bytes would fail again, five times, while the sweep finds what they were about. Only what may go better
//! later (a slow commit, a database that is busy, gone or full) is answered 503, which Jira retries.

use super::error::ApiError;
use super::{Http, body};
use crate::jira::auth::Purpose;
use crate::jira::wire::{self, Hint};
use crate::store::{Class, Mark};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use duplex_core::id::{IssueId, ProjectId, SiteId};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Jira's largest events (an issue with all its fields and a long description) stay well below 1 MiB.
const HOOK_BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

pub(crate) async fn take(State(http): State<Arc<Http>>, request: Request) -> Result<StatusCode, ApiError> {
    let within = Duration::from_millis(http.times.intake_commit_ms.unsigned_abs());
    let (parts, body) = request.into_parts();
    // Who calls is looked up in the database, too.
    let (caller, _) = match tokio::time::timeout(within, http.server_caller(&parts, Purpose::Webhook)).await {
        Ok(known) => known?,
        Err(_) => return Err(ApiError::busy()),
    };
    let bytes = body::read(body, HOOK_BODY_BYTES_MAX).await?;
    let event = body::json(&bytes)?;
    let hints = wire::webhook_hints(&event);
    match tokio::time::timeout(within, store_hints(&http, &caller.site, hints, class(&event))).await {
        Ok(stored) => stored.map(|()| StatusCode::NO_CONTENT),
        Err(_) => Err(ApiError::busy()),
    }
}

/// Marks what some running sync mirrors; the rest is dropped here.
async fn store_hints(http: &Http, site: &SiteId, hints: Vec<Hint>, class: Class) -> Result<(), ApiError> {
    let at = http.setup.clock.now();
    let mut marks = Vec::new();
    for mut hint in hints {
        if let Some(project) = mirrored_project(http, site, &hint).await? {
            // It is not where it was: whatever the event is about, the issue itself has to be looked at.
            hint.hints.fields |= hint.project.as_ref().is_some_and(|named| *named != project);
            let site = site.clone();
            marks.push(Mark { site, project, issue: hint.issue, hints: hint.hints, class, at });
        }
    }
    metrics::counter!("duplex_hints_total").increment(marks.len() as u64);
    Ok(http.setup.store.work.mark(marks).await?)
}

/// The project, if a running sync has it. An issue that is mirrored already counts wherever it lies now, and where the
/// event does not say: it may have been moved away, which is for the plan to see.
async fn mirrored_project(http: &Http, site: &SiteId, hint: &Hint) -> Result<Option<ProjectId>, ApiError> {
    let store = &http.setup.store;
    if let Some(project) = &hint.project
        && !store.syncs.routes(site, project).await?.is_empty()
    {
        return Ok(Some(project.clone()));
    }
    linked_project(http, site, &hint.issue).await
}

async fn linked_project(http: &Http, site: &SiteId, issue: &IssueId) -> Result<Option<ProjectId>, ApiError> {
    let store = &http.setup.store;
    let Some(end) = store.links.find(site, issue).await?.into_iter().next() else { return Ok(None) };
    Ok(store.syncs.get(&end.sync).await?.map(|sync| sync.ends[end.side].project.clone()))
}

/// What may have become less public goes first. Nothing else rests on it: what is so is read from the site.
fn class(event: &Value) -> Class {
    let is_narrow = |comment: &Value| comment["jsdPublic"] == false || comment.get("visibility").is_some();
    match event["webhookEvent"].as_str() {
        Some("comment_deleted" | "jira:issue_deleted") => Class::Hiding,
        Some("comment_updated") if is_narrow(&event["comment"]) => Class::Hiding,
        Some(_) | None => Class::People,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_may_have_become_less_public_goes_first() {
        for (event, expect) in [
            (json!({"webhookEvent": "comment_deleted"}), Class::Hiding),
            (json!({"webhookEvent": "jira:issue_deleted"}), Class::Hiding),
            (json!({"webhookEvent": "comment_updated", "comment": {"jsdPublic": false}}), Class::Hiding),
            (json!({"webhookEvent": "comment_updated", "comment": {"visibility": {}}}), Class::Hiding),
            (json!({"webhookEvent": "comment_updated", "comment": {"jsdPublic": true}}), Class::People),
            (json!({"webhookEvent": "comment_created", "comment": {"jsdPublic": false}}), Class::People),
            (json!({"webhookEvent": "jira:issue_updated"}), Class::People),
            (json!([]), Class::People),
        ] {
            assert_eq!(class(&event), expect, "{event}");
        }
    }
}
