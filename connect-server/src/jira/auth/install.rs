//! Tokens of Atlassian's installer.

use super::{Asked, AuthError, Caller, CallerKind, KeyHost, Presented};
use crate::clock::Clock;
use crate::egress::Transport;
use duplex_core::id::{Millis, SiteId};
use std::sync::Arc;
use url::Url;

/// Checks `installed` and `uninstalled`: RS256 by a key of Atlassian's key host, for our base URL, for the site that
/// the body names, for exactly this request.
#[derive(Debug)]
pub struct InstallVerifier {
    keys: KeyHost,
    /// Our own base URL: what the token must be meant for.
    audience: Url,
    clock: Arc<dyn Clock>,
}

/// Proof that Atlassian says so of this client key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Install {
    pub client_key: String,
    /// When the token was issued, by Atlassian's clock.
    pub issued: Millis,
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
}

impl Install {
    /// The caller, once the store knows which site has this client key.
    #[must_use]
    pub fn caller(&self, site: SiteId) -> Caller {
        Caller { site, kind: CallerKind::Installer }
    }
}

impl InstallVerifier {
    /// `key_host` is the address under which `{kid}` gives a PEM.
    #[must_use]
    pub fn new(key_host: Url, audience: Url, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { keys: KeyHost::new(key_host, transport, Arc::clone(&clock)), audience, clock }
    }

    /// # Errors
    /// [`AuthError`], the first rule that is broken; [`AuthError::KeyHost`] where trying again may help.
    pub async fn verify(
        &self,
        presented: &Presented,
        asked: Asked<'_>,
        body_client_key: &str,
    ) -> Result<Install, AuthError> {
        presented.require_algorithm("RS256")?;
        let pem = self.keys.pem(presented.kid().ok_or(AuthError::KeyId)?).await?;
        let claims = presented.signed_by(&pem)?;
        claims.check_times(self.clock.now())?;
        if !claims.aud.0.iter().any(|aud| self.is_us(aud)) {
            return Err(AuthError::Audience);
        }
        if claims.iss != body_client_key {
            return Err(AuthError::Issuer);
        }
        claims.check_request(asked)?;
        let issued = claims.iat.ok_or(AuthError::Times)?;
        Ok(Install {
            client_key: claims.iss.clone(),
            issued: Millis(issued.saturating_mul(1_000)),
            token_hash: presented.hash(),
        })
    }

    /// The same address, whether or not it ends in a slash.
    fn is_us(&self, aud: &str) -> bool {
        aud.trim_end_matches('/') == self.audience.as_str().trim_end_matches('/')
    }
}
