//! The twins' ledgers: what the app really asked of Jira.

use crate::person::Site;
use anyhow::{Context, Result};
use serde::Deserialize;

/// One call that a site answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub index: u64,
    pub site: String,
    /// The app's key; `None` for people.
    pub app: Option<String>,
    pub method: String,
    /// The path with `{}` for what varies.
    pub template: String,
    pub status: Option<u16>,
    pub points: u64,
    pub write: bool,
}

/// The app's calls to the sites of a twin process, from an index on. One process has one ledger for all its sites.
pub async fn app_calls(site: &Site, since: u64) -> Result<Vec<Entry>> {
    let answer = site.person("admin").get(&format!("/_twin/ledger?since={since}")).await?;
    let entries: Vec<Entry> = serde_json::from_value(answer["entries"].clone()).context("a ledger")?;
    Ok(entries.into_iter().filter(|entry| entry.app.is_some()).collect())
}

/// The app's writes so far.
pub async fn writes(site: &Site) -> Result<usize> {
    Ok(app_calls(site, 0).await?.iter().filter(|entry| entry.write).count())
}

/// The index that the next call gets.
pub async fn mark(site: &Site) -> Result<u64> {
    let state = site.person("admin").get("/_twin/state").await?;
    state["ledgerNext"].as_u64().context("the ledger's next index")
}
