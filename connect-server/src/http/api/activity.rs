//! `GET /syncs/{sync}/activity?link=&kind=&before=`: what was done, left or stopped, and why; newest first. The log
//! holds no text of issues, so both sides may read it.

use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::store::activity::{ACTIVITY_PER_PAGE_MAX, Filter, Kind, Logged};
use axum::Json;
use axum::extract::{Query, State};
use duplex_core::id::{LinkId, Millis, Side};
use duplex_core::plan::Element;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    link: Option<LinkId>,
    kind: Option<String>,
    /// The id of the last line of the page before.
    before: Option<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct ActivityLine {
    id: String,
    at: Millis,
    kind: Kind,
    link: Option<LinkId>,
    side: Option<Side>,
    element: Option<Element>,
    sentence: String,
}

pub(crate) async fn list(
    State(http): State<Arc<Http>>,
    admin: Admin,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Vec<ActivityLine>>, ApiError> {
    let Query(asked) = asked.map_err(|error| {
        ApiError::bad_request(error.body_text(), "Ask with `link`, `kind` and `before` alone.")
    })?;
    let kind = asked.kind.as_deref().map(kind).transpose()?;
    let filter = Filter { link: asked.link, kind, before: asked.before };
    let activity = &http.setup.store.activity;
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    let lines = activity.list(tenant, sync, &filter, ACTIVITY_PER_PAGE_MAX).await?;
    Ok(Json(lines.into_iter().map(ActivityLine::from).collect()))
}

fn kind(text: &str) -> Result<Kind, ApiError> {
    text.parse().map_err(|()| {
        ApiError::bad_request(
            "There is no such kind of activity.",
            "Use wrote, skipped, parked, unparked, conflict or admin.",
        )
    })
}

impl From<Logged> for ActivityLine {
    fn from(logged: Logged) -> Self {
        let entry = logged.entry;
        Self {
            id: logged.id,
            at: logged.at,
            kind: entry.kind,
            link: entry.link,
            side: entry.side,
            element: entry.element,
            sentence: entry.sentence,
        }
    }
}
