//! Which app makes a call to the API.

use super::jwt::{JwtError, claimed_issuer, verify_hs256};
use super::{SiteApps, qsh};
use crate::Caller;

/// Why a signed call is not let in; every reason answers 401.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallRefused {
    #[error("Could not find an app for the JWT's issuer")]
    UnknownApp,
    #[error("The app is disabled")]
    Disabled,
    #[error(transparent)]
    Token(#[from] JwtError),
    /// The token was made for another request.
    #[error("Expecting claim 'qsh' to have value '{expected}' but instead it has the value '{found}'")]
    WrongQsh { expected: String, found: String },
}

/// Verifies a call's token: `Authorization: JWT ...` or the query's `jwt`. `path` and `query` are as sent, relative to
/// the site's base URL. `None` when the call carries no JWT at all.
///
/// # Errors
/// [`CallRefused`] when it carries one that does not hold.
pub fn app_caller(
    apps: &SiteApps,
    authorization: Option<&str>,
    method: &str,
    path: &str,
    query: &str,
    now_ms: i64,
) -> Option<Result<Caller, CallRefused>> {
    let token = header_token(authorization).or_else(|| query_token(query))?;
    Some(verify(apps, token, method, path, query, now_ms))
}

fn header_token(authorization: Option<&str>) -> Option<&str> {
    let (scheme, token) = authorization?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("JWT").then_some(token.trim())
}

fn query_token(query: &str) -> Option<&str> {
    query.split('&').find_map(|part| part.strip_prefix("jwt="))
}

fn verify(
    apps: &SiteApps,
    token: &str,
    method: &str,
    path: &str,
    query: &str,
    now_ms: i64,
) -> Result<Caller, CallRefused> {
    let key = claimed_issuer(token).ok_or(CallRefused::UnknownApp)?;
    let app = apps.apps.get(&key).ok_or(CallRefused::UnknownApp)?;
    let claims = verify_hs256(token, &app.shared_secret, now_ms)?;
    if !app.enabled {
        return Err(CallRefused::Disabled);
    }
    let expected = qsh::qsh(method, path, query);
    let found = claims.qsh.unwrap_or_default();
    if found != expected {
        return Err(CallRefused::WrongQsh { expected, found });
    }
    Ok(Caller::App { key, account: app.account.clone() })
}
