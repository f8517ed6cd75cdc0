//! The operator's commands. They work on the database of a running server, or without one.

pub mod drill;
mod pairs;
pub mod sync;

use crate::clock::{Chance, Clock as _, SystemChance, SystemClock};
use crate::config::{Database, Times};
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
    let store = open(database, Arc::new(SystemChance)).await?;
    store.close().await;
    say("The database is at this binary's version.")?;
    Ok(ExitCode::SUCCESS)
}

/// `duplex restored`: a backup was put in the place of the database. Sites notice it by themselves; this is for a
/// backup so young that they can't.
///
/// # Errors
/// As [`open`].
pub async fn restored(database: &Database) -> anyhow::Result<ExitCode> {
    let store = open(database, Arc::new(SystemChance)).await?;
    let now = SystemClock.now();
    for (base_url, syncs) in store.restored(now, now.plus(Times::default().grace_ms)).await? {
        say(&format!("{base_url}: the pairs of {syncs} syncs are compared anew."))?;
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// `duplex rotate-key`.
///
/// # Errors
/// As [`open`]; a setting without a second key; and what can't be opened.
pub async fn rotate_key(database: &Database) -> anyhow::Result<ExitCode> {
    let store = open(database, Arc::new(SystemChance)).await?;
    anyhow::ensure!(
        !store.keys().legacies().is_empty(),
        "there is one secret key, and nothing to rotate to.\n\
         Add a new one with a higher id, as `1:OLD,2:NEW`, give both to all servers, and run this again"
    );
    let mut sealed = 0;
    loop {
        match store
            .rotation
            .slice()
            .await
            .context("a value can't be sealed anew; what was done stays done")?
        {
            0 => break,
            rows => sealed += rows,
        }
        say(&format!("Sealed anew so far: {sealed}"))?;
    }
    let retired = store.rotation.retire().await?;
    for id in &retired {
        say(&format!("Key {id} opens nothing any more: take it out of --secret-key (DUPLEX_SECRET_KEY)."))?;
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// One line for the operator; what logs say goes to standard error. A reader that has gone (`| head`) is no failure.
pub(crate) fn say(line: &str) -> std::io::Result<()> {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
