//! I10: one poisoned issue, or a site that does not answer at all, delays nobody else.

use anyhow::{Context, Result, ensure};
use duplex_tests::person::Kind;
use duplex_tests::scenario::Desk;
use duplex_tests::world::{Plot, World};
use jira_twin::faults::FaultPlan;
use serde_json::{Value, json};

/// How often somebody looks whether the copy is there, in milliseconds.
const LOOK_MS: i64 = 500;
const PATIENCE_MS: i64 = 600_000;

struct Bystanders {
    world: World,
    a: Desk,
    /// An issue of the first pair, where it was made and where it was copied to.
    key: String,
    copy: String,
}

/// acme is mirrored with globex, and another project of it with initech.
async fn bystanders() -> Result<Bystanders> {
    let sites = vec!["acme", "globex", "initech"];
    let mut world = World::of(Plot { sites, ..Plot::default() }).await?;
    let [a, b, c, d] = [(0, "ITA"), (1, "ITB"), (0, "ITC"), (2, "ITD")]
        .map(|(site, project): (usize, &str)| Desk::at(&world.sites[site], project));
    world.mirror("ours", &a, &b, |text| text).await?;
    world.mirror("theirs", &c, &d, |text| text).await?;
    let key = a.customer.raise("ITA", "Get IT Help", "Bystander", "Waits for nobody.").await?;
    c.customer.raise("ITC", "Get IT Help", "In trouble", "As ever.").await?;
    world.settle().await?;
    let copy = b.agent.find("ITB", "Bystander").await?.pop().context("a copy")?;
    Ok(Bystanders { world, a, key, copy })
}

impl Bystanders {
    /// How long a comment takes to the other side, in milliseconds.
    async fn takes(&mut self, words: &str) -> Result<i64> {
        self.a.agent.comment(&self.key, Kind::Internal, words).await?;
        let began = self.world.now_ms();
        while self.world.now_ms() - began < PATIENCE_MS {
            self.world.pass(LOOK_MS).await?;
            let there = self.world.twin.with_site("globex", |site| {
                let issue = site.issue(&self.copy);
                issue.is_some_and(|it| it.comments.iter().any(|c| c.body.to_string().contains(words)))
            });
            if there {
                return Ok(self.world.now_ms() - began);
            }
        }
        anyhow::bail!("\"{words}\" did not arrive")
    }
}

/// The time in fine weather, and while this goes wrong and others have much to do.
async fn delayed(rule: impl FnOnce(&Bystanders) -> Value) -> Result<()> {
    let mut bystanders = bystanders().await?;
    let before = bystanders.takes("In fine weather").await?;
    let rule = rule(&bystanders);
    let plan: FaultPlan = serde_json::from_value(json!({"rules": [rule]}))?;
    bystanders.world.faults(plan);
    let c = Desk::at(&bystanders.world.sites[0], "ITC");
    let theirs = c.agent.find("ITC", "In trouble").await?.pop().context("their issue")?;
    for number in 0..10 {
        c.agent.comment(&theirs, Kind::Public, &format!("Into the void {number}")).await?;
        c.customer.raise("ITC", "Get IT Help", &format!("Void {number}"), "Nobody answers.").await?;
    }
    for round in 0..3 {
        let now = bystanders.takes(&format!("While others suffer {round}")).await?;
        ensure!(now <= 2 * before + LOOK_MS, "{now} ms instead of {before} ms in round {round}");
        bystanders.world.pass(60_000).await?;
    }
    Ok(())
}

#[tokio::test]
async fn of_a_site_that_does_not_answer() -> Result<()> {
    delayed(|_| json!({"site": "initech", "effect": "timeoutBefore"})).await
}

#[tokio::test]
async fn of_a_site_that_is_out_of_quota() -> Result<()> {
    let effect = json!({"status": {"code": 429, "retryAfter": "3600", "reason": "jira-quota-tenant-based"}});
    delayed(|_| json!({"site": "initech", "effect": effect})).await
}

#[tokio::test]
async fn of_a_poisoned_issue() -> Result<()> {
    delayed(|it| {
        let id = it.world.twin.with_site("acme", |site| {
            let poisoned = site.issues.values().find(|issue| issue.head.key.starts_with("ITC"));
            poisoned.map_or(0, |issue| issue.head.id)
        });
        json!({"site": "acme", "path": format!("*/issue/{id}*"), "effect": {"status": {"code": 500}}})
    })
    .await
}
