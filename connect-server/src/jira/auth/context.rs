//! Tokens of a page: bound to a person, and to no request.

use super::{AuthError, Caller, CallerKind, Presented, SiteKeys};
use crate::jira::qsh::CONTEXT;
use duplex_core::id::Millis;

/// Checks a page's own token (`AP.context.getToken`): HS256 with the site's current secret, `qsh` the literal
/// `context-qsh`, a user. It replays against any address, so it opens the admin API alone, and there only together
/// with the question what this person may do.
///
/// # Errors
/// [`AuthError`], the first rule that is broken.
pub fn verify_context(presented: &Presented, keys: &SiteKeys, now: Millis) -> Result<Caller, AuthError> {
    let claims = presented.signed_with(&[&keys.current])?;
    if claims.iss != keys.client_key {
        return Err(AuthError::Issuer);
    }
    claims.check_times(now)?;
    if claims.qsh.as_deref() != Some(CONTEXT) {
        return Err(AuthError::Kind);
    }
    let account = claims.sub.as_deref().filter(|sub| !sub.is_empty()).ok_or(AuthError::NoUser)?;
    Ok(Caller { site: keys.site.clone(), kind: CallerKind::Page { account: account.into() } })
}
