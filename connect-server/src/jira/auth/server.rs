//! Tokens of the site itself, bound to one request.

use super::{Asked, AuthError, Caller, CallerKind, Presented, SiteKeys};
use duplex_core::id::Millis;

/// What the request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An event. One that was on its way while a new install changed the secret is still taken for a while.
    Webhook,
    /// `enabled` and `disabled`.
    Lifecycle,
    /// A page of ours that Jira opens for a person.
    Frame,
}

/// Checks a token of the site: HS256 with the shared secret, issued by that site, in time, and for exactly this
/// request. A page's own token (`context-qsh`) is refused.
///
/// # Errors
/// [`AuthError`], the first rule that is broken.
pub fn verify_server(
    presented: &Presented,
    keys: &SiteKeys,
    asked: Asked<'_>,
    purpose: Purpose,
    now: Millis,
) -> Result<Caller, AuthError> {
    let mut secrets = vec![&keys.current];
    if let (Purpose::Webhook, Some((previous, until))) = (purpose, &keys.previous)
        && now <= *until
    {
        secrets.push(previous);
    }
    let claims = presented.signed_with(&secrets)?;
    if claims.iss != keys.client_key {
        return Err(AuthError::Issuer);
    }
    claims.check_times(now)?;
    claims.check_request(asked)?;
    let kind = match purpose {
        Purpose::Webhook | Purpose::Lifecycle => CallerKind::Server,
        Purpose::Frame => {
            let account = claims.sub.as_deref().filter(|sub| !sub.is_empty()).ok_or(AuthError::NoUser)?;
            CallerKind::Page { account: account.into() }
        }
    };
    Ok(Caller { site: keys.site.clone(), kind })
}
