//! Drafts: one per sync, saved only over the version that its editor saw; and drafts that wait for the other side.

use super::Syncs;
use super::configs::{Publish, Publishing, publish_in};
use crate::store::StoreError;
use crate::store::db::{json, millis, next, text, word};
use duplex_core::config::Config;
use duplex_core::id::{AccountId, Millis, Side, SiteId, SyncId};
use sqlx::Row;
use sqlx::any::AnyRow;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Never used twice, over all drafts of all syncs.
    pub version: i64,
    pub author: AccountId,
    pub at: Millis,
    pub config: Config,
}

/// What became of a save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    Saved {
        version: i64,
    },
    /// Somebody else saved, published or discarded since; here is what stands now.
    Moved {
        current: Option<Box<Draft>>,
    },
}

/// *Draft sent*: it widens what leaves `side`, and waits for an admin there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentDraft {
    pub tenant: SiteId,
    pub sync: SyncId,
    pub id: String,
    /// The side that must accept.
    pub side: Side,
    /// The published version that it was judged against.
    pub base_version: i64,
    pub author: AccountId,
    pub at: Millis,
    pub config: Config,
}

/// What became of an acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    Published {
        version: i64,
    },
    /// Another configuration was published since it was sent.
    Moved {
        version: i64,
    },
    /// It was withdrawn, replaced or answered.
    Gone,
}

impl Syncs {
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn draft(&self, tenant: &SiteId, sync: &SyncId) -> Result<Option<Draft>, StoreError> {
        let query = sqlx::query("SELECT * FROM drafts WHERE tenant = $1 AND sync = $2");
        let row = query.bind(tenant.as_str()).bind(sync.as_str()).fetch_optional(&self.db.pool).await?;
        row.map(|row| draft_of(&row)).transpose()
    }

    /// Saves over the version that the editor saw; 0 where there was no draft.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn put_draft(
        &self,
        now: Millis,
        tenant: &SiteId,
        sync: &SyncId,
        seen: i64,
        author: &AccountId,
        config: &Config,
    ) -> Result<Saved, StoreError> {
        let mut tx = self.db.begin().await?;
        let version = next(&mut *tx, "draft").await?;
        // The shared counter's row lock makes savers wait for each other, so what is read here stays.
        let query = sqlx::query("SELECT * FROM drafts WHERE tenant = $1 AND sync = $2");
        let row = query.bind(tenant.as_str()).bind(sync.as_str()).fetch_optional(&mut *tx).await?;
        let current = row.map(|row| draft_of(&row)).transpose()?;
        if current.as_ref().map_or(0, |draft| draft.version) != seen {
            return Ok(Saved::Moved { current: current.map(Box::new) });
        }
        sqlx::query(
            "INSERT INTO drafts (tenant, sync, version, author, at, body) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant, sync) DO UPDATE SET
                version = excluded.version, author = excluded.author, at = excluded.at, body = excluded.body",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(version)
        .bind(author.as_str())
        .bind(now.0)
        .bind(text(config)?)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Saved::Saved { version })
    }

    /// # Errors
    /// [`StoreError::Database`].
    pub async fn discard_draft(&self, tenant: &SiteId, sync: &SyncId) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM drafts WHERE tenant = $1 AND sync = $2");
        query.bind(tenant.as_str()).bind(sync.as_str()).execute(&self.db.pool).await?;
        Ok(())
    }

    /// Lets a draft wait for the acceptance of its `side`, in place of one that waits already.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn send_draft(&self, sent: &SentDraft) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sent_drafts (tenant, sync, id, side, base_version, author, at, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (tenant, sync) DO UPDATE SET
                id = excluded.id, side = excluded.side, base_version = excluded.base_version,
                author = excluded.author, at = excluded.at, body = excluded.body",
        )
        .bind(sent.tenant.as_str())
        .bind(sent.sync.as_str())
        .bind(&sent.id)
        .bind(sent.side.as_str())
        .bind(sent.base_version)
        .bind(sent.author.as_str())
        .bind(sent.at.0)
        .bind(text(&sent.config)?)
        .execute(&self.db.pool)
        .await?;
        Ok(())
    }

    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn sent_draft(&self, tenant: &SiteId, sync: &SyncId) -> Result<Option<SentDraft>, StoreError> {
        let query = sqlx::query("SELECT * FROM sent_drafts WHERE tenant = $1 AND sync = $2");
        let row = query.bind(tenant.as_str()).bind(sync.as_str()).fetch_optional(&self.db.pool).await?;
        row.map(|row| sent_of(&row)).transpose()
    }

    /// *Draft received*: what waits for an admin of `site`, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn sent_to(&self, site: &SiteId) -> Result<Vec<SentDraft>, StoreError> {
        let query = sqlx::query(
            "SELECT d.* FROM sent_drafts d JOIN syncs s ON s.tenant = d.tenant AND s.sync = d.sync
             WHERE (d.side = 'a' AND s.a_site = $1) OR (d.side = 'b' AND s.b_site = $1)
             ORDER BY d.at, d.sync",
        );
        query.bind(site.as_str()).fetch_all(&self.db.pool).await?.iter().map(sent_of).collect()
    }

    /// Publishes exactly the draft that the admin saw, named by its id.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn accept_draft(
        &self,
        now: Millis,
        tenant: &SiteId,
        sync: &SyncId,
        id: &str,
        account: &AccountId,
    ) -> Result<Accepted, StoreError> {
        let mut tx = self.db.begin().await?;
        let row =
            sqlx::query("DELETE FROM sent_drafts WHERE tenant = $1 AND sync = $2 AND id = $3 RETURNING *")
                .bind(tenant.as_str())
                .bind(sync.as_str())
                .bind(id)
                .fetch_optional(&mut *tx)
                .await?;
        let Some(row) = row else { return Ok(Accepted::Gone) };
        let sent = sent_of(&row)?;
        let publish = Publish {
            base_version: sent.base_version,
            config: &sent.config,
            author: &sent.author,
            accepted_by: Some(account),
        };
        let outcome = publish_in(&self.db, &mut tx, now, tenant, sync, publish).await?;
        tx.commit().await?;
        Ok(match outcome {
            Publishing::Published { version } => Accepted::Published { version },
            Publishing::Moved { version } => Accepted::Moved { version },
            Publishing::NoSync => Accepted::Gone,
        })
    }

    /// Declines or withdraws; `false` when it was gone already.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn decline_draft(&self, tenant: &SiteId, sync: &SyncId, id: &str) -> Result<bool, StoreError> {
        let query = sqlx::query("DELETE FROM sent_drafts WHERE tenant = $1 AND sync = $2 AND id = $3");
        let done = query.bind(tenant.as_str()).bind(sync.as_str()).bind(id).execute(&self.db.pool).await?;
        Ok(done.rows_affected() > 0)
    }
}

fn draft_of(row: &AnyRow) -> Result<Draft, StoreError> {
    Ok(Draft {
        version: row.try_get("version")?,
        author: AccountId(row.try_get("author")?),
        at: millis(row, "at")?,
        config: json(row, "body")?,
    })
}

fn sent_of(row: &AnyRow) -> Result<SentDraft, StoreError> {
    Ok(SentDraft {
        tenant: SiteId(row.try_get("tenant")?),
        sync: SyncId(row.try_get("sync")?),
        id: row.try_get("id")?,
        side: word(row, "side")?,
        base_version: row.try_get("base_version")?,
        author: AccountId(row.try_get("author")?),
        at: millis(row, "at")?,
        config: json(row, "body")?,
    })
}
