//! Everything a call passes that is not its handler: faults, caller, limits, ledger. In that order, in one place.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::call::{Call, Query};
use super::reply::{Problem, Reply};
use super::{Asked, auth, routes, trace, twin_control, web};
use crate::clock::http_date;
use crate::connect::{self, upm};
use crate::faults::{By, Effect};
use crate::ledger::{self, Entry};
use crate::limits;
use crate::model::Site;
use crate::{Caller, State, Twin};

/// The most of an answer that is cut, in bytes; ours are far smaller.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The way of one request.
pub(super) async fn pass(twin: &Twin, site: &str, asked: &Asked) -> Response<Body> {
    let (path, query) = (asked.uri.path(), asked.uri.query().unwrap_or_default());
    if let Some(control) = path.strip_prefix(twin_control::PATH) {
        return twin_control::answer(twin, site, &asked.method, control, query, &asked.body).await;
    }
    if let Some(rest) = upm_path(path) {
        return manage_apps(twin, site, asked, rest).await;
    }
    if asked.method == http::Method::GET && !asked.body.is_empty() {
        return body_of_get();
    }
    if let Some(shown) = web::answer(twin, site, asked) {
        return shown;
    }
    let (by, method) = (by(asked), asked.method.as_str());
    let effect = twin.with(|state| state.faults.strike(&mut state.rng, by, site, method, path));
    match effect {
        None => serve(twin, site, asked, 0),
        Some(Effect::StaleSearch { ms }) => serve(twin, site, asked, ms),
        Some(Effect::Slow { ms }) => {
            if !twin.with(|state| state.clock.try_advance(i64::try_from(ms).unwrap_or(i64::MAX))) {
                tokio::time::sleep(Duration::from_millis(ms)).await;
            }
            serve(twin, site, asked, 0)
        }
        Some(Effect::CutShort) => {
            let answer = cut_short(serve(twin, site, asked, 0)).await;
            twin.with(|state| state.ledger.lose_last());
            answer
        }
        Some(Effect::Garbled) => {
            drop(serve(twin, site, asked, 0));
            twin.with(|state| state.ledger.lose_last());
            garbled()
        }
        Some(Effect::Status { code, retry_after, reason }) => {
            let headers = [("retry-after", retry_after), ("ratelimit-reason", reason)];
            let headers = headers.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
            refuse(twin, site, asked, code, &headers.collect::<Vec<_>>())
        }
        Some(Effect::TimeoutBefore) => {
            note(twin, site, asked, None);
            lost()
        }
        Some(Effect::TimeoutAfter) => {
            drop(serve(twin, site, asked, 0));
            twin.with(|state| state.ledger.lose_last());
            lost()
        }
    }
}

/// Who asks, as the way of signing in tells it.
fn by(asked: &Asked) -> By {
    let token = header(asked, "authorization").is_some_and(|value| value.starts_with("JWT "));
    if token { By::Apps } else { By::People }
}

/// The first half of an answer's body, as if it were all.
async fn cut_short(answer: Response<Body>) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    let whole = axum::body::to_bytes(body, ANSWER_BYTES_MAX).await.unwrap_or_default();
    parts.headers.remove(http::header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(whole.slice(..whole.len() / 2)))
}

/// A page that some proxy shows instead of the answer.
fn garbled() -> Response<Body> {
    let mut response = Response::new(Body::from("<html><body>Please sign in to continue</body></html>"));
    put(&mut response, "content-type", "text/html");
    response
}

/// Jira's edge refuses a GET that carries a body (CHANGE-2328), before anything else is looked at.
fn body_of_get() -> Response<Body> {
    let mut response = Response::new(Body::from("<html><body>403 Forbidden</body></html>"));
    *response.status_mut() = StatusCode::FORBIDDEN;
    put(&mut response, "content-type", "text/html");
    response
}

fn upm_path(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(upm::PATH)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

async fn manage_apps(twin: &Twin, site: &str, asked: &Asked, path: &str) -> Response<Body> {
    let now_ms = site_now_ms(twin, site);
    let caller = twin.with(|state| state.sites.get(site).map(|site| auth::caller(site, asked)));
    let caller = match caller {
        Some(Ok(caller)) => caller,
        Some(Err(problem)) => return problem.into_reply(asked.uri.path()).into_response(&http_date(now_ms)),
        None => {
            return Reply::unknown_path(&asked.method, asked.uri.path()).into_response(&http_date(now_ms));
        }
    };
    let call = upm::UpmCall {
        site,
        caller: &caller,
        method: &asked.method,
        path,
        query: asked.uri.query().unwrap_or_default(),
        content_type: header(asked, "content-type").unwrap_or_default(),
        body: &asked.body,
    };
    let reply = upm::answer(twin, call).await;
    let body = reply.body.map(|body| Body::from(body.to_string())).unwrap_or_default();
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    put(&mut response, "content-type", reply.content_type);
    put(&mut response, "date", &http_date(now_ms));
    if let Some(token) = &reply.token {
        put(&mut response, "upm-token", token);
    }
    response
}

/// Everything between a request and its answer. Nothing in here waits. `stale_ms` holds the search index back.
fn serve(twin: &Twin, site_name: &str, asked: &Asked, stale_ms: i64) -> Response<Body> {
    twin.with(|state| {
        let State { clock, sites, connect, limits, ledger, .. } = state;
        let twin_ms = clock.now_ms();
        let Some(site) = sites.get_mut(site_name) else {
            return Reply::unknown_path(&asked.method, asked.uri.path()).into_response("");
        };
        let now_ms = twin_ms + site.clock_skew_ms;
        let date = http_date(now_ms);
        let caller = match caller(connect, site_name, site, asked, now_ms) {
            Ok(caller) => caller,
            Err(problem) => {
                let reply = problem.into_reply(asked.uri.path());
                ledger.note(entry(site_name, None, asked, twin_ms, Some(reply.status), 0));
                return reply.into_response(&date);
            }
        };
        let template = template(asked);
        let write = ledger::is_write(asked.method.as_str(), &template);
        let app = match &caller {
            Caller::App { key, .. } => Some(key.clone()),
            Caller::User(_) | Caller::Anonymous => None,
        };
        let call = limits::Call {
            site: site_name,
            app: app.as_deref(),
            method: asked.method.as_str(),
            template: &template,
            writes_issue: if write { written_issue(site, asked.uri.path()) } else { None },
        };
        let standing = match limits.admit(twin_ms, &call) {
            Ok(standing) => standing,
            Err(refused) => {
                let reply = Reply::json(StatusCode::TOO_MANY_REQUESTS, refused.body());
                ledger.note(entry(site_name, Some(&caller), asked, twin_ms, Some(reply.status), 0));
                return with_headers(reply.into_response(&date), &refused.headers());
            }
        };
        let reply = handled(site, &caller, asked, now_ms, stale_ms);
        let points = limits::points(write, &template, reply.body.as_ref().unwrap_or(&Value::Null));
        if let Some(app) = &app {
            limits.charge(twin_ms, app, points);
        }
        ledger.note(entry(site_name, Some(&caller), asked, twin_ms, Some(reply.status), points));
        let response = reply.into_response(&date);
        // Anonymous answers say nothing of limits.
        if caller == Caller::Anonymous { response } else { with_headers(response, &standing.headers()) }
    })
}

fn handled(site: &mut Site, caller: &Caller, asked: &Asked, now_ms: i64, stale_ms: i64) -> Reply {
    let lag_ms = site.index_lag_ms;
    site.index_lag_ms = lag_ms + stale_ms;
    let call = Call {
        api: routes::api_of(asked.uri.path()),
        caller: caller.clone(),
        query: Query::parse(asked.uri.query().unwrap_or_default()),
        path: asked.uri.path(),
        body: &asked.body,
        now_ms,
        trace: trace(&asked.headers),
        site: &mut *site,
    };
    let reply = routes::dispatch(call, &asked.method);
    site.index_lag_ms = lag_ms;
    reply
}

/// Apps by their token, people by basic auth.
fn caller(
    connect: &connect::Connect,
    name: &str,
    site: &Site,
    asked: &Asked,
    now_ms: i64,
) -> Result<Caller, Problem> {
    let none = connect::SiteApps::default();
    let apps = connect.sites.get(name).unwrap_or(&none);
    let (path, query) = (asked.uri.path(), asked.uri.query().unwrap_or_default());
    let method = asked.method.as_str();
    match connect::app_caller(apps, header(asked, "authorization"), method, path, query, now_ms) {
        Some(Ok(caller)) => Ok(caller),
        Some(Err(refused)) => Err(Problem::message(StatusCode::UNAUTHORIZED, refused.to_string())),
        None => auth::caller(site, asked),
    }
}

/// The issue that a write goes to; creates have none yet.
fn written_issue(site: &Site, path: &str) -> Option<u64> {
    let mut parts = path.split('/').skip_while(|part| !matches!(*part, "issue" | "request"));
    site.issue_id(parts.nth(1)?)
}

fn refuse(
    twin: &Twin,
    site: &str,
    asked: &Asked,
    code: u16,
    headers: &[(&'static str, String)],
) -> Response<Body> {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    note(twin, site, asked, Some(status));
    let date = http_date(site_now_ms(twin, site));
    let body = json!({"errorMessages": [status.canonical_reason().unwrap_or("Error")], "errors": {}});
    with_headers(Reply::json(status, body).into_response(&date), headers)
}

/// The time by the site's own clock, which dates every answer.
fn site_now_ms(twin: &Twin, site: &str) -> i64 {
    twin.with(|state| {
        state.sites.get(site).map_or_else(|| state.clock.now_ms(), |site| state.site_now_ms(site))
    })
}

/// Notes a call that no handler saw. Whose it was is still known, so that it is counted for the right app.
fn note(twin: &Twin, site_name: &str, asked: &Asked, status: Option<StatusCode>) {
    twin.with(|state| {
        let at = state.clock.now_ms();
        let Some(site) = state.sites.get(site_name) else { return };
        let caller = caller(&state.connect, site_name, site, asked, at + site.clock_skew_ms).ok();
        state.ledger.note(entry(site_name, caller.as_ref(), asked, at, status, 0));
    });
}

fn entry(
    site: &str,
    caller: Option<&Caller>,
    asked: &Asked,
    at: i64,
    status: Option<StatusCode>,
    points: u64,
) -> Entry {
    let path = asked.uri.path();
    let template = template(asked);
    let app = match caller {
        Some(Caller::App { key, .. }) => Some(key.clone()),
        Some(Caller::User(_) | Caller::Anonymous) | None => None,
    };
    let write = ledger::is_write(asked.method.as_str(), &template);
    Entry {
        index: 0,
        body: app.is_some().then(|| serde_json::from_slice(&asked.body).ok()).flatten().filter(|_| write),
        at,
        site: site.to_owned(),
        app,
        account: caller.and_then(Caller::account).cloned(),
        method: asked.method.to_string(),
        write,
        template,
        path: path.to_owned(),
        query: without_token(asked.uri.query().unwrap_or_default()),
        status: status.map(|status| status.as_u16()),
        points,
    }
}

/// A ledger is printed and kept; tokens do not belong into it.
fn without_token(query: &str) -> String {
    query.split('&').filter(|part| !part.starts_with("jwt=")).collect::<Vec<_>>().join("&")
}

/// The path with `{}` for what varies, whatever the routes call it.
fn template(asked: &Asked) -> String {
    let path = asked.uri.path();
    let Some(named) = routes::template_of(&asked.method, path) else { return path.to_owned() };
    let parts = named.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// A connection that breaks: the body never comes, over a socket and in process alike.
fn lost() -> Response<Body> {
    let broken = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "connection reset by peer");
    let body = Body::from_stream(futures::stream::once(async { Err::<Bytes, _>(broken) }));
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::GATEWAY_TIMEOUT;
    response
}

fn header<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.headers.get(name).and_then(|value| value.to_str().ok())
}

fn with_headers(mut response: Response<Body>, headers: &[(&'static str, String)]) -> Response<Body> {
    headers.iter().for_each(|(name, value)| put(&mut response, name, value));
    response
}

pub(super) fn put(response: &mut Response<Body>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

#[cfg(test)]
mod tests;
