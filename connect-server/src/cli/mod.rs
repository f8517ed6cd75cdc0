//! The operator's commands. They work on the database of a running server, or without one.

mod pairs;
pub mod sync;

use crate::clock::Chance;
use crate::config::Database;
use crate::secret::KeyRing;
use crate::store::{Options, Store};
use anyhow::Context;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

/// Opens the database, brought to this binary's version.
///
/// # Errors
/// A missing or malformed secret key, and a database that is newer than this binary.
pub async fn open(database: &Database, chance: Arc<dyn Chance>) -> anyhow::Result<Store> {
    let ring: KeyRing =
        database.secret_key()?.parse().context("the secret key (--secret-key, DUPLEX_SECRET_KEY)")?;
    let options = Options { ring, chance, synced: true };
    Store::open(database.database_url.text(), options)
        .await
        .context("the database (--database-url, DUPLEX_DATABASE_URL)")
}

/// `duplex migrate`.
///
/// # Errors
/// As [`open`].
pub async fn migrate(database: &Database) -> anyhow::Result<ExitCode> {
    let store = open(database, Arc::new(crate::clock::SystemChance)).await?;
    store.close().await;
    say("The database is at this binary's version.")?;
    Ok(ExitCode::SUCCESS)
}

/// One line for the operator; what logs say goes to standard error. A reader that has gone (`| head`) is no failure.
pub(crate) fn say(line: &str) -> std::io::Result<()> {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
