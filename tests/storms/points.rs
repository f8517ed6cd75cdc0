//! Each named place where a process may die, in real processes. The list is the server's own: a place that is added and
//! not reached here fails.

use crate::{FIRST_SEED, number, postgres};
use anyhow::{Context, Result, ensure};
use duplex_server::crash::POINTS;
use duplex_tests::person::Site;
use duplex_tests::stage::{Plot, Stage};
use duplex_tests::storm;
use sqlx::AnyPool;
use std::time::Duration;

/// A call is given up, and looked for, after so long in milliseconds.
const CALL_MS: u64 = 1_000;
/// What every scratch issue of a drill is called.
const SCRATCH: &str = "Duplex leak drill";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_dies_everywhere_sqlite() -> Result<()> {
    a_server_dies_everywhere(None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_dies_everywhere_postgres() -> Result<()> {
    let Some(database) = postgres::Database::create("points").await? else { return Ok(()) };
    a_server_dies_everywhere(Some(database.url.clone())).await?;
    database.drop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_dies_everywhere_sqlite() -> Result<()> {
    a_drill_dies_everywhere(None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_dies_everywhere_postgres() -> Result<()> {
    let Some(database) = postgres::Database::create("drills").await? else { return Ok(()) };
    a_drill_dies_everywhere(Some(database.url.clone())).await?;
    database.drop().await
}

async fn a_server_dies_everywhere(database_url: Option<String>) -> Result<()> {
    let seed = number("DUPLEX_STORM_SEED").unwrap_or(FIRST_SEED);
    let survived = storm::run_at_all_points(seed, database_url).await?;
    eprintln!("seed {seed}: {survived:#?}");
    Ok(())
}

/// The command dies, and the next one finds whatever it left on the sites.
async fn a_drill_dies_everywhere(database_url: Option<String>) -> Result<()> {
    let times = ["DUPLEX_HTTP_TIMEOUT_MS", "DUPLEX_GRACE_MS"];
    let env = times.map(|name| (name.to_owned(), CALL_MS.to_string())).into();
    let stage = Stage::open(Plot { database_url, env, ..Plot::default() }).await?;
    stage.mirror("pair", (&stage.acme, "ITA"), (&stage.globex, "ITB"))?;
    for point in POINTS.into_iter().filter(|point| point.starts_with("drill.")) {
        let dies = [("DUPLEX_CRASH".to_owned(), format!("{point}=1"))];
        let died = stage.duplex_with(&["drill", "pair"], &dies);
        let died = format!("{:#}", died.err().with_context(|| format!("no drill comes by {point}"))?);
        ensure!(died.contains("SIGABRT"), "{point}: {died}");

        tokio::time::sleep(Duration::from_millis(CALL_MS)).await;
        nobody_waits(&stage).await?;
        let said = stage.duplex(&["drill", "pair"]).with_context(|| format!("after {point}"))?;
        ensure!(said.contains("flag verified") && !said.contains("left on side"), "after {point}: {said}");
        for (site, project) in [(&stage.acme, "ITA"), (&stage.globex, "ITB")] {
            let left = scratch_issues(site, project).await?;
            ensure!(left.is_empty(), "after {point}, {} has {left:?}", site.name);
        }
        nobody_waits(&stage).await?;
    }
    Ok(())
}

/// As if the time had passed after which a drill that died counts as dead, and the next one may begin.
async fn nobody_waits(stage: &Stage) -> Result<()> {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&stage.database_url()).await?;
    sqlx::query("UPDATE drills SET until = 0").execute(&pool).await?;
    pool.close().await;
    Ok(())
}

async fn scratch_issues(site: &Site, project: &str) -> Result<Vec<String>> {
    let issues = site.person("admin").issues(project).await?;
    let names = issues.iter().filter_map(|issue| issue["fields"]["summary"].as_str());
    Ok(names.filter(|name| name.contains(SCRATCH)).map(str::to_owned).collect())
}
