//! Storms, on both databases: many changes on both sides, a bad network, and a server that dies again and again; its
//! database that goes away, is full or cuts it off (`chaos`), clocks that are wrong, and each named place where a server
//! or a command may die (`points`).
//!
//! `DUPLEX_STORM_RUNS` says how many seeds run per database (default 5), `DUPLEX_STORM_SEED` runs one seed alone.

mod chaos;
mod commands;
mod points;
mod postgres;
mod startup;

use anyhow::Result;
use duplex_tests::storm;

/// Tests per database; seeds beyond are run by them in turn.
const LANES: u64 = 5;
/// The seed of the first run; the others follow.
const FIRST_SEED: u64 = 1001;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

/// The seeds of a lane.
fn seeds(lane: u64) -> Vec<u64> {
    match number("DUPLEX_STORM_SEED") {
        Some(seed) if lane == 1 => vec![seed],
        Some(_) => Vec::new(),
        None => {
            let runs = number("DUPLEX_STORM_RUNS").unwrap_or(LANES);
            (0..runs).filter(|nth| nth % LANES == lane - 1).map(|nth| FIRST_SEED + nth).collect()
        }
    }
}

async fn run(seed: u64, database_url: Option<String>) -> Result<()> {
    let survived = storm::run(seed, database_url).await?;
    eprintln!("seed {seed}: {survived:#?}");
    Ok(())
}

async fn sqlite(lane: u64) -> Result<()> {
    for seed in seeds(lane) {
        run(seed, None).await?;
    }
    Ok(())
}

async fn on_postgres(lane: u64) -> Result<()> {
    for seed in seeds(lane) {
        let Some(database) = postgres::Database::create(&format!("storm_{seed}")).await? else {
            return Ok(());
        };
        run(seed, Some(database.url.clone())).await?;
        database.drop().await?;
    }
    Ok(())
}

/// Two servers on one database share the work; one stands still for longer than its leases, the other dies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_one_postgres() -> Result<()> {
    let seed = number("DUPLEX_STORM_SEED").unwrap_or(FIRST_SEED);
    let Some(database) = postgres::Database::create("two").await? else { return Ok(()) };
    let survived = storm::run_two(seed, database.url.clone()).await?;
    eprintln!("seed {seed}: {survived:#?}");
    database.drop().await
}

/// The same with three.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_on_one_postgres() -> Result<()> {
    let seed = number("DUPLEX_STORM_SEED").unwrap_or(FIRST_SEED);
    let Some(database) = postgres::Database::create("three").await? else { return Ok(()) };
    let survived = storm::run_three(seed, database.url.clone()).await?;
    eprintln!("seed {seed}: {survived:#?}");
    database.drop().await
}

/// Connections that are reset, stall, drip, lie, lead elsewhere or blow up, on the way to both sites.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_on_bad_wires() -> Result<()> {
    let seed = number("DUPLEX_STORM_SEED").unwrap_or(FIRST_SEED);
    let survived = storm::run_on_bad_wires(seed).await?;
    eprintln!("seed {seed}: {survived:#?}");
    Ok(())
}

macro_rules! lanes {
    ($($name:ident = $way:ident($lane:literal);)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() -> Result<()> {
                $way($lane).await
            }
        )*
    };
}

lanes! {
    sqlite_storm_1 = sqlite(1);
    sqlite_storm_2 = sqlite(2);
    sqlite_storm_3 = sqlite(3);
    sqlite_storm_4 = sqlite(4);
    sqlite_storm_5 = sqlite(5);
    postgres_storm_1 = on_postgres(1);
    postgres_storm_2 = on_postgres(2);
    postgres_storm_3 = on_postgres(3);
    postgres_storm_4 = on_postgres(4);
    postgres_storm_5 = on_postgres(5);
}
