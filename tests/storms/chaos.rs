//! What a server stands on breaks: its database, its disk, the clocks of the sites.

use crate::{FIRST_SEED, number, postgres};
use anyhow::Result;
use duplex_tests::disk::{self, Disk};
use duplex_tests::postgres::Server;
use duplex_tests::storm::{self, Survived};
use tempfile::TempDir;

/// Most of it is filled; the rest is what a storm writes.
const DISK_MEGABYTES: u32 = 32;

fn seed() -> u64 {
    number("DUPLEX_STORM_SEED").unwrap_or(FIRST_SEED)
}

fn told(survived: &Survived) {
    eprintln!("seed {}: {survived:#?}", seed());
}

/// As after a crash and as after maintenance. What was answered 2xx before is not lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_restarted() -> Result<()> {
    let Some(server) = Server::start().await? else { return Ok(()) };
    storm::run_on_restarted(seed(), server).await.map(|survived| told(&survived))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_cuts_all_connections() -> Result<()> {
    let Some(database) = postgres::Database::create("cuts").await? else { return Ok(()) };
    told(&storm::run_with_cuts(seed(), database.url.clone()).await?);
    database.drop().await
}

/// The disk of SQLite is full, and has room again without anybody starting anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_is_full() -> Result<()> {
    if !disk::is_alone("chaos::the_disk_is_full")? {
        return Ok(());
    }
    let dir = TempDir::new()?;
    let disk = Disk::mount(dir.path(), DISK_MEGABYTES)?;
    storm::run_on_full_disk(seed(), disk).await.map(|survived| told(&survived))
}

/// The same of PostgreSQL's tables; its log has room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_of_the_tables_is_full() -> Result<()> {
    if !disk::is_alone("chaos::the_disk_of_the_tables_is_full")? {
        return Ok(());
    }
    if !disk::has_accounts()? {
        eprintln!("skipped: PostgreSQL does not run as root, and nobody else is known here");
        return Ok(());
    }
    let Some(server) = Server::start().await? else { return Ok(()) };
    let dir = TempDir::new()?;
    let disk = Disk::mount(dir.path(), DISK_MEGABYTES)?;
    storm::run_on_full_tablespace(seed(), disk, &server).await.map(|survived| told(&survived))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_are_wrong_sqlite() -> Result<()> {
    storm::run_skewed(seed(), None).await.map(|survived| told(&survived))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_are_wrong_postgres() -> Result<()> {
    let Some(database) = postgres::Database::create("clocks").await? else { return Ok(()) };
    told(&storm::run_skewed(seed(), Some(database.url.clone())).await?);
    database.drop().await
}
