//! `duplex sync apply`: a file is applied whole or not at all.

use super::api::{between_sites, guide};
use super::stage::Stage;
use crate::setup::{Applied, Apply, Outcome, SetupError};
use crate::store::syncs::SyncState;
use duplex_core::id::{AccountId, Side};

async fn apply(stage: &Stage, text: &str, accept_as: &[&str], start: bool) -> Result<Applied, SetupError> {
    let accept_as: Vec<String> = accept_as.iter().map(|&host| host.to_owned()).collect();
    let author = AccountId::new("operator");
    stage.setup().apply(Apply { text, accept_as: &accept_as, start, author }).await
}

#[tokio::test]
async fn a_file_makes_a_sync_and_changes_it() {
    let stage = Stage::new().await;
    let made = apply(&stage, &between_sites(), &["127.0.0.1:8102"], true).await.unwrap();
    assert!(made.created && matches!(made.outcome, Some(Outcome::Published { version: 1 })), "{made:?}");
    assert_eq!(made.sync.state, SyncState::Running);

    let again = apply(&stage, &between_sites(), &[], true).await.unwrap();
    assert!(!again.created && again.outcome.is_none(), "the same file changes nothing: {again:?}");

    let simple = between_sites().replace("enriched", "simple");
    let changed = apply(&stage, &simple, &["127.0.0.1:8102"], false).await.unwrap();
    assert_eq!((changed.sync.sync, changed.sync.version), (made.sync.sync, 2));
}

#[tokio::test]
async fn what_it_exports_is_what_it_applies() {
    let stage = Stage::new().await;
    let made = apply(&stage, &between_sites(), &["127.0.0.1:8102"], false).await.unwrap();
    let exported = stage.setup().write_file(&made.sync).await.unwrap();
    let again = apply(&stage, &exported, &[], false).await.unwrap();
    assert!(!again.created && again.outcome.is_none(), "{exported}");
}

#[tokio::test]
async fn without_the_partners_consent_it_waits_there() {
    let stage = Stage::new().await;
    let refused = apply(&stage, &between_sites(), &[], true).await.unwrap_err();
    assert!(matches!(refused, SetupError::NotAccepted { side: Side::B, .. }), "{refused:?}");
    assert_eq!(stage.store.syncs.all().await.unwrap(), []);
    let sent = apply(&stage, &between_sites(), &[], false).await.unwrap();
    assert!(matches!(sent.outcome, Some(Outcome::Sent { side: Side::B, .. })), "{sent:?}");
    assert_eq!((sent.sync.version, sent.sync.state), (0, SyncState::Stopped));
}

#[tokio::test]
async fn a_file_that_is_refused_leaves_nothing_behind() {
    let stage = Stage::new().await;
    let good = between_sites();
    let same = guide("Same", ("127.0.0.1:8101", "ITA"), ("127.0.0.1:8101", "ITA"));
    for (why, text, expect) in [
        ("no TOML", "name =".to_owned(), "."),
        ("an unknown key", good.replacen("defaults =", "default =", 1), "side.a.default"),
        ("an unknown site", good.replacen("127.0.0.1:8102", "evil.example", 1), "side.b.site"),
        ("an unknown project", good.replacen("\"ITB\"", "\"NOPE\"", 1), "side.b.project"),
        ("an empty name", good.replacen("\"Between\"", "\" \"", 1), "name"),
        ("an unknown type", good.replacen("from = \"IT Help\"", "from = \"X\"", 1), "name_unknown"),
        ("one project twice", same, "same_project"),
        (
            "a scope that Jira refuses",
            good.clone() + "\n[side.a.scope]\njql = \"nobody = 1\"\n",
            "scope_malformed",
        ),
    ] {
        let refused = apply(&stage, &text, &["127.0.0.1:8102"], true).await.unwrap_err();
        let said = if let SetupError::Malformed { path, .. } = &refused {
            path.clone()
        } else if let SetupError::Findings(findings) = &refused {
            findings[0].code.as_str()
        } else {
            format!("{refused:?}")
        };
        assert_eq!(said, expect, "{why}: {refused}");
        assert_eq!(stage.store.syncs.all().await.unwrap(), [], "{why}");
    }
}
