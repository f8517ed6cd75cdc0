//! The readable form of a configuration names sites by their host; here is which site that is.

use super::{Setup, SetupError};
use crate::store::sites::{Site, SiteState};
use duplex_core::id::SiteId;
use std::collections::BTreeMap;
use url::Url;

/// `acme.atlassian.net` or `127.0.0.1:8101`, per site that the app is installed on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    by_host: BTreeMap<String, SiteId>,
}

impl Names {
    #[must_use]
    pub fn site(&self, host: &str) -> Option<&SiteId> {
        self.by_host.get(&host.to_lowercase())
    }

    #[must_use]
    pub fn host(&self, site: &SiteId) -> Option<&str> {
        self.by_host.iter().find(|(_, id)| *id == site).map(|(host, _)| host.as_str())
    }

    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.by_host.keys().map(String::as_str)
    }
}

impl Setup {
    /// Of all sites that the app is installed on. For operators: a tenant is shown its own syncs' sites alone.
    ///
    /// # Errors
    /// [`SetupError::Store`].
    pub async fn names(&self) -> Result<Names, SetupError> {
        let sites = self.store.sites.all().await?;
        Ok(names(sites.iter().filter(|site| site.state != SiteState::Uninstalled)))
    }
}

/// Of these sites alone.
pub fn names<'a>(sites: impl IntoIterator<Item = &'a Site>) -> Names {
    let by_host = sites.into_iter().filter_map(|site| Some((host_of(&site.base_url)?, site.site.clone())));
    Names { by_host: by_host.collect() }
}

/// The host of an address, with its port where it is not the usual one.
#[must_use]
pub fn host_of(base_url: &str) -> Option<String> {
    let url = Url::parse(base_url).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_named_by_its_host_and_unusual_port() {
        for (address, host) in [
            ("https://acme.atlassian.net", Some("acme.atlassian.net")),
            ("https://acme.atlassian.net:443/", Some("acme.atlassian.net")),
            ("http://127.0.0.1:8101", Some("127.0.0.1:8101")),
            ("nonsense", None),
        ] {
            assert_eq!(host_of(address).as_deref(), host, "{address}");
        }
    }
}
