//! What the server remembers, in SQLite or PostgreSQL, and nowhere else.
//!
//! One room per noun; every function is one statement or one transaction. Time is handed in. Work through a link goes
//! [`work`] (claim) -> [`links`] (load) -> [`intents`] (open) -> [`memory`] (record) -> [`work`] (finish).

pub mod activity;
mod bell;
pub mod choices;
pub mod conflicts;
pub mod customers;
mod db;
pub mod drills;
pub mod epochs;
mod error;
mod hints;
pub mod intents;
mod keys;
pub mod lines;
pub mod links;
pub mod memory;
pub mod parked;
pub mod pauses;
pub mod projects;
pub mod proofs;
pub mod rotation;
pub mod sites;
pub mod starts;
pub mod sweeps;
pub mod syncs;
#[cfg(test)]
mod tests;
pub mod unswept;
pub mod work;

pub use bell::Bell;
pub use error::StoreError;
pub use intents::{Opening, Slot, Working};
pub use syncs::Place;
pub use work::{Claimed, Class, Finished, Lease, LinkMark, Mark};

use crate::clock::Chance;
use crate::secret::KeyRing;
use db::Db;
use duplex_core::id::Millis;
use std::fmt;
use std::sync::Arc;

/// The rooms over one database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub sites: sites::Sites,
    pub syncs: syncs::Syncs,
    pub lines: lines::Lines,
    pub links: links::Links,
    pub choices: choices::Choices,
    pub work: work::Work,
    pub intents: intents::Intents,
    pub memory: memory::Memory,
    pub parked: parked::Parked,
    pub conflicts: conflicts::Conflicts,
    pub activity: activity::Activity,
    pub drills: drills::Drills,
    pub customers: customers::Customers,
    pub projects: projects::Projects,
    pub unswept: unswept::Unswept,
    pub proofs: proofs::Proofs,
    pub rotation: rotation::Rotation,
    pub starts: starts::Starts,
    pub sweeps: sweeps::Sweeps,
    pub pauses: pauses::Pauses,
    pub epochs: epochs::Epochs,
    /// Rings when work was marked in this process.
    pub bell: Bell,
    db: Db,
    keys: KeyRing,
}

/// How the store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Seals secrets and lost values.
    pub ring: KeyRing,
    pub chance: Arc<dyn Chance>,
    /// SQLite only: a commit waits until it is on disk. `false` is for tests that crash the program but not the
    /// machine.
    pub synced: bool,
}

/// What seals, and what makes ids.
#[derive(Clone)]
pub(crate) struct Vault {
    ring: KeyRing,
    chance: Arc<dyn Chance>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Store {
    /// Opens `sqlite://FILE` (made when missing) or `postgres://...`, and brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Url`], [`StoreError::Newer`], [`StoreError::Migrate`], [`StoreError::KeyMissing`],
    /// [`StoreError::KeyChanged`], [`StoreError::Database`].
    pub async fn open(url: &str, mut options: Options) -> Result<Self, StoreError> {
        let db = Db::connect(url, options.synced).await?;
        db.migrate().await?;
        keys::check(&db, &mut options.ring).await?;
        let keys = options.ring.clone();
        let vault = Vault { ring: options.ring, chance: options.chance };
        let bell = Bell::default();
        let work = work::Work::new(db.clone(), bell.clone());
        Ok(Self {
            sites: sites::Sites { db: db.clone(), vault: vault.clone() },
            syncs: syncs::Syncs { db: db.clone() },
            lines: lines::Lines { db: db.clone() },
            links: links::Links { db: db.clone() },
            choices: choices::Choices { db: db.clone(), bell: bell.clone() },
            intents: intents::Intents { db: db.clone() },
            memory: memory::Memory { db: db.clone(), vault: vault.clone() },
            parked: parked::Parked { db: db.clone(), work: work.clone() },
            conflicts: conflicts::Conflicts { db: db.clone(), vault: vault.clone() },
            activity: activity::Activity { db: db.clone(), vault: vault.clone() },
            drills: drills::Drills { db: db.clone() },
            customers: customers::Customers { db: db.clone(), vault: vault.clone() },
            rotation: rotation::Rotation { db: db.clone(), vault: vault.clone() },
            projects: projects::Projects { db: db.clone() },
            unswept: unswept::Unswept { db: db.clone() },
            proofs: proofs::Proofs { db: db.clone() },
            starts: starts::Starts { db: db.clone() },
            sweeps: sweeps::Sweeps { db: db.clone() },
            pauses: pauses::Pauses { db: db.clone() },
            epochs: epochs::Epochs { db: db.clone(), vault },
            work,
            bell,
            db,
            keys,
        })
    }

    /// What seals here; stamps and digests derive from it.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// A backup was put in the place of the database, and an operator says so: see [`epochs::Epochs::restored`]. The
    /// copies are looked up from `due` on, when Jira's index shows all that was created before. Answers the base URL of every site, and how many of its syncs are compared anew.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn restored(&self, now: Millis, due: Millis) -> Result<Vec<(String, usize)>, StoreError> {
        let mut told = Vec::new();
        for site in self.sites.all().await? {
            let epoch = self.epochs.of(&site.site).await?.next;
            let syncs = self.epochs.restored(now, &site.site, epoch, due).await?;
            told.push((site.base_url, syncs));
        }
        Ok(told)
    }

    /// Answers when the database does. For readiness.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.db.pool).await?;
        Ok(())
    }

    /// Answers when the database takes writes: it counts how often it was asked. For readiness. A row that is changed
    /// into itself would prove nothing: SQLite does not write it, and calls a full disk fine.
    ///
    /// # Errors
    /// [`StoreError::Database`], as of a database that a failover left read-only, or whose disk is full.
    pub async fn takes_writes(&self) -> Result<(), StoreError> {
        let count = "INSERT INTO counters (name, value) VALUES ('ready', 1)
                     ON CONFLICT (name) DO UPDATE SET value = counters.value + 1";
        sqlx::query(count).execute(&self.db.pool).await?;
        Ok(())
    }

    /// Waits for running statements and closes all connections.
    pub async fn close(&self) {
        self.db.pool.close().await;
    }
}
