//! Intents: a row before the call, so that an outcome that nobody recorded can be looked for.

use super::StoreError;
use super::db::{Db, Tx, json, text};
use super::syncs::Place;
use super::work::Lease;
use duplex_core::drill::is_of_drill;
use duplex_core::id::{ClusterId, IssueId, LinkId, OpId, Side, SiteId, SyncId};
use duplex_core::link::{Intent, LinkState};
use duplex_core::mutant;
use sqlx::Row;

#[derive(Debug, Clone)]
pub struct Intents {
    pub(super) db: Db,
}

/// Which link is worked on, and with what right.
#[derive(Debug, Clone, Copy)]
pub struct Working<'a> {
    pub lease: &'a Lease,
    pub sync: &'a SyncId,
    /// Of the link: the side whose issue people made.
    pub origin: Side,
}

/// One place per cluster: an issue per project, a copy of a comment per issue. Where people made what is copied, its
/// own place is reserved as well, the `home`, so that nothing comes back to it around a ring. What is itself a copy
/// has the place that its maker took, and may have to take again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub(super) cluster: String,
    pub(super) home: Option<String>,
    pub(super) target: String,
}

impl Slot {
    /// A drill's: nothing of it is ever copied.
    fn is_of_drill(&self) -> bool {
        let (_, cluster) = self.cluster.split_once('/').unwrap_or_default();
        is_of_drill(&ClusterId::from(cluster))
    }

    /// An issue of the cluster in the project `target`. `home`: where the one is that it is made from, if people made
    /// that one.
    #[must_use]
    pub fn issue(cluster: &ClusterId, home: Option<&Place>, target: &Place) -> Self {
        let place = |place: &Place| format!("{}/{}", place.site, place.project);
        Self { cluster: format!("issue/{cluster}"), home: home.map(place), target: place(target) }
    }

    /// A copy of a comment in the issue `target`. `cluster` names the comment that people wrote, the same over all
    /// syncs; `home` is the issue of the one that it is made from, if that is the one.
    #[must_use]
    pub fn comment(
        cluster: &ClusterId,
        home: Option<(&SiteId, &IssueId)>,
        target: (&SiteId, &IssueId),
    ) -> Self {
        let place = |(site, issue): (&SiteId, &IssueId)| format!("{site}/{issue}");
        Self { cluster: format!("comment/{cluster}"), home: home.map(place), target: place(target) }
    }
}

/// Whether the write may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// The intent is on disk: send.
    Opened,
    /// The plan was made with another configuration: plan anew.
    ConfigChanged,
    /// The sync was stopped or deleted, or the link unlinked.
    Stopped,
    LeaseLost,
    /// Another link has this place of the cluster, or nothing of the cluster is copied at all.
    SlotTaken,
}

impl Intents {
    /// Writes the intent down, with its place in the cluster, if the lease holds, the sync runs, and the intent's
    /// configuration is the published one. All of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then the write must not be sent.
    pub async fn open(
        &self,
        working: Working<'_>,
        intent: &Intent,
        reserve: Option<&Slot>,
    ) -> Result<Opening, StoreError> {
        let lease = working.lease;
        let mut tx = self.db.begin().await?;
        if !holds(&self.db, &mut tx, lease).await? {
            return Ok(Opening::LeaseLost);
        }
        let query = self.db.sql("SELECT state, version FROM syncs WHERE tenant = $1 AND sync = $2 {share}");
        let row = sqlx::query(query)
            .bind(lease.tenant.as_str())
            .bind(working.sync.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(Opening::Stopped) };
        if row.try_get::<&str, _>("state")? != "running" {
            return Ok(Opening::Stopped);
        }
        if row.try_get::<i64, _>("version")? != intent.config_version {
            return Ok(Opening::ConfigChanged);
        }
        ensure_link(&mut tx, working).await?;
        if unlinked(&self.db, &mut tx, lease).await? {
            return Ok(Opening::Stopped);
        }
        if reserve.is_some_and(Slot::is_of_drill) {
            // It is no origin, and its link no pair: the next round finds nothing to do.
            unlink(&mut tx, lease).await?;
            tx.commit().await?;
            return Ok(Opening::SlotTaken);
        }
        if let Some(slot) = reserve
            && !take(&mut tx, lease, intent, slot).await?
        {
            return Ok(Opening::SlotTaken);
        }
        sqlx::query(
            "INSERT INTO intents (tenant, link, op, opened, body) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant, link, op) DO UPDATE SET body = excluded.body",
        )
        .bind(lease.tenant.as_str())
        .bind(lease.link.as_str())
        .bind(intent.op.as_str())
        .bind(intent.opened.0)
        .bind(text(intent)?)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Opening::Opened)
    }

    /// How many intents are open, over all tenants. For metrics.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn open_everywhere(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query("SELECT COUNT(*) FROM intents").fetch_one(&self.db.pool).await?.try_get(0)?)
    }
}

/// Whether nobody else has claimed the link; nobody can until the transaction ends.
pub(super) async fn holds(db: &Db, tx: &mut Tx, lease: &Lease) -> Result<bool, StoreError> {
    if mutant!(TokenIgnored) || mutant!(NoLock) {
        return Ok(true);
    }
    let query = db.sql("SELECT 1 FROM work WHERE tenant = $1 AND link = $2 AND token = $3 {share}");
    let query = sqlx::query(query).bind(lease.tenant.as_str()).bind(lease.link.as_str()).bind(lease.token);
    Ok(query.fetch_optional(&mut **tx).await?.is_some())
}

/// Whether people said that this pair is no pair; they can't say so until the transaction ends.
async fn unlinked(db: &Db, tx: &mut Tx, lease: &Lease) -> Result<bool, StoreError> {
    let query = db.sql("SELECT state FROM links WHERE tenant = $1 AND link = $2 {share}");
    let query = sqlx::query(query).bind(lease.tenant.as_str()).bind(lease.link.as_str());
    Ok(json::<LinkState>(&query.fetch_one(&mut **tx).await?, "state")? == LinkState::Unlinked)
}

async fn unlink(tx: &mut Tx, lease: &Lease) -> Result<(), StoreError> {
    sqlx::query("UPDATE links SET state = $3 WHERE tenant = $1 AND link = $2")
        .bind(lease.tenant.as_str())
        .bind(lease.link.as_str())
        .bind(text(&LinkState::Unlinked)?)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The row that the rest of a link hangs on.
pub(super) async fn ensure_link(tx: &mut Tx, working: Working<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO links (tenant, link, sync, origin, state) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant, link) DO NOTHING",
    )
    .bind(working.lease.tenant.as_str())
    .bind(working.lease.link.as_str())
    .bind(working.sync.as_str())
    .bind(working.origin.as_str())
    .bind(text(&LinkState::Live)?)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What was found standing there takes the place of the target, unless another link has it, and the home is held as
/// when the copy was made. A write whose outcome is still looked for, of whichever link, has the place no more: when it
/// turns out that it never happened, the place is not free.
pub(super) async fn stand(tx: &mut Tx, maker: &LinkId, op: &OpId, slot: &Slot) -> Result<(), StoreError> {
    hold_home(tx, maker, slot).await?;
    sqlx::query(
        "DELETE FROM slots WHERE cluster = $1 AND place = $2
            AND EXISTS (SELECT 1 FROM intents i WHERE i.link = slots.link AND i.op = slots.op)",
    )
    .bind(&slot.cluster)
    .bind(&slot.target)
    .execute(&mut **tx)
    .await?;
    hold_target(tx, maker, op, slot).await?;
    Ok(())
}

/// The home is held by whoever came first.
async fn hold_home(tx: &mut Tx, link: &LinkId, slot: &Slot) -> Result<(), StoreError> {
    let Some(home) = &slot.home else { return Ok(()) };
    sqlx::query(
        "INSERT INTO slots (cluster, place, link) VALUES ($1, $2, $3)
         ON CONFLICT (cluster, place) DO NOTHING",
    )
    .bind(&slot.cluster)
    .bind(home)
    .bind(link.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the place of the target, unless another link has it; a link may take its own place again.
async fn take(tx: &mut Tx, lease: &Lease, intent: &Intent, slot: &Slot) -> Result<bool, StoreError> {
    hold_home(tx, &lease.link, slot).await?;
    hold_target(tx, &lease.link, &intent.op, slot).await
}

/// The target is held by the link that came first, for its latest write.
async fn hold_target(tx: &mut Tx, link: &LinkId, op: &OpId, slot: &Slot) -> Result<bool, StoreError> {
    let taken = sqlx::query(
        "INSERT INTO slots (cluster, place, link, op) VALUES ($1, $2, $3, $4)
         ON CONFLICT (cluster, place) DO UPDATE SET op = excluded.op
            WHERE slots.link = excluded.link AND slots.op IS NOT NULL",
    )
    .bind(&slot.cluster)
    .bind(&slot.target)
    .bind(link.as_str())
    .bind(op.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(taken.rows_affected() > 0)
}
