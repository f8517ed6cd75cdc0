//! What is taken away from under the servers for a while and given back: their database, or all room on its disk.

use crate::disk::Disk;
use crate::net::Browser;
use crate::postgres::{End, Server};
use crate::stage::Stage;
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use duplex_server::egress::Transport;
use sqlx::{AnyPool, Row};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// So long it is gone: longer than a webhook waits for the database, and than `/readyz` does.
const GONE: Duration = Duration::from_secs(5);
/// A server that is asked whether it is ready.
const ASK_EVERY: Duration = Duration::from_millis(200);
/// A checkpoint waits for those who read at this moment.
const CHECKPOINTS_MAX: usize = 100;

/// What the servers' database stands on.
#[derive(Debug)]
pub(super) enum Ground {
    Postgres(Server),
    /// Of SQLite's file.
    Disk(Disk),
    /// Of one database of PostgreSQL. Only what makes a table longer fails, so it need not say that it is not ready.
    Tablespace(Disk),
}

/// What PostgreSQL says of it.
const NO_SPACE: &str = "No space left on device";

/// It is gone at this moment.
#[derive(Debug)]
pub(super) struct Outage {
    until: Instant,
    /// Ends once the server has said that it is not ready.
    unready: JoinSet<()>,
}

impl Ground {
    pub(super) async fn take(&mut self, end: End, stage: &Stage) -> Result<Outage> {
        match self {
            Self::Postgres(server) => server.down(end)?,
            Self::Disk(disk) => {
                // What stands in the log of SQLite is room that it would use again.
                empty_log(&stage.database_url()).await?;
                disk.fill()?;
            }
            Self::Tablespace(disk) => disk.fill()?,
        }
        let mut unready = JoinSet::new();
        unready.spawn(is_unready(ready_url(stage)));
        Ok(Outage { until: Instant::now() + GONE, unready })
    }

    /// Gives it back, and waits until the server says that it is ready: nobody starts it again.
    pub(super) async fn give_back(&mut self, mut outage: Outage, stage: &mut Stage) -> Result<()> {
        tokio::time::sleep_until(outage.until).await;
        match self {
            Self::Postgres(server) => server.up()?,
            Self::Disk(disk) | Self::Tablespace(disk) => disk.clear()?,
        }
        let said_so = match self {
            Self::Postgres(_) | Self::Disk(_) => outage.unready.try_join_next().is_some(),
            Self::Tablespace(_) => std::fs::read_to_string(&stage.servers[0].process.log)?.contains(NO_SPACE),
        };
        ensure!(said_so, "for {GONE:?}, nothing was wrong with its database in the server's eyes");
        let url = ready_url(stage);
        stage.servers[0].process.answers(&url).await.context("ready again")
    }
}

impl Outage {
    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }
}

/// Ends all connections to the database but the one that it asks on. How many.
pub(super) async fn cut(database_url: &str) -> Result<usize> {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(database_url).await?;
    let cut = sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    let cut = cut.fetch_all(&pool).await?.len();
    pool.close().await;
    Ok(cut)
}

fn ready_url(stage: &Stage) -> String {
    format!("http://127.0.0.1:{}/readyz", stage.servers.first().map_or(0, |server| server.ops_port))
}

async fn is_unready(url: String) {
    let browser = Browser::default();
    loop {
        if let Ok(request) = http::Request::get(&url).body(Bytes::new())
            && browser.send(request).await.is_ok_and(|answer| answer.status() == 503)
        {
            return;
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

async fn empty_log(database_url: &str) -> Result<()> {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(database_url).await?;
    let mut busy = 1;
    for _ in 0..CHECKPOINTS_MAX {
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&pool).await?;
        busy = row.try_get::<i64, _>(0)?;
        if busy == 0 {
            break;
        }
    }
    pool.close().await;
    ensure!(busy == 0, "somebody reads all the time");
    Ok(())
}
