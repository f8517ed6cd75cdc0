//! A database of its own for a run, on the PostgreSQL that the environment names.

use anyhow::{Context, Result};
use sqlx::{AnyPool, AssertSqlSafe};

/// Names a PostgreSQL where databases may be made and dropped.
const VARIABLE: &str = "DUPLEX_TEST_POSTGRES_URL";

#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) url: String,
    server: String,
    name: String,
}

impl Database {
    /// `None`, and a word about it, where no PostgreSQL is named.
    pub(crate) async fn create(name: &str) -> Result<Option<Self>> {
        let Ok(server) = std::env::var(VARIABLE) else {
            eprintln!("skipped: {VARIABLE} names no PostgreSQL");
            return Ok(None);
        };
        let name = format!("{name}_{}", std::process::id());
        let base = server.rsplit_once('/').context("a PostgreSQL URL that ends with a database")?.0;
        let database = Self { url: format!("{base}/{name}"), server: server.clone(), name };
        database.order("CREATE DATABASE").await?;
        Ok(Some(database))
    }

    /// A failed run leaves its database for whoever looks into it.
    pub(crate) async fn drop(self) -> Result<()> {
        self.order("DROP DATABASE IF EXISTS").await
    }

    async fn order(&self, order: &str) -> Result<()> {
        sqlx::any::install_default_drivers();
        let pool = AnyPool::connect(&self.server).await?;
        sqlx::query(AssertSqlSafe(format!("{order} {}", self.name))).execute(&pool).await?;
        pool.close().await;
        Ok(())
    }
}
