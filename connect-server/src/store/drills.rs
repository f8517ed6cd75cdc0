//! Leak drills: who ran which when, what came of it, and what may still lie on the sites.

use super::db::{Db, Tx, json, millis, millis_maybe, next, text, word};
use super::{Place, StoreError};
use duplex_core::drill::Report;
use duplex_core::id::{AccountId, IssueId, LinkId, Millis, OpId, Side, SiteId, SyncId};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

/// Drills of one sync that are kept.
pub const DRILLS_KEPT_MAX: i64 = 20;

#[derive(Debug, Clone)]
pub struct Drills {
    pub(super) db: Db,
}

/// A drill, or that there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    pub number: i64,
    pub version: i64,
    pub author: AccountId,
    pub began: Millis,
    /// No other begins before.
    pub until: Millis,
    /// `None`: under way, or it died.
    pub ended: Option<Millis>,
    pub skipped: bool,
    /// `None` of one that was skipped, is under way, or died.
    pub report: Option<Report>,
}

/// An issue that a drill made, or may have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScratchIssue {
    pub op: OpId,
    pub side: Side,
    pub at: Millis,
    /// Its id and key; `None` where nobody knows whether it was made.
    pub made: Option<(IssueId, String)>,
}

/// One that is to begin.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<'a> {
    /// The published configuration that it looks at.
    pub version: i64,
    pub author: &'a AccountId,
    /// When it counts as dead, should nothing more be heard of it.
    pub until: Millis,
}

impl Drills {
    /// Begins a drill, and answers its number; `Err`: another one began, and this one may not before then.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin(
        &self,
        now: Millis,
        tenant: &SiteId,
        sync: &SyncId,
        beginning: Beginning<'_>,
    ) -> Result<Result<i64, Millis>, StoreError> {
        let mut tx = self.db.begin().await?;
        let number = next(&mut *tx, "drill").await?;
        if let Some(last) = last(&mut tx, tenant, sync).await?
            && now < last.until
        {
            return Ok(Err(last.until));
        }
        // What was under way died, and writes nothing any more.
        sqlx::query("UPDATE drills SET ended = $3 WHERE tenant = $1 AND sync = $2 AND ended IS NULL")
            .bind(tenant.as_str())
            .bind(sync.as_str())
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        insert(&mut tx, now, tenant, sync, number, beginning).await?;
        prune(&mut tx, tenant, sync).await?;
        tx.commit().await?;
        Ok(Ok(number))
    }

    /// What came of it, and when the next one may begin. `false`: it counted as dead already.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end(
        &self,
        now: Millis,
        tenant: &SiteId,
        sync: &SyncId,
        number: i64,
        (report, until): (&Report, Millis),
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "UPDATE drills SET ended = $4, report = $5, until = $6
             WHERE tenant = $1 AND sync = $2 AND number = $3 AND ended IS NULL",
        );
        let query = query.bind(tenant.as_str()).bind(sync.as_str()).bind(number).bind(now.0);
        let ended = query.bind(text(report)?).bind(until.0).execute(&self.db.pool).await?;
        Ok(ended.rows_affected() > 0)
    }

    /// Somebody says that this configuration starts without a drill.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn skip(
        &self,
        now: Millis,
        tenant: &SiteId,
        sync: &SyncId,
        (version, author): (i64, &AccountId),
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let number = next(&mut *tx, "drill").await?;
        // One that is under way stays alone.
        let until = last(&mut tx, tenant, sync).await?.map_or(now, |last| last.until.max(now));
        insert(&mut tx, now, tenant, sync, number, Beginning { version, author, until }).await?;
        sqlx::query(
            "UPDATE drills SET ended = $4, skipped = 1 WHERE tenant = $1 AND sync = $2 AND number = $3",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(number)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        prune(&mut tx, tenant, sync).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The newest; it alone counts.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn last(&self, tenant: &SiteId, sync: &SyncId) -> Result<Option<Drill>, StoreError> {
        let mut connection = self.db.pool.acquire().await?;
        last(&mut connection, tenant, sync).await
    }

    /// Writes down that an issue is about to be made. `false`: the drill counts as dead, and must not make it.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing must be made.
    pub async fn intend(
        &self,
        now: Millis,
        tenant: &SiteId,
        sync: &SyncId,
        number: i64,
        (side, op): (Side, &OpId),
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "INSERT INTO scratch_issues (tenant, sync, op, side, at)
             SELECT tenant, sync, $4, $5, $6 FROM drills
             WHERE tenant = $1 AND sync = $2 AND number = $3 AND ended IS NULL AND until > $6",
        );
        let query = query.bind(tenant.as_str()).bind(sync.as_str()).bind(number).bind(op.as_str());
        let done = query.bind(side.as_str()).bind(now.0).execute(&self.db.pool).await?;
        Ok(done.rows_affected() > 0)
    }

    /// It was made. Where it had been given up meanwhile, it is known again.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn made(
        &self,
        now: Millis,
        tenant: &SiteId,
        sync: &SyncId,
        (side, op): (Side, &OpId),
        (issue, key): (&IssueId, &str),
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO scratch_issues (tenant, sync, op, side, at, issue, key) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant, sync, op) DO UPDATE SET issue = excluded.issue, key = excluded.key",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(op.as_str())
        .bind(side.as_str())
        .bind(now.0)
        .bind(issue.as_str())
        .bind(key)
        .execute(&self.db.pool)
        .await?;
        Ok(())
    }

    /// It is not there any more. What syncs remember of it, that it is no pair, goes with it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn deleted(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        op: &OpId,
        (place, issue): (&Place, &IssueId),
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let candidates = sqlx::query(
            "SELECT tenant, sync, 'a' AS side FROM syncs WHERE a_site = $1 AND a_project = $2
             UNION ALL SELECT tenant, sync, 'b' FROM syncs WHERE b_site = $1 AND b_project = $2",
        );
        let candidates = candidates.bind(place.site.as_str()).bind(place.project.as_str());
        for row in candidates.fetch_all(&mut *tx).await? {
            let (of, side) = (SyncId(row.try_get("sync")?), word(&row, "side")?);
            for table in ["ends", "links"] {
                sqlx::query(AssertSqlSafe(format!("DELETE FROM {table} WHERE tenant = $1 AND link = $2")))
                    .bind(row.try_get::<String, _>("tenant")?)
                    .bind(LinkId::of(&of, side, issue).as_str())
                    .execute(&mut *tx)
                    .await?;
            }
        }
        sqlx::query("DELETE FROM scratch_issues WHERE tenant = $1 AND sync = $2 AND op = $3")
            .bind(tenant.as_str())
            .bind(sync.as_str())
            .bind(op.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// It was never made.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn never_made(&self, tenant: &SiteId, sync: &SyncId, op: &OpId) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM scratch_issues WHERE tenant = $1 AND sync = $2 AND op = $3");
        query.bind(tenant.as_str()).bind(sync.as_str()).bind(op.as_str()).execute(&self.db.pool).await?;
        Ok(())
    }

    /// What may still lie on the sites, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Word`].
    pub async fn left(&self, tenant: &SiteId, sync: &SyncId) -> Result<Vec<ScratchIssue>, StoreError> {
        let query =
            sqlx::query("SELECT * FROM scratch_issues WHERE tenant = $1 AND sync = $2 ORDER BY at, op");
        let rows = query.bind(tenant.as_str()).bind(sync.as_str()).fetch_all(&self.db.pool).await?;
        rows.iter().map(scratch_of).collect()
    }
}

async fn insert(
    tx: &mut Tx,
    now: Millis,
    tenant: &SiteId,
    sync: &SyncId,
    number: i64,
    beginning: Beginning<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO drills (tenant, sync, number, version, author, began, until) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant.as_str())
    .bind(sync.as_str())
    .bind(number)
    .bind(beginning.version)
    .bind(beginning.author.as_str())
    .bind(now.0)
    .bind(beginning.until.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps the newest.
async fn prune(tx: &mut Tx, tenant: &SiteId, sync: &SyncId) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM drills WHERE tenant = $1 AND sync = $2 AND number <= (
            SELECT number FROM drills WHERE tenant = $1 AND sync = $2 ORDER BY number DESC LIMIT 1 OFFSET $3)",
    )
    .bind(tenant.as_str())
    .bind(sync.as_str())
    .bind(DRILLS_KEPT_MAX)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn last(
    connection: &mut sqlx::AnyConnection,
    tenant: &SiteId,
    sync: &SyncId,
) -> Result<Option<Drill>, StoreError> {
    let query =
        sqlx::query("SELECT * FROM drills WHERE tenant = $1 AND sync = $2 ORDER BY number DESC LIMIT 1");
    let row = query.bind(tenant.as_str()).bind(sync.as_str()).fetch_optional(connection).await?;
    row.map(|row| drill_of(&row)).transpose()
}

fn drill_of(row: &AnyRow) -> Result<Drill, StoreError> {
    let report = row.try_get::<Option<String>, _>("report")?;
    Ok(Drill {
        number: row.try_get("number")?,
        version: row.try_get("version")?,
        author: AccountId(row.try_get("author")?),
        began: millis(row, "began")?,
        until: millis(row, "until")?,
        ended: millis_maybe(row, "ended")?,
        skipped: row.try_get::<i64, _>("skipped")? != 0,
        report: report.map(|_| json(row, "report")).transpose()?,
    })
}

fn scratch_of(row: &AnyRow) -> Result<ScratchIssue, StoreError> {
    let issue = row.try_get::<Option<String>, _>("issue")?.map(IssueId);
    Ok(ScratchIssue {
        op: OpId(row.try_get("op")?),
        side: word(row, "side")?,
        at: millis(row, "at")?,
        made: issue.zip(row.try_get::<Option<String>, _>("key")?),
    })
}
