//! Starts: how far the first look at the existing issues of a side has come.

use super::StoreError;
use super::db::{Db, millis, word};
use super::sweeps::{self, SweepKey, SweepKind};
use super::syncs::{self, Sync};
use duplex_core::id::{Millis, Side, Sides, SiteId, SyncId};
use sqlx::{Any, Executor, Row};

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

/// How a sync starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begin {
    /// Issues of a side that are older stay where they are; on the site's clock.
    pub scope_from: Sides<Option<Millis>>,
    /// Now, on each site's clock.
    pub there: Sides<Millis>,
    /// When a site is swept first: what is there now is the start's own to look at, and does not come before what people
    /// do meanwhile.
    pub fast: Millis,
    /// When it is audited first.
    pub audit: Millis,
}

impl Starts {
    /// The sync runs from now on, and all that it looks at first is due: all of it or nothing. `false`: nothing is
    /// published yet.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin(&self, now: Millis, sync: &Sync, begin: &Begin) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        if !syncs::start(&mut *tx, &sync.tenant, &sync.sync, begin.scope_from).await? {
            return Ok(false);
        }
        let start = Start { started: now, total: None, marked: 0, whole: false };
        for side in Side::BOTH {
            put(&mut *tx, &sync.tenant, &sync.sync, side, start).await?;
            let backfill = SweepKey::sync(&sync.tenant, &sync.sync, backfill(side));
            sweeps::begin(&mut *tx, &backfill, None, now).await?;
            let site = &sync.ends[side].site;
            for (kind, due) in [(SweepKind::Fast, begin.fast), (SweepKind::Audit, begin.audit)] {
                let key = SweepKey::site(site, kind);
                sweeps::ensure(&mut *tx, &key, begin.there[side], due).await?;
            }
        }
        tx.commit().await?;
        Ok(true)
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
        put(&self.db.pool, tenant, sync, side, start).await
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

async fn put<'e>(
    db: impl Executor<'e, Database = Any>,
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
    .execute(db)
    .await?;
    Ok(())
}

fn backfill(side: Side) -> SweepKind {
    match side {
        Side::A => SweepKind::BackfillA,
        Side::B => SweepKind::BackfillB,
    }
}
