//! Installed, enabled, disabled, uninstalled: what Jira tells of the app itself.
//!
//! `installed` and `uninstalled` are proved by Atlassian's key, never by a secret that came with an install before:
//! that is how a page's own token once passed for a re-install elsewhere. The other two are proved by the shared secret.

use super::error::ApiError;
use super::gate::Errand;
use super::{Http, body, door};
use crate::jira::auth::{AuthError, Purpose};
use crate::secret::{Secret, fingerprint};
use crate::store::proofs::Proof;
use crate::store::sites::{Install, Site, SiteState};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use duplex_core::id::SiteId;
use serde::Deserialize;
use std::sync::Arc;
use url::Url;

/// Jira sends below 2 KiB.
const LIFECYCLE_BODY_BYTES_MAX: usize = 64 * 1024;

/// Jira's are UUIDs, or UUIDs with a prefix.
const CLIENT_KEY_BYTES_MAX: usize = 255;

/// What is used of a lifecycle callback. Jira adds to it now and then, so unknown keys are passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Callback {
    key: String,
    client_key: String,
    #[serde(default)]
    shared_secret: Option<Hush>,
    #[serde(default)]
    base_url: Option<String>,
}

/// A secret on its way from the body to the store.
#[derive(Deserialize)]
#[serde(transparent)]
struct Hush(String);

impl std::fmt::Debug for Hush {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[sealed]")
    }
}

/// `POST /connect/installed`: a first install, or a new secret for a site that keeps its identity and its syncs.
pub(crate) async fn installed(
    State(http): State<Arc<Http>>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let Proved { callback, proof, known } = from_installer(&http, request).await?;
    let base_url = site_address(&http, callback.base_url.as_deref())?;
    let secret = callback.shared_secret.filter(|secret| !secret.0.is_empty()).ok_or_else(|| {
        ApiError::malformed("sharedSecret", "an install brings a shared secret, and this one does not")
    })?;
    newest(&http, &proof, known.as_ref()).await?;
    let install = Install { client_key: callback.client_key, base_url, secret: Secret::new(secret.0) };
    let site = http.setup.store.sites.install(http.setup.clock.now(), &install).await?;
    tracing::info!(site = %site.site, "Installed");
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /connect/uninstalled`. What is stored of the site stays, for a new install to go on with.
pub(crate) async fn uninstalled(
    State(http): State<Arc<Http>>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let Proved { proof, known, .. } = from_installer(&http, request).await?;
    newest(&http, &proof, known.as_ref()).await?;
    if let Some(site) = known {
        enter(&http, &site, SiteState::Uninstalled).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /connect/enabled`.
pub(crate) async fn enabled(State(http): State<Arc<Http>>, request: Request) -> Result<StatusCode, ApiError> {
    let site = from_site(&http, request).await?;
    enter(&http, &site, SiteState::Enabled).await
}

/// `POST /connect/disabled`. Jira may send it once more after `uninstalled`, without a token: that is answered as if
/// it were in order, and changes nothing.
pub(crate) async fn disabled(
    State(http): State<Arc<Http>>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        let site = from_site(&http, request).await?;
        return enter(&http, &site, SiteState::Disabled).await;
    }
    let (callback, _) = callback(&http, request.into_body()).await?;
    match http.setup.store.sites.by_client_key(&callback.client_key).await? {
        Some(site) if site.state == SiteState::Uninstalled => Ok(StatusCode::NO_CONTENT),
        known => Ok(http.told(known.as_ref(), Err(AuthError::Missing))?),
    }
}

async fn enter(http: &Http, site: &Site, state: SiteState) -> Result<StatusCode, ApiError> {
    http.setup.store.sites.set_state(&site.site, state).await?;
    tracing::info!(site = %site.site, state = state.as_str(), "The app's state changed");
    Ok(StatusCode::NO_CONTENT)
}

/// A callback that Atlassian's installer proved to be about the site that the body names.
async fn from_installer(http: &Http, request: Request) -> Result<Proved, ApiError> {
    let (parts, body) = request.into_parts();
    let presented = http.told(None, door::presented(&parts))?;
    let (callback, body_hash) = callback(http, body).await?;
    let store = &http.setup.store;
    let known = store.sites.by_client_key(&callback.client_key).await?;
    let verified = http.installer.verify(&presented, door::asked(&parts), &callback.client_key).await;
    let proved = http.told(known.as_ref(), verified)?;
    let name = SiteId::from(callback.client_key.as_str());
    http.gate.admit(&parts.extensions, &name, Errand::Lifecycle, http.setup.clock.now())?;
    let proof = Proof {
        client_key: proved.client_key,
        issued: proved.issued,
        token_hash: proved.token_hash,
        body_hash,
    };
    Ok(Proved { callback, proof, known })
}

/// What the installer says, and of which site.
struct Proved {
    callback: Callback,
    proof: Proof,
    known: Option<Site>,
}

/// Refuses what the installer said before it said something else.
async fn newest(http: &Http, proof: &Proof, known: Option<&Site>) -> Result<(), ApiError> {
    let counts = http.setup.store.proofs.take(proof).await?;
    Ok(http.told(known, if counts { Ok(()) } else { Err(AuthError::Replayed) })?)
}

/// The site whose shared secret proved the callback, which is the one that the body names.
async fn from_site(http: &Http, request: Request) -> Result<Site, ApiError> {
    let (parts, body) = request.into_parts();
    let (_, site) = http.server_caller(&parts, Purpose::Lifecycle).await?;
    let (callback, _) = callback(http, body).await?;
    let same = if callback.client_key == site.client_key { Ok(()) } else { Err(AuthError::Issuer) };
    http.told(Some(&site), same)?;
    Ok(site)
}

/// The callback, and a hash of all that was sent.
async fn callback(http: &Http, body: Body) -> Result<(Callback, String), ApiError> {
    let bytes = body::read(body, LIFECYCLE_BODY_BYTES_MAX).await?;
    let callback: Callback = body::json(&bytes)?;
    if callback.key != http.app_key.as_str() {
        return Err(ApiError::malformed("key", "it is the key of another app"));
    }
    if callback.client_key.is_empty() || callback.client_key.len() > CLIENT_KEY_BYTES_MAX {
        return Err(ApiError::malformed("clientKey", "it is empty or too long"));
    }
    Ok((callback, fingerprint(&bytes)))
}

/// The site's address, when it is one that we would call.
fn site_address(http: &Http, base_url: Option<&str>) -> Result<String, ApiError> {
    let refused = |why: String| ApiError::malformed("baseUrl", why);
    let url = base_url.ok_or_else(|| refused("it is missing".to_owned()))?;
    let url = Url::parse(url).map_err(|error| refused(error.to_string()))?;
    http.policy.check(&url).map_err(|refusal| refused(refusal.to_string()))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused("it has a query or fragment".to_owned()));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}
