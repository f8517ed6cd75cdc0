//! An app's life on a site, told from the app's side.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use super::fake_app::{BASE, FakeApp, URI};
use super::{
    CallRefused, Claims, InstallError, app_caller, client_key, install_key_pem, qsh, sign_hs256, verify_hs256,
};
use crate::faults::WebhookFaults;
use crate::model::{Act, CommentEdit, Edit, FieldValue, NewComment, NewIssue};
use crate::{Caller, Clock, ManualClock, Twin, TwinConfig, text};

const KEY: &str = "com.example.app";
/// 2026-11-23T10:00:00Z
const NOW_MS: i64 = 1_795_428_000_000;

/// A site, a clock, and an app to install.
struct World {
    twin: Twin,
    clock: Arc<ManualClock>,
    app: FakeApp,
}

impl World {
    fn new(app: FakeApp) -> Self {
        let clock = Arc::new(ManualClock::at(NOW_MS));
        let twin = Twin::new(TwinConfig { seed: 1, clock: clock.clone(), index_lag_ms: 0 });
        twin.add_site("acme", "https://acme.example");
        twin.set_outbound(Arc::new(app.clone()));
        Self { twin, clock, app }
    }

    async fn installed() -> Self {
        let world = Self::new(FakeApp::new());
        world.twin.install("acme", URI, &world.app).await.expect("installed");
        world.app.take();
        world
    }

    fn secret(&self) -> String {
        self.twin.with(|state| state.connect.sites["acme"].apps[KEY].shared_secret.clone())
    }

    fn act(&self, trace: Option<&str>) -> Act {
        let now_ms = self.clock.now_ms();
        let account =
            self.twin.with_site("acme", |site| site.user_named("agent1").map(|it| it.account_id.clone()));
        Act { account: account.expect("seeded"), now_ms, trace: trace.map(str::to_owned) }
    }

    fn create(&self, project: &str, properties: BTreeMap<String, Value>) -> u64 {
        let act = self.act(Some("trace-1"));
        self.twin.with_site("acme", |site| {
            let project = site.project(project).expect("seeded");
            let (project, issue_type) = (project.id.clone(), project.issue_types[0].clone());
            let summary = FieldValue::Text("Printer".into());
            let description = FieldValue::Rich(text::wiki_to_adf("*bold*"));
            let values = BTreeMap::from([("summary".into(), summary), ("description".into(), description)]);
            site.create_issue(&act, NewIssue { project, issue_type, values, properties })
        })
    }

    fn rename(&self, id: u64) {
        let act = self.act(None);
        let values = BTreeMap::from([("summary".to_owned(), Some(FieldValue::Text("Plotter".into())))]);
        self.twin.with_site("acme", |site| site.edit_issue(&act, id, Edit { values, ..Edit::default() }));
    }

    fn comment(&self, issue: u64) -> u64 {
        let act = self.act(None);
        let body = text::wiki_to_adf("hello");
        let new = NewComment { body, visibility: None, properties: BTreeMap::new() };
        self.twin.with_site("acme", |site| site.add_comment(&act, issue, new)).expect("the issue is there")
    }

    async fn deliver(&self) -> Vec<Request<Bytes>> {
        self.twin.deliver_due(&self.app).await;
        self.app.take()
    }

    fn waiting(&self) -> usize {
        self.twin.with(|state| state.connect.webhooks.rows.len())
    }
}

fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

fn token(request: &Request<Bytes>) -> &str {
    header(request, "authorization").and_then(|value| value.strip_prefix("JWT ")).expect("a token")
}

fn body(request: &Request<Bytes>) -> Value {
    serde_json::from_slice(request.body()).expect("JSON")
}

fn events(requests: &[Request<Bytes>]) -> Vec<String> {
    requests
        .iter()
        .map(|request| body(request)["webhookEvent"].as_str().expect("an event").to_owned())
        .collect()
}

/// What an app checks of a signed install: the key by its name, audience, issuer and the hash of the address.
fn check_install_signature(request: &Request<Bytes>, path: &str) {
    let kid = jsonwebtoken::decode_header(token(request)).expect("a header").kid.expect("a kid");
    let pem = install_key_pem(&kid).expect("the CDN has it");
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.set_audience(&[BASE]);
    let key = DecodingKey::from_rsa_pem(pem.as_bytes()).expect("a key");
    let claims = jsonwebtoken::decode::<Claims>(token(request), &key, &validation).expect("signed").claims;
    assert_eq!(claims.iss, client_key(1, "acme"));
    assert_eq!(claims.iss, body(request)["clientKey"]);
    assert_eq!(claims.qsh, Some(qsh("POST", path, "")));
    assert_eq!(claims.iat * 1000, NOW_MS);
}

#[tokio::test]
async fn an_install_is_signed_and_handed_the_secret() {
    let world = World::new(FakeApp::new());
    assert_eq!(world.twin.install("acme", URI, &world.app).await, Ok(KEY.to_owned()));
    let calls = world.app.take();
    let paths: Vec<&str> = calls.iter().map(|call| call.uri().path()).collect();
    assert_eq!(paths, ["/base/installed", "/base/enabled"]);
    check_install_signature(&calls[0], "/installed");
    let installed = body(&calls[0]);
    assert_eq!(installed["sharedSecret"], json!(world.secret()));
    assert_eq!(
        (&installed["baseUrl"], &installed["eventType"]),
        (&json!("https://acme.example"), &json!("installed"))
    );
    let enabled = verify_hs256(token(&calls[1]), &world.secret(), NOW_MS).expect("signed with the secret");
    assert_eq!(enabled.qsh, Some(qsh("POST", "/enabled", "")));
    assert_eq!(body(&calls[1]).get("sharedSecret"), None);
    let account = world.twin.with(|state| state.connect.sites["acme"].apps[KEY].account.clone());
    let may_create =
        world.twin.with_site("acme", |site| site.may(Some(&account), "CREATE_ISSUES", site.project("ITA")));
    assert!(may_create, "scopes and the add-ons role give the app its rights");
}

#[tokio::test]
async fn a_new_install_rotates_the_secret_and_keeps_the_account() {
    let world = World::installed().await;
    let (secret, account) =
        (world.secret(), world.twin.with(|s| s.connect.sites["acme"].apps[KEY].account.clone()));
    world.twin.install("acme", URI, &world.app).await.expect("again");
    assert_ne!(world.secret(), secret);
    assert_eq!(world.twin.with(|s| s.connect.sites["acme"].apps[KEY].account.clone()), account);
}

#[tokio::test]
async fn a_refused_install_leaves_the_site_as_it_was() {
    let world = World::new(FakeApp::new());
    world.app.answer_next(&[500]);
    let refused = world.twin.install("acme", URI, &world.app).await;
    assert_eq!(refused, Err(InstallError::CallbackRefused("500 Internal Server Error".into())));
    assert!(world.twin.with(|state| state.connect.sites["acme"].apps.is_empty()));

    let world = World::installed().await;
    let secret = world.secret();
    world.app.answer_next(&[401]);
    assert!(world.twin.install("acme", URI, &world.app).await.is_err());
    assert_eq!(world.secret(), secret, "an upgrade that fails keeps the old install");

    let unfit = World::new(FakeApp::with_descriptor(|json| json["key"] = json!("a b")));
    assert!(matches!(unfit.twin.install("acme", URI, &unfit.app).await, Err(InstallError::Descriptor(_))));
    let elsewhere = unfit.twin.install("acme", "https://app.example/none", &unfit.app).await;
    assert_eq!(elsewhere, Err(InstallError::Unreachable("404 Not Found".into())));
}

#[tokio::test]
async fn an_uninstall_is_told_twice_and_ends_the_apps_rights() {
    let world = World::installed().await;
    let (secret, account) =
        (world.secret(), world.twin.with(|s| s.connect.sites["acme"].apps[KEY].account.clone()));
    world.twin.uninstall("acme", KEY, &world.app).await.expect("gone");
    let calls = world.app.take();
    assert!(verify_hs256(token(&calls[0]), &secret, NOW_MS).is_ok(), "disabled");
    check_install_signature(&calls[1], "/uninstalled");
    let may =
        world.twin.with_site("acme", |site| site.may(Some(&account), "BROWSE_PROJECTS", site.project("ITA")));
    assert!(!may);
    assert_eq!(
        world.twin.uninstall("acme", KEY, &world.app).await,
        Err(InstallError::NotInstalled(KEY.into()))
    );
}

#[tokio::test]
async fn calls_of_an_app_are_verified() {
    let world = World::installed().await;
    let (path, query) = ("/rest/api/3/issue/ITA-1", "fields=summary");
    let claims = Claims { qsh: Some(qsh("GET", path, query)), ..Claims::issued(KEY, NOW_MS) };
    let call = |claims: &Claims, secret: &str, method: &str, now_ms: i64| {
        let header = format!("JWT {}", sign_hs256(claims, secret).expect("signed"));
        world.twin.with(|state| {
            app_caller(&state.connect.sites["acme"], Some(&header), method, path, query, now_ms)
                .expect("a token")
        })
    };
    let secret = world.secret();
    assert!(matches!(call(&claims, &secret, "GET", NOW_MS), Ok(Caller::App { key, .. }) if key == KEY));
    assert!(matches!(call(&claims, &secret, "PUT", NOW_MS), Err(CallRefused::WrongQsh { .. })));
    assert!(matches!(call(&claims, "other", "GET", NOW_MS), Err(CallRefused::Token(_))));
    assert!(matches!(call(&claims, &secret, "GET", NOW_MS + 600_000), Err(CallRefused::Token(_))));
    let stranger = Claims { iss: "stranger".into(), ..claims.clone() };
    assert_eq!(call(&stranger, &secret, "GET", NOW_MS), Err(CallRefused::UnknownApp));
    world.twin.set_app_enabled("acme", KEY, false, &world.app).await.expect("disabled");
    assert_eq!(call(&claims, &secret, "GET", NOW_MS), Err(CallRefused::Disabled));
}

#[tokio::test]
async fn pages_and_contexts_carry_their_tokens() {
    let world = World::installed().await;
    let url = world.twin.page_url("acme", KEY, "admin", "712020:me").expect("a page");
    let (address, query) = url.split_once('?').expect("a query");
    assert_eq!(address, "https://app.example/base/admin");
    assert!(query.starts_with(
        "tab=1&xdm_e=https%3A%2F%2Facme.example&xdm_c=channel-com.example.app__admin&cp=&lic=none&cv="
    ));
    let (_, token) = query.split_once("jwt=").expect("a token");
    let claims = verify_hs256(token, &world.secret(), NOW_MS).expect("signed");
    assert_eq!((claims.qsh, claims.sub.as_deref()), (Some(qsh("GET", "/admin", query)), Some("712020:me")));
    let context = world.twin.context_token("acme", KEY, "712020:me").expect("a token");
    let claims = verify_hs256(&context, &world.secret(), NOW_MS).expect("signed");
    assert_eq!(claims.qsh.as_deref(), Some("context-qsh"));
    assert!(world.twin.page_url("acme", KEY, "nothing", "712020:me").is_err());
}

#[tokio::test]
async fn events_become_webhooks() {
    let world = World::installed().await;
    let id = world.create("ITA", BTreeMap::new());
    let hooks = world.deliver().await;
    assert_eq!(events(&hooks), ["jira:issue_created"]);
    let created = body(&hooks[0]);
    assert_eq!(created["issue"]["fields"]["description"], json!("*bold*"));
    assert_eq!(
        (&created["issue_event_type_name"], &created["timestamp"]),
        (&json!("issue_created"), &json!(NOW_MS))
    );
    assert!(!hooks[0].body().windows(12).any(|bytes| bytes == b"emailAddress"));
    assert_eq!(header(&hooks[0], "x-atlassian-webhook-trace"), Some("trace-1"));
    assert_eq!(header(&hooks[0], "x-atlassian-webhook-flow"), Some("Primary"));
    assert_eq!(header(&hooks[0], "x-atlassian-webhook-retry"), None);
    let claims = verify_hs256(token(&hooks[0]), &world.secret(), NOW_MS).expect("signed");
    assert_eq!(claims.qsh, Some(qsh("POST", "/hook", "")));

    world.rename(id);
    let hooks = world.deliver().await;
    let updated = body(&hooks[0]);
    assert_eq!(updated["changelog"]["items"][0]["toString"], json!("Plotter"));
    let claims = verify_hs256(token(&hooks[0]), &world.secret(), NOW_MS).expect("signed");
    assert_eq!(claims.qsh, Some(qsh("POST", "/hook", "e=1")), "the query is part of the hash");

    world.comment(id);
    let hooks = world.deliver().await;
    assert_eq!(events(&hooks), ["comment_created", "jira:issue_updated"]);
    let (comment, update) = (body(&hooks[0]), body(&hooks[1]));
    assert_eq!(
        (&comment["comment"]["body"], &comment["comment"]["jsdPublic"]),
        (&json!("hello"), &json!(true))
    );
    assert_eq!(comment["issue"]["fields"].as_object().map(serde_json::Map::len), Some(6));
    assert_eq!(
        (&update["issue_event_type_name"], update.get("changelog")),
        (&json!("issue_commented"), None)
    );

    let act = world.act(None);
    world.twin.with_site("acme", |site| site.delete_issue(&act, id));
    let hooks = world.deliver().await;
    assert_eq!(events(&hooks), ["jira:issue_deleted", "comment_deleted"]);
    assert_eq!(header(&hooks[1], "x-atlassian-webhook-flow"), Some("Secondary"));
}

#[tokio::test]
async fn filters_keys_and_subscriptions_decide_who_hears() {
    let world = World::installed().await;
    world.create("ITB", BTreeMap::new());
    assert!(world.deliver().await.is_empty(), "the filter wants project ITA");
    let properties = BTreeMap::from([("wanted".to_owned(), json!(1)), ("other".to_owned(), json!(2))]);
    let id = world.create("ITA", properties);
    let hooks = world.deliver().await;
    assert_eq!(events(&hooks), ["jira:issue_created", "issue_property_set"]);
    assert_eq!(body(&hooks[1])["property"], json!({"key": "wanted", "value": 1}));
    let comment = world.comment(id);
    world.deliver().await;
    let act = world.act(None);
    let edit = CommentEdit { body: Some(text::wiki_to_adf("changed")), ..CommentEdit::default() };
    world.twin.with_site("acme", |site| site.edit_comment(&act, id, comment, edit));
    assert_eq!(events(&world.deliver().await), ["jira:issue_updated"], "comment_updated is not subscribed");
}

#[tokio::test]
async fn nothing_is_told_of_the_time_before_the_install_or_while_disabled() {
    let world = World::new(FakeApp::new());
    world.create("ITA", BTreeMap::new());
    world.twin.install("acme", URI, &world.app).await.expect("installed");
    world.app.take();
    assert!(world.deliver().await.is_empty());
    world.twin.set_app_enabled("acme", KEY, false, &world.app).await.expect("disabled");
    world.create("ITA", BTreeMap::new());
    world.twin.set_app_enabled("acme", KEY, true, &world.app).await.expect("enabled");
    world.app.take();
    assert!(world.deliver().await.is_empty());
}

/// Answers of the app to the tries of one webhook, and how many tries there are.
async fn check_tries(answers: &[u16], tries: usize) {
    let world = World::installed().await;
    world.app.answer_next(answers);
    world.create("ITA", BTreeMap::new());
    let mut seen: Vec<(String, Option<String>)> = Vec::new();
    for _ in 0..10 {
        for hook in world.deliver().await {
            let text = |name: &str| header(&hook, name).map(str::to_owned);
            seen.push((
                text("x-atlassian-webhook-identifier").expect("set"),
                text("x-atlassian-webhook-retry"),
            ));
        }
        let early = world.deliver().await;
        assert!(early.is_empty(), "a retry keeps its distance");
        world.clock.advance(15 * 60_000);
    }
    assert_eq!(seen.len(), tries, "{answers:?}");
    assert!(seen.iter().all(|(identifier, _)| *identifier == seen[0].0), "one identifier for all tries");
    let retries: Vec<Option<String>> = (0..tries).map(|n| (n > 0).then(|| n.to_string())).collect();
    assert_eq!(seen.into_iter().map(|(_, retry)| retry).collect::<Vec<_>>(), retries);
    assert_eq!(world.waiting(), 0);
}

#[tokio::test]
async fn deliveries_are_retried_as_jira_retries() {
    check_tries(&[204], 1).await;
    check_tries(&[500, 200], 2).await;
    check_tries(&[0, 408, 409, 425, 429], 6).await;
    check_tries(&[503; 9], 6).await;
    check_tries(&[401], 1).await;
    check_tries(&[404], 1).await;
    check_tries(&[302], 1).await;
}

#[tokio::test]
async fn faults_drop_and_double_webhooks() {
    let faults = |drop: f64, double: f64| WebhookFaults { drop, double, ..WebhookFaults::default() };
    let deliveries = async |faults: WebhookFaults| {
        let world = World::installed().await;
        world.twin.with(|state| state.faults.webhooks = faults);
        world.create("ITA", BTreeMap::new());
        world.deliver().await
    };
    assert_eq!(deliveries(faults(1.0, 0.0)).await.len(), 0);
    let twice = deliveries(faults(0.0, 1.0)).await;
    let identifiers: Vec<_> =
        twice.iter().map(|hook| header(hook, "x-atlassian-webhook-identifier")).collect();
    assert_eq!(identifiers.len(), 2);
    assert_eq!(identifiers[0], identifiers[1]);
}
