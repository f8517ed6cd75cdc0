//! What people are called: a page shows names, and we keep account ids alone.

use crate::http::Http;
use crate::store::sites::Site;
use duplex_core::id::AccountId;
use std::collections::{BTreeMap, BTreeSet};

/// Accounts that one answer names; of the others their id is shown.
const NAMED_MAX: usize = 100;

/// The names that these accounts have on the viewer's own site, in one call. An account of another site is not asked
/// for there, and a site that does not answer is no reason to show nothing.
pub(super) async fn names(
    http: &Http,
    site: &Site,
    accounts: BTreeSet<&AccountId>,
) -> BTreeMap<AccountId, String> {
    let accounts: Vec<AccountId> = accounts.into_iter().take(NAMED_MAX).cloned().collect();
    if accounts.is_empty() {
        return BTreeMap::new();
    }
    let Ok(jira) = http.setup.jira(site) else { return BTreeMap::new() };
    jira.names(&accounts).await.unwrap_or_else(|error| {
        tracing::info!(%error, "The names of accounts could not be asked");
        BTreeMap::new()
    })
}
