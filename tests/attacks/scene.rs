//! Where attacks take place: a mirror that runs, and a stranger's site beside it.

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use duplex_tests::person::{Kind, Site};
use duplex_tests::scenario::Desk;
use duplex_tests::world::{APP, Plot, World};
use http::{Method, Request, header};
use http_body_util::BodyExt;
use jira_twin::connect::{Signature, install_kid, qsh, raw_token};
use serde_json::{Value, json};
use tower::ServiceExt;

/// The key in our descriptor.
pub(crate) const APP_KEY: &str = "duplex-mirror";

/// An event that Jira sends.
pub(crate) const HOOK: &str = "/connect/webhooks/comment-created";

/// A mirror between ITA of acme and ITB of globex with one pair; initech has the app as well, and no business there.
pub(crate) struct Scene {
    pub(crate) world: World,
    /// The issue on acme, and its copy on globex.
    pub(crate) pair: (String, String),
    pub(crate) sync: String,
}

/// What a request was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: http::response::Parts,
    pub(crate) text: String,
}

impl Scene {
    pub(crate) async fn open() -> Result<Self> {
        Self::with(&[]).await
    }

    /// With further settings of the server.
    pub(crate) async fn with(settings: &[&str]) -> Result<Self> {
        let settings = settings.iter().map(|it| (*it).to_owned()).collect();
        let sites = vec!["acme", "globex", "initech"];
        let mut world = World::of(Plot { sites, settings, ..Plot::default() }).await?;
        let (a, b) = (Desk::at(&world.acme, "ITA"), Desk::at(&world.globex, "ITB"));
        let sync = world.mirror("pair", &a, &b, |text| text).await?.sync.to_string();
        let key = a.customer.raise("ITA", "Get IT Help", "Under attack", "Since this morning.").await?;
        a.agent.comment(&key, Kind::Internal, "Nobody's business").await?;
        world.settle().await?;
        let copy = b.agent.find("ITB", "Under attack").await?.pop().context("a copy")?;
        Ok(Self { world, pair: (key, copy), sync })
    }

    /// Any request to the server.
    pub(crate) async fn knock(&self, request: Request<Body>) -> Result<Answer> {
        let (head, body) = self.world.router().oneshot(request).await?.into_parts();
        let text = String::from_utf8_lossy(&body.collect().await?.to_bytes()).into_owned();
        Ok(Answer { head, text })
    }

    /// Sends what must be refused, and sees that nothing came of it: no row is another one, and no site was called.
    pub(crate) async fn refused(&self, why: &str, request: Request<Body>, expect: &str) -> Result<Answer> {
        let what = format!("{why}: {} {}", request.method(), request.uri());
        let (rows, mark) = (self.world.rows().await?, self.world.mark());
        let answer = self.knock(request).await?;
        ensure!(
            answer.said() == expect,
            "{what} was answered {}, not {expect}: {}",
            answer.said(),
            answer.text
        );
        self.unchanged(&what, &rows, mark).await?;
        Ok(answer)
    }

    /// Whether all is stored as it was, and nobody was written to since.
    pub(crate) async fn unchanged(&self, what: &str, rows: &[String], mark: u64) -> Result<()> {
        let now = self.world.rows().await?;
        let changed: Vec<&String> = now
            .iter()
            .filter(|row| !rows.contains(row))
            .chain(rows.iter().filter(|row| !now.contains(row)))
            .collect();
        ensure!(changed.is_empty(), "{what} changed what is stored: {changed:#?}");
        let written: Vec<_> = self.world.calls_since(mark).into_iter().filter(|call| call.write).collect();
        ensure!(written.is_empty(), "{what} wrote to Jira: {written:#?}");
        Ok(())
    }

    /// Seconds on everybody's clock.
    pub(crate) fn seconds(&self) -> i64 {
        self.world.now_ms() / 1_000
    }

    pub(crate) fn site(&self, name: &str) -> &Site {
        self.world.sites.iter().find(|site| site.name == name).expect("a site of the scene")
    }

    /// How Jira names a site to its apps.
    pub(crate) fn client_key(&self, site: &str) -> String {
        jira_twin::connect::client_key(Plot::default().seed, site)
    }

    pub(crate) fn secret(&self, site: &str) -> String {
        self.world.twin.with(|state| state.connect.sites[site].apps[APP_KEY].shared_secret.clone())
    }

    /// Claims of a good token of that site for this very request.
    pub(crate) fn claims(&self, site: &str, method: &str, path: &str) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let now = self.seconds();
        json!({
            "iss": self.client_key(site), "aud": [APP], "iat": now, "exp": now + 180,
            "qsh": qsh(method, path, query),
        })
    }

    /// Signed with the site's shared secret.
    pub(crate) fn by_site(&self, site: &str, claims: &Value) -> String {
        hs256(claims, self.secret(site).as_bytes())
    }

    /// A good token of the installer for this request.
    pub(crate) fn by_installer(&self, site: &str, path: &str) -> String {
        rs256(&self.claims(site, "POST", path))
    }

    /// A page's own token of somebody.
    pub(crate) async fn page_token(&self, site: &str, person: &str) -> Result<String> {
        let account = self.site(site).person(person).account().await?;
        Ok(self.world.twin.context_token(site, APP_KEY, &account)?)
    }

    /// A call of the admin API by somebody's page.
    pub(crate) async fn page(
        &self,
        who: (&str, &str),
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Request<Body>> {
        let token = self.page_token(who.0, who.1).await?;
        let body = body.map_or_else(String::new, ToString::to_string);
        Ok(request(method, &format!("/api/v1{path}"), Some(&token), body))
    }

    /// The same, sent: what must go well.
    pub(crate) async fn done(
        &self,
        who: (&str, &str),
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let answer = self.knock(self.page(who, method.clone(), path, body).await?).await?;
        ensure!(answer.head.status.is_success(), "{method} {path}: {} {}", answer.head.status, answer.text);
        Ok(answer.json())
    }

    /// The id of a project.
    pub(crate) fn project(&self, site: &str, key: &str) -> String {
        self.world.twin.with_site(site, |site| {
            site.projects.values().find(|project| project.key == key).expect("a project").id.clone()
        })
    }

    /// Makes somebody an admin of one project.
    pub(crate) async fn appoint(&self, who: (&str, &str), project: &str) -> Result<()> {
        let account = self.site(who.0).person(who.1).account().await?;
        self.world.twin.with_site(who.0, |site| {
            let role = site.role_named("Administrators").expect("a role").id;
            let project = site.projects.values_mut().find(|it| it.key == project).expect("a project");
            project.roles.entry(role).or_default().users.insert(account.clone());
        });
        Ok(())
    }

    /// A comment event of the mirrored issue, as Jira sends it.
    pub(crate) fn event(&self) -> Value {
        let (id, key, project) = self.world.twin.with_site("acme", |site| {
            let issue = site.issues.values().find(|it| it.head.key == self.pair.0).expect("the issue");
            (issue.head.id.to_string(), issue.head.key.clone(), issue.head.project.clone())
        });
        json!({
            "timestamp": self.world.now_ms(), "webhookEvent": "comment_created",
            "comment": {"id": "99999", "body": "x", "updated": "2026-11-23T10:00:00.000+0000", "jsdPublic": true},
            "issue": {"id": id, "key": key, "fields": {"project": {"id": project, "key": "ITA"}}},
        })
    }

    /// The body of a lifecycle callback of that site.
    pub(crate) fn callback(&self, site: &str) -> Value {
        let base_url = &self.site(site).base_url;
        json!({
            "key": APP_KEY, "clientKey": self.client_key(site), "sharedSecret": "a-secret-of-the-attacker",
            "baseUrl": base_url, "displayUrl": base_url, "productType": "jira", "eventType": "installed",
        })
    }
}

impl Answer {
    /// `401 unauthorized`: the status, and the code of the refusal.
    pub(crate) fn said(&self) -> String {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let code = body.pointer("/error/code").and_then(Value::as_str).unwrap_or_default();
        format!("{} {code}", self.head.status.as_u16()).trim_end().to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

pub(crate) fn request(
    method: Method,
    path: &str,
    token: Option<&str>,
    body: impl Into<Body>,
) -> Request<Body> {
    let mut request =
        Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("JWT {token}"));
    }
    request.body(body.into()).expect("a request")
}

pub(crate) fn post(path: &str, token: Option<&str>, body: impl Into<Body>) -> Request<Body> {
    request(Method::POST, path, token, body)
}

pub(crate) fn hs256(claims: &Value, secret: &[u8]) -> String {
    signed(&json!({"alg": "HS256", "typ": "JWT"}), claims, Signature::Secret(secret))
}

pub(crate) fn rs256(claims: &Value) -> String {
    let kid = install_kid().expect("an install key");
    signed(&json!({"alg": "RS256", "typ": "JWT", "kid": kid}), claims, Signature::Installer)
}

pub(crate) fn signed(header: &Value, claims: &Value, signature: Signature<'_>) -> String {
    raw_token(&header.to_string(), &claims.to_string(), signature).expect("a token")
}
