//! The operator's commands, as he types them.

use anyhow::{Context, Result, ensure};
use duplex_tests::person::Site;
use duplex_tests::stage::{Plot, Stage};
use serde_json::json;

const TOKEN: &str = "customer1-token";

async fn name_customer(stage: &Stage, site: &Site) -> Result<()> {
    let host = site.base_url.trim_start_matches("http://");
    let account = site.person("customer1").account().await?;
    let email = format!("customer1@{}.example", site.name);
    let args = ["test-customer", host, "--account", &account, "--email", &email, "--token", TOKEN];
    let said = stage.duplex(&args)?;
    ensure!(said.contains("Drills look at") && !said.contains(TOKEN), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill() -> Result<()> {
    let stage = Stage::open(Plot::default()).await?;
    stage.mirror("pair", (&stage.acme, "ITA"), (&stage.globex, "ITB"))?;
    for site in [&stage.acme, &stage.globex] {
        name_customer(&stage, site).await?;
    }
    let said = stage.duplex(&["drill", "pair"])?;
    for words in
        ["passed: customers see", "side A sees the public canary, and not the internal one", "side B sees"]
    {
        ensure!(said.contains(words), "nothing of {words:?} in:\n{said}");
    }
    let soon = format!("{:#}", stage.duplex(&["drill", "pair"]).err().context("a second one at once")?);
    ensure!(soon.contains("has just begun"), "{soon}");
    let nobody = format!("{:#}", stage.duplex(&["drill", "none"]).err().context("no such sync")?);
    ensure!(nobody.contains("there is no sync `none`"), "{nobody}");

    stage.duplex(&["sync", "stop", "pair"])?;
    let said = stage.duplex(&["drill", "pair", "--skip"])?;
    ensure!(said.contains("starts without a drill"), "{said}");
    stage.duplex(&["sync", "start", "pair"])?;
    let host = stage.acme.base_url.trim_start_matches("http://").to_owned();
    for words in ["Forgotten.", "No test customer was named there."] {
        let said = stage.duplex(&["test-customer", &host, "--remove"])?;
        ensure!(said.contains(words), "{said}");
    }
    Ok(())
}

/// The status says it to scripts, and the configuration does not start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_that_fails() -> Result<()> {
    let stage = Stage::open(Plot::default()).await?;
    stage.mirror("pair", (&stage.acme, "ITA"), (&stage.globex, "ITB"))?;
    stage.duplex(&["sync", "stop", "pair"])?;
    stage.globex.person("admin").put("/_twin/site", json!({"leak": "flag"})).await?;
    let failed = format!("{:#}", stage.duplex(&["drill", "pair"]).err().context("a leak")?);
    ensure!(failed.contains("FAILED: do not start") && failed.contains("side B as public"), "{failed}");
    let barred = format!("{:#}", stage.duplex(&["sync", "start", "pair"]).err().context("a start")?);
    ensure!(barred.contains("the last leak drill of what is published failed"), "{barred}");
    Ok(())
}
