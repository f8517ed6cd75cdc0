//! Tokens: whatever one says, it holds under its own key alone, for what it was issued for, in its time.

use super::json;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use duplex_core::id::Millis;
use duplex_server::clock::Clock;
use duplex_server::egress::{NetError, Transport};
use duplex_server::jira::auth::{
    Asked, InstallVerifier, Presented, Purpose, SiteKeys, verify_context, verify_server,
};
use duplex_server::jira::qsh::{CONTEXT, qsh};
use duplex_server::secret::Secret;
use futures::FutureExt;
use futures::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value as Json;
use sha2::Sha256;
use std::sync::Arc;

const NOW_SECONDS: i64 = 1_790_000_000;
const NOW: Millis = Millis(NOW_SECONDS * 1_000);
/// Clocks may differ by as much, in seconds, and a token may live as long.
const LEEWAY_SECONDS: i64 = 3;
const LIFE_SECONDS_MAX: i64 = 3_600;

const CLIENT: &str = "acme-client-key";
const SECRET: &str = "the secret that the site and the app share";
const PREVIOUS: &str = "the secret before the last install";
const STRANGE: &str = "the secret of another site";

/// Nobody here has the private key of it.
const INSTALL_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1nzxbTdQ31ef9XQIF+XF
jeiCjY3Q65ih7ys1I+Thrv82bE2HAqoq9mr6panTK4KCl3swEsXXH+ZGYw7bdbwX
3YGS+XyPkZZ6p1fXr0tEdivLXuW/DN/2gjhaKT6kwwo11DGnjleEOXMGahI6Q6jB
zk+qSvU+iD6Ppoujyh01HitYwB/kF9Cj4D8nseg7BWRDTApJN9P2llrB0GAt0x+K
wPKsHnIbP14+vf5ACLT8KnbTTIvxwMul2TacOQaLeTZD+HcXV+rJe+4FYSJV6Ti2
m9NMhoSMRCLvlpqoYiEjBEc4Crl/B2SxTn7LBjkU2Cgr6N2l9EJH0daWmgO7rYfT
iQIDAQAB
-----END PUBLIC KEY-----
";

/// Longer tokens are not turned character by character.
const TURNED_BYTES_MAX: usize = 1_024;

const PURPOSES: [Purpose; 3] = [Purpose::Webhook, Purpose::Lifecycle, Purpose::Frame];

/// Takes a case as JSON: `header` and `claims` as they are encoded (`"@"` as `qsh` is the hash of the request), `key`
/// (`site`, `previous`, `strange`, `install`) or else `signature`, and the request's `method`, `path`, `query`.
/// Anything else is a token as it stands.
pub fn check(bytes: &[u8]) {
    match json(bytes).filter(Json::is_object) {
        Some(case) => Case::of(&case).holds(),
        None => {
            let token = String::from_utf8_lossy(bytes).into_owned();
            Case::new(token, "GET".to_owned(), "/".to_owned(), String::new()).holds();
        }
    }
}

struct Case {
    token: String,
    /// The key under which it really holds.
    signed_by: Option<&'static str>,
    method: String,
    path: String,
    query: String,
}

impl Case {
    fn of(case: &Json) -> Self {
        let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
        let (method, path, query) = (text("method"), text("path"), text("query"));
        let mut claims = case["claims"].clone();
        if claims["qsh"] == "@" {
            claims["qsh"] = qsh(&method, &path, &query, "").into();
        }
        let part = |json: &Json| {
            let as_it_stands = json.as_str().map(str::to_owned);
            as_it_stands.unwrap_or_else(|| URL_SAFE_NO_PAD.encode(json.to_string()))
        };
        let message = format!("{}.{}", part(&case["header"]), part(&claims));
        let key = match case["key"].as_str() {
            Some("site") => Some(SECRET),
            Some("previous") => Some(PREVIOUS),
            Some("strange") => Some(STRANGE),
            Some("install") => Some(INSTALL_KEY),
            _ => None,
        };
        let signature = key.map_or_else(|| text("signature"), |key| hs256(key, &message));
        Self::new(format!("{message}.{signature}"), method, path, query)
    }

    fn new(token: String, method: String, path: String, query: String) -> Self {
        let (message, signature) = token.rsplit_once('.').unwrap_or_default();
        let signed_by = [SECRET, PREVIOUS].into_iter().find(|key| hs256(key, message) == signature);
        Self { token, signed_by, method, path, query }
    }

    fn asked(&self) -> Asked<'_> {
        Asked { method: &self.method, path: &self.path, query: &self.query, base: "" }
    }

    fn holds(&self) {
        self.is_taken_from_one_place();
        let Ok(presented) = Presented::parse(&self.token) else { return };
        self.is_no_install(&presented);
        let page = verify_context(&presented, &keys(SECRET), NOW).is_ok();
        assert!(!page || self.may_be_page(), "a page's token: {}", self.token);
        for purpose in PURPOSES {
            let server = self.server(&self.token, purpose);
            assert!(!(page && server), "two doors take the same token: {}", self.token);
            assert!(!server || self.may_be_server(purpose), "{purpose:?}: {}", self.token);
            if server {
                self.is_bound(&presented, purpose);
            }
        }
        if page {
            self.turned(|token| {
                Presented::parse(token).is_ok_and(|p| verify_context(&p, &keys(SECRET), NOW).is_ok())
            });
        }
    }

    fn server(&self, token: &str, purpose: Purpose) -> bool {
        Presented::parse(token)
            .is_ok_and(|p| verify_server(&p, &keys(SECRET), self.asked(), purpose, NOW).is_ok())
    }

    /// A token in the address is refused, and so are two.
    fn is_taken_from_one_place(&self) {
        let mut headers = http::HeaderMap::new();
        let Ok(value) = http::HeaderValue::from_str(&format!("JWT {}", self.token)) else { return };
        headers.append(http::header::AUTHORIZATION, value.clone());
        let in_query = self.query.split('&').any(|pair| pair.starts_with("jwt="));
        let taken = Presented::of_request(&headers, &self.query);
        assert!(taken.is_err() || !in_query, "taken from the address");
        headers.append(http::header::AUTHORIZATION, value);
        assert!(Presented::of_request(&headers, "").is_err(), "taken from two headers");
    }

    /// Nothing that is signed without Atlassian's private key is an install, the public one as a secret included.
    fn is_no_install(&self, presented: &Presented) {
        let url = |text: &str| url::Url::parse(text).expect("an address");
        let base = url("https://duplex.example");
        let verifier =
            InstallVerifier::new(url("https://keys.example"), base, Arc::new(Keys), Arc::new(Standing));
        let verified = verifier.verify(presented, self.asked(), presented.claimed_issuer());
        let answer = verified.now_or_never().expect("nothing waits");
        assert!(answer.is_err(), "an install: {}", self.token);
    }

    /// A token that the site signed is for this request, at this time, for this site.
    fn is_bound(&self, presented: &Presented, purpose: Purpose) {
        let take = |keys: &SiteKeys, asked, now| verify_server(presented, keys, asked, purpose, now).is_ok();
        let other = format!("{}/x", self.path);
        let elsewhere = Asked { path: &other, ..self.asked() };
        let later = NOW.plus((LIFE_SECONDS_MAX + LEEWAY_SECONDS + 1) * 1_000);
        assert!(!take(&keys(STRANGE), self.asked(), NOW) || self.signed_by == Some(PREVIOUS));
        assert!(!take(&keys(SECRET), elsewhere, NOW), "taken for {other}: {}", self.token);
        assert!(!take(&keys(SECRET), self.asked(), later), "taken too late: {}", self.token);
        let renamed = SiteKeys { client_key: "globex-client-key".to_owned(), ..keys(SECRET) };
        assert!(!take(&renamed, self.asked(), NOW), "taken for another site: {}", self.token);
        self.turned(|token| self.server(token, purpose));
    }

    /// With any one character changed it is refused: no two tokens are the same one.
    fn turned(&self, taken: impl Fn(&str) -> bool) {
        if self.token.len() > TURNED_BYTES_MAX {
            return;
        }
        for (at, was) in self.token.char_indices() {
            for now in ['A', 'B'].into_iter().filter(|c| *c != was) {
                let mut token = self.token.clone();
                token.replace_range(at..at + was.len_utf8(), &now.to_string());
                assert!(!taken(&token), "taken with `{now}` at {at}: {token}");
            }
        }
        assert!(!taken(&format!("{}=", self.token)), "taken with padding");
    }

    // The rules, said once more without the code that is tested.

    fn claims(&self) -> Option<Json> {
        let mut parts = self.token.split('.');
        let (header, claims) = (parts.next()?, parts.next()?);
        let read = |part| serde_json::from_slice::<Json>(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
        let alg = read(header)?["alg"].clone();
        let claims = read(claims)?;
        (alg == "HS256" && claims["iss"] == CLIENT).then_some(claims)
    }

    fn in_time(claims: &Json) -> bool {
        let ahead = |name: &str| claims[name].as_i64().map(|at| at.saturating_sub(NOW_SECONDS));
        let alive = ahead("exp").is_some_and(|left| (-LEEWAY_SECONDS..=LIFE_SECONDS_MAX).contains(&left));
        alive && ["iat", "nbf"].into_iter().filter_map(ahead).all(|ahead| ahead <= LEEWAY_SECONDS)
    }

    fn names_a_user(claims: &Json) -> bool {
        claims["sub"].as_str().is_some_and(|sub| !sub.is_empty())
    }

    fn may_be_server(&self, purpose: Purpose) -> bool {
        let Some(claims) = self.claims() else { return false };
        let key = match purpose {
            Purpose::Webhook => self.signed_by.is_some(),
            Purpose::Lifecycle | Purpose::Frame => self.signed_by == Some(SECRET),
        };
        let bound = claims["qsh"] == qsh(&self.method, &self.path, &self.query, "");
        let user = purpose != Purpose::Frame || Self::names_a_user(&claims);
        key && bound && user && Self::in_time(&claims)
    }

    fn may_be_page(&self) -> bool {
        let Some(claims) = self.claims() else { return false };
        let bound = claims["qsh"] == CONTEXT && Self::names_a_user(&claims);
        self.signed_by == Some(SECRET) && bound && Self::in_time(&claims)
    }
}

fn keys(secret: &str) -> SiteKeys {
    SiteKeys {
        site: "site".into(),
        client_key: CLIENT.to_owned(),
        current: Secret::new(secret),
        previous: Some((Secret::new(PREVIOUS), NOW)),
    }
}

fn hs256(key: &str, message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key of any length");
    mac.update(message.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// Atlassian's key host: one key, whatever its id.
#[derive(Debug)]
struct Keys;

impl Transport for Keys {
    fn send(&self, _: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, NetError>> {
        let key = http::Response::new(Bytes::from_static(INSTALL_KEY.as_bytes()));
        futures::future::ready(Ok(key)).boxed()
    }
}

/// It is always now.
#[derive(Debug)]
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Millis {
        NOW
    }
}
