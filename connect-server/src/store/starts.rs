//! Starts: how far the first look at the existing issues of a side has come.

use super::StoreError;
use super::db::{Db, millis, word};
use duplex_core::id::{Millis, Side, Sides, SiteId, SyncId};
use sqlx::Row;

#[derive(Debug, Clone)]
pub struct Starts {
    pub(super) db: Db,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    pub started: Millis,
    /// The issues in scope, as Jira counted them at the start; `None` before it did.
    pub total: Option<i64>,
    /// So many of them were marked.
    pub marked: i64,
    /// All of them were.
    pub whole: bool,
}

impl Starts {
    /// A sync starts, or does so anew: nothing is marked yet on either side.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin(&self, now: Millis, tenant: &SiteId, sync: &SyncId) -> Result<(), StoreError> {
        let start = Start { started: now, total: None, marked: 0, whole: false };
        for side in Side::BOTH {
            self.put(tenant, sync, side, start).await?;
        }
        Ok(())
    }

    /// # Errors
    /// [`StoreError::Database`].
    pub async fn put(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        side: Side,
        start: Start,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO starts (tenant, sync, side, started, total, marked, whole)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant, sync, side) DO UPDATE SET started = excluded.started, total = excluded.total,
                marked = excluded.marked, whole = excluded.whole",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(side.as_str())
        .bind(start.started.0)
        .bind(start.total)
        .bind(start.marked)
        .bind(i64::from(start.whole))
        .execute(&self.db.pool)
        .await?;
        Ok(())
    }

    /// `None`: the side was never started.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Word`].
    pub async fn of_sync(&self, tenant: &SiteId, sync: &SyncId) -> Result<Sides<Option<Start>>, StoreError> {
        let query = sqlx::query("SELECT * FROM starts WHERE tenant = $1 AND sync = $2");
        let mut starts = Sides::default();
        for row in query.bind(tenant.as_str()).bind(sync.as_str()).fetch_all(&self.db.pool).await? {
            starts[word::<Side>(&row, "side")?] = Some(Start {
                started: millis(&row, "started")?,
                total: row.try_get("total")?,
                marked: row.try_get("marked")?,
                whole: row.try_get::<i64, _>("whole")? != 0,
            });
        }
        Ok(starts)
    }
}
