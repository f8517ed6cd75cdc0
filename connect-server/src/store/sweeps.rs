//! Sweeps: where each of them stands, so that any process can go on with any of them.

use super::StoreError;
use super::db::{Db, millis, millis_maybe, next, word};
use duplex_core::id::{Millis, SiteId, SyncId};
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row};
use std::str::FromStr;

#[derive(Debug, Clone)]
pub struct Sweeps {
    pub(super) db: Db,
}

/// What is swept, and how.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SweepKey {
    pub tenant: SiteId,
    /// A site's or a sync's id.
    pub scope: String,
    pub kind: SweepKind,
}

impl SweepKey {
    /// A sweep over all syncs of a site.
    #[must_use]
    pub fn site(site: &SiteId, kind: SweepKind) -> Self {
        Self { tenant: site.clone(), scope: site.to_string(), kind }
    }

    /// A sweep for one sync.
    #[must_use]
    pub fn sync(tenant: &SiteId, sync: &SyncId, kind: SweepKind) -> Self {
        Self { tenant: tenant.clone(), scope: sync.to_string(), kind }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SweepKind {
    /// What was updated since the watermark.
    Fast,
    /// What events can't tell: deletions, moves, lost rights.
    Audit,
    /// The existing issues of side A, after a start.
    BackfillA,
    BackfillB,
    /// Somebody asked, with a JQL, on side A.
    ResyncA,
    ResyncB,
    /// Somebody asked for the links whose field rules changed.
    Remap,
    /// After the database was restored: which copies there are, and then every link anew.
    Rebase,
}

impl SweepKind {
    const ALL: [Self; 8] = [
        Self::Fast,
        Self::Audit,
        Self::BackfillA,
        Self::BackfillB,
        Self::ResyncA,
        Self::ResyncB,
        Self::Remap,
        Self::Rebase,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Audit => "audit",
            Self::BackfillA => "backfill_a",
            Self::BackfillB => "backfill_b",
            Self::ResyncA => "resync_a",
            Self::ResyncB => "resync_b",
            Self::Remap => "remap",
            Self::Rebase => "rebase",
        }
    }
}

impl FromStr for SweepKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// Where a sweep stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    pub key: SweepKey,
    pub jql: Option<String>,
    /// All that changed before it was marked; on the site's clock.
    pub watermark: Option<Millis>,
    pub progress: Progress,
    pub due: Millis,
    /// Tries in a row that came to nothing.
    pub attempts: i64,
    /// Why it did not get on last time. No customer text.
    pub trouble: Option<String>,
}

/// The slice under way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// When it began, on the site's clock: the watermark to be, once its last page is marked.
    pub started: Option<Millis>,
    /// Jira's token of the next page, or the link that the last page ended with.
    pub page: Option<String>,
    pub done: i64,
    /// As far as Jira says.
    pub total: Option<i64>,
}

/// The right to go on with a sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepClaim {
    pub sweep: Sweep,
    token: i64,
}

/// Sees to it that the sweep is there; one that is there stays as it is. A new one begins with what was changed since
/// `watermark`, on the site's clock, however long it takes until it runs first.
pub(super) async fn ensure<'e>(
    db: impl Executor<'e, Database = Any>,
    key: &SweepKey,
    watermark: Millis,
    due: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sweeps (tenant, scope, kind, done, due, watermark) VALUES ($1, $2, $3, 0, $4, $5)
         ON CONFLICT (tenant, scope, kind) DO NOTHING",
    )
    .bind(key.tenant.as_str())
    .bind(&key.scope)
    .bind(key.kind.as_str())
    .bind(due.0)
    .bind(watermark.0)
    .execute(db)
    .await?;
    Ok(())
}

/// See [`Sweeps::begin`].
pub(super) async fn begin<'e>(
    db: impl Executor<'e, Database = Any>,
    key: &SweepKey,
    jql: Option<&str>,
    due: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sweeps (tenant, scope, kind, jql, done, due) VALUES ($1, $2, $3, $4, 0, $5)
         ON CONFLICT (tenant, scope, kind) DO UPDATE SET
            jql = excluded.jql, started = NULL, page = NULL, done = 0, total = NULL, due = excluded.due,
            token = NULL, lease_until = NULL, attempts = 0, trouble = NULL",
    )
    .bind(key.tenant.as_str())
    .bind(&key.scope)
    .bind(key.kind.as_str())
    .bind(jql)
    .bind(due.0)
    .execute(db)
    .await?;
    Ok(())
}

impl Sweeps {
    /// Begins the sweep from its start, with this JQL. Whoever works on it now loses his claim.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin(&self, key: &SweepKey, jql: Option<&str>, due: Millis) -> Result<(), StoreError> {
        begin(&self.db.pool, key, jql, due).await
    }

    /// Claims up to `limit` due sweeps for `lease_ms`, the longest due first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim(&self, now: Millis, lease_ms: i64, limit: i64) -> Result<Vec<SweepClaim>, StoreError> {
        if self.next_due().await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        // Not in the transaction: a process that stands still in it must not hold up those that claim.
        let token = next(&self.db.pool, "lease").await?;
        let mut tx = self.db.begin().await?;
        let sql = self.db.sql(
            "WITH picked AS MATERIALIZED (
                SELECT tenant, scope, kind FROM sweeps
                WHERE due <= $1 AND (token IS NULL OR lease_until <= $1)
                ORDER BY due, tenant, scope, kind LIMIT $4 {skip locked})
             UPDATE sweeps SET token = $2, lease_until = $3
             WHERE (tenant, scope, kind) IN (SELECT tenant, scope, kind FROM picked)
             RETURNING *",
        );
        let rows = sqlx::query(sql)
            .bind(now.0)
            .bind(token)
            .bind(now.plus(lease_ms).0)
            .bind(limit)
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        let claim = |row: &AnyRow| Ok(SweepClaim { sweep: sweep_of(row)?, token });
        let mut claims: Vec<SweepClaim> = rows.iter().map(claim).collect::<Result<_, StoreError>>()?;
        claims.sort_by(|a, b| (a.sweep.due, &a.sweep.key).cmp(&(b.sweep.due, &b.sweep.key)));
        Ok(claims)
    }

    /// Keeps where it stands and holds the lease until `lease_until`. `false`: the claim was lost.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn progress(
        &self,
        claim: &SweepClaim,
        progress: &Progress,
        lease_until: Millis,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "UPDATE sweeps SET started = $5, page = $6, done = $7, total = $8, lease_until = $9,
                    attempts = 0, trouble = NULL
             WHERE tenant = $1 AND scope = $2 AND kind = $3 AND token = $4",
        );
        let done = bind_claim(query, claim)
            .bind(progress.started.map(|at| at.0))
            .bind(progress.page.as_deref())
            .bind(progress.done)
            .bind(progress.total)
            .bind(lease_until.0)
            .execute(&self.db.pool)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Gives the claim back; the sweep goes on from its progress at `due`. With a trouble the try came to nothing.
    /// `false`: the claim was lost.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn release(
        &self,
        claim: &SweepClaim,
        due: Millis,
        trouble: Option<&str>,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "UPDATE sweeps SET due = $5, attempts = $6, trouble = $7, token = NULL, lease_until = NULL
             WHERE tenant = $1 AND scope = $2 AND kind = $3 AND token = $4",
        );
        let attempts = if trouble.is_some() { claim.sweep.attempts.saturating_add(1) } else { 0 };
        let query = bind_claim(query, claim).bind(due.0).bind(attempts).bind(trouble);
        let done = query.execute(&self.db.pool).await?;
        Ok(done.rows_affected() > 0)
    }

    /// The last page is marked. The next one begins at `again`; without it the sweep is gone. `false`: the claim was
    /// lost.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn finish(
        &self,
        claim: &SweepClaim,
        watermark: Option<Millis>,
        again: Option<Millis>,
    ) -> Result<bool, StoreError> {
        let done = match again {
            Some(due) => {
                let query = sqlx::query(
                    "UPDATE sweeps SET watermark = $5, due = $6, started = NULL, page = NULL, done = 0,
                            total = NULL, token = NULL, lease_until = NULL, attempts = 0, trouble = NULL
                     WHERE tenant = $1 AND scope = $2 AND kind = $3 AND token = $4",
                );
                let query = bind_claim(query, claim).bind(watermark.map(|at| at.0)).bind(due.0);
                query.execute(&self.db.pool).await?
            }
            None => {
                let query = sqlx::query(
                    "DELETE FROM sweeps WHERE tenant = $1 AND scope = $2 AND kind = $3 AND token = $4",
                );
                bind_claim(query, claim).execute(&self.db.pool).await?
            }
        };
        Ok(done.rows_affected() > 0)
    }

    /// # Errors
    /// [`StoreError::Database`].
    pub async fn get(&self, key: &SweepKey) -> Result<Option<Sweep>, StoreError> {
        let query = sqlx::query("SELECT * FROM sweeps WHERE tenant = $1 AND scope = $2 AND kind = $3");
        let query = query.bind(key.tenant.as_str()).bind(&key.scope).bind(key.kind.as_str());
        query.fetch_optional(&self.db.pool).await?.map(|row| sweep_of(&row)).transpose()
    }

    /// When the next sweep is due, running leases included. `None`: there is none.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        let query = sqlx::query(
            "SELECT MIN(CASE WHEN token IS NULL THEN due ELSE lease_until END) AS due FROM sweeps",
        );
        millis_maybe(&query.fetch_one(&self.db.pool).await?, "due")
    }

    /// # Errors
    /// [`StoreError::Database`].
    pub async fn remove(&self, key: &SweepKey) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM sweeps WHERE tenant = $1 AND scope = $2 AND kind = $3");
        let query = query.bind(key.tenant.as_str()).bind(&key.scope).bind(key.kind.as_str());
        query.execute(&self.db.pool).await?;
        Ok(())
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

fn bind_claim<'q>(query: Query<'q>, claim: &'q SweepClaim) -> Query<'q> {
    let key = &claim.sweep.key;
    query.bind(key.tenant.as_str()).bind(&key.scope).bind(key.kind.as_str()).bind(claim.token)
}

fn sweep_of(row: &AnyRow) -> Result<Sweep, StoreError> {
    Ok(Sweep {
        key: SweepKey {
            tenant: SiteId(row.try_get("tenant")?),
            scope: row.try_get("scope")?,
            kind: word(row, "kind")?,
        },
        jql: row.try_get("jql")?,
        watermark: millis_maybe(row, "watermark")?,
        progress: Progress {
            started: millis_maybe(row, "started")?,
            page: row.try_get("page")?,
            done: row.try_get("done")?,
            total: row.try_get("total")?,
        },
        due: millis(row, "due")?,
        attempts: row.try_get("attempts")?,
        trouble: row.try_get("trouble")?,
    })
}
