//! `GET /me`: who looks at the page, and on which site.

use super::who::Person;
use axum::Json;
use serde::Serialize;

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Me {
    account: String,
    site: String,
    base_url: String,
}

pub(crate) async fn show(person: Person) -> Json<Me> {
    Json(Me { account: person.account.0, site: person.site.site.0, base_url: person.site.base_url })
}
