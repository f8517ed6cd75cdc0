//! What the server tells its operator: what it did, and not a word of what people wrote, nor what proves who calls.

use crate::tale::mirrored;
use anyhow::{Result, ensure};
use duplex_core::id::{AccountId, Side};
use duplex_tests::lines::Lines;
use duplex_tests::person::{Kind, document};
use duplex_tests::world::World;
use jira_twin::faults::FaultPlan;
use serde_json::json;
use tracing::Level;

/// Stands in everything that people write in this story.
const CANARY: &str = "quetzalcoatl";

#[tokio::test]
async fn hold_nothing_that_people_wrote() -> Result<()> {
    let (lines, _guard) = Lines::listen(Level::INFO);

    let (mut world, a, b) = World::guide().await?;
    let (key, _) = mirrored(&mut world, &a, &b, &format!("{CANARY} in the summary")).await?;
    for kind in [Kind::Public, Kind::Internal] {
        let id = a.agent.comment(&key, kind, &format!("{CANARY} said")).await?;
        world.settle().await?;
        a.agent.edit_comment(&key, &id, &format!("{CANARY} said again")).await?;
        world.settle().await?;
        a.agent.delete_comment(&key, &id).await?;
        world.settle().await?;
    }
    // Jira refuses, is not there, and answers nothing: what is logged of an error quotes nobody either.
    for effect in [
        json!({"status": {"code": 400}}),
        json!({"status": {"code": 403}}),
        json!({"status": {"code": 503}}),
        json!("timeoutAfter"),
    ] {
        a.agent.comment(&key, Kind::Internal, &format!("{CANARY} once more")).await?;
        let description = document(&format!("{CANARY} described, {effect}"));
        a.agent.edit(&key, json!({"description": description})).await?;
        world.faults(serde_json::from_value(
            json!({"rules": [{"path": "*/issue/*", "times": 3, "effect": effect}]}),
        )?);
        world.settle().await?;
        world.faults(FaultPlan::default());
    }
    for sync in world.store.syncs.all().await? {
        world
            .setup
            .resync(&sync, Some(&format!("summary ~ {CANARY}")), &Side::BOTH, &AccountId::new("operator"))
            .await?;
    }
    world.pass(60_000).await?;

    let said = lines.text();
    ensure!(said.contains("Created the issue") && said.contains("Edited"), "nothing was logged:\n{said}");
    let mut secrets = vec![CANARY.to_owned(), "Bearer ".to_owned(), "JWT ".to_owned(), "eyJ".to_owned()];
    for site in world.store.sites.all().await? {
        secrets.push(site.secret.expose().to_owned());
    }
    for secret in secrets {
        let line = said.lines().find(|line| line.contains(&secret));
        ensure!(line.is_none(), "{secret:?} stands in a log line: {line:?}");
    }
    Ok(())
}
