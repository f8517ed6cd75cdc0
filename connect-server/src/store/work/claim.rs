//! Claims: tenants take turns, a lease with a fencing token, and an end that a later mark can't be lost in.

use super::{Class, Work};
use crate::store::StoreError;
use crate::store::db::{Db, Tx, millis, millis_maybe, next};
use crate::store::hints::{added, parse};
use duplex_core::id::{LinkId, Millis, Sides, SiteId, SyncId};
use duplex_core::mutant;
use duplex_core::plan::Hints;
use sqlx::Row;
use sqlx::any::AnyRow;

/// The right to write about one link, until somebody else claims it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub tenant: SiteId,
    pub link: LinkId,
    /// From one counter of the database: a later claim has a greater one.
    pub token: i64,
}

/// One link to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub lease: Lease,
    pub sync: SyncId,
    pub hints: Sides<Hints>,
    pub generation: i64,
    /// Nobody else claims it before.
    pub lease_until: Millis,
    /// Claims since it was last finished, this one included.
    pub attempts: i64,
    pub class: Class,
    /// When it was first marked.
    pub marked: Millis,
    /// The lines that `hints` was read from.
    taken: Sides<String>,
}

/// What became of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    Done,
    /// It was marked again meanwhile: what was added waits, and is due.
    Again,
    LeaseLost,
}

/// What waits in one sync.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    pub links: i64,
    /// When the oldest of them was first marked.
    pub oldest: Option<Millis>,
}

/// What can be claimed at `$1`: due, not leased, of a running sync with no site paused.
const CLAIMABLE: &str = "w.due <= $1 AND (w.token IS NULL OR w.lease_until <= $1)
    AND EXISTS (SELECT 1 FROM syncs s WHERE s.tenant = w.tenant AND s.sync = w.sync AND s.state = 'running'
                AND NOT EXISTS (SELECT 1 FROM pauses p WHERE p.scope = 'site' AND p.until > $1
                                AND (p.site = s.a_site OR p.site = s.b_site)))";

impl Work {
    /// Claims up to `limit` due links for `lease_ms`. Tenants take turns by what they were served before; within a
    /// tenant the class decides, then who waits longest. Work of stopped syncs and of paused sites waits.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim(&self, now: Millis, lease_ms: i64, limit: usize) -> Result<Vec<Claimed>, StoreError> {
        self.claim_up_to(Class::Backfill, now, lease_ms, limit).await
    }

    /// The same of this class and those before it; the others wait.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim_up_to(
        &self,
        class: Class,
        now: Millis,
        lease_ms: i64,
        limit: usize,
    ) -> Result<Vec<Claimed>, StoreError> {
        let tenants = waiting_tenants(&self.db, now, class).await?;
        if tenants.is_empty() {
            return Ok(Vec::new());
        }
        // Not in the transaction: a process that stands still in it must not hold up those that claim.
        let token = next(&self.db.pool, "lease").await?;
        let mut tx = self.db.begin().await?;
        let mut claimed = Vec::new();
        for (served, tenant) in tenants.iter().enumerate() {
            let share = (limit - claimed.len()).div_ceil(tenants.len() - served);
            if share == 0 {
                break;
            }
            let turn = Turn { tenant, class, token, now, until: now.plus(lease_ms), share };
            let mine = take(&self.db, &mut tx, &turn).await?;
            spend(&mut tx, tenant, count(mine.len())).await?;
            claimed.extend(mine);
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// Puts a tenant further back: what its work really cost, beyond the one that every claim counts.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn charge(&self, tenant: &SiteId, points: i64) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        spend(&mut tx, tenant, points).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The work is done as far as it was claimed. What was marked meanwhile stays, and is due.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn finish(&self, claimed: &Claimed) -> Result<Finished, StoreError> {
        let lease = &claimed.lease;
        let mut tx = self.db.begin().await?;
        let Some(row) = held(&self.db, &mut tx, lease).await? else { return Ok(Finished::LeaseLost) };
        let generation: i64 = row.try_get("generation")?;
        let again = generation != claimed.generation && !mutant!(GenerationIgnored);
        if again {
            sqlx::query(
                "UPDATE work SET token = NULL, lease_until = NULL, attempts = 0, why = NULL, hints_a = $3,
                                 hints_b = $4 WHERE tenant = $1 AND link = $2",
            )
            .bind(lease.tenant.as_str())
            .bind(lease.link.as_str())
            .bind(added(row.try_get("hints_a")?, &claimed.taken.a))
            .bind(added(row.try_get("hints_b")?, &claimed.taken.b))
            .execute(&mut *tx)
            .await?;
        } else {
            for statement in [
                "DELETE FROM work WHERE tenant = $1 AND link = $2",
                "DELETE FROM handed WHERE tenant = $1 AND link = $2",
            ] {
                let query = sqlx::query(statement).bind(lease.tenant.as_str()).bind(lease.link.as_str());
                query.execute(&mut *tx).await?;
            }
        }
        tx.commit().await?;
        if again {
            self.bell.ring();
        }
        Ok(if again { Finished::Again } else { Finished::Done })
    }

    /// Gives the work back: all of it is due again at `at`. `false`: the lease was lost. `why` is for operators and
    /// holds no customer text.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn retry(&self, lease: &Lease, at: Millis, why: &str) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE work SET token = NULL, lease_until = NULL, due = $4, why = $5
             WHERE tenant = $1 AND link = $2 AND token = $3",
        )
        .bind(lease.tenant.as_str())
        .bind(lease.link.as_str())
        .bind(lease.token)
        .bind(at.0)
        .bind(why)
        .execute(&self.db.pool)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Holds the lease until `until`. `false`: it was lost.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn extend(&self, lease: &Lease, until: Millis) -> Result<bool, StoreError> {
        let done =
            sqlx::query("UPDATE work SET lease_until = $4 WHERE tenant = $1 AND link = $2 AND token = $3")
                .bind(lease.tenant.as_str())
                .bind(lease.link.as_str())
                .bind(lease.token)
                .bind(until.0)
                .execute(&self.db.pool)
                .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Whether nobody else has claimed the link since.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn lease_holds(&self, lease: &Lease) -> Result<bool, StoreError> {
        let query = sqlx::query("SELECT 1 FROM work WHERE tenant = $1 AND link = $2 AND token = $3");
        let query = query.bind(lease.tenant.as_str()).bind(lease.link.as_str()).bind(lease.token);
        Ok(query.fetch_optional(&self.db.pool).await?.is_some())
    }

    /// When the next work or intake is due, running leases and pauses included. `None`: nothing waits.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        let row = sqlx::query(
            "SELECT MIN(at) AS at FROM (
                SELECT MIN(at) AS at FROM intake
                UNION ALL
                SELECT MIN(CASE WHEN paused > free THEN paused ELSE free END) AS at FROM (
                    SELECT CASE WHEN w.token IS NULL THEN w.due ELSE w.lease_until END AS free,
                           (SELECT MAX(p.until) FROM pauses p
                            WHERE p.scope = 'site' AND (p.site = s.a_site OR p.site = s.b_site)) AS paused
                    FROM work w
                    JOIN syncs s ON s.tenant = w.tenant AND s.sync = w.sync AND s.state = 'running') held) due",
        )
        .fetch_one(&self.db.pool)
        .await?;
        millis_maybe(&row, "at")
    }

    /// What waits in one sync, claimed or not.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn waiting(&self, tenant: &SiteId, sync: &SyncId) -> Result<Waiting, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS links, MIN(marked) AS oldest FROM work WHERE tenant = $1 AND sync = $2",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .fetch_one(&self.db.pool)
        .await?;
        Ok(Waiting { links: row.try_get("links")?, oldest: millis_maybe(&row, "oldest")? })
    }

    /// Whether anything of a link waits or is under way.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn waits(&self, tenant: &SiteId, link: &LinkId) -> Result<bool, StoreError> {
        let query = sqlx::query("SELECT 1 FROM work WHERE tenant = $1 AND link = $2");
        let row = query.bind(tenant.as_str()).bind(link.as_str()).fetch_optional(&self.db.pool).await?;
        Ok(row.is_some())
    }

    /// How many existing issues of a sync wait to be looked at, by the side that they stem from.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn waiting_backfill(&self, tenant: &SiteId, sync: &SyncId) -> Result<Sides<i64>, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(CASE WHEN link LIKE $3 THEN 1 END) AS a, COUNT(CASE WHEN link LIKE $4 THEN 1 END) AS b
             FROM work WHERE tenant = $1 AND sync = $2 AND class = $5",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(format!("{sync}.a.%"))
        .bind(format!("{sync}.b.%"))
        .bind(Class::Backfill.rank())
        .fetch_one(&self.db.pool)
        .await?;
        Ok(Sides::new(row.try_get("a")?, row.try_get("b")?))
    }

    /// What waits over all tenants, the intake included. For metrics and health.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn waiting_everywhere(&self) -> Result<Waiting, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS links, MIN(marked) AS oldest
             FROM (SELECT marked FROM work UNION ALL SELECT at AS marked FROM intake) waiting",
        )
        .fetch_one(&self.db.pool)
        .await?;
        Ok(Waiting { links: row.try_get("links")?, oldest: millis_maybe(&row, "oldest")? })
    }
}

fn claimable() -> String {
    if mutant!(NoLock) {
        CLAIMABLE.replace("OR w.lease_until <= $1", "OR TRUE")
    } else {
        CLAIMABLE.to_owned()
    }
}

/// Tenants with work to claim, the one that was served least first. Who comes back after a rest starts where the
/// least served one is: rest is not saved up.
async fn waiting_tenants(db: &Db, now: Millis, class: Class) -> Result<Vec<SiteId>, StoreError> {
    let claimable = claimable();
    let sql = format!(
        "SELECT r.tenant, CASE WHEN t.spent > f.value THEN t.spent ELSE f.value END AS spent
         FROM (SELECT DISTINCT tenant FROM syncs WHERE state = 'running') r
         JOIN counters f ON f.name = 'turn'
         LEFT JOIN turns t ON t.tenant = r.tenant
         WHERE EXISTS (SELECT 1 FROM work w WHERE w.tenant = r.tenant AND w.class <= $2 AND {claimable})
         ORDER BY 2, 1"
    );
    let rows =
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now.0).bind(class.rank()).fetch_all(&db.pool).await?;
    if let Some(least) = rows.first() {
        sqlx::query("UPDATE counters SET value = $1 WHERE name = 'turn' AND value < $1")
            .bind(least.try_get::<i64, _>("spent")?)
            .execute(&db.pool)
            .await?;
    }
    rows.iter().map(|row| Ok(SiteId(row.try_get("tenant")?))).collect()
}

/// One tenant's turn: up to `share` links of `class` and those before it, under one token.
struct Turn<'t> {
    tenant: &'t SiteId,
    class: Class,
    token: i64,
    now: Millis,
    until: Millis,
    share: usize,
}

/// The leases of a turn.
async fn take(db: &Db, tx: &mut Tx, turn: &Turn<'_>) -> Result<Vec<Claimed>, StoreError> {
    let claimable = claimable();
    let sql = db.sql(&format!(
        "WITH picked AS MATERIALIZED (
            SELECT w.link FROM work w WHERE w.tenant = $2 AND w.class <= $6 AND {claimable}
            ORDER BY w.class, w.due, w.link LIMIT $5 {{skip locked}})
         UPDATE work SET token = $3, lease_until = $4, attempts = attempts + 1
         WHERE tenant = $2 AND link IN (SELECT link FROM picked)
         RETURNING *"
    ));
    let rows = sqlx::query(sql)
        .bind(turn.now.0)
        .bind(turn.tenant.as_str())
        .bind(turn.token)
        .bind(turn.until.0)
        .bind(count(turn.share))
        .bind(turn.class.rank())
        .fetch_all(&mut **tx)
        .await?;
    let mut claimed: Vec<Claimed> = rows.iter().map(claimed_of).collect::<Result<_, _>>()?;
    claimed.sort_by(|a, b| (a.class, a.marked, &a.lease.link).cmp(&(b.class, b.marked, &b.lease.link)));
    Ok(claimed)
}

/// Adds to what a tenant was served.
async fn spend(tx: &mut Tx, tenant: &SiteId, points: i64) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO turns (tenant, spent)
         SELECT $1, value + $2 FROM counters WHERE name = 'turn'
         ON CONFLICT (tenant) DO UPDATE SET spent = $2 +
            CASE WHEN turns.spent > excluded.spent - $2 THEN turns.spent ELSE excluded.spent - $2 END",
    )
    .bind(tenant.as_str())
    .bind(points)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The row of work, locked, if the lease still holds.
async fn held(db: &Db, tx: &mut Tx, lease: &Lease) -> Result<Option<AnyRow>, StoreError> {
    let sql = db.sql("SELECT * FROM work WHERE tenant = $1 AND link = $2 AND token = $3 {lock}");
    let query = sqlx::query(sql).bind(lease.tenant.as_str()).bind(lease.link.as_str()).bind(lease.token);
    Ok(query.fetch_optional(&mut **tx).await?)
}

fn claimed_of(row: &AnyRow) -> Result<Claimed, StoreError> {
    let taken = Sides { a: row.try_get::<String, _>("hints_a")?, b: row.try_get("hints_b")? };
    Ok(Claimed {
        lease: Lease {
            tenant: SiteId(row.try_get("tenant")?),
            link: LinkId(row.try_get("link")?),
            token: row.try_get("token")?,
        },
        sync: SyncId(row.try_get("sync")?),
        hints: Sides { a: parse(&taken.a)?, b: parse(&taken.b)? },
        generation: row.try_get("generation")?,
        lease_until: millis(row, "lease_until")?,
        attempts: row.try_get("attempts")?,
        class: Class::of(row.try_get("class")?),
        marked: millis(row, "marked")?,
        taken,
    })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
