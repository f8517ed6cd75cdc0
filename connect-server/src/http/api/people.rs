//! What people are called, and who there is: a page shows names, and we keep account ids alone.
//!
//! Guarantees: nobody learns of people of another site than his own, and nobody looks people up whom Jira would not let.

use super::drafts;
use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::setup::OPERATOR;
use crate::store::sites::Site;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use duplex_core::config::Config;
use duplex_core::id::{AccountId, Side};
use duplex_core::issue::Person;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Accounts that one answer names; of the others their id is shown.
const NAMED_MAX: usize = 100;

/// Characters of what somebody is looked for by.
const QUERY_CHARS_MAX: usize = 100;

/// Somebody of the viewer's own site, as he is shown to be chosen.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct PersonRow {
    account: String,
    name: String,
    /// Where he shows it.
    email: Option<String>,
}

/// `GET /syncs/{sync}/people`: whom the draft names on the viewer's site.
pub(crate) async fn named(
    State(http): State<Arc<Http>>,
    admin: Admin,
) -> Result<Json<Vec<PersonRow>>, ApiError> {
    let config = drafts::standing(&http, &admin).await?.config;
    let accounts = admin.sides.iter().flat_map(|side| accounts_of(&config, *side)).collect();
    let names = names(&http, &admin.person.site, accounts).await;
    let row = |(account, name): (AccountId, String)| PersonRow { account: account.0, name, email: None };
    Ok(Json(names.into_iter().map(row).collect()))
}

/// The accounts of one side that a configuration names.
fn accounts_of(config: &Config, side: Side) -> impl Iterator<Item = &AccountId> {
    let (sends, receives) = (&config.sides[side].users, &config.sides[side.other()].users);
    let from = sends.table.iter().map(|row| &row.from);
    let to = receives.table.iter().map(|row| &row.to);
    from.chain(to).chain(&receives.fallback)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// A side of the caller's.
    side: Side,
    /// How the name or the e-mail begins.
    query: String,
}

/// `GET /syncs/{sync}/people/search?side=&query=`: people of the viewer's site, as Jira's own pickers find them.
pub(crate) async fn search(
    State(http): State<Arc<Http>>,
    admin: Admin,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Vec<PersonRow>>, ApiError> {
    let Query(asked) = asked.map_err(|error| {
        ApiError::bad_request(error.body_text(), "Ask with `side`, a or b, and `query`, how the name begins.")
    })?;
    if !admin.speaks_for(asked.side) {
        return Err(ApiError::forbidden(
            format!("Side {} lies on another site.", asked.side),
            "An admin there chooses its people on his own page.",
        ));
    }
    let words = asked.query.trim();
    if words.is_empty() || words.chars().count() > QUERY_CHARS_MAX {
        return Err(ApiError::bad_request(
            format!("`query` has 1 to {QUERY_CHARS_MAX} characters."),
            "Ask with the beginning of a name or an e-mail.",
        ));
    }
    let site = &admin.person.site;
    let jira = http.setup.jira(site)?;
    let refused = |error| ApiError::jira(&site.base_url, error);
    if !jira.browses_people(&admin.person.account).await.map_err(refused)? {
        return Err(ApiError::forbidden(
            "You may not look people up on this site.",
            "Ask a Jira admin for the global permission *Browse users and groups*, or type an account id.",
        ));
    }
    let found = jira.find_people(words).await.map_err(refused)?;
    let row = |Person { account, name, email }: Person| PersonRow { account: account.0, name, email };
    Ok(Json(found.into_iter().map(row).collect()))
}

/// The names that these accounts have on the viewer's own site, in one call. An account of another site is not asked
/// for there, and a site that does not answer is no reason to show nothing.
pub(super) async fn names(
    http: &Http,
    site: &Site,
    accounts: BTreeSet<&AccountId>,
) -> BTreeMap<AccountId, String> {
    let (operators, people): (Vec<_>, Vec<_>) =
        accounts.into_iter().cloned().partition(|account| account.as_str() == OPERATOR);
    let mut names = asked(http, site, &people[..people.len().min(NAMED_MAX)]).await;
    names.extend(operators.into_iter().map(|operator| (operator, "The operator of the server".to_owned())));
    names
}

async fn asked(http: &Http, site: &Site, accounts: &[AccountId]) -> BTreeMap<AccountId, String> {
    if accounts.is_empty() {
        return BTreeMap::new();
    }
    let Ok(jira) = http.setup.jira(site) else { return BTreeMap::new() };
    jira.names(accounts).await.unwrap_or_else(|error| {
        tracing::info!(%error, "The names of accounts could not be asked");
        BTreeMap::new()
    })
}
