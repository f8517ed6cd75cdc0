//! What a browser is given to open an app's page: the frame's address and the tokens in it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::jwt::{Claims, JwtError, sign_hs256};
use super::{CONTEXT_QSH, InstalledApp, client_key, qsh};
use crate::{State, Twin};

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The version of the Connect framework a frame is told.
const CONNECT_VERSION: &str = "1001.0.0-SNAPSHOT";

/// How long a context token lives, in seconds; the host fetches a new one afterwards.
const CONTEXT_LIFE_S: i64 = 900;

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    #[error("The app {0} is not installed or is disabled")]
    NoApp(String),
    #[error("The app has no module {0}")]
    NoModule(String),
    #[error(transparent)]
    Token(#[from] JwtError),
}

impl Twin {
    /// What `AP.context.getToken` gives a page: it proves who looks, and is bound to no address.
    ///
    /// # Errors
    /// [`PageError`].
    pub fn context_token(&self, site: &str, app: &str, account: &str) -> Result<String, PageError> {
        self.with(|state| {
            let found = state.enabled_app(site, app)?;
            let claims = state.claims(site, account, CONTEXT_QSH, CONTEXT_LIFE_S);
            Ok(sign_hs256(&claims, &found.shared_secret)?)
        })
    }

    /// The address of a module's frame as the host builds it: its parameters and a token bound to them.
    ///
    /// # Errors
    /// [`PageError`].
    pub fn page_url(&self, site: &str, app: &str, module: &str, account: &str) -> Result<String, PageError> {
        self.with(|state| {
            let found = state.enabled_app(site, app)?;
            let page = found.descriptor.pages.iter().find(|page| page.key == module);
            let page = page.ok_or_else(|| PageError::NoModule(module.to_owned()))?;
            let base_url = state.sites.get(site).map(|site| site.base_url.clone()).unwrap_or_default();
            let (path, own_query) = page.url.split_once('?').unwrap_or((&page.url, ""));
            let query = frame_query(own_query, &base_url, found, module);
            let claims =
                state.claims(site, account, &qsh::qsh("GET", path, &query), super::jwt::TOKEN_LIFE_S);
            let token = sign_hs256(&claims, &found.shared_secret)?;
            Ok(format!("{}?{query}&jwt={token}", found.descriptor.address(path)))
        })
    }
}

/// `xdm_e` is the host's origin, `xdm_c` the channel, `cp` its context path, `lic` the licence, `cv` the framework.
fn frame_query(own: &str, base_url: &str, app: &InstalledApp, module: &str) -> String {
    let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    let channel = format!("channel-{}__{module}", app.descriptor.key);
    let licence = if app.descriptor.enable_licensing { "active" } else { "none" };
    let frame = format!(
        "xdm_e={}&xdm_c={}&cp=&lic={licence}&cv={CONNECT_VERSION}",
        encode(base_url),
        encode(&channel)
    );
    if own.is_empty() { frame } else { format!("{own}&{frame}") }
}

impl State {
    fn enabled_app(&self, site: &str, key: &str) -> Result<&InstalledApp, PageError> {
        let app = self.connect.sites.get(site).and_then(|apps| apps.apps.get(key));
        app.filter(|app| app.enabled).ok_or_else(|| PageError::NoApp(key.to_owned()))
    }

    fn claims(&self, site: &str, account: &str, qsh: &str, life_s: i64) -> Claims {
        let now_ms = self.sites.get(site).map_or_else(|| self.clock.now_ms(), |it| self.site_now_ms(it));
        let issued = Claims::issued(&client_key(self.seed, site), now_ms);
        Claims {
            sub: Some(account.to_owned()),
            qsh: Some(qsh.to_owned()),
            exp: issued.iat + life_s,
            ..issued
        }
    }
}
