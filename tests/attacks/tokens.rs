//! Tokens that prove nothing, at every door that asks for one.

use crate::scene::{HOOK, Scene, hs256, request, rs256, signed};
use anyhow::Result;
use http::Method;
use jira_twin::connect::{CONTEXT_QSH, Signature, install_key_pem, install_kid, qsh};
use serde_json::{Value, json};

/// A door, and what a good token for it is like.
struct Door {
    method: Method,
    path: &'static str,
    proof: Proof,
}

#[derive(Clone, Copy, PartialEq)]
enum Proof {
    /// The site's secret, bound to the request.
    Site,
    /// The installer's key, bound to the request.
    Installer,
    /// The site's secret, bound to a person alone.
    Page,
}

fn doors() -> [Door; 7] {
    let door = |method, path, proof| Door { method, path, proof };
    [
        door(Method::POST, HOOK, Proof::Site),
        door(Method::POST, "/connect/enabled", Proof::Site),
        door(Method::POST, "/connect/disabled", Proof::Site),
        door(Method::POST, "/connect/installed", Proof::Installer),
        door(Method::POST, "/connect/uninstalled", Proof::Installer),
        door(Method::GET, "/api/v1/me", Proof::Page),
        door(Method::POST, "/api/v1/invitations/inspect", Proof::Page),
    ]
}

impl Door {
    /// The claims of a token that this door takes.
    fn good(&self, scene: &Scene) -> Value {
        let mut claims = scene.claims("acme", self.method.as_str(), self.path);
        claims["sub"] = json!("712020:somebody");
        if self.proof == Proof::Page {
            claims["qsh"] = json!(CONTEXT_QSH);
        }
        claims
    }

    /// A token as this door takes it, with other claims.
    fn sign(&self, scene: &Scene, claims: &Value) -> String {
        match self.proof {
            Proof::Site | Proof::Page => scene.by_site("acme", claims),
            Proof::Installer => rs256(claims),
        }
    }

    fn body(&self, scene: &Scene) -> String {
        match (self.path, self.proof) {
            (HOOK, _) => scene.event().to_string(),
            (_, Proof::Page) => json!({"token": "x"}).to_string(),
            _ => scene.callback("acme").to_string(),
        }
    }

    /// With claims changed as said; `null` takes one away.
    fn with(&self, scene: &Scene, changes: &Value) -> String {
        let mut claims = self.good(scene);
        let all = claims.as_object_mut().expect("claims");
        for (name, value) in changes.as_object().expect("changes") {
            if value.is_null() {
                all.remove(name)
            } else {
                all.insert(name.clone(), value.clone())
            };
        }
        self.sign(scene, &claims)
    }

    /// All that is tried at every door.
    fn forgeries(&self, scene: &Scene) -> Vec<(&'static str, String)> {
        let good = self.good(scene);
        let now = scene.seconds();
        let kid = install_kid().expect("a key");
        let pem = install_key_pem(&kid).expect("a key");
        let header = |header: Value, signature: Signature<'_>| signed(&header, &good, signature);
        let secret = scene.secret("acme");
        let secret = Signature::Secret(secret.as_bytes());
        let mut all = vec![
            ("alg none", header(json!({"alg": "none"}), Signature::Absent)),
            ("alg None, signed all the same", header(json!({"alg": "None"}), secret)),
            ("no signature", header(json!({"alg": "HS256"}), Signature::Absent)),
            ("the public key as a secret", hs256(&good, pem.as_bytes())),
            ("RS256 by name, HMAC with the public key", {
                header(json!({"alg": "RS256", "kid": kid}), Signature::Secret(pem.as_bytes()))
            }),
            ("another site's secret", hs256(&good, scene.secret("globex").as_bytes())),
            ("an empty secret", hs256(&good, b"")),
            ("another site's name", self.with(scene, &json!({"iss": scene.client_key("globex")}))),
            ("a name that nobody has", self.with(scene, &json!({"iss": "nobody' OR 1=1 --"}))),
            ("expired", self.with(scene, &json!({"exp": now - 4}))),
            ("without an end", self.with(scene, &json!({"exp": null}))),
            ("for ten years", self.with(scene, &json!({"exp": now + 315_360_000}))),
            ("an end that is no number", self.with(scene, &json!({"exp": "never"}))),
            ("from the future", self.with(scene, &json!({"iat": now + 60}))),
            ("not yet", self.with(scene, &json!({"nbf": now + 60}))),
            ("without a hash", self.with(scene, &json!({"qsh": null}))),
            ("for another path", self.with(scene, &json!({"qsh": qsh(self.method.as_str(), "/x", "")}))),
            ("for another method", self.with(scene, &json!({"qsh": qsh("PATCH", self.path, "")}))),
            (
                "for another query",
                self.with(scene, &json!({"qsh": qsh(self.method.as_str(), self.path, "a=1")})),
            ),
            ("a megabyte", "x".repeat(1_000_000)),
            ("two parts", "a.b".to_owned()),
            ("claims that are a list", signed(&json!({"alg": "HS256"}), &json!([good]), secret)),
            ("claims that are deep", {
                let claims = format!("{{\"iss\":{}", "[".repeat(4_000));
                jira_twin::connect::raw_token(r#"{"alg":"HS256"}"#, &claims, secret).expect("a token")
            }),
            ("a claim twice", {
                let claims = good.to_string().replacen('{', r#"{"iss":"someone-else","#, 1);
                jira_twin::connect::raw_token(r#"{"alg":"HS256"}"#, &claims, secret).expect("a token")
            }),
            ("an algorithm twice", {
                let header = r#"{"alg":"HS256","alg":"none"}"#;
                jira_twin::connect::raw_token(header, &good.to_string(), secret).expect("a token")
            }),
        ];
        // What is good elsewhere: the other two kinds of token.
        let request = scene.claims("acme", self.method.as_str(), self.path);
        let page =
            json!({"iss": good["iss"], "sub": "712020:x", "iat": now, "exp": now + 180, "qsh": CONTEXT_QSH});
        if self.proof != Proof::Site {
            all.push(("the site's, for this very request", scene.by_site("acme", &request)));
        }
        if self.proof != Proof::Installer {
            all.push(("the installer's, for this very request", rs256(&request)));
        }
        if self.proof != Proof::Page {
            all.push(("a page's", scene.by_site("acme", &page)));
        }
        if self.proof == Proof::Installer {
            all.extend(self.keys(&good));
        }
        all
    }

    /// What a token says of the key that it wants to be checked with.
    fn keys(&self, good: &Value) -> Vec<(&'static str, String)> {
        let kid = |kid: Value| signed(&json!({"alg": "RS256", "kid": kid}), good, Signature::Installer);
        let known = install_kid().expect("a key");
        vec![
            ("a key that nobody has", kid(json!("00000000-0000-0000-0000-000000000000"))),
            ("a key by path", kid(json!(format!("../install-keys/{known}")))),
            ("a key by encoded path", kid(json!(format!("%2e%2e%2f{known}")))),
            ("a key by address", kid(json!("https://evil.example/key"))),
            ("a key by statement", kid(json!("' OR '1'='1"))),
            ("a key with a line of its own", kid(json!(format!("{known}\r\nX-Evil: 1")))),
            ("a key with a NUL", kid(json!(format!("{known}\u{0}")))),
            ("no key", kid(json!(null))),
            ("a key that is a number", kid(json!(7))),
        ]
    }
}

#[tokio::test]
async fn no_forged_token_opens_a_door_that_asks_for_one() -> Result<()> {
    let scene = Scene::open().await?;
    for door in doors() {
        let send = |token: Option<&str>| request(door.method.clone(), door.path, token, door.body(&scene));
        scene.refused("no token", send(None), "401 unauthorized").await?;
        for (why, token) in door.forgeries(&scene) {
            scene.refused(why, send(Some(&token)), "401 unauthorized").await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_token_travels_in_one_header_and_in_no_address() -> Result<()> {
    let scene = Scene::open().await?;
    for door in doors() {
        let token = door.sign(&scene, &door.good(&scene));
        let mut twice = request(door.method.clone(), door.path, Some(&token), door.body(&scene));
        twice.headers_mut().append("authorization", format!("JWT {token}").parse()?);
        scene.refused("two headers", twice, "401 unauthorized").await?;
        let path = format!("{}?jwt={token}", door.path);
        let address = request(door.method.clone(), &path, None, door.body(&scene));
        scene.refused("in the address", address, "401 unauthorized").await?;
        let both = request(door.method.clone(), &path, Some(&token), door.body(&scene));
        scene.refused("in both", both, "401 unauthorized").await?;
    }
    Ok(())
}

/// Keys that a token brings along or points at are not looked at: it is judged as if they were not there.
#[tokio::test]
async fn a_key_that_comes_with_the_token_is_not_asked_for() -> Result<()> {
    let scene = Scene::open().await?;
    let door = &doors()[3];
    let claims = door.good(&scene);
    for (name, value) in [
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/cert")),
        ("jwk", json!({"kty": "oct", "k": "c2VjcmV0"})),
        ("x5c", json!(["MIIB"])),
    ] {
        let mut header = json!({"alg": "RS256", "kid": "unknown-key", "typ": "JWT"});
        header[name] = value;
        let token = signed(&header, &claims, Signature::Secret(b"secret"));
        let mark = scene.world.mark();
        let attempt = request(Method::POST, door.path, Some(&token), door.body(&scene));
        scene.refused(name, attempt, "401 unauthorized").await?;
        assert_eq!(scene.world.calls_since(mark).len(), 0, "{name}");
    }
    Ok(())
}

/// Forge's tokens are not taken yet, by any door: no app and no environment of anybody has a say.
#[tokio::test]
async fn a_token_of_forge_opens_nothing() -> Result<()> {
    let scene = Scene::open().await?;
    let now = scene.seconds();
    let claims = json!({
        "iss": "forge/invocation-token", "aud": "ari:cloud:ecosystem::app/another", "iat": now, "exp": now + 25,
        "app": {"id": "ari:cloud:ecosystem::app/another", "environment": {"type": "DEVELOPMENT"}},
        "context": {"cloudId": "acme"}, "principal": "712020:admin", "qsh": CONTEXT_QSH, "sub": "712020:admin",
    });
    for door in doors() {
        let mut attempt = request(door.method.clone(), door.path, None, door.body(&scene));
        attempt.headers_mut().insert("authorization", format!("Bearer {}", rs256(&claims)).parse()?);
        scene.refused("a Forge invocation", attempt, "401 unauthorized").await?;
        let dressed = request(door.method.clone(), door.path, Some(&rs256(&claims)), door.body(&scene));
        scene.refused("the same as a Connect token", dressed, "401 unauthorized").await?;
    }
    for path in ["/forge", "/forge/events", "/forge/remote"] {
        scene.refused("no such door", request(Method::POST, path, None, "{}"), "404 not_found").await?;
    }
    Ok(())
}
