//! What another page makes somebody's browser send, and what a browser does with our answers.

use crate::scene::{HOOK, Scene, request};
use anyhow::{Result, ensure};
use duplex_server::http::ROUTES;
use http::{HeaderMap, HeaderName, Method, header};

const ELSEWHERE: &str = "https://evil.example";

/// No address of the API is called by what a browser adds by itself: cookies, and the page that it is on.
#[tokio::test]
async fn no_call_rides_on_a_browser() -> Result<()> {
    let scene = Scene::open().await?;
    let token = scene.page_token("acme", "admin").await?;
    for route in ROUTES {
        let path = format!("/api/v1{}", route.path.replace("{sync}", &scene.sync));
        let path = path.replace(['{', '}'], "");
        let mut ridden = request(route.verb(), &path, None, "{}");
        let headers = ridden.headers_mut();
        headers.insert(header::COOKIE, format!("jwt={token}; session={token}; token={token}").parse()?);
        headers.insert(header::ORIGIN, ELSEWHERE.parse()?);
        headers.insert(header::CONTENT_TYPE, "text/plain".parse()?);
        let answer = scene.refused("a form of another page", ridden, "401 unauthorized").await?;
        let mut asked = request(Method::OPTIONS, &path, None, "");
        let headers = asked.headers_mut();
        headers.insert(header::ORIGIN, ELSEWHERE.parse()?);
        headers.insert(header::ACCESS_CONTROL_REQUEST_METHOD, route.verb().as_str().parse()?);
        headers.insert(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization".parse()?);
        let preflight = scene.knock(asked).await?;
        ensure!(!preflight.head.status.is_success(), "{path}: {}", preflight.head.status);
        for headers in [&answer.head.headers, &preflight.head.headers] {
            for name in headers.keys() {
                let opens = name.as_str().starts_with("access-control-") || name == header::SET_COOKIE;
                ensure!(!opens, "{path}: {name}");
            }
        }
    }
    Ok(())
}

/// Whatever is answered, no browser takes it for something else, tells where it came from, or asks without TLS again.
#[tokio::test]
async fn every_answer_tells_browsers_how_to_take_it() -> Result<()> {
    let scene = Scene::open().await?;
    let token = scene.page_token("acme", "admin").await?;
    for (method, path, token, kind) in [
        (Method::GET, "/atlassian-connect.json", None, "application/json"),
        (Method::GET, "/connect/admin", None, "application/json"),
        (Method::GET, "/connect/assets/none.js", None, "application/json"),
        (Method::GET, "/<script>alert(1)</script>", None, "application/json"),
        (Method::GET, "/api/v1/me", Some(&token), "application/json"),
        (Method::GET, "/api/v1/<img src=x onerror=alert(1)>", Some(&token), "application/json"),
        (Method::POST, HOOK, None, "application/json"),
    ] {
        let path = path.replace(['<', '>', ' '], "%3c");
        let answer = scene.knock(request(method, &path, token.map(String::as_str), "")).await?;
        let headers = &answer.head.headers;
        ensure!(said(headers, &header::CONTENT_TYPE).starts_with(kind), "{path}: {headers:?}");
        ensure!(said(headers, &header::X_CONTENT_TYPE_OPTIONS) == "nosniff", "{path}: {headers:?}");
        ensure!(said(headers, &header::REFERRER_POLICY) == "no-referrer", "{path}: {headers:?}");
        ensure!(
            said(headers, &header::STRICT_TRANSPORT_SECURITY).starts_with("max-age=31536000"),
            "{path}: {headers:?}"
        );
        ensure!(!answer.text.contains('<'), "{path}: what was asked is told back: {}", answer.text);
    }
    Ok(())
}

fn said<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
