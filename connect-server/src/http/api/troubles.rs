//! *Troubleshooting*: what stopped, with its remedy; and conflicts that were settled.

use super::Said;
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
    element: Element,
    trouble: Trouble,
    at: Millis,
    ignored_by: Option<String>,
}

/// `GET /syncs/{sync}/parked`: oldest first, those that are ignored last.
pub(crate) async fn parked(
    State(http): State<Arc<Http>>,
    admin: Admin,
) -> Result<Json<Vec<ParkedRow>>, ApiError> {
    Ok(Json(of_sync(&http, &admin).await?.into_iter().map(ParkedRow::from).collect()))
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

/// `POST /syncs/{sync}/parked/retry`: one, or all.
pub(crate) async fn retry(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(which): Said<Which>,
) -> Result<Json<Counted>, ApiError> {
    let now = http.setup.clock.now();
    let mut count = 0;
    for row in meant(&http, &admin, &which).await? {
        let tried = http.setup.store.parked.retry(now, &admin.sync.tenant, &row.link, &row.element).await?;
        count += usize::from(tried);
    }
    Ok(Json(Counted { count }))
}

/// `POST /syncs/{sync}/parked/ignore`: it may stay as it is.
pub(crate) async fn ignore(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(which): Said<Which>,
) -> Result<StatusCode, ApiError> {
    if which.link.is_none() {
        return Err(ApiError::malformed("link", "what is to be ignored is named one by one"));
    }
    for row in meant(&http, &admin, &which).await? {
        let by = &admin.person.account;
        http.setup.store.parked.ignore(&admin.sync.tenant, &row.link, &row.element, by).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Found among the parked elements of this very sync: a link of another one is not there.
async fn meant(http: &Http, admin: &Admin, which: &Which) -> Result<Vec<ParkedElement>, ApiError> {
    match (&which.link, &which.element) {
        (None, None) => {
            let all = of_sync(http, admin).await?;
            Ok(all.into_iter().filter(|row| row.ignored_by.is_none()).collect())
        }
        (Some(link), Some(element)) => {
            let of_link = http.setup.store.parked.of_link(&admin.sync.tenant, link).await?;
            let same = |row: &ParkedElement| row.sync == admin.sync.sync && &row.element == element;
            let one = of_link.into_iter().find(same);
            one.map(|row| vec![row]).ok_or_else(|| ApiError::not_found("parked element"))
        }
        (Some(_), None) => Err(ApiError::malformed("element", "a link is named without its element")),
        (None, Some(_)) => Err(ApiError::malformed("link", "an element is named without its link")),
    }
}

async fn of_sync(http: &Http, admin: &Admin) -> Result<Vec<ParkedElement>, ApiError> {
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    Ok(http.setup.store.parked.list(tenant, sync, PARKED_PER_PAGE_MAX).await?)
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct ConflictRow {
    id: String,
    link: LinkId,
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
    let row = |kept: crate::store::conflicts::Kept| {
        let conflict = kept.conflict;
        let shown = admin.speaks_for(conflict.winner.other());
        ConflictRow {
            id: kept.id,
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

impl From<ParkedElement> for ParkedRow {
    fn from(row: ParkedElement) -> Self {
        Self {
            link: row.link,
            element: row.element,
            trouble: row.trouble,
            at: row.at,
            ignored_by: row.ignored_by.map(|account| account.0),
        }
    }
}
