//! Configurations: what was published, by whom, and what counts.

use super::Syncs;
use crate::store::StoreError;
use crate::store::db::{Db, Tx, json, millis, text};
use duplex_core::config::Config;
use duplex_core::id::{AccountId, Millis, SiteId, SyncId};
use sqlx::Row;
use sqlx::any::AnyRow;

/// A configuration as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub version: i64,
    pub author: AccountId,
    /// The admin of the partner's site who accepted what it widens.
    pub accepted_by: Option<AccountId>,
    pub at: Millis,
    pub config: Config,
}

/// What became of a publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publishing {
    Published {
        version: i64,
    },
    /// Another configuration was published since the one that this was judged against.
    Moved {
        version: i64,
    },
    NoSync,
}

/// A publish: the configuration, and the published version that it was judged against.
#[derive(Debug, Clone, Copy)]
pub struct Publish<'a> {
    pub base_version: i64,
    pub config: &'a Config,
    pub author: &'a AccountId,
    pub accepted_by: Option<&'a AccountId>,
}

impl Syncs {
    /// Publishes, if the version that the configuration was judged against is still the published one. A draft
    /// that says the same, and any that waits for acceptance, are gone then.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn publish(
        &self,
        now: Millis,
        tenant: &SiteId,
        sync: &SyncId,
        publish: Publish<'_>,
    ) -> Result<Publishing, StoreError> {
        let mut tx = self.db.begin().await?;
        let outcome = publish_in(&self.db, &mut tx, now, tenant, sync, publish).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    /// The configuration that counts.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn published(&self, tenant: &SiteId, sync: &SyncId) -> Result<Option<Published>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM configs WHERE tenant = $1 AND sync = $2 ORDER BY version DESC LIMIT 1",
        );
        let row = query.bind(tenant.as_str()).bind(sync.as_str()).fetch_optional(&self.db.pool).await?;
        row.map(|row| published_of(&row)).transpose()
    }

    /// All configurations that were published, newest first. To restore one, put it into the draft.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn history(&self, tenant: &SiteId, sync: &SyncId) -> Result<Vec<Published>, StoreError> {
        let query =
            sqlx::query("SELECT * FROM configs WHERE tenant = $1 AND sync = $2 ORDER BY version DESC");
        let rows = query.bind(tenant.as_str()).bind(sync.as_str()).fetch_all(&self.db.pool).await?;
        rows.iter().map(published_of).collect()
    }
}

pub(super) async fn publish_in(
    db: &Db,
    tx: &mut Tx,
    now: Millis,
    tenant: &SiteId,
    sync: &SyncId,
    publish: Publish<'_>,
) -> Result<Publishing, StoreError> {
    let query = db.sql("SELECT version FROM syncs WHERE tenant = $1 AND sync = $2 {lock}");
    let row = sqlx::query(query).bind(tenant.as_str()).bind(sync.as_str()).fetch_optional(&mut **tx).await?;
    let Some(row) = row else { return Ok(Publishing::NoSync) };
    let current: i64 = row.try_get(0)?;
    if current != publish.base_version {
        return Ok(Publishing::Moved { version: current });
    }
    let version = current + 1;
    sqlx::query("UPDATE syncs SET version = $3, name = $4 WHERE tenant = $1 AND sync = $2")
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(version)
        .bind(&publish.config.name)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO configs (tenant, sync, version, author, accepted_by, at, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant.as_str())
    .bind(sync.as_str())
    .bind(version)
    .bind(publish.author.as_str())
    .bind(publish.accepted_by.map(AccountId::as_str))
    .bind(now.0)
    .bind(text(publish.config)?)
    .execute(&mut **tx)
    .await?;
    // A draft that says something else was saved in between: it stays.
    sqlx::query("DELETE FROM drafts WHERE tenant = $1 AND sync = $2 AND body = $3")
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(text(publish.config)?)
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM sent_drafts WHERE tenant = $1 AND sync = $2")
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(Publishing::Published { version })
}

fn published_of(row: &AnyRow) -> Result<Published, StoreError> {
    Ok(Published {
        version: row.try_get("version")?,
        author: AccountId(row.try_get("author")?),
        accepted_by: row.try_get::<Option<String>, _>("accepted_by")?.map(AccountId),
        at: millis(row, "at")?,
        config: json(row, "body")?,
    })
}
