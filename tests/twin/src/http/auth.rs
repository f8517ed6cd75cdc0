//! Who calls: people by basic auth, apps by a signed token.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Asked;
use super::reply::Problem;
use crate::Caller;
use crate::model::{AccountId, AccountType, Site};

/// The caller of a request. Wrong credentials are refused; none at all is anonymous.
pub(super) fn caller(site: &Site, asked: &Asked) -> Result<Caller, Problem> {
    let Some(header) = asked.headers.get("authorization") else { return Ok(Caller::Anonymous) };
    let header = header.to_str().map_err(|_| Problem::Unauthorized)?;
    match header.split_once(' ') {
        Some((scheme, credentials)) if scheme.eq_ignore_ascii_case("basic") => {
            basic(site, credentials).ok_or(Problem::Unauthorized)
        }
        _ => Err(Problem::Unauthorized),
    }
}

fn basic(site: &Site, credentials: &str) -> Option<Caller> {
    let decoded = STANDARD.decode(credentials.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (email, token) = text.split_once(':')?;
    person(site, email, token).map(Caller::User)
}

/// Who signs in as `NAME@SITE.example` with the API token `NAME-token`. Apps have no password.
pub(super) fn person(site: &Site, email: &str, token: &str) -> Option<AccountId> {
    let user = site
        .users
        .values()
        .filter(|user| user.active && user.account_type != AccountType::App)
        .find(|user| user.email.eq_ignore_ascii_case(email))?;
    let expected = format!("{}-token", user.name);
    let same: bool = subtle::ConstantTimeEq::ct_eq(token.as_bytes(), expected.as_bytes()).into();
    same.then(|| user.account_id.clone())
}
