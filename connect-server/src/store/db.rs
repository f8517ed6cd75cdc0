//! The two databases behind one text of SQL.
//!
//! Guarantees: a transaction that reads before it writes never fails for want of a lock (SQLite begins it
//! `IMMEDIATE`), and a commit that returned is on disk (`synchronous = FULL`; PostgreSQL's own default).
//! What the caller must do: inside a transaction, run every statement on it. SQLite has one connection.

use super::StoreError;
use crate::crash::crash_point;
use duplex_core::id::Millis;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::migrate::MigrateError;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor, Row, Transaction};
use std::str::FromStr;
use std::time::Duration;

/// How long a statement waits for a connection, in seconds.
const ACQUIRE_SECONDS_MAX: u64 = 10;
/// How long a statement waits for another process's lock, and how long PostgreSQL lets a transaction lie idle, in
/// milliseconds.
const BUSY_MS_MAX: u32 = 10_000;
/// How long PostgreSQL works on one statement, in milliseconds.
const STATEMENT_MS_MAX: u32 = 30_000;
/// Connections per process to PostgreSQL.
const POSTGRES_CONNECTIONS_MAX: u32 = 8;
/// A connection that rested longer is asked for a sign of life before it is used, in seconds.
const IDLE_SECONDS_TRUSTED: u64 = 2;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

pub(super) type Tx = Transaction<'static, Any>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone)]
pub(super) struct Db {
    pub(super) pool: AnyPool,
    dialect: Dialect,
}

impl Db {
    /// Connects; `sqlite://FILE` makes the file.
    pub(super) async fn connect(url: &str, synced: bool) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let (dialect, url, connections) = if let Some(rest) = url.strip_prefix("sqlite:") {
            let mode = if rest.contains('?') { "" } else { "?mode=rwc" };
            (Dialect::Sqlite, format!("sqlite:{rest}{mode}"), 1)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            (Dialect::Postgres, url.to_owned(), POSTGRES_CONNECTIONS_MAX)
        } else {
            return Err(StoreError::Url);
        };
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS_MAX))
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .before_acquire(|connection, rest| {
                Box::pin(async move {
                    if rest.idle_for > Duration::from_secs(IDLE_SECONDS_TRUSTED) {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_release(|connection, _| Box::pin(is_clean(connection)))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql(AssertSqlSafe(settings(dialect, synced))).execute(connection).await?;
                    Ok(())
                })
            })
            .connect(&url)
            .await
            .map_err(|error| match dialect {
                Dialect::Sqlite => StoreError::File(error),
                Dialect::Postgres => StoreError::Server(error),
            })?;
        Ok(Self { pool, dialect })
    }

    /// Brings the schema to the version that this binary knows.
    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        match MIGRATIONS.run(&self.pool).await {
            Ok(()) => Ok(()),
            Err(MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _)) => {
                Err(StoreError::Newer { version })
            }
            Err(other) => Err(StoreError::Migrate(Box::new(other))),
        }
    }

    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        crash_point!("store.begin");
        match self.dialect {
            Dialect::Sqlite => Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?),
            Dialect::Postgres => Ok(self.pool.begin().await?),
        }
    }

    /// The SQL with its row locks: `{skip locked}` and `{lock}` and `{share}` mean something on PostgreSQL only,
    /// because SQLite's one writer holds the whole database.
    pub(super) fn sql(&self, text: &str) -> AssertSqlSafe<String> {
        let (skip, lock, share) = match self.dialect {
            Dialect::Sqlite => ("", "", ""),
            Dialect::Postgres => ("FOR UPDATE SKIP LOCKED", "FOR UPDATE", "FOR SHARE"),
        };
        AssertSqlSafe(text.replace("{skip locked}", skip).replace("{lock}", lock).replace("{share}", share))
    }
}

/// Whether a connection can be used again. Where SQLite itself rolled a transaction back (a full disk makes it do so),
/// the rollback that follows fails, and the connection believes for ever that it is inside one.
async fn is_clean(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A rollback may be on its way; what is asked now is answered after it.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// What every connection is told first.
fn settings(dialect: Dialect, synced: bool) -> String {
    match dialect {
        Dialect::Sqlite => {
            let synchronous = if synced { "FULL" } else { "OFF" };
            format!(
                "PRAGMA busy_timeout = {BUSY_MS_MAX}; PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = {synchronous};"
            )
        }
        // A process that stands still in the middle of a transaction must not hold the others up.
        Dialect::Postgres => format!(
            "SET lock_timeout = {BUSY_MS_MAX}; SET statement_timeout = {STATEMENT_MS_MAX};
             SET idle_in_transaction_session_timeout = {BUSY_MS_MAX};"
        ),
    }
}

/// The next number of a shared counter. Its row stays locked as long as a transaction that it is asked in.
pub(super) async fn next<'e>(
    on: impl Executor<'e, Database = Any>,
    counter: &str,
) -> Result<i64, StoreError> {
    let row = sqlx::query("UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value")
        .bind(counter)
        .fetch_one(on)
        .await?;
    Ok(row.try_get(0)?)
}

/// A JSON column, decoded.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|error| StoreError::Row { column: column.to_owned(), error })
}

/// A column that holds one of a closed set of words.
pub(super) fn word<T: FromStr>(row: &AnyRow, column: &str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|_| StoreError::Word { column: column.to_owned() })
}

pub(super) fn millis(row: &AnyRow, column: &str) -> Result<Millis, StoreError> {
    Ok(Millis(row.try_get(column)?))
}

pub(super) fn millis_maybe(row: &AnyRow, column: &str) -> Result<Option<Millis>, StoreError> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Millis))
}

/// A value as it stands in a JSON column.
pub(super) fn text<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Row { column: String::new(), error })
}
