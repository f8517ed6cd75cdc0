//! `/_twin/`: what tests and the demo steer the twin with. Real Jira has nothing of it.
//!
//! | call | what it does |
//! | --- | --- |
//! | `GET /_twin/state` | time, sites, apps, webhooks waiting |
//! | `GET /_twin/ledger?since=N&app=KEY` | calls of the API |
//! | `GET`, `PUT`, `DELETE /_twin/faults` | the fault plan |
//! | `PUT /_twin/limits` | `{"off": bool, "pointsPerHour": n}` |
//! | `POST /_twin/clock` | `{"advanceMs": n}`, where the clock is a manual one |
//! | `GET /_twin/webhooks` | the queue and the latest tries |
//! | `PUT /_twin/webhooks` | `{"retrySpacingMs": [least, most]}` |
//! | `PUT /_twin/site` | `{"clockSkewMs": n, "indexLagMs": n, "leak": "flag", "names": {"ITA": "x"}}` of this site; a leak: `flag`, `portal`, `none` |
//! | the same | `{"appRoles": {"ITA": false}, "appsLack": {"ITA": ["ADD_COMMENTS"]}}`: what admins may take from apps |
//! | `GET /_twin/comments` | every comment of this site, and whether customers could ever read it |
//! | `POST /_twin/deliver` | one round of deliveries now |
//! | `GET /_twin/sign-in?as=NAME&to=PATH` | a browser signs in as one of the people without a password |
//! | `GET /_twin/install-keys/{kid}` | the key CDN: the public key in PEM |

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::connect::install_key_pem;
use crate::faults::FaultPlan;
use crate::ledger::Entry;
use crate::model::Leak;
use crate::{State, Twin};

/// Where the resource lives.
pub(super) const PATH: &str = "/_twin/";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockStep {
    advance_ms: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LimitSettings {
    off: Option<bool>,
    points_per_hour: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WebhookSettings {
    retry_spacing_ms: (i64, i64),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SiteSettings {
    clock_skew_ms: Option<i64>,
    index_lag_ms: Option<i64>,
    leak: Option<String>,
    /// By the key of a project or the seed's name of a person: how it is called from now on.
    names: Option<BTreeMap<String, String>>,
    /// By the key of a project: whether apps have their role there.
    app_roles: Option<BTreeMap<String, bool>>,
    /// By the key of a project: all permissions that its scheme gives to no app from now on.
    apps_lack: Option<BTreeMap<String, BTreeSet<String>>>,
}

/// Answers a call; `path` is what stands behind [`PATH`].
pub(super) async fn answer(
    twin: &Twin,
    site: &str,
    method: &Method,
    path: &str,
    query: &str,
    body: &[u8],
) -> Response<Body> {
    match (method.as_str(), path) {
        ("GET", "state") => json_answer(StatusCode::OK, &twin.with(|state| summary(state))),
        ("GET", "ledger") => json_answer(StatusCode::OK, &json!({"entries": entries(twin, query)})),
        ("GET", "faults") => json_answer(StatusCode::OK, &twin.with(|state| json!(state.faults))),
        ("PUT", "faults") => with_body(body, |plan: FaultPlan| twin.with(|state| state.faults = plan)),
        ("DELETE", "faults") => {
            twin.with(|state| state.faults = FaultPlan::default());
            empty()
        }
        ("PUT", "limits") => with_body(body, |settings| set_limits(twin, &settings)),
        ("POST", "clock") => advance(twin, body),
        ("GET", "webhooks") => json_answer(StatusCode::OK, &twin.with(webhooks)),
        ("PUT", "webhooks") => with_body(body, |settings: WebhookSettings| {
            twin.with(|state| state.connect.webhooks.retry_spacing_ms = settings.retry_spacing_ms);
        }),
        ("PUT", "site") => with_body(body, |settings| set_site(twin, site, &settings)),
        ("GET", "comments") => json_answer(StatusCode::OK, &comments(twin, site)),
        ("POST", "deliver") => deliver(twin).await,
        ("GET", "sign-in") => {
            let asked = parameter(query, "as").unwrap_or_default();
            let to = parameter(query, "to").unwrap_or_default();
            super::web::sign_in_as(twin, site, &asked, &to)
                .unwrap_or_else(|| refusal(StatusCode::NOT_FOUND, "nobody of that name"))
        }
        ("GET", path) => match path.strip_prefix("install-keys/") {
            Some(kid) => install_key(kid),
            None => refusal(StatusCode::NOT_FOUND, "no such control"),
        },
        _ => refusal(StatusCode::NOT_FOUND, "no such control"),
    }
}

fn summary(state: &State) -> Value {
    let sites = state.sites.iter().map(|(name, site)| {
        let apps = state.connect.sites.get(name).map(|apps| apps.apps.iter());
        let apps: Value = apps.into_iter().flatten().map(|(key, app)| json!({"key": key, "enabled": app.enabled})).collect();
        json!({"name": name, "baseUrl": site.base_url, "issues": site.issues.len(), "events": site.events.len(), "apps": apps})
    });
    json!({
        "nowMs": state.clock.now_ms(),
        "seed": state.seed,
        "indexLagMs": state.index_lag_ms,
        "sites": sites.collect::<Vec<_>>(),
        "webhooksWaiting": state.connect.webhooks.rows.len(),
        "ledgerNext": state.ledger.mark(),
    })
}

/// The value of a query parameter.
fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn entries(twin: &Twin, query: &str) -> Vec<Entry> {
    let since = parameter(query, "since").and_then(|text| text.parse().ok()).unwrap_or(0);
    let app = parameter(query, "app");
    let entries = twin.ledger_since(since).into_iter();
    entries.filter(|entry| app.is_none() || entry.app == app).collect()
}

fn set_limits(twin: &Twin, settings: &LimitSettings) {
    twin.with(|state| {
        state.limits.off = settings.off.unwrap_or(state.limits.off);
        let numbers = &mut state.limits.numbers;
        numbers.points_per_hour = settings.points_per_hour.unwrap_or(numbers.points_per_hour);
    });
}

fn set_site(twin: &Twin, name: &str, settings: &SiteSettings) {
    twin.with(|state| {
        let Some(site) = state.sites.get_mut(name) else { return };
        site.clock_skew_ms = settings.clock_skew_ms.unwrap_or(site.clock_skew_ms);
        site.index_lag_ms = settings.index_lag_ms.unwrap_or(site.index_lag_ms);
        site.leak = match settings.leak.as_deref() {
            None => site.leak,
            Some("flag") => Some(Leak::Flag),
            Some("portal") => Some(Leak::Portal),
            Some(_) => None,
        };
        for (who, name) in settings.names.iter().flatten() {
            site.projects.values_mut().filter(|it| it.key == *who).for_each(|it| it.name.clone_from(name));
            site.users
                .values_mut()
                .filter(|it| it.name == *who)
                .for_each(|it| it.display_name.clone_from(name));
        }
        for (project, given) in settings.app_roles.iter().flatten() {
            site.apps_take_part(project, *given);
        }
        for (key, lacking) in settings.apps_lack.iter().flatten() {
            let projects = site.projects.values_mut().filter(|it| it.key == *key);
            projects.for_each(|it| it.kept_from_apps.clone_from(lacking));
        }
    });
}

/// What no API of Jira tells: who could read a comment at any moment of its life.
fn comments(twin: &Twin, name: &str) -> Value {
    twin.with(|state| {
        let Some(site) = state.sites.get(name) else { return json!([]) };
        let all =
            site.issues.values().flat_map(|issue| issue.comments.iter().map(move |comment| (issue, comment)));
        let rows = all.map(|(issue, comment)| {
            let on_request = site.is_request(&issue.head);
            json!({
                "issue": issue.head.key,
                "id": comment.id.to_string(),
                "author": comment.author,
                "text": crate::text::plain_text(&comment.body),
                "inPortal": comment.in_portal(on_request),
                "everInPortal": comment.was_ever_public(),
                "jsdPublic": comment.jsd_public(on_request),
                "restricted": comment.visibility.is_some(),
            })
        });
        Value::Array(rows.collect())
    })
}

fn advance(twin: &Twin, body: &[u8]) -> Response<Body> {
    let step: ClockStep = match serde_json::from_slice(body) {
        Ok(step) => step,
        Err(error) => return refusal(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let moved = twin.with(|state| state.clock.try_advance(step.advance_ms).then(|| state.clock.now_ms()));
    match moved {
        Some(now_ms) => json_answer(StatusCode::OK, &json!({"nowMs": now_ms})),
        None => refusal(StatusCode::CONFLICT, "this twin runs on the machine's clock"),
    }
}

fn webhooks(state: &mut State) -> Value {
    state.collect_webhooks();
    let queue = &state.connect.webhooks;
    let waiting = queue.rows.iter().map(|row| {
        json!({"site": row.site, "app": row.app, "event": row.event, "url": row.url, "identifier": row.identifier,
            "flow": row.flow.as_str(), "attempt": row.attempt, "firstAt": row.first_at_ms, "dueAt": row.due_at_ms})
    });
    let tries = queue.outcomes.iter().map(|it| {
        json!({"app": it.app, "event": it.event, "identifier": it.identifier, "attempt": it.attempt, "status": it.status})
    });
    json!({"waiting": waiting.collect::<Vec<_>>(), "tries": tries.collect::<Vec<_>>()})
}

async fn deliver(twin: &Twin) -> Response<Body> {
    let Some(outbound) = twin.outbound() else {
        return refusal(StatusCode::CONFLICT, "this twin has no way to reach apps");
    };
    let delivered = twin.deliver_due(&*outbound).await;
    json_answer(StatusCode::OK, &json!({"sent": delivered.sent, "failed": delivered.failed}))
}

fn install_key(kid: &str) -> Response<Body> {
    match install_key_pem(kid) {
        Some(pem) => response(StatusCode::OK, "application/x-pem-file", pem),
        None => refusal(StatusCode::NOT_FOUND, "no such key"),
    }
}

fn with_body<T: for<'de> Deserialize<'de>>(body: &[u8], act: impl FnOnce(T)) -> Response<Body> {
    match serde_json::from_slice(body) {
        Ok(value) => {
            act(value);
            empty()
        }
        Err(error) => refusal(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn empty() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn refusal(status: StatusCode, error: &str) -> Response<Body> {
    json_answer(status, &json!({"error": error}))
}

fn json_answer(status: StatusCode, body: &Value) -> Response<Body> {
    response(status, "application/json", body.to_string())
}

fn response(status: StatusCode, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    response
}
