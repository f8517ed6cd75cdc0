//! The tokens that travel between a site and its apps.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long a token of the site lives, in seconds.
pub(super) const TOKEN_LIFE_S: i64 = 180;

/// How far an app's clock may be off, in seconds.
const LEEWAY_S: i64 = 3;

/// The claims of every token, whoever signs it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Claims {
    /// Site to app: the client key. App to site: the app key.
    pub iss: String,
    /// The account that acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// One audience or a list of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<Value>,
    /// Seconds since the epoch.
    pub iat: i64,
    pub exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qsh: Option<String>,
    /// What the page was opened on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
}

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Not a token, another algorithm, or a signature that does not fit.
    #[error("JWT signature or format is invalid: {0}")]
    Invalid(String),
    /// `exp` has passed.
    #[error("Expiry {exp} is before now {now}")]
    Expired { exp: i64, now: i64 },
    /// The key cannot sign.
    #[error("JWT cannot be signed: {0}")]
    Unsigned(String),
}

impl Claims {
    /// Claims that begin at `now_ms` and end three minutes later.
    #[must_use]
    pub fn issued(iss: &str, now_ms: i64) -> Self {
        let iat = now_ms.div_euclid(1000);
        Self { iss: iss.to_owned(), iat, exp: iat + TOKEN_LIFE_S, ..Self::default() }
    }
}

/// Signs with a shared secret.
///
/// # Errors
/// [`JwtError::Unsigned`] when the secret cannot be used.
pub fn sign_hs256(claims: &Claims, secret: &str) -> Result<String, JwtError> {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key)
        .map_err(|error| JwtError::Unsigned(error.to_string()))
}

/// Signs with the site's install key, whose name goes into the header.
pub(super) fn sign_rs256(claims: &Claims, kid: &str, key: &EncodingKey) -> Result<String, JwtError> {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::RS256) };
    jsonwebtoken::encode(&header, claims, key).map_err(|error| JwtError::Unsigned(error.to_string()))
}

/// Reads a token signed with a shared secret and checks its life.
///
/// # Errors
/// [`JwtError::Invalid`] or [`JwtError::Expired`].
pub fn verify_hs256(token: &str, secret: &str, now_ms: i64) -> Result<Claims, JwtError> {
    let key = DecodingKey::from_secret(secret.as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &signature_only(Algorithm::HS256))
        .map_err(|error| JwtError::Invalid(error.to_string()))?
        .claims;
    let now = now_ms.div_euclid(1000);
    if claims.exp + LEEWAY_S < now {
        return Err(JwtError::Expired { exp: claims.exp, now });
    }
    Ok(claims)
}

/// Who says to have signed the token; nothing is proved by it.
#[must_use]
pub(super) fn claimed_issuer(token: &str) -> Option<String> {
    jsonwebtoken::dangerous::insecure_decode_claims::<Claims>(token).ok().map(|claims| claims.iss)
}

/// Time is checked against the twin's clock, so the library must not look at the machine's.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_428_000_000;

    #[test]
    fn a_token_holds_for_three_minutes_and_the_leeway() {
        let token = sign_hs256(&Claims::issued("app", NOW_MS), "secret").expect("signed");
        let at = |seconds: i64| verify_hs256(&token, "secret", NOW_MS + seconds * 1000);
        assert_eq!(at(0).expect("valid").iss, "app");
        assert!(at(TOKEN_LIFE_S + LEEWAY_S).is_ok());
        assert!(matches!(at(TOKEN_LIFE_S + LEEWAY_S + 1), Err(JwtError::Expired { .. })));
    }

    #[test]
    fn another_secret_is_not_believed() {
        let token = sign_hs256(&Claims::issued("app", NOW_MS), "secret").expect("signed");
        assert!(matches!(verify_hs256(&token, "other", NOW_MS), Err(JwtError::Invalid(_))));
        assert!(matches!(verify_hs256("a.b.c", "secret", NOW_MS), Err(JwtError::Invalid(_))));
        assert_eq!(claimed_issuer(&token).as_deref(), Some("app"));
    }
}
