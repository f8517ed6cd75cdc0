//! The frames that Jira opens: for its admins, and beside an issue.

use super::stage::{ADMIN_A, ADMIN_B, AGENT_A, Stage};
use crate::http::Built;
use http::{StatusCode, header};
use std::borrow::Cow;

const SCRIPT: &str = "console.log('the same for everybody');\n";

/// A page as the build makes it, only smaller.
fn small() -> Built {
    Built::of(|path| {
        let text = match path {
            "admin.html" => {
                r#"<script src="{{connectScript}}"></script><script src="./assets/admin-1.js"></script>"#
            }
            "panel.html" => r#"<script src="{{connectScript}}"></script><p>panel"#,
            "assets/admin-1.js" => SCRIPT,
            "assets/core-1.wasm" => "\0asm",
            // As the build compressed it, which shows.
            "assets/core-1.wasm.gz" => "compressed before",
            "assets/notes.txt" | "secret.js" => "not for browsers",
            _ => return None,
        };
        Some(Cow::Borrowed(text.as_bytes()))
    })
}

#[tokio::test]
async fn a_frame_that_jira_opened_shows_the_page_to_that_site_alone() {
    let stage = Stage::showing(small()).await;
    for (who, module, holds) in
        [(ADMIN_A, "duplex-admin", "./assets/admin-1.js"), (AGENT_A, "duplex-panel", "panel")]
    {
        let (head, text) = stage.browse(&stage.frame(who, module)).await;
        assert_eq!(head.status, StatusCode::OK, "{text}");
        assert!(text.contains("https://connect-cdn.atl-paas.net/all.js") && !text.contains("{{"), "{text}");
        assert!(text.contains(holds), "{text}");
        assert_eq!(
            head.headers[header::CONTENT_SECURITY_POLICY],
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' https://connect-cdn.atl-paas.net; \
             style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors http://127.0.0.1:8101"
        );
        assert_eq!(head.headers[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn what_pages_load_is_kept_and_compressed_and_nothing_else_is_there() {
    let stage = Stage::showing(small()).await;
    for (name, kind) in
        [("admin-1.js", "text/javascript; charset=utf-8"), ("core-1.wasm", "application/wasm")]
    {
        let (head, _) = stage.fetch(&format!("/connect/assets/{name}"), "identity").await;
        assert_eq!(head.status, StatusCode::OK, "{name}");
        assert_eq!(head.headers[header::CONTENT_TYPE], kind);
        assert_eq!(head.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(head.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
    let (head, bytes) = stage.fetch("/connect/assets/admin-1.js", "gzip, br").await;
    assert_eq!(head.headers[header::CONTENT_ENCODING], "gzip");
    assert_eq!(head.headers[header::VARY], "accept-encoding");
    assert_eq!(bytes[..2], [0x1f, 0x8b], "gzip's own mark");
    for (encodings, sent) in
        [("gzip, deflate, br, zstd", "compressed before"), ("br", "\0asm"), ("identity", "\0asm")]
    {
        let (head, bytes) = stage.fetch("/connect/assets/core-1.wasm", encodings).await;
        assert_eq!(bytes, sent, "{encodings}");
        assert_eq!(head.headers.contains_key(header::CONTENT_ENCODING), encodings.contains("gzip"));
        assert_eq!(head.headers[header::CONTENT_TYPE], "application/wasm");
    }
    let (head, text) = stage.browse("/connect/assets/admin-1.js").await;
    assert!(!head.headers.contains_key(header::CONTENT_ENCODING) && text == SCRIPT, "{head:?}");
    for name in [
        "admin-2.js",
        "notes.txt",
        "core-1.wasm.gz",
        "admin.html",
        "",
        ".js",
        "..%2fsecret.js",
        "%2e%2e%2fsecret.js",
        "..%2f..%2f..%2fsecret.js",
        "../secret.js",
        "..%5csecret.js",
        "%00.js",
        "a/admin-1.js",
    ] {
        let (head, text) = stage.browse(&format!("/connect/assets/{name}")).await;
        assert_eq!(head.status, StatusCode::NOT_FOUND, "{name}: {text}");
        assert!(!head.headers.contains_key(header::CACHE_CONTROL), "{name}: what is not there may come");
    }
}

#[tokio::test]
async fn a_server_without_its_page_says_what_to_do() {
    let stage = Stage::showing(Built::of(|_| None)).await;
    for module in ["duplex-admin", "duplex-panel"] {
        let (head, text) = stage.browse(&stage.frame(ADMIN_A, module)).await;
        assert_eq!(head.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(text.contains("`make ui`"), "{text}");
    }
}

#[tokio::test]
async fn any_other_frame_is_refused() {
    let stage = Stage::showing(small()).await;
    let frame = stage.frame(ADMIN_A, "duplex-admin");
    let (_, token) = frame.split_once("&jwt=").unwrap();
    let theirs = stage.frame(ADMIN_B, "duplex-admin");
    let (_, foreign) = theirs.split_once("&jwt=").unwrap();
    for (why, path) in [
        ("no token", "/connect/admin".to_owned()),
        ("no token", "/connect/panel".to_owned()),
        ("other parameters", format!("/connect/admin?x=1&jwt={token}")),
        ("another page's token", frame.replace("/admin?", "/panel?")),
        ("another site's token", frame.replace(token, foreign)),
    ] {
        let (head, text) = stage.browse(&path).await;
        assert_eq!(head.status, StatusCode::UNAUTHORIZED, "{why}: {text}");
    }
    stage.advance(3_600_000);
    assert_eq!(stage.browse(&frame).await.0.status, StatusCode::UNAUTHORIZED, "expired");
}
