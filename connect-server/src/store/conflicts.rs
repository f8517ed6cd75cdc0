//! Conflicts: the value that lost, sealed, for as long as somebody may want it back.

use super::activity;
use super::db::{Db, Tx, millis, text};
use super::intents::Working;
use super::{StoreError, Vault};
use crate::secret::{Purpose, Sealed, Secret};
use duplex_core::id::{LinkId, Millis, SiteId, SyncId};
use duplex_core::plan::Conflict;
use sqlx::Row;
use sqlx::any::AnyRow;

/// How long a lost value is kept, in milliseconds: 30 days.
pub const CONFLICT_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// Conflicts of one page.
pub const CONFLICTS_PER_PAGE_MAX: i64 = 100;

#[derive(Debug, Clone)]
pub struct Conflicts {
    pub(super) db: Db,
    pub(super) vault: Vault,
}

/// A conflict with the value that lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub id: String,
    pub sync: SyncId,
    pub link: LinkId,
    pub at: Millis,
    pub conflict: Conflict,
}

impl Conflicts {
    /// The conflicts of a sync, newest first; at most [`CONFLICTS_PER_PAGE_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`], [`StoreError::Secret`].
    pub async fn list(&self, tenant: &SiteId, sync: &SyncId, limit: i64) -> Result<Vec<Kept>, StoreError> {
        let query = sqlx::query(
            "SELECT id, sync, link, at, body FROM conflicts WHERE tenant = $1 AND sync = $2 ORDER BY id DESC LIMIT $3",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(limit.clamp(1, CONFLICTS_PER_PAGE_MAX));
        query.fetch_all(&self.db.pool).await?.iter().map(|row| self.kept(tenant, row)).collect()
    }

    /// One that is still kept.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`], [`StoreError::Secret`].
    pub async fn get(&self, tenant: &SiteId, id: &str) -> Result<Option<Kept>, StoreError> {
        let query =
            sqlx::query("SELECT id, sync, link, at, body FROM conflicts WHERE tenant = $1 AND id = $2");
        let row = query.bind(tenant.as_str()).bind(id).fetch_optional(&self.db.pool).await?;
        row.map(|row| self.kept(tenant, &row)).transpose()
    }

    /// Drops what is older than [`CONFLICT_KEPT_MS`].
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn prune(&self, now: Millis) -> Result<u64, StoreError> {
        let query = sqlx::query("DELETE FROM conflicts WHERE at < $1").bind(now.plus(-CONFLICT_KEPT_MS).0);
        Ok(query.execute(&self.db.pool).await?.rows_affected())
    }

    fn kept(&self, tenant: &SiteId, row: &AnyRow) -> Result<Kept, StoreError> {
        let sealed = Sealed::new(row.try_get::<String, _>("body")?);
        let body = self.vault.ring.open(tenant, Purpose::LostValue, &sealed)?;
        let conflict = serde_json::from_str(body.expose())
            .map_err(|error| StoreError::Row { column: "body".to_owned(), error })?;
        Ok(Kept {
            id: row.try_get("id")?,
            sync: SyncId(row.try_get("sync")?),
            link: LinkId(row.try_get("link")?),
            at: millis(row, "at")?,
            conflict,
        })
    }
}

/// Keeps the value that lost. `false`: it is kept already.
pub(super) async fn keep(
    tx: &mut Tx,
    vault: &Vault,
    now: Millis,
    working: Working<'_>,
    conflict: &Conflict,
) -> Result<bool, StoreError> {
    let lease = working.lease;
    let body = Secret::new(text(conflict)?);
    let sealed = vault.ring.seal(&*vault.chance, &lease.tenant, Purpose::LostValue, &body)?;
    let kept = sqlx::query(
        "INSERT INTO conflicts (tenant, id, sync, link, at, body, mark) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant, link, mark) DO NOTHING",
    )
    .bind(lease.tenant.as_str())
    .bind(activity::id(vault, now, 0))
    .bind(working.sync.as_str())
    .bind(lease.link.as_str())
    .bind(now.0)
    .bind(sealed.as_str())
    .bind(mark(conflict))
    .execute(&mut **tx)
    .await?;
    Ok(kept.rows_affected() > 0)
}

/// What lost in this conflict stands again.
pub(super) async fn forget(tx: &mut Tx, working: Working<'_>, conflict: &Conflict) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM conflicts WHERE tenant = $1 AND link = $2 AND mark = $3")
        .bind(working.lease.tenant.as_str())
        .bind(working.lease.link.as_str())
        .bind(mark(conflict))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Which change of which field lost, by the changelogs; `None` where these do not say.
fn mark(conflict: &Conflict) -> Option<String> {
    let loser = conflict.history[conflict.winner.other()].as_ref()?;
    let part = if conflict.in_part { "part" } else { "whole" };
    Some(format!("{} {} {loser} {part}", conflict.pair, conflict.winner))
}
