//! Every attack on a token that is known, and what comes of it.

use super::*;
use crate::clock::ManualClock;
use crate::egress::{NetError, Transport};
use crate::jira::qsh::{CONTEXT, qsh};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

const NOW: i64 = 1_800_000_000;
const SECRET: &str = "the-secret-of-acme-0123456789abcdef";
const OLD: &str = "the-secret-of-acme-before-0123456789";
const HOOK: Asked<'_> =
    Asked { method: "POST", path: "/jira/webhook", query: "user_id=7&user_key=7", base: "" };

fn now() -> Millis {
    Millis(NOW * 1_000)
}

fn keys() -> SiteKeys {
    SiteKeys {
        site: "site-1".into(),
        client_key: "acme-key".into(),
        current: Secret::new(SECRET),
        previous: Some((Secret::new(OLD), now().plus(60_000))),
    }
}

fn hash(asked: Asked<'_>) -> String {
    qsh(asked.method, asked.path, asked.query, asked.base)
}

/// The claims of a good webhook token, with these ones laid over; `null` takes one away.
fn claims(over: &Value) -> Value {
    let mut claims = json!({"iss": "acme-key", "iat": NOW, "exp": NOW + 180, "qsh": hash(HOOK)});
    let all = claims.as_object_mut().unwrap();
    for (name, value) in over.as_object().unwrap() {
        if value.is_null() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value.clone());
        }
    }
    claims
}

fn part(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

/// A token of any header and claims, its signature by HMAC over whatever they are.
fn raw(header: &str, claims: &str, secret: &[u8]) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_secret(secret);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn hs256(claims: &Value, secret: &str) -> String {
    raw(r#"{"alg":"HS256","typ":"JWT"}"#, &claims.to_string(), secret.as_bytes())
}

fn webhook(token: &str) -> Result<Caller, AuthError> {
    verify_server(&Presented::parse(token)?, &keys(), HOOK, Purpose::Webhook, now())
}

#[test]
fn a_site_proves_itself_with_its_secret_for_one_request() {
    let check = |over: Value, expected: Result<(), AuthError>| {
        let caller = webhook(&hs256(&claims(&over), SECRET));
        assert_eq!(caller.map(|c| assert_eq!(c.kind, CallerKind::Server)), expected, "{over}");
    };
    check(json!({}), Ok(()));
    check(json!({"iat": NOW + 3}), Ok(()));
    check(json!({"exp": NOW - 3}), Ok(()));
    check(json!({"exp": NOW - 4}), Err(AuthError::Times));
    check(json!({"exp": null}), Err(AuthError::Times));
    check(json!({"exp": NOW + 10 * 365 * 86_400}), Err(AuthError::Times));
    check(json!({"exp": i64::MAX}), Err(AuthError::Times));
    check(json!({"exp": i64::MIN}), Err(AuthError::Times));
    check(json!({"iat": NOW + 4}), Err(AuthError::Times));
    check(json!({"nbf": NOW + 60}), Err(AuthError::Times));
    check(json!({"qsh": null}), Err(AuthError::Kind));
    check(json!({"qsh": CONTEXT, "sub": "5b"}), Err(AuthError::Kind));
    check(json!({"qsh": hash(Asked { path: "/jira/installed", ..HOOK })}), Err(AuthError::Request));
    check(json!({"qsh": hash(Asked { query: "user_id=8", ..HOOK })}), Err(AuthError::Request));
    check(json!({"qsh": hash(Asked { method: "GET", ..HOOK })}), Err(AuthError::Request));
    check(json!({"iss": "globex-key"}), Err(AuthError::Issuer));
    check(json!({"iss": 7}), Err(AuthError::Malformed("a part is not the JSON of a token")));
    check(json!({"exp": "soon"}), Err(AuthError::Malformed("a part is not the JSON of a token")));
}

#[test]
fn forged_and_broken_tokens_are_refused() {
    let good = claims(&json!({})).to_string();
    let check = |token: &str, expected: AuthError| assert_eq!(webhook(token), Err(expected), "{token:.80}");
    let json_error = AuthError::Malformed("a part is not the JSON of a token");
    check(&hs256(&claims(&json!({})), "another secret"), AuthError::Signature);
    check(&format!("{}.{}.", part(r#"{"alg":"none"}"#), part(&good)), AuthError::Algorithm);
    for alg in ["none", "NONE", "hs256", "HS384", "RS256", ""] {
        check(&raw(&json!({"alg": alg}).to_string(), &good, SECRET.as_bytes()), AuthError::Algorithm);
    }
    let (head, _) = hs256(&claims(&json!({})), SECRET)
        .rsplit_once('.')
        .map(|(h, s)| (h.to_owned(), s.to_owned()))
        .unwrap();
    check(&format!("{head}."), AuthError::Signature);
    check(&format!("{head}.%%%"), AuthError::Signature);
    check("", AuthError::Malformed("it has not three parts"));
    check("a.b", AuthError::Malformed("it has not three parts"));
    check("a.b.c.d", AuthError::Malformed("it has not three parts"));
    check("é.b.c", AuthError::Malformed("a part is not base64url"));
    check(&"x".repeat(1_000_000), AuthError::Malformed("it is too long"));
    check(
        &raw(r#"{"alg":"HS256"}"#, r#"{"iss":"a","iss":"b","exp":1}"#, SECRET.as_bytes()),
        json_error.clone(),
    );
    check(&raw(r#"{"alg":"HS256","alg":"none"}"#, &good, SECRET.as_bytes()), json_error.clone());
    check(&raw(r#"{"alg":"HS256"}"#, &"[".repeat(4_000), SECRET.as_bytes()), json_error);
}

#[test]
fn the_previous_secret_is_for_webhooks_and_for_a_while() {
    let presented = Presented::parse(&hs256(&claims(&json!({})), OLD)).unwrap();
    let check = |purpose, at: Millis, expected: bool| {
        let got = verify_server(&presented, &keys(), HOOK, purpose, at);
        assert_eq!(got.is_ok(), expected, "{purpose:?} {at:?} {got:?}");
    };
    check(Purpose::Webhook, now(), true);
    check(Purpose::Webhook, now().plus(60_001), false);
    check(Purpose::Lifecycle, now(), false);
    check(Purpose::Frame, now(), false);
    let page = Presented::parse(&hs256(&claims(&json!({"qsh": CONTEXT, "sub": "5b"})), OLD)).unwrap();
    assert_eq!(verify_context(&page, &keys(), now()), Err(AuthError::Signature));
}

#[test]
fn a_page_token_names_a_person_and_opens_nothing_else() {
    let check = |over: Value, expected: Result<&str, AuthError>| {
        let presented = Presented::parse(&hs256(&claims(&over), SECRET)).unwrap();
        let caller = verify_context(&presented, &keys(), now()).map(|c| c.kind);
        let expected = expected.map(|a| CallerKind::Page { account: a.into() });
        assert_eq!(caller, expected, "{over}");
    };
    check(json!({"qsh": CONTEXT, "sub": "5b"}), Ok("5b"));
    check(json!({"qsh": CONTEXT}), Err(AuthError::NoUser));
    check(json!({"qsh": CONTEXT, "sub": ""}), Err(AuthError::NoUser));
    check(json!({"sub": "5b"}), Err(AuthError::Kind));
    check(json!({"sub": "5b", "qsh": null}), Err(AuthError::Kind));
    check(json!({"qsh": CONTEXT, "sub": "5b", "iss": "other"}), Err(AuthError::Issuer));
    check(json!({"qsh": CONTEXT, "sub": "5b", "exp": NOW - 60}), Err(AuthError::Times));

    let frame = Presented::parse(&hs256(&claims(&json!({"sub": "5b"})), SECRET)).unwrap();
    let caller = verify_server(&frame, &keys(), HOOK, Purpose::Frame, now()).unwrap();
    assert_eq!(caller.kind, CallerKind::Page { account: "5b".into() });
}

#[test]
fn a_request_has_one_token() {
    let good = hs256(&claims(&json!({})), SECRET);
    let check = |lines: &[&str], query: &str, expected: Option<AuthError>| {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("authorization", line.parse().unwrap());
        }
        assert_eq!(Presented::of_request(&headers, query).err(), expected, "{lines:?} {query}");
    };
    let line = format!("JWT {good}");
    check(&[], "", Some(AuthError::Missing));
    check(&[&line], "", None);
    check(&[], &format!("a=1&jwt={good}"), Some(AuthError::InAddress));
    check(&["Bearer x"], "", Some(AuthError::Missing));
    check(&["JWT"], "", Some(AuthError::Missing));
    check(&[&line, &line], "", Some(AuthError::Ambiguous));
    check(&[&line], &format!("jwt={good}"), Some(AuthError::InAddress));
}

#[test]
fn a_frame_brings_its_token_in_its_address() {
    let good = hs256(&claims(&json!({})), SECRET);
    let mut headers = HeaderMap::new();
    let frame = |headers: &HeaderMap, query: &str| Presented::of_frame(headers, query).err();
    assert_eq!(frame(&headers, &format!("a=1&jwt={good}")), None);
    assert_eq!(frame(&headers, &format!("jwt={good}&jwt={good}")), Some(AuthError::Ambiguous));
    headers.insert("authorization", format!("JWT {good}").parse().unwrap());
    assert_eq!(frame(&headers, &format!("jwt={good}")), Some(AuthError::Ambiguous));
}

static RSA: LazyLock<(String, String)> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    (pem("PRIVATE", private.as_ref()), pem("PUBLIC", public.as_ref()))
});

fn pem(kind: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|c| std::str::from_utf8(c).unwrap()).collect();
    format!("-----BEGIN {kind} KEY-----\n{}\n-----END {kind} KEY-----\n", lines.join("\n"))
}

/// A key host with one key, `kid-1`.
#[derive(Debug, Default)]
struct KeyTwin(AtomicUsize);

impl Transport for KeyTwin {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, NetError>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let (status, body) = match request.uri().to_string().as_str() {
            "https://keys.example/k/kid-1" => (200, RSA.1.clone()),
            "https://keys.example/k/kid-down" => (503, String::new()),
            _ => (404, String::new()),
        };
        Box::pin(async move { Ok(Response::builder().status(status).body(Bytes::from(body)).unwrap()) })
    }
}

fn installer() -> (InstallVerifier, Arc<KeyTwin>) {
    let twin = Arc::new(KeyTwin::default());
    let verifier = InstallVerifier::new(
        "https://keys.example/k".parse().unwrap(),
        "https://duplex.example".parse().unwrap(),
        Arc::clone(&twin) as Arc<dyn Transport>,
        Arc::new(ManualClock::at(now())),
    );
    (verifier, twin)
}

fn rs256(kid: &str, over: &Value) -> String {
    let mut all = json!({"aud": ["https://duplex.example"]});
    for (name, value) in over.as_object().unwrap() {
        all[name] = value.clone();
    }
    let message = format!(
        "{}.{}",
        part(&json!({"alg": "RS256", "kid": kid, "jku": "https://evil.example"}).to_string()),
        part(&claims(&all).to_string())
    );
    let key = EncodingKey::from_rsa_pem(RSA.0.as_bytes()).unwrap();
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::RS256).unwrap();
    format!("{message}.{signature}")
}

#[tokio::test]
async fn only_the_installer_installs() {
    let (verifier, _) = installer();
    let page = hs256(&claims(&json!({"qsh": CONTEXT, "sub": "5b"})), SECRET);
    let server = hs256(&claims(&json!({"aud": "https://duplex.example"})), SECRET);
    let confused = raw(r#"{"alg":"HS256","kid":"kid-1"}"#, &claims(&json!({})).to_string(), RSA.1.as_bytes());
    let relabelled = raw(
        r#"{"alg":"RS256","kid":"kid-1"}"#,
        &claims(&json!({"aud": "https://duplex.example"})).to_string(),
        RSA.1.as_bytes(),
    );
    let table = [
        (rs256("kid-1", &json!({})), Ok(())),
        (rs256("kid-1", &json!({"aud": "https://duplex.example/"})), Ok(())),
        (rs256("kid-1", &json!({"aud": "https://other.example"})), Err(AuthError::Audience)),
        (rs256("kid-1", &json!({"aud": null})), Err(AuthError::Audience)),
        (rs256("kid-1", &json!({"iss": "globex-key"})), Err(AuthError::Issuer)),
        (rs256("kid-1", &json!({"qsh": CONTEXT})), Err(AuthError::Kind)),
        (rs256("kid-1", &json!({"qsh": "00"})), Err(AuthError::Request)),
        (rs256("kid-1", &json!({"exp": NOW - 60})), Err(AuthError::Times)),
        (rs256("kid-2", &json!({})), Err(AuthError::UnknownKey)),
        (rs256("kid-down", &json!({})), Err(AuthError::KeyHost)),
        (rs256("../kid-1", &json!({})), Err(AuthError::KeyId)),
        (rs256("https://evil.example/x", &json!({})), Err(AuthError::KeyId)),
        (rs256("kid-1' OR 1=1", &json!({})), Err(AuthError::KeyId)),
        (rs256("kid-1?x", &json!({})), Err(AuthError::KeyId)),
        (rs256("", &json!({})), Err(AuthError::KeyId)),
        (rs256(&"k".repeat(65), &json!({})), Err(AuthError::KeyId)),
        (page, Err(AuthError::Algorithm)),
        (server, Err(AuthError::Algorithm)),
        (confused, Err(AuthError::Algorithm)),
        (relabelled, Err(AuthError::Signature)),
    ];
    for (token, expected) in table {
        let presented = Presented::parse(&token).unwrap();
        let got = verifier.verify(&presented, HOOK, "acme-key").await.map(|install| {
            assert_eq!(install.caller("site-1".into()).kind, CallerKind::Installer);
        });
        assert_eq!(got, expected, "{presented:?} {:?}", presented.kid());
    }
}

#[tokio::test]
async fn a_key_is_fetched_once_and_a_bad_id_never() {
    let (verifier, twin) = installer();
    for kid in ["kid-1", "kid-1", "../x"] {
        let _ = verifier.verify(&Presented::parse(&rs256(kid, &json!({}))).unwrap(), HOOK, "acme-key").await;
    }
    assert_eq!(twin.0.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_flood_of_invented_ids_does_not_become_a_flood_of_calls() {
    let (verifier, twin) = installer();
    let verify = async |kid: String| {
        verifier.verify(&Presented::parse(&rs256(&kid, &json!({}))).unwrap(), HOOK, "acme-key").await
    };
    verify("kid-1".to_owned()).await.unwrap();
    let mut refused = Vec::new();
    for n in 0..100 {
        refused.push(verify(format!("invented-{n}")).await.unwrap_err());
    }
    assert_eq!(refused.iter().filter(|why| **why == AuthError::UnknownKey).count(), 29);
    assert_eq!(refused.iter().filter(|why| **why == AuthError::KeyHost).count(), 71, "come again later");
    assert_eq!(twin.0.load(Ordering::SeqCst), 30);
    verify("kid-1".to_owned()).await.expect("who is known comes in");
}
