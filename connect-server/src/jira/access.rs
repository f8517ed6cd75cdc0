//! The way out to one site: where its API is, and how a call to it is authorised.
//!
//! The rest of the server holds a [`SiteAccess`] and knows nothing of Connect. One access belongs to one site and
//! signs no call that goes anywhere else.

use super::qsh::qsh;
use crate::secret::Secret;
use bytes::Bytes;
use duplex_core::id::{Millis, SiteId};
use http::{HeaderValue, Request};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use url::Url;

/// How long a token of ours is valid. Jira accepts no more.
const TOKEN_LIFE_SECONDS: i64 = 180;

/// How the server gets at one site.
#[derive(Debug, Clone)]
pub enum SiteAccess {
    Connect(ConnectAccess),
}

/// The access that installing the Connect app gave.
#[derive(Debug, Clone)]
pub struct ConnectAccess {
    pub site: SiteId,
    /// Where the site's REST API is: `https://acme.atlassian.net`.
    pub base_url: Url,
    /// The key of our app, which issues the tokens.
    pub app_key: String,
    /// The site's key, which the tokens are meant for.
    pub client_key: String,
    pub secret: Secret,
}

/// Why a call can't be authorised. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    #[error("the call does not go to the site that this access is for")]
    OtherSite,
    #[error("the token could not be made")]
    Token,
}

impl SiteAccess {
    #[must_use]
    pub fn site(&self) -> &SiteId {
        match self {
            Self::Connect(connect) => &connect.site,
        }
    }

    #[must_use]
    pub fn base_url(&self) -> &Url {
        match self {
            Self::Connect(connect) => &connect.base_url,
        }
    }

    /// The path of a property that the site keeps for our app.
    #[must_use]
    pub fn app_property_path(&self, key: &str) -> String {
        match self {
            Self::Connect(connect) => {
                format!("/rest/atlassian-connect/1/addons/{}/properties/{key}", connect.app_key)
            }
        }
    }

    /// Puts the proof on a request that goes to this site.
    ///
    /// # Errors
    /// [`AccessError::OtherSite`] for a request to anywhere else.
    pub fn authorize(&self, request: &mut Request<Bytes>, life: Life) -> Result<(), AccessError> {
        match self {
            Self::Connect(connect) => connect.authorize(request, life),
        }
    }
}

/// How long a proof holds, on the site's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    pub from: Millis,
    /// Earlier than its kind would allow: a write that was delayed on its way does not happen after this (and the
    /// leeway that Jira gives: 3 s in Atlassian's Node library, 30 s in the Java one).
    pub until: Option<Millis>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: [&'a str; 1],
    iat: i64,
    exp: i64,
    qsh: String,
}

impl ConnectAccess {
    fn authorize(&self, request: &mut Request<Bytes>, life: Life) -> Result<(), AccessError> {
        if !self.is_ours(request.uri()) {
            return Err(AccessError::OtherSite);
        }
        let seconds = |at: Millis| at.0.div_euclid(1_000);
        let iat = seconds(life.from);
        let longest = iat + TOKEN_LIFE_SECONDS;
        let uri = request.uri();
        let claims = Claims {
            iss: &self.app_key,
            aud: [&self.client_key],
            iat,
            exp: life.until.map_or(longest, |until| seconds(until).min(longest)),
            qsh: qsh(
                request.method().as_str(),
                uri.path(),
                uri.query().unwrap_or_default(),
                self.base_url.path(),
            ),
        };
        let key = EncodingKey::from_secret(self.secret.expose().as_bytes());
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
            .map_err(|_| AccessError::Token)?;
        let mut value = HeaderValue::try_from(format!("JWT {token}")).map_err(|_| AccessError::Token)?;
        value.set_sensitive(true);
        request.headers_mut().insert(http::header::AUTHORIZATION, value);
        Ok(())
    }

    /// Same scheme, host and port, and below the same path.
    fn is_ours(&self, uri: &http::Uri) -> bool {
        let Ok(url) = Url::parse(&uri.to_string()) else { return false };
        let base = self.base_url.path().trim_end_matches('/');
        url.origin() == self.base_url.origin()
            && url.username().is_empty()
            && url.password().is_none()
            && url.path().strip_prefix(base).is_some_and(|rest| rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::auth::{Asked, Presented, Purpose, SiteKeys, verify_server};

    fn acme(base: &str) -> SiteAccess {
        SiteAccess::Connect(ConnectAccess {
            site: "site-1".into(),
            base_url: base.parse().unwrap(),
            app_key: "duplex".into(),
            client_key: "acme-key".into(),
            secret: Secret::new("s3cret"),
        })
    }

    fn request(url: &str) -> Request<Bytes> {
        Request::get(url).body(Bytes::new()).unwrap()
    }

    fn at(from: i64, until: Option<i64>) -> Life {
        Life { from: Millis(from), until: until.map(Millis) }
    }

    #[test]
    fn a_token_ends_with_its_call_and_never_later_than_its_kind() {
        let expiry = |until| {
            let mut call = request("https://acme.atlassian.net/rest/api/3/myself");
            acme("https://acme.atlassian.net").authorize(&mut call, at(5_000, until)).unwrap();
            let token =
                call.headers()["authorization"].to_str().unwrap().trim_start_matches("JWT ").to_owned();
            let claims: serde_json::Value = jsonwebtoken::dangerous::insecure_decode_claims(&token).unwrap();
            claims["exp"].as_i64().unwrap()
        };
        assert_eq!(expiry(None), 185);
        assert_eq!(expiry(Some(25_900)), 25);
        assert_eq!(expiry(Some(900_000)), 185);
    }

    #[test]
    fn a_call_carries_a_token_for_itself() {
        let mut call = request("https://acme.atlassian.net/jira/rest/api/3/myself?b=1&a=x%20y");
        acme("https://acme.atlassian.net/jira").authorize(&mut call, at(5_000, None)).unwrap();
        let presented = Presented::of_request(call.headers(), "").unwrap();
        assert_eq!(presented.claimed_issuer(), "duplex");
        // Jira checks it as we check Jira's: by the shared secret, the issuer and the hash.
        let keys = SiteKeys {
            site: "jira".into(),
            client_key: "duplex".into(),
            current: Secret::new("s3cret"),
            previous: None,
        };
        let asked =
            Asked { method: "GET", path: "/jira/rest/api/3/myself", query: "a=x+y&b=1", base: "/jira" };
        assert!(verify_server(&presented, &keys, asked, Purpose::Webhook, Millis(184_000)).is_ok());
        assert!(verify_server(&presented, &keys, asked, Purpose::Webhook, Millis(189_000)).is_err());
    }

    #[test]
    fn a_token_of_one_site_signs_no_call_to_another() {
        for elsewhere in [
            "https://globex.atlassian.net/jira/rest/api/3/myself",
            "http://acme.atlassian.net/jira/rest/api/3/myself",
            "https://acme.atlassian.net:8443/jira/rest/api/3/myself",
            "https://acme.atlassian.net/other/rest/api/3/myself",
            "https://acme.atlassian.net/jirarest",
            "https://acme.atlassian.net/jira/../other",
            "https://x@acme.atlassian.net/jira/rest",
        ] {
            let mut call = request(elsewhere);
            let refused = acme("https://acme.atlassian.net/jira").authorize(&mut call, at(0, None));
            assert_eq!(refused, Err(AccessError::OtherSite), "{elsewhere}");
            assert!(call.headers().is_empty(), "{elsewhere}");
        }
    }
}
