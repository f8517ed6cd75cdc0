//! Install, enable, disable, uninstall: the state of an app, and the callbacks that tell it.
//!
//! Each step changes the state under the lock, then calls the app without it.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, StatusCode};
use rand_chacha::rand_core::Rng;
use serde_json::{Value, json};

use super::request::{RequestError, Signer, signed_post};
use super::{
    Descriptor, DescriptorError, InstalledApp, Outbound, app_account, as_uuid, client_key, digest, qsh,
};
use crate::model::AppAccount;
use crate::{State, Twin};

/// Bytes of a shared secret.
const SECRET_BYTES: usize = 32;

/// Why an app does not get installed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstallError {
    #[error("no such site: {0}")]
    UnknownSite(String),
    #[error("The app host returned {0} when the descriptor was requested")]
    Unreachable(String),
    #[error(transparent)]
    Descriptor(#[from] DescriptorError),
    #[error("The app host did not accept the 'installed' callback: {0}")]
    CallbackRefused(String),
    #[error("The callback could not be signed: {0}")]
    Unsigned(String),
    #[error("The app {0} is not installed")]
    NotInstalled(String),
}

impl From<RequestError> for InstallError {
    fn from(error: RequestError) -> Self {
        Self::Unsigned(error.to_string())
    }
}

#[derive(Debug, Clone, Copy)]
enum Callback {
    Installed,
    Enabled,
    Disabled,
    Uninstalled,
}

impl Twin {
    /// Sets how apps are reached by installs over the UPM resource and by `/_twin/deliver`.
    pub fn set_outbound(&self, outbound: Arc<dyn Outbound>) {
        self.with(|state| state.connect.outbound = Some(outbound));
    }

    /// Reaches no app any more, and lets go of what it reached them by.
    pub fn cut_off(&self) {
        self.with(|state| state.connect.outbound = None);
    }

    /// Installs the app whose descriptor stands at `uri`, or installs it anew with a new secret. Returns its key.
    ///
    /// # Errors
    /// [`InstallError`]; the site then is as it was.
    pub async fn install(
        &self,
        site: &str,
        uri: &str,
        outbound: &dyn Outbound,
    ) -> Result<String, InstallError> {
        let descriptor = fetch(uri, outbound).await?;
        let key = descriptor.key.clone();
        let (before, request) = self.with(|state| {
            state.collect_webhooks();
            let before = state.put_app(site, uri, descriptor)?;
            Ok::<_, InstallError>((before, state.callback(site, &key, Callback::Installed)?))
        })?;
        if let Some(request) = request
            && let Err(why) = expect_success(outbound, request).await
        {
            self.with(|state| state.restore_app(site, &key, before));
            return Err(InstallError::CallbackRefused(why));
        }
        self.set_app_enabled(site, &key, true, outbound).await?;
        Ok(key)
    }

    /// Enables or disables an app and tells it.
    ///
    /// # Errors
    /// [`InstallError::NotInstalled`]; an app that does not answer the callback is enabled or disabled all the same.
    pub async fn set_app_enabled(
        &self,
        site: &str,
        key: &str,
        enabled: bool,
        outbound: &dyn Outbound,
    ) -> Result<(), InstallError> {
        let callback = if enabled { Callback::Enabled } else { Callback::Disabled };
        let request = self.with(|state| {
            state.collect_webhooks();
            state.app_mut(site, key)?.enabled = enabled;
            state.callback(site, key, callback)
        })?;
        tell(outbound, request).await;
        Ok(())
    }

    /// Removes an app: `disabled`, then `uninstalled`. Its account stays, without a right to do anything.
    ///
    /// # Errors
    /// [`InstallError::NotInstalled`].
    pub async fn uninstall(
        &self,
        site: &str,
        key: &str,
        outbound: &dyn Outbound,
    ) -> Result<(), InstallError> {
        self.set_app_enabled(site, key, false, outbound).await?;
        let request = self.with(|state| {
            let request = state.callback(site, key, Callback::Uninstalled);
            state.restore_app(site, key, None);
            request
        })?;
        tell(outbound, request).await;
        Ok(())
    }
}

async fn fetch(uri: &str, outbound: &dyn Outbound) -> Result<Descriptor, InstallError> {
    let unreachable = |why: String| InstallError::Unreachable(why);
    let request = Request::get(uri)
        .header(http::header::ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|error| unreachable(error.to_string()))?;
    let answer = outbound.send(request).await.map_err(unreachable)?;
    if answer.status() != StatusCode::OK {
        return Err(unreachable(answer.status().to_string()));
    }
    let json: Value = serde_json::from_slice(answer.body())
        .map_err(|error| DescriptorError(format!("the descriptor is not JSON: {error}")))?;
    Ok(Descriptor::parse(&json, uri)?)
}

/// Jira takes only 200 and 204 for success.
async fn expect_success(outbound: &dyn Outbound, request: Request<Bytes>) -> Result<(), String> {
    let status = outbound.send(request).await?.status();
    if matches!(status, StatusCode::OK | StatusCode::NO_CONTENT) { Ok(()) } else { Err(status.to_string()) }
}

async fn tell(outbound: &dyn Outbound, request: Option<Request<Bytes>>) {
    let Some(request) = request else { return };
    if let Err(why) = expect_success(outbound, request).await {
        tracing::info!(why, "An app did not take a lifecycle callback");
    }
}

impl State {
    fn app_mut(&mut self, site: &str, key: &str) -> Result<&mut InstalledApp, InstallError> {
        let app = self.connect.sites.get_mut(site).and_then(|apps| apps.apps.get_mut(key));
        app.ok_or_else(|| InstallError::NotInstalled(key.to_owned()))
    }

    /// Puts the app and its account in place, with a new secret; gives back what stood there before.
    fn put_app(
        &mut self,
        site: &str,
        uri: &str,
        descriptor: Descriptor,
    ) -> Result<Option<InstalledApp>, InstallError> {
        let account = app_account(self.seed, site, &descriptor.key);
        let known = self.sites.get_mut(site).ok_or_else(|| InstallError::UnknownSite(site.to_owned()))?;
        let rights = AppAccount { key: descriptor.key.clone(), scopes: descriptor.scopes.clone() };
        known.add_app_account(&account, &descriptor.name, rights);
        let mut secret = [0; SECRET_BYTES];
        self.rng.fill_bytes(&mut secret);
        let shared_secret = qsh::hex(&secret);
        let key = descriptor.key.clone();
        let app = InstalledApp { descriptor, uri: uri.to_owned(), account, shared_secret, enabled: false };
        Ok(self.connect.sites.entry(site.to_owned()).or_default().apps.insert(key, app))
    }

    /// Puts an earlier install back, or removes the app where there was none.
    fn restore_app(&mut self, site: &str, key: &str, before: Option<InstalledApp>) {
        let account = app_account(self.seed, site, key);
        let user = self.sites.get_mut(site).and_then(|site| site.users.get_mut(&account));
        if let Some(user) = user {
            user.active = before.is_some();
            if let (Some(app), Some(before)) = (&mut user.app, &before) {
                app.scopes.clone_from(&before.descriptor.scopes);
            }
        }
        let apps = &mut self.connect.sites.entry(site.to_owned()).or_default().apps;
        match before {
            Some(app) => apps.insert(key.to_owned(), app),
            None => apps.remove(key),
        };
    }

    /// The signed callback, if the descriptor asks for it.
    fn callback(
        &mut self,
        site: &str,
        key: &str,
        callback: Callback,
    ) -> Result<Option<Request<Bytes>>, InstallError> {
        let app = self.app_mut(site, key)?.clone();
        let lifecycle = &app.descriptor.lifecycle;
        let (url, signer) = match callback {
            Callback::Installed => (&lifecycle.installed, Signer::Install),
            Callback::Enabled => (&lifecycle.enabled, Signer::Shared(&app.shared_secret)),
            Callback::Disabled => (&lifecycle.disabled, Signer::Shared(&app.shared_secret)),
            Callback::Uninstalled => (&lifecycle.uninstalled, Signer::Install),
        };
        let Some(url) = url else { return Ok(None) };
        let body = Bytes::from(self.callback_body(site, &app, callback).to_string());
        let client_key = client_key(self.seed, site);
        let here = self.clock.now_ms();
        // Installs are signed by a service of Atlassian's with a clock of its own, and not by the site.
        let now_ms = match signer {
            Signer::Install => here,
            Signer::Shared(_) => self.sites.get(site).map_or(here, |site| self.site_now_ms(site)),
        };
        Ok(Some(signed_post(&app, url, &client_key, &signer, &[], body, now_ms)?))
    }

    fn callback_body(&self, site: &str, app: &InstalledApp, callback: Callback) -> Value {
        let base_url = self.sites.get(site).map(|site| site.base_url.as_str()).unwrap_or_default();
        let event = match callback {
            Callback::Installed => "installed",
            Callback::Enabled => "enabled",
            Callback::Disabled => "disabled",
            Callback::Uninstalled => "uninstalled",
        };
        let mut body = json!({
            "key": app.descriptor.key,
            "clientKey": client_key(self.seed, site),
            "oauthClientId": as_uuid(&digest(&format!("oauth/{}/{site}/{}", self.seed, app.descriptor.key))),
            "serverVersion": "100287",
            "pluginsVersion": "1001.0.0-SNAPSHOT",
            "baseUrl": base_url,
            "displayUrl": base_url,
            "displayUrlServicedeskHelpCenter": base_url,
            "productType": "jira",
            "description": format!("Atlassian JIRA at {base_url}"),
            "eventType": event,
        });
        // Only the install hands the secret over; the other callbacks are signed with it.
        if matches!(callback, Callback::Installed) {
            body["sharedSecret"] = json!(app.shared_secret);
        }
        body
    }
}
