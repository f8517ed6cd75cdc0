//! A token as it was presented: taken apart, and not believed.

use super::AuthError;
use crate::jira::qsh::CONTEXT;
use crate::secret::{Secret, fingerprint};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use duplex_core::id::Millis;
use http::HeaderMap;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use std::fmt;

/// Jira's tokens stay below 2 KiB.
pub(super) const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// Clocks differ by as much, as Atlassian's own samples allow.
pub(super) const LEEWAY_MS: i64 = 3_000;

/// Jira's tokens live for minutes; one that claims more is not Jira's.
pub(super) const TOKEN_LIFE_MS_MAX: i64 = 60 * 60 * 1_000;

/// One token of one request. Nothing in it is proven yet.
pub struct Presented {
    text: String,
    header: Header,
    claims: Claims,
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented").field("issuer", &self.claims.iss).finish_non_exhaustive()
    }
}

/// Fields that are not named here are ignored, keys that come with the token among them. A name given twice fails.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: Option<String>,
    pub(super) qsh: Option<String>,
    /// Seconds.
    pub(super) exp: Option<i64>,
    pub(super) iat: Option<i64>,
    pub(super) nbf: Option<i64>,
    #[serde(default)]
    pub(super) aud: Audiences,
}

/// `aud` is a text or a list of texts.
#[derive(Debug, Default)]
pub(super) struct Audiences(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Audiences {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(one) => Ok(Self(vec![one])),
            serde_json::Value::Array(many) => {
                Ok(Self(many.into_iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()))
            }
            serde_json::Value::Null => Ok(Self::default()),
            serde_json::Value::Bool(_) | serde_json::Value::Number(_) | serde_json::Value::Object(_) => {
                Err(serde::de::Error::custom("`aud` is neither a text nor a list"))
            }
        }
    }
}

impl Presented {
    /// The one token of a request, `Authorization: JWT ...`. One in the query is refused: addresses end up in logs.
    ///
    /// # Errors
    /// [`AuthError::Missing`], [`AuthError::Ambiguous`], [`AuthError::InAddress`] or [`AuthError::Malformed`].
    pub fn of_request(headers: &HeaderMap, query: &str) -> Result<Self, AuthError> {
        if in_query(query).next().is_some() {
            return Err(AuthError::InAddress);
        }
        Self::of_frame(headers, query)
    }

    /// The one token of a frame that Jira opens: `jwt=` in its query, for a browser sends no header of ours.
    ///
    /// # Errors
    /// [`AuthError::Missing`], [`AuthError::Ambiguous`] or [`AuthError::Malformed`].
    pub fn of_frame(headers: &HeaderMap, query: &str) -> Result<Self, AuthError> {
        let mut tokens = Vec::new();
        for value in headers.get_all(http::header::AUTHORIZATION) {
            let value = value.to_str().map_err(|_| AuthError::Malformed("the header is not ASCII"))?;
            let (scheme, token) = value.split_once(' ').ok_or(AuthError::Missing)?;
            if !scheme.eq_ignore_ascii_case("JWT") {
                return Err(AuthError::Missing);
            }
            tokens.push(token.trim());
        }
        tokens.extend(in_query(query));
        match tokens[..] {
            [] => Err(AuthError::Missing),
            [token] => Self::parse(token),
            _ => Err(AuthError::Ambiguous),
        }
    }

    /// # Errors
    /// [`AuthError::Malformed`].
    pub fn parse(token: &str) -> Result<Self, AuthError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(AuthError::Malformed("it is too long"));
        }
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(AuthError::Malformed("it has not three parts"));
        };
        Ok(Self { text: token.to_owned(), header: decode(header)?, claims: decode(claims)? })
    }

    /// Who the token says issued it: good for looking up whose secret must prove it, and for nothing else.
    #[must_use]
    pub fn claimed_issuer(&self) -> &str {
        &self.claims.iss
    }

    /// SHA-256 of the whole token, in hex: good for telling tokens apart.
    pub(super) fn hash(&self) -> String {
        fingerprint(self.text.as_bytes())
    }

    pub(super) fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// The claims, once the HS256 signature holds under one of the secrets.
    pub(super) fn signed_with(&self, secrets: &[&Secret]) -> Result<&Claims, AuthError> {
        let holds = |secret: &&Secret| {
            self.holds("HS256", Algorithm::HS256, &DecodingKey::from_secret(secret.expose().as_bytes()))
        };
        self.require_algorithm("HS256")?;
        if secrets.iter().any(holds) { Ok(&self.claims) } else { Err(AuthError::Signature) }
    }

    /// The claims, once the RS256 signature holds under the public key.
    pub(super) fn signed_by(&self, pem: &[u8]) -> Result<&Claims, AuthError> {
        self.require_algorithm("RS256")?;
        let key = DecodingKey::from_rsa_pem(pem).map_err(|_| AuthError::UnknownKey)?;
        if self.holds("RS256", Algorithm::RS256, &key) { Ok(&self.claims) } else { Err(AuthError::Signature) }
    }

    pub(super) fn require_algorithm(&self, name: &str) -> Result<(), AuthError> {
        if self.header.alg == name { Ok(()) } else { Err(AuthError::Algorithm) }
    }

    /// The algorithm is the caller's, never the token's.
    fn holds(&self, name: &str, algorithm: Algorithm, key: &DecodingKey) -> bool {
        let Some((message, signature)) = self.text.rsplit_once('.') else { return false };
        self.header.alg == name
            && jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, algorithm).unwrap_or(false)
    }
}

impl Claims {
    /// `exp` must be there, near, and not past; `iat` and `nbf`, where they are there, not in the future.
    pub(super) fn check_times(&self, now: Millis) -> Result<(), AuthError> {
        let after_now = |seconds: i64| seconds.saturating_mul(1_000).saturating_sub(now.0);
        let exp = after_now(self.exp.ok_or(AuthError::Times)?);
        let alive = (-LEEWAY_MS..=TOKEN_LIFE_MS_MAX).contains(&exp);
        let begun = [self.iat, self.nbf].into_iter().flatten().all(|s| after_now(s) <= LEEWAY_MS);
        if alive && begun { Ok(()) } else { Err(AuthError::Times) }
    }

    /// The real hash of this very request; a page's own token has none.
    pub(super) fn check_request(&self, asked: super::Asked<'_>) -> Result<(), AuthError> {
        let claimed = self.qsh.as_deref().ok_or(AuthError::Kind)?;
        if claimed == CONTEXT {
            return Err(AuthError::Kind);
        }
        let real = crate::jira::qsh::qsh(asked.method, asked.path, asked.query, asked.base);
        if claimed == real { Ok(()) } else { Err(AuthError::Request) }
    }
}

fn in_query(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter_map(|pair| pair.strip_prefix("jwt="))
}

fn decode<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, AuthError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| AuthError::Malformed("a part is not base64url"))?;
    serde_json::from_slice(&bytes).map_err(|_| AuthError::Malformed("a part is not the JSON of a token"))
}
