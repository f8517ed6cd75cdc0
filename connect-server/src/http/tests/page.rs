//! The frame that Jira opens for its admins.

use super::stage::{ADMIN_A, ADMIN_B, Stage};
use http::{StatusCode, header};

#[tokio::test]
async fn a_frame_that_jira_opened_shows_the_page_to_that_site_alone() {
    let stage = Stage::new().await;
    let (head, text) = stage.browse(&stage.frame(ADMIN_A)).await;
    assert_eq!(head.status, StatusCode::OK, "{text}");
    let policy = head.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.ends_with("frame-ancestors http://127.0.0.1:8101"), "{policy}");
    assert!(text.contains("https://connect-cdn.atl-paas.net/all.js") && !text.contains("{{"), "{text}");
    let (script, _) = stage.browse("/connect/admin.js").await;
    assert_eq!(script.status, StatusCode::OK);
}

#[tokio::test]
async fn any_other_frame_is_refused() {
    let stage = Stage::new().await;
    let frame = stage.frame(ADMIN_A);
    let (_, token) = frame.split_once("&jwt=").unwrap();
    let (_, foreign) =
        stage.frame(ADMIN_B).split_once("&jwt=").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    for (why, path) in [
        ("no token", "/connect/admin".to_owned()),
        ("other parameters", format!("/connect/admin?x=1&jwt={token}")),
        ("another site's token", frame.replace(token, &foreign)),
    ] {
        let (head, text) = stage.browse(&path).await;
        assert_eq!(head.status, StatusCode::UNAUTHORIZED, "{why}: {text}");
    }
    stage.advance(3_600_000);
    assert_eq!(stage.browse(&frame).await.0.status, StatusCode::UNAUTHORIZED, "expired");
}
