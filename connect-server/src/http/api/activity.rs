//! `GET /syncs/{sync}/activity?link=&issue=&kind=&before=&limit=`: what was done, left or stopped, and why; newest
//! first. The log holds no text of issues, so both sides may read it.

use super::people::names;
use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::store::activity::{ACTIVITY_PER_PAGE_MAX, Filter, Kind, Logged};
use axum::Json;
use axum::extract::{Query, State};
use duplex_core::id::{AccountId, LinkId, Millis, Side, Sides};
use duplex_core::plan::Element;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    link: Option<LinkId>,
    /// The key of an issue on either side.
    issue: Option<String>,
    kind: Option<String>,
    /// The id of the last line of the page before.
    before: Option<String>,
    /// Lines of the page, at most [`ACTIVITY_PER_PAGE_MAX`].
    limit: Option<i64>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct ActivityLine {
    id: String,
    at: Millis,
    kind: Kind,
    /// The admin who decided it: his account, and his name where this site knows him. The sentence goes on from it.
    by: Option<String>,
    by_name: Option<String>,
    link: Option<LinkId>,
    /// The keys of the link's issues; empty where it is about no link.
    issues: Sides<Option<String>>,
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
        ApiError::bad_request(
            error.body_text(),
            "Ask with `link`, `issue`, `kind`, `before` and `limit` alone.",
        )
    })?;
    let store = &http.setup.store;
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    // Jira writes its keys large; people need not.
    let issue = asked.issue.map(|key| key.trim().to_ascii_uppercase());
    let link = match &issue {
        // An issue has one link in a sync, unless it was copied back by hand.
        Some(key) => match store.links.of_key(tenant, sync, key).await?.into_iter().next() {
            Some(link) => Some(link),
            None => return Ok(Json(Vec::new())),
        },
        None => asked.link,
    };
    let kind = asked.kind.as_deref().map(kind).transpose()?;
    let filter = Filter { link, kind, before: asked.before };
    let limit = asked.limit.unwrap_or(ACTIVITY_PER_PAGE_MAX);
    let lines = store.activity.list(tenant, sync, &filter, limit).await?;
    let links = lines.iter().filter_map(|line| line.entry.link.as_ref()).collect();
    let keys = store.links.keys(tenant, &links).await?;
    let by = lines.iter().filter_map(|line| line.entry.by.as_ref()).collect();
    let names = names(&http, &admin.person.site, by).await;
    Ok(Json(lines.into_iter().map(|line| ActivityLine::of(line, &keys, &names)).collect()))
}

fn kind(text: &str) -> Result<Kind, ApiError> {
    text.parse().map_err(|()| {
        ApiError::bad_request(
            "There is no such kind of activity.",
            "Use wrote, skipped, parked, unparked, conflict or admin.",
        )
    })
}

impl ActivityLine {
    fn of(
        logged: Logged,
        keys: &BTreeMap<LinkId, Sides<Option<String>>>,
        names: &BTreeMap<AccountId, String>,
    ) -> Self {
        let entry = logged.entry;
        Self {
            id: logged.id,
            at: logged.at,
            kind: entry.kind,
            by_name: entry.by.as_ref().and_then(|account| names.get(account)).cloned(),
            by: entry.by.map(|account| account.0),
            issues: entry.link.as_ref().and_then(|link| keys.get(link)).cloned().unwrap_or_default(),
            link: entry.link,
            side: entry.side,
            element: entry.element,
            sentence: entry.sentence,
        }
    }
}
