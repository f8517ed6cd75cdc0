//! What people choose for a pair: to be no pair any more, to have the issue that is gone made again, to have back a
//! value that lost.

use super::bell::Bell;
use super::db::{Db, Tx, text};
use super::work::{Class, LinkMark, route};
use super::{Place, Slot, StoreError};
use duplex_core::id::{LinkId, Millis, Side, SiteId, SyncId};
use duplex_core::link::{Link, LinkState};
use duplex_core::plan::Hints;

#[derive(Debug, Clone)]
pub struct Choices {
    pub(super) db: Db,
    pub(super) bell: Bell,
}

impl Choices {
    /// This pair is no pair any more. No write of it begins after this returns. `false`: the sync has no such link.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn unlink(&self, tenant: &SiteId, sync: &SyncId, link: &LinkId) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let done = sqlx::query("UPDATE links SET state = $4 WHERE tenant = $1 AND sync = $2 AND link = $3")
            .bind(tenant.as_str())
            .bind(sync.as_str())
            .bind(link.as_str())
            .bind(text(&LinkState::Unlinked)?)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        drop_rows(&mut tx, "parked", tenant, link).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The issue on `gone` is to be made again from its twin: `link` is as it was loaded, and `target` is the
    /// project of what is gone. Whoever works on the link loses it. `false`: no end of it is gone (any more).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn recreate(
        &self,
        now: Millis,
        tenant: &SiteId,
        link: &Link,
        gone: Side,
        target: &Place,
    ) -> Result<bool, StoreError> {
        let mut again = link.clone();
        again.recreate(gone);
        let mut tx = self.db.begin().await?;
        // First of all: from here on nobody who claimed it before records a base.
        let fence = "UPDATE work SET token = NULL, lease_until = NULL WHERE tenant = $1 AND link = $2";
        sqlx::query(fence).bind(tenant.as_str()).bind(link.id.as_str()).execute(&mut *tx).await?;
        let done = sqlx::query(
            "UPDATE links SET origin = $3, state = $4, mapping = NULL, removals = 0
             WHERE tenant = $1 AND link = $2 AND state = $5",
        )
        .bind(tenant.as_str())
        .bind(link.id.as_str())
        .bind(again.origin.as_str())
        .bind(text(&again.state)?)
        .bind(text(&LinkState::EndGone)?)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        for table in ["link_fields", "parked"] {
            drop_rows(&mut tx, table, tenant, &link.id).await?;
        }
        for intent in link.intents.iter().filter(|intent| intent.side == gone) {
            let query = sqlx::query("DELETE FROM intents WHERE tenant = $1 AND link = $2 AND op = $3");
            let query = query.bind(tenant.as_str()).bind(link.id.as_str()).bind(intent.op.as_str());
            query.execute(&mut *tx).await?;
        }
        let query = sqlx::query("DELETE FROM ends WHERE tenant = $1 AND link = $2 AND side = $3");
        query.bind(tenant.as_str()).bind(link.id.as_str()).bind(gone.as_str()).execute(&mut *tx).await?;
        for pair in &again.comments {
            sqlx::query(
                "UPDATE link_comments SET body = $5
                 WHERE tenant = $1 AND link = $2 AND origin = $3 AND comment = $4",
            )
            .bind(tenant.as_str())
            .bind(link.id.as_str())
            .bind(pair.origin.as_str())
            .bind(pair.id.as_str())
            .bind(text(pair)?)
            .execute(&mut *tx)
            .await?;
        }
        if let Some(cluster) = &link.cluster {
            // The place of what is gone is free for what is made in its stead.
            let slot = Slot::issue(cluster, None, target);
            let query = sqlx::query("DELETE FROM slots WHERE cluster = $1 AND place = $2 AND link = $3");
            let query = query.bind(slot.cluster).bind(slot.target).bind(link.id.as_str());
            query.execute(&mut *tx).await?;
        }
        let hints = Hints { fields: true, all_comments: true, retry: Some(now), ..Hints::default() };
        mark(&mut tx, now, tenant, &again, again.origin, hints).await?;
        tx.commit().await?;
        self.bell.ring();
        Ok(true)
    }

    /// The value that lost the conflict `id` on `side` is wanted back.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn restore(
        &self,
        now: Millis,
        tenant: &SiteId,
        link: &Link,
        side: Side,
        id: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let hints = Hints { restore: [id.to_owned()].into(), ..Hints::default() };
        mark(&mut tx, now, tenant, link, side, hints).await?;
        tx.commit().await?;
        self.bell.ring();
        Ok(())
    }

    /// The state of a link of the sync; `None`: it has no such link.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn state(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        link: &LinkId,
    ) -> Result<Option<LinkState>, StoreError> {
        let query = sqlx::query("SELECT state FROM links WHERE tenant = $1 AND sync = $2 AND link = $3");
        let query = query.bind(tenant.as_str()).bind(sync.as_str()).bind(link.as_str());
        let row = query.fetch_optional(&self.db.pool).await?;
        row.map(|row| super::db::json(&row, "state")).transpose()
    }
}

async fn mark(
    tx: &mut Tx,
    now: Millis,
    tenant: &SiteId,
    link: &Link,
    side: Side,
    hints: Hints,
) -> Result<(), StoreError> {
    let mark = LinkMark {
        tenant: tenant.clone(),
        sync: link.sync.clone(),
        link: link.id.clone(),
        side,
        hints,
        class: Class::People,
        at: now,
    };
    route::upsert(tx, &mut [mark]).await
}

async fn drop_rows(
    tx: &mut Tx,
    table: &'static str,
    tenant: &SiteId,
    link: &LinkId,
) -> Result<(), StoreError> {
    let sql = format!("DELETE FROM {table} WHERE tenant = $1 AND link = $2");
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant.as_str()).bind(link.as_str());
    query.execute(&mut **tx).await?;
    Ok(())
}
