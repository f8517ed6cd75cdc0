//! Connect: apps on a site, from install to uninstall, and everything signed that travels between them.
//!
//! An app is installed over the Universal Plugin Manager resource (`upm`), called back as Jira calls back
//! (`lifecycle`), calls the API with its own tokens (`caller`), gets webhooks (`webhook`) and shows pages
//! (`page`).

mod caller;
mod descriptor;
mod jwt;
mod keys;
mod lifecycle;
mod outbound;
mod page;
mod payload;
mod qsh;
mod raw;
mod request;
pub mod upm;
mod webhook;

#[cfg(test)]
pub(crate) mod fake_app;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

pub use caller::{CallRefused, app_caller};
pub use descriptor::{Descriptor, DescriptorError, Lifecycle, Page, WEBHOOK_EVENTS, Webhook};
pub use jwt::{Claims, JwtError, sign_hs256, verify_hs256};
pub use lifecycle::InstallError;
pub use outbound::{ANSWER_S_MAX, NetworkOutbound, Outbound};
pub use page::PageError;
pub use qsh::{CONTEXT_QSH, canonical, qsh};
pub use raw::{Signature, install_kid, raw_token};
pub use webhook::{Delivered, Flow, RETRIES_MAX, Sending, WebhookQueue};

use crate::model::AccountId;

/// The apps of all sites, and the way to reach them.
#[derive(Default)]
pub struct Connect {
    /// By site name.
    pub sites: BTreeMap<String, SiteApps>,
    pub webhooks: WebhookQueue,
    /// How the UPM resource fetches descriptors and calls back; nothing is reachable without it.
    pub outbound: Option<Arc<dyn Outbound>>,
}

impl std::fmt::Debug for Connect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connect")
            .field("sites", &self.sites)
            .field("webhooks", &self.webhooks)
            .finish_non_exhaustive()
    }
}

/// The apps of one site.
#[derive(Debug, Default)]
pub struct SiteApps {
    /// By app key.
    pub apps: BTreeMap<String, InstalledApp>,
    /// Install tasks of the UPM resource, by id.
    pub(crate) tasks: BTreeMap<u64, upm::Task>,
}

/// An app on a site.
#[derive(Debug, Clone)]
pub struct InstalledApp {
    pub descriptor: Descriptor,
    /// Where the descriptor was fetched.
    pub uri: String,
    pub account: AccountId,
    pub shared_secret: String,
    pub enabled: bool,
}

/// The `clientKey` of a site: who the site is to its apps. It outlives installs.
#[must_use]
pub fn client_key(seed: u64, site: &str) -> String {
    as_uuid(&digest(&format!("client-key/{seed}/{site}")))
}

/// The account an app acts with on a site; the same again after a new install.
fn app_account(seed: u64, site: &str, app: &str) -> AccountId {
    format!("557058:{}", as_uuid(&digest(&format!("app/{seed}/{site}/{app}"))))
}

/// The public half of the install key of that name, in PEM; what the key CDN serves.
#[must_use]
pub fn install_key_pem(kid: &str) -> Option<String> {
    keys::install_key().ok().filter(|key| key.kid == kid).map(|key| key.public_pem.clone())
}

pub(crate) fn digest(text: &str) -> String {
    qsh::hex(&Sha256::digest(text))
}

/// The first 32 hex digits in the shape of a UUID.
pub(crate) fn as_uuid(hex: &str) -> String {
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
