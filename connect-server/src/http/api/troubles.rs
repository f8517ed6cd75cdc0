//! *Troubleshooting*: what stopped, with its remedy; and conflicts that were settled.

use super::Said;
use super::people::names;
use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::store::conflicts::CONFLICTS_PER_PAGE_MAX;
use crate::store::parked::{PARKED_PER_PAGE_MAX, ParkedElement};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use duplex_core::id::{HistoryId, LinkId, Millis, Side, Sides};
use duplex_core::issue::Value;
use duplex_core::link::FieldPair;
use duplex_core::plan::{Element, Trouble};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct ParkedRow {
    link: LinkId,
    /// The keys of the link's issues.
    issues: Sides<Option<String>>,
    element: Element,
    trouble: Trouble,
    at: Millis,
    /// Who said that it may stay as it is: his account, and his name where this site knows him.
    ignored_by: Option<String>,
    ignored_by_name: Option<String>,
}

/// `GET /syncs/{sync}/parked`: oldest first, those that are ignored last.
pub(crate) async fn parked(
    State(http): State<Arc<Http>>,
    admin: Admin,
) -> Result<Json<Vec<ParkedRow>>, ApiError> {
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    let parked = http.setup.store.parked.list(tenant, sync, PARKED_PER_PAGE_MAX).await?;
    let keys = http.setup.store.links.keys(tenant, &parked.iter().map(|row| &row.link).collect()).await?;
    let by = parked.iter().filter_map(|row| row.ignored_by.as_ref()).collect();
    let names = names(&http, &admin.person.site, by).await;
    let row = |row: ParkedElement| ParkedRow {
        issues: keys.get(&row.link).cloned().unwrap_or_default(),
        ignored_by_name: row.ignored_by.as_ref().and_then(|account| names.get(account)).cloned(),
        link: row.link,
        element: row.element,
        trouble: row.trouble,
        at: row.at,
        ignored_by: row.ignored_by.map(|account| account.0),
    };
    Ok(Json(parked.into_iter().map(row).collect()))
}

/// Which parked element is meant; neither of the two means all that is not ignored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "WhichParked"))]
pub(crate) struct Which {
    link: Option<LinkId>,
    element: Option<Element>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Counted {
    count: usize,
}

/// `POST /syncs/{sync}/parked/retry`: one, or all that nobody ignores, the oldest first and as many as one go takes.
pub(crate) async fn retry(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(which): Said<Which>,
) -> Result<Json<Counted>, ApiError> {
    let (now, parked) = (http.setup.clock.now(), &http.setup.store.parked);
    let tenant = &admin.sync.tenant;
    let count = match named(which)? {
        None => parked.retry_all(now, tenant, &admin.sync.sync).await?,
        Some((link, element)) => {
            of_this_sync(&http, &admin, &link, &element).await?;
            usize::from(parked.retry(now, tenant, &link, &element).await?)
        }
    };
    Ok(Json(Counted { count }))
}

/// `POST /syncs/{sync}/parked/ignore`: it may stay as it is.
pub(crate) async fn ignore(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(which): Said<Which>,
) -> Result<StatusCode, ApiError> {
    let Some((link, element)) = named(which)? else {
        return Err(ApiError::malformed("link", "what is to be ignored is named one by one"));
    };
    of_this_sync(&http, &admin, &link, &element).await?;
    let by = &admin.person.account;
    http.setup.store.parked.ignore(&admin.sync.tenant, &link, &element, by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One element, or `None` for all.
fn named(which: Which) -> Result<Option<(LinkId, Element)>, ApiError> {
    match (which.link, which.element) {
        (None, None) => Ok(None),
        (Some(link), Some(element)) => Ok(Some((link, element))),
        (Some(_), None) => Err(ApiError::malformed("element", "a link is named without its element")),
        (None, Some(_)) => Err(ApiError::malformed("link", "an element is named without its link")),
    }
}

/// A parked element of another sync is not there.
async fn of_this_sync(http: &Http, admin: &Admin, link: &LinkId, element: &Element) -> Result<(), ApiError> {
    let of_link = http.setup.store.parked.of_link(&admin.sync.tenant, link).await?;
    let same = |row: &ParkedElement| row.sync == admin.sync.sync && &row.element == element;
    if of_link.iter().any(same) { Ok(()) } else { Err(ApiError::not_found("parked element")) }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct ConflictRow {
    id: String,
    link: LinkId,
    /// The keys of the link's issues.
    issues: Sides<Option<String>>,
    at: Millis,
    pair: FieldPair,
    winner: Side,
    /// The value that lost; text of a side that the caller does not administer is withheld.
    lost: Option<Value>,
    changed: Sides<Option<Millis>>,
    history: Sides<Option<HistoryId>>,
}

/// `GET /syncs/{sync}/conflicts`: newest first.
pub(crate) async fn conflicts(
    State(http): State<Arc<Http>>,
    admin: Admin,
) -> Result<Json<Vec<ConflictRow>>, ApiError> {
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    let kept = http.setup.store.conflicts.list(tenant, sync, CONFLICTS_PER_PAGE_MAX).await?;
    let keys = http.setup.store.links.keys(tenant, &kept.iter().map(|row| &row.link).collect()).await?;
    let row = |kept: crate::store::conflicts::Kept| {
        let conflict = kept.conflict;
        let shown = admin.speaks_for(conflict.winner.other());
        ConflictRow {
            id: kept.id,
            issues: keys.get(&kept.link).cloned().unwrap_or_default(),
            link: kept.link,
            at: kept.at,
            pair: conflict.pair,
            winner: conflict.winner,
            lost: shown.then_some(conflict.lost),
            changed: conflict.at,
            history: conflict.history,
        }
    };
    Ok(Json(kept.into_iter().map(row).collect()))
}
