//! Epochs: how a database that was restored from a backup is told from one that went on.
//!
//! Each site keeps a number in the app's property. It is raised after writes; a site that shows a number which this
//! database never wrote has seen a later state of it. Then what the database says of agreements is not believed, and
//! nothing is created before the copies that were made since are known.

use super::activity::{self, Entry, Kind};
use super::db::{Db, Tx, millis_maybe, text};
use super::intents::{self, Slot};
use super::links::origin;
use super::sweeps::SweepKind;
use super::syncs::{Sync, sync_of};
use super::{Class, LinkMark, Place, StoreError, Vault, memory};
use duplex_core::id::{ClusterId, IssueId, LinkId, Millis, OpId, Side, SiteId, SyncId};
use duplex_core::link::LinkState;
use duplex_core::plan::{Found, Hints, Rebasing};
use sqlx::Row;

/// Links of one page of [`Epochs::to_compare`].
pub const LINKS_COMPARED_PER_PAGE_MAX: i64 = 200;

#[derive(Debug, Clone)]
pub struct Epochs {
    pub(super) db: Db,
    pub(super) vault: Vault,
}

/// The epoch of a site as this database knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    /// The site's property has it.
    pub known: i64,
    /// It is being written there; the property may have it already.
    pub next: i64,
    /// When it was last raised, on the server's clock.
    pub raised: Option<Millis>,
}

/// A copy of ours on a site, as its stamp says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCopy {
    /// The sync that made it, and its link.
    pub sync: SyncId,
    pub link: LinkId,
    pub op: OpId,
    pub cluster: ClusterId,
    /// Where it was found, of the sync that looked.
    pub side: Side,
    pub issue: IssueId,
    pub key: String,
}

/// The bit of `syncs.rebasing` that says that the copies on a side are not known yet.
pub(super) fn looking_at(side: Side) -> i64 {
    match side {
        Side::A => 1,
        Side::B => 2,
    }
}

impl Epochs {
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn of(&self, site: &SiteId) -> Result<Epoch, StoreError> {
        let query = sqlx::query("SELECT epoch, epoch_next, epoch_at FROM sites WHERE site = $1");
        let Some(row) = query.bind(site.as_str()).fetch_optional(&self.db.pool).await? else {
            return Ok(Epoch { known: 0, next: 0, raised: None });
        };
        Ok(Epoch {
            known: row.try_get("epoch")?,
            next: row.try_get("epoch_next")?,
            raised: millis_maybe(&row, "epoch_at")?,
        })
    }

    /// Something was written for a sync of the site since then.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn written_since(&self, site: &SiteId, since: Option<Millis>) -> Result<bool, StoreError> {
        // The ids of the log begin with the time.
        let query = sqlx::query(
            "SELECT 1 FROM syncs s JOIN activity l ON l.tenant = s.tenant AND l.sync = s.sync
             WHERE (s.a_site = $1 OR s.b_site = $1) AND l.id >= $2 AND l.kind = 'wrote' LIMIT 1",
        );
        let from = format!("{:015}", since.map_or(0, |at| at.0));
        Ok(query.bind(site.as_str()).bind(from).fetch_optional(&self.db.pool).await?.is_some())
    }

    /// The next epoch, before it is written to the site. A death in between leaves either there, and both are known.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn announce(&self, site: &SiteId) -> Result<i64, StoreError> {
        let query =
            sqlx::query("UPDATE sites SET epoch_next = epoch_next + 1 WHERE site = $1 RETURNING epoch_next");
        Ok(query.bind(site.as_str()).fetch_one(&self.db.pool).await?.try_get(0)?)
    }

    /// The site has it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn raised(&self, now: Millis, site: &SiteId, epoch: i64) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE sites SET epoch = $2, epoch_at = $3 WHERE site = $1 AND epoch < $2");
        query.bind(site.as_str()).bind(epoch).bind(now.0).execute(&self.db.pool).await?;
        Ok(())
    }

    /// The database was restored: it goes on from `epoch`, and all links of all syncs of the site are compared anew,
    /// from `due` on. Returns how many syncs that are. All of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn restored(
        &self,
        now: Millis,
        site: &SiteId,
        epoch: i64,
        due: Millis,
    ) -> Result<usize, StoreError> {
        let mut tx = self.db.begin().await?;
        sqlx::query("UPDATE sites SET epoch = $2, epoch_next = $2, epoch_at = NULL WHERE site = $1")
            .bind(site.as_str())
            .bind(epoch)
            .execute(&mut *tx)
            .await?;
        let rows = sqlx::query("SELECT * FROM syncs WHERE a_site = $1 OR b_site = $1 ORDER BY tenant, sync")
            .bind(site.as_str())
            .fetch_all(&mut *tx)
            .await?;
        for row in &rows {
            let Sync { tenant, sync, .. } = sync_of(row)?;
            for sql in [
                "UPDATE syncs SET rebasing = 3 WHERE tenant = $1 AND sync = $2",
                "UPDATE links SET rebase = 1 WHERE tenant = $1 AND sync = $2",
            ] {
                sqlx::query(sql).bind(tenant.as_str()).bind(sync.as_str()).execute(&mut *tx).await?;
            }
            sqlx::query(
                "INSERT INTO sweeps (tenant, scope, kind, done, due) VALUES ($1, $2, $3, 0, $4)
                 ON CONFLICT (tenant, scope, kind) DO UPDATE SET
                    started = NULL, page = NULL, done = 0, due = excluded.due, token = NULL, lease_until = NULL",
            )
            .bind(tenant.as_str())
            .bind(sync.as_str())
            .bind(SweepKind::Rebase.as_str())
            .bind(due.0)
            .execute(&mut *tx)
            .await?;
            let sentence = "The database was restored from a backup: all pairs are compared anew, and nothing is \
                            created before it is known which copies there are";
            let entry = Entry {
                link: None,
                kind: Kind::Admin,
                by: None,
                side: None,
                element: None,
                sentence: sentence.to_owned(),
            };
            activity::append(&mut tx, &self.vault, now, &tenant, &sync, &[entry]).await?;
        }
        tx.commit().await?;
        Ok(rows.len())
    }

    /// Copies that `sync` found on a site: each takes its place in the cluster, and the link that made it is asked to
    /// adopt it, unless the link knows it already. What another sync made takes its place alone: that sync may stand
    /// still, and hands it back itself once it runs.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn hand_back(&self, now: Millis, sync: &Sync, copies: &[FoundCopy]) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        for copy in copies {
            if copy.sync != sync.sync {
                of_another(&mut tx, &sync.ends[copy.side], copy).await?;
                continue;
            }
            let from = stands(&mut tx, sync, copy.side, copy).await?;
            let known = sqlx::query(
                "SELECT 1 FROM ends WHERE tenant = $1 AND sync = $2 AND side = $3 AND issue = $4",
            )
            .bind(sync.tenant.as_str())
            .bind(sync.sync.as_str())
            .bind(copy.side.as_str())
            .bind(copy.issue.as_str())
            .fetch_optional(&mut *tx)
            .await?;
            if known.is_none() {
                know(&mut tx, sync, &copy.link, from).await?;
            }
            // It may have been adopted since, by work that knew nothing of the restore.
            sqlx::query("UPDATE links SET rebase = 1 WHERE tenant = $1 AND link = $2")
                .bind(sync.tenant.as_str())
                .bind(copy.link.as_str())
                .execute(&mut *tx)
                .await?;
            if known.is_some() {
                continue;
            }
            let (issue, key) = (copy.issue.clone(), copy.key.clone());
            let found = Found::Issue { id: issue, key, cluster: copy.cluster.clone() };
            let mark = LinkMark {
                tenant: sync.tenant.clone(),
                sync: sync.sync.clone(),
                link: copy.link.clone(),
                side: copy.side,
                hints: Hints { fields: true, ..Hints::default() },
                class: Class::Backfill,
                at: now,
            };
            memory::hand(&mut tx, &copy.op, &found, mark).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// All copies on a side are known: issues may be created there again.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn copies_known(&self, tenant: &SiteId, sync: &SyncId, side: Side) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE syncs SET rebasing = rebasing & $3 WHERE tenant = $1 AND sync = $2");
        let query = query.bind(tenant.as_str()).bind(sync.as_str()).bind(looking_at(side.other()));
        query.execute(&self.db.pool).await?;
        Ok(())
    }

    /// What syncs that run still look up of a project: copies in it, since what is created there before may be there
    /// already, made from another project of the same cluster; and copies of its issues, their own and those of syncs
    /// that stand still.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn rebasing(&self, place: &Place) -> Result<Rebasing, StoreError> {
        let query = sqlx::query(
            "SELECT COUNT(*) AS homes,
                    COUNT(CASE WHEN (s.a_site = $1 AND s.a_project = $2 AND s.rebasing & 1 <> 0)
                                 OR (s.b_site = $1 AND s.b_project = $2 AND s.rebasing & 2 <> 0)
                               THEN 1 END) AS copies
             FROM syncs s
             WHERE s.state = 'running' AND s.rebasing <> 0
               AND ((s.a_site = $1 AND s.a_project = $2) OR (s.b_site = $1 AND s.b_project = $2)
                    OR EXISTS (
                        SELECT 1 FROM syncs t
                        WHERE t.state <> 'running' AND t.rebasing <> 0
                          AND ((t.a_site = $1 AND t.a_project = $2
                                AND ((t.b_site = s.a_site AND t.b_project = s.a_project)
                                     OR (t.b_site = s.b_site AND t.b_project = s.b_project)))
                               OR (t.b_site = $1 AND t.b_project = $2
                                   AND ((t.a_site = s.a_site AND t.a_project = s.a_project)
                                        OR (t.a_site = s.b_site AND t.a_project = s.b_project))))))",
        );
        let query = query.bind(place.site.as_str()).bind(place.project.as_str());
        let row = query.fetch_one(&self.db.pool).await?;
        let (homes, copies): (i64, i64) = (row.try_get("homes")?, row.try_get("copies")?);
        Ok(match (homes, copies) {
            (0, _) => Rebasing::Nothing,
            (_, 0) => Rebasing::Homes,
            _ => Rebasing::Copies,
        })
    }

    /// Links of a sync that were not compared since, by id, after `after`; at most [`LINKS_COMPARED_PER_PAGE_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn to_compare(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        after: Option<&LinkId>,
    ) -> Result<Vec<LinkId>, StoreError> {
        let query = sqlx::query(
            "SELECT link FROM links WHERE tenant = $1 AND sync = $2 AND link > $3 AND rebase = 1
             ORDER BY link LIMIT $4",
        );
        let rows = query
            .bind(tenant.as_str())
            .bind(sync.as_str())
            .bind(after.map_or("", LinkId::as_str))
            .bind(LINKS_COMPARED_PER_PAGE_MAX)
            .fetch_all(&self.db.pool)
            .await?;
        rows.iter().map(|row| Ok(LinkId(row.try_get("link")?))).collect()
    }
}

/// A copy takes its place in the cluster, and the home of what people made is held. Answers the side of `sync`, which
/// made the copy, that it was made from.
async fn stands(tx: &mut Tx, sync: &Sync, side: Side, copy: &FoundCopy) -> Result<Side, StoreError> {
    let (from, issue) = origin(&sync.sync, &copy.link)?;
    let home = Some(&sync.ends[side.other()])
        .filter(|home| from != side && ClusterId::of_issue(&home.site, &issue) == copy.cluster);
    let slot = Slot::issue(&copy.cluster, home, &sync.ends[side]);
    intents::stand(tx, &copy.link, &copy.op, &slot).await?;
    Ok(from)
}

/// A copy that another sync made in the project `there`. One of a sync that was deleted has no place.
async fn of_another(tx: &mut Tx, there: &Place, copy: &FoundCopy) -> Result<(), StoreError> {
    let query = sqlx::query("SELECT * FROM syncs WHERE sync = $1").bind(copy.sync.as_str());
    let Some(row) = query.fetch_optional(&mut **tx).await? else { return Ok(()) };
    let maker = sync_of(&row)?;
    let Some(side) = Side::BOTH.into_iter().find(|side| maker.ends[*side] == *there) else { return Ok(()) };
    let from = stands(tx, &maker, side, copy).await?;
    know(tx, &maker, &copy.link, from).await
}

/// The row of a link that made a copy, by which its places are given back with its sync; to be compared where it is new.
async fn know(tx: &mut Tx, sync: &Sync, link: &LinkId, from: Side) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO links (tenant, link, sync, origin, state, rebase) VALUES ($1, $2, $3, $4, $5, 1)
         ON CONFLICT (tenant, link) DO NOTHING",
    )
    .bind(sync.tenant.as_str())
    .bind(link.as_str())
    .bind(sync.sync.as_str())
    .bind(from.as_str())
    .bind(text(&LinkState::Live)?)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
