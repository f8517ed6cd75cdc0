//! Who calls: the token of a request, checked by the verifier that the route asks for.
//!
//! Whose secret a token is checked with comes from the token itself; nothing else is taken from it before the check.

use super::Http;
use super::error::ApiError;
use super::gate::Errand;
use crate::jira::SharedSecret;
use crate::jira::auth::{
    Asked, AuthError, Caller, Presented, Purpose, SiteKeys, verify_context, verify_server,
};
use crate::store::sites::{Site, SiteState};
use axum::http::request::Parts;

impl Http {
    /// A request of the site itself, bound to this very request.
    pub(crate) async fn server_caller(
        &self,
        parts: &Parts,
        purpose: Purpose,
    ) -> Result<(Caller, Site), ApiError> {
        let presented = match purpose {
            Purpose::Webhook | Purpose::Lifecycle => self.told(None, presented(parts))?,
            Purpose::Frame => Presented::of_frame(&parts.headers, parts.uri.query().unwrap_or_default())?,
        };
        let site = self.claimed_site(&presented).await?;
        let now = self.setup.clock.now();
        let verified = verify_server(&presented, &keys(&site), asked(parts), purpose, now);
        let (caller, errand) = match purpose {
            Purpose::Webhook => (self.told(Some(&site), verified)?, Errand::Event),
            Purpose::Lifecycle => (self.told(Some(&site), verified)?, Errand::Lifecycle),
            Purpose::Frame => (verified?, Errand::Page),
        };
        tracing::Span::current().record("site", caller.site.as_str());
        self.gate.admit(&parts.extensions, &caller.site, errand, now)?;
        Ok((caller, site))
    }

    /// A page's own call, for the person who looks at it.
    pub(crate) async fn page_caller(&self, parts: &Parts) -> Result<(Caller, Site), ApiError> {
        let presented = presented(parts)?;
        let site = self.claimed_site(&presented).await?;
        let now = self.setup.clock.now();
        let caller = verify_context(&presented, &keys(&site), now)?;
        tracing::Span::current().record("site", caller.site.as_str());
        self.gate.admit(&parts.extensions, &caller.site, Errand::Page, now)?;
        Ok((caller, site))
    }

    /// Tells the operator of a refusal, with the site where its name is one that we know: what a token claims beyond
    /// that is a stranger's text, and the token itself is nobody's to read.
    pub(crate) fn told<T>(&self, site: Option<&Site>, outcome: Result<T, AuthError>) -> Result<T, AuthError> {
        if let Err(why) = &outcome
            && let Some(untold) = self.gate.line(self.setup.clock.now())
        {
            let client_key = site.map(|site| site.client_key.as_str());
            tracing::warn!(client_key, %why, untold, "Refused a call that is not proved");
        }
        outcome
    }

    /// The site that the token claims to be of. Nothing is proved by it. A site that never was and one that
    /// uninstalled the app are refused as a wrong signature is: nobody learns who is a customer.
    async fn claimed_site(&self, presented: &Presented) -> Result<Site, ApiError> {
        match self.setup.store.sites.by_client_key(presented.claimed_issuer()).await? {
            Some(site) if site.state != SiteState::Uninstalled => Ok(site),
            Some(gone) => Ok(self.told(Some(&gone), Err(AuthError::Signature))?),
            None => Ok(self.told(None, Err(AuthError::Signature))?),
        }
    }
}

pub(crate) fn presented(parts: &Parts) -> Result<Presented, AuthError> {
    Presented::of_request(&parts.headers, parts.uri.query().unwrap_or_default())
}

/// What was asked, with the path below our base URL, as the router shows it.
pub(crate) fn asked(parts: &Parts) -> Asked<'_> {
    Asked {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        base: "",
    }
}

fn keys(site: &Site) -> SiteKeys {
    SiteKeys {
        site: site.site.clone(),
        client_key: site.client_key.clone(),
        current: SharedSecret::new(site.secret.expose()),
        previous: site.previous.as_ref().map(|(secret, until)| (SharedSecret::new(secret.expose()), *until)),
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::KeyHost => Self::busy(),
            AuthError::Missing
            | AuthError::Ambiguous
            | AuthError::InAddress
            | AuthError::Replayed
            | AuthError::Malformed(_)
            | AuthError::Algorithm
            | AuthError::KeyId
            | AuthError::UnknownKey
            | AuthError::Signature
            | AuthError::Times
            | AuthError::Request
            | AuthError::Kind
            | AuthError::Issuer
            | AuthError::Audience
            | AuthError::NoUser => Self::unauthorized(error.to_string()),
        }
    }
}
