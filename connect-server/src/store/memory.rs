//! Memory: what a plan and its outcomes say to remember, in one transaction that the lease fences.

use super::activity::{self, Entry, Kind};
use super::db::{Db, Tx, json, text, word};
use super::intents::{self, Slot, Working, ensure_link, holds};
use super::work::{Class, LinkMark, route};
use super::{StoreError, Vault, conflicts, parked};
use duplex_core::id::{ClusterId, IssueId, LinkId, Millis, OpId, Side, Sides, SiteId};
use duplex_core::link::{CommentPair, End, FieldMemory, FieldPair, Intent, IntentKind};
use duplex_core::mutant;
use duplex_core::plan::{Element, Found, Hints, Note};
use sqlx::Row;

#[derive(Debug, Clone)]
pub struct Memory {
    pub(super) db: Db,
    pub(super) vault: Vault,
}

/// Whether the notes of a fenced transaction may be written as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    /// The lease holds.
    Full,
    /// It is lost: only what a call brought about, as far as nothing stands there yet.
    OutcomesOnly,
}

impl Memory {
    /// Records the notes and the log, all or nothing.
    ///
    /// What a call created is recorded in any case, because nobody else can know its id; bases are not, once the lease
    /// is lost. An edit or a removal is then left open: who has the lease looks what became of it, and only an open
    /// intent tells him that it was ours.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], [`StoreError::EndTaken`], [`StoreError::Database`].
    pub async fn record(
        &self,
        now: Millis,
        working: Working<'_>,
        notes: &[Note],
        log: &[Entry],
    ) -> Result<(), StoreError> {
        match self.try_record(now, working, notes, log).await {
            Err(StoreError::EndTaken { side, issue }) => {
                let mut tx = self.db.begin().await?;
                for (op, happened) in settled(notes) {
                    settle(&mut tx, working, op, happened).await?;
                }
                tx.commit().await?;
                Err(StoreError::EndTaken { side, issue })
            }
            other => other,
        }
    }

    async fn try_record(
        &self,
        now: Millis,
        working: Working<'_>,
        notes: &[Note],
        log: &[Entry],
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        if !holds(&self.db, &mut tx, working.lease).await? {
            self.record_outcomes(&mut tx, working, notes).await?;
            tx.commit().await?;
            return Err(StoreError::LeaseLost);
        }
        ensure_link(&mut tx, working).await?;
        let mut log = log.to_vec();
        for note in notes {
            log.extend(self.write(&mut tx, now, working, note).await?);
        }
        activity::append(&mut tx, &self.vault, now, &working.lease.tenant, working.sync, &log).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What is recorded without a lease. Where the intent is settled already, somebody else found its outcome.
    async fn record_outcomes(
        &self,
        tx: &mut Tx,
        working: Working<'_>,
        notes: &[Note],
    ) -> Result<(), StoreError> {
        let mut happened_now = false;
        for (op, happened) in settled(notes) {
            if !happened || creates(tx, working, op).await? {
                happened_now |= settle(tx, working, op, happened).await? && happened;
            }
        }
        if !happened_now {
            return Ok(());
        }
        for note in notes {
            match note {
                Note::End { side, end } => write_end(tx, working, *side, end, Right::OutcomesOnly).await?,
                Note::Comment { pair } => write_comment(tx, working, pair, Right::OutcomesOnly).await?,
                Note::State { .. }
                | Note::Cluster { .. }
                | Note::Mapped { .. }
                | Note::Field { .. }
                | Note::Settled { .. }
                | Note::Conflict { .. }
                | Note::Stands { .. }
                | Note::Overwritten { .. }
                | Note::Park { .. }
                | Note::Unpark { .. }
                | Note::Removals { .. }
                | Note::Hand { .. }
                | Note::Rebased
                | Note::Standing { .. }
                | Note::Skip { .. } => {}
            }
        }
        Ok(())
    }

    /// One note. Returns what the log should say of it.
    async fn write(
        &self,
        tx: &mut Tx,
        now: Millis,
        working: Working<'_>,
        note: &Note,
    ) -> Result<Option<Entry>, StoreError> {
        let link = &working.lease.link;
        match note {
            Note::End { side, end } => write_end(tx, working, *side, end, Right::Full).await?,
            Note::State { state } => write_link(tx, working, "state", text(state)?).await?,
            Note::Cluster { cluster } => write_link(tx, working, "cluster", cluster.to_string()).await?,
            Note::Mapped { mapping } => write_link(tx, working, "mapping", text(mapping)?).await?,
            Note::Field { pair, memory } => write_field(tx, working, pair, memory).await?,
            Note::Comment { pair } => write_comment(tx, working, pair, Right::Full).await?,
            Note::Settled { op, happened } => {
                settle(tx, working, op, *happened).await?;
            }
            Note::Stands { conflict } => conflicts::forget(tx, working, conflict).await?,
            Note::Conflict { .. } if mutant!(ConflictUnrecorded) => {}
            Note::Conflict { conflict } => {
                if !conflicts::keep(tx, &self.vault, now, working, conflict).await? {
                    return Ok(None);
                }
                let element = Element::Field { pair: conflict.pair.clone() };
                let sentence = format!("Both sides changed it; side {} won", conflict.winner);
                return Ok(Some(Entry::of(link, Kind::Conflict, None, Some(element), sentence)));
            }
            Note::Park { element, trouble } => {
                if parked::park(tx, now, working, element, trouble).await? {
                    let sentence = trouble.sentence.clone();
                    let element = Some(element.clone());
                    return Ok(Some(Entry::of(link, Kind::Parked, Some(trouble.side), element, sentence)));
                }
            }
            Note::Unpark { element } => {
                if parked::unpark(tx, working, element).await? {
                    let sentence = "It goes on".to_owned();
                    return Ok(Some(Entry::of(link, Kind::Unparked, None, Some(element.clone()), sentence)));
                }
            }
            Note::Removals { count } => write_removals(tx, working, *count).await?,
            Note::Hand { link, op, side, issue, key, cluster } => {
                let found = Found::Issue { id: issue.clone(), key: key.clone(), cluster: cluster.clone() };
                let mark = LinkMark {
                    tenant: working.lease.tenant.clone(),
                    sync: working.sync.clone(),
                    link: link.clone(),
                    side: *side,
                    hints: Hints { fields: true, ..Hints::default() },
                    class: Class::People,
                    at: now,
                };
                hand(tx, op, &found, mark).await?;
            }
            Note::Rebased => {
                let query = sqlx::query("UPDATE links SET rebase = 0 WHERE tenant = $1 AND link = $2");
                query.bind(working.lease.tenant.as_str()).bind(link.as_str()).execute(&mut **tx).await?;
            }
            Note::Standing { side, cluster, link, op, first } => {
                stand(tx, working, *side, cluster, (link, op), *first).await?
            }
            Note::Overwritten { element, side, at } => {
                let sentence = format!(
                    "A person edited the copy on side {side} (version {}); a later edit of its origin went over that",
                    at.0
                );
                let element = Some(element.clone());
                return Ok(Some(Entry::of(link, Kind::Conflict, Some(*side), element, sentence)));
            }
            Note::Skip { element, why } => {
                return Ok(Some(Entry::of(link, Kind::Skipped, None, Some(element.clone()), why.clone())));
            }
        }
        Ok(None)
    }
}

fn settled(notes: &[Note]) -> impl Iterator<Item = (&OpId, bool)> {
    notes.iter().filter_map(|note| match note {
        Note::Settled { op, happened } => Some((op, *happened)),
        Note::End { .. }
        | Note::State { .. }
        | Note::Cluster { .. }
        | Note::Mapped { .. }
        | Note::Field { .. }
        | Note::Comment { .. }
        | Note::Conflict { .. }
        | Note::Stands { .. }
        | Note::Overwritten { .. }
        | Note::Park { .. }
        | Note::Unpark { .. }
        | Note::Removals { .. }
        | Note::Hand { .. }
        | Note::Rebased
        | Note::Standing { .. }
        | Note::Skip { .. } => None,
    })
}

/// Closes the intent; what never happened gives its place in the cluster back. `false`: it was closed before.
async fn settle(tx: &mut Tx, working: Working<'_>, op: &OpId, happened: bool) -> Result<bool, StoreError> {
    let lease = working.lease;
    let closed = sqlx::query("DELETE FROM intents WHERE tenant = $1 AND link = $2 AND op = $3")
        .bind(lease.tenant.as_str())
        .bind(lease.link.as_str())
        .bind(op.as_str())
        .execute(&mut **tx)
        .await?;
    if !happened {
        sqlx::query("DELETE FROM slots WHERE link = $1 AND op = $2")
            .bind(lease.link.as_str())
            .bind(op.as_str())
            .execute(&mut **tx)
            .await?;
    }
    Ok(closed.rows_affected() > 0)
}

/// Whether the open intent is one of a creation.
async fn creates(tx: &mut Tx, working: Working<'_>, op: &OpId) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT body FROM intents WHERE tenant = $1 AND link = $2 AND op = $3")
        .bind(working.lease.tenant.as_str())
        .bind(working.lease.link.as_str())
        .bind(op.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let intent = row.map(|row| json::<Intent>(&row, "body")).transpose()?;
    Ok(intent.is_some_and(|intent| match intent.what {
        IntentKind::CreateIssue | IntentKind::AddComment { .. } => true,
        IntentKind::EditIssue { .. } | IntentKind::EditComment { .. } | IntentKind::DeleteComment { .. } => {
            false
        }
    }))
}

async fn write_link(
    tx: &mut Tx,
    working: Working<'_>,
    column: &'static str,
    value: String,
) -> Result<(), StoreError> {
    let sql = format!("UPDATE links SET {column} = $3 WHERE tenant = $1 AND link = $2");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(working.lease.tenant.as_str())
        .bind(working.lease.link.as_str())
        .bind(value)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A comment of ours that is there takes its place in the cluster, unless that is taken.
async fn stand(
    tx: &mut Tx,
    working: Working<'_>,
    side: Side,
    cluster: &ClusterId,
    (maker, op): (&LinkId, &OpId),
    first: bool,
) -> Result<(), StoreError> {
    let query = sqlx::query("SELECT side, site, issue FROM ends WHERE tenant = $1 AND link = $2")
        .bind(working.lease.tenant.as_str())
        .bind(working.lease.link.as_str());
    let mut ends: Sides<Option<(SiteId, IssueId)>> = Sides::default();
    for row in query.fetch_all(&mut **tx).await? {
        let end = (SiteId(row.try_get("site")?), IssueId(row.try_get("issue")?));
        ends[word::<Side>(&row, "side")?] = Some(end);
    }
    let place = |side: Side| ends[side].as_ref().map(|(site, issue)| (site, issue));
    let Some(here) = place(side) else { return Ok(()) };
    let slot = Slot::comment(cluster, place(side.other()).filter(|_| first), here);
    intents::stand(tx, maker, op, &slot).await
}

async fn write_removals(tx: &mut Tx, working: Working<'_>, count: u32) -> Result<(), StoreError> {
    sqlx::query("UPDATE links SET removals = $3 WHERE tenant = $1 AND link = $2")
        .bind(working.lease.tenant.as_str())
        .bind(working.lease.link.as_str())
        .bind(i64::from(count))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Leaves what was found for another link, and has that link look.
pub(super) async fn hand(tx: &mut Tx, op: &OpId, found: &Found, look: LinkMark) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO handed (tenant, link, op, side, found) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant, link, op, side) DO UPDATE SET found = excluded.found",
    )
    .bind(look.tenant.as_str())
    .bind(look.link.as_str())
    .bind(op.as_str())
    .bind(look.side.as_str())
    .bind(text(found)?)
    .execute(&mut **tx)
    .await?;
    route::upsert(tx, &mut [look]).await
}

async fn write_end(
    tx: &mut Tx,
    working: Working<'_>,
    side: Side,
    end: &End,
    right: Right,
) -> Result<(), StoreError> {
    let lease = working.lease;
    let other = sqlx::query(
        "SELECT 1 FROM ends WHERE tenant = $1 AND sync = $2 AND side = $3 AND issue = $4 AND link <> $5",
    )
    .bind(lease.tenant.as_str())
    .bind(working.sync.as_str())
    .bind(side.as_str())
    .bind(end.issue.as_str())
    .bind(lease.link.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    if other.is_some() {
        return Err(StoreError::EndTaken { side, issue: end.issue.clone() });
    }
    let sql = match right {
        Right::Full => {
            "INSERT INTO ends (tenant, link, side, sync, site, issue, body)
             SELECT tenant, $2, $3, sync, CASE WHEN $3 = 'a' THEN a_site ELSE b_site END, $5, $6
             FROM syncs WHERE tenant = $1 AND sync = $4
             ON CONFLICT (tenant, link, side) DO UPDATE SET issue = excluded.issue, body = excluded.body"
        }
        Right::OutcomesOnly => {
            "INSERT INTO ends (tenant, link, side, sync, site, issue, body)
             SELECT tenant, $2, $3, sync, CASE WHEN $3 = 'a' THEN a_site ELSE b_site END, $5, $6
             FROM syncs WHERE tenant = $1 AND sync = $4
             ON CONFLICT (tenant, link, side) DO NOTHING"
        }
    };
    sqlx::query(sql)
        .bind(lease.tenant.as_str())
        .bind(lease.link.as_str())
        .bind(side.as_str())
        .bind(working.sync.as_str())
        .bind(end.issue.as_str())
        .bind(text(end)?)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn write_field(
    tx: &mut Tx,
    working: Working<'_>,
    pair: &FieldPair,
    memory: &FieldMemory,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO link_fields (tenant, link, pair, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant, link, pair) DO UPDATE SET body = excluded.body",
    )
    .bind(working.lease.tenant.as_str())
    .bind(working.lease.link.as_str())
    .bind(pair.to_string())
    .bind(text(memory)?)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_comment(
    tx: &mut Tx,
    working: Working<'_>,
    pair: &CommentPair,
    right: Right,
) -> Result<(), StoreError> {
    let lease = working.lease;
    if right == Right::OutcomesOnly {
        let row = sqlx::query(
            "SELECT body FROM link_comments WHERE tenant = $1 AND link = $2 AND origin = $3 AND comment = $4",
        )
        .bind(lease.tenant.as_str())
        .bind(lease.link.as_str())
        .bind(pair.origin.as_str())
        .bind(pair.id.as_str())
        .fetch_optional(&mut **tx)
        .await?;
        let known = row.map(|row| json::<CommentPair>(&row, "body")).transpose()?;
        if known.is_some_and(|known| known.copy.is_some()) {
            return Ok(());
        }
    }
    sqlx::query(
        "INSERT INTO link_comments (tenant, link, origin, comment, place, body)
         SELECT $1, $2, $3, $4, COALESCE(MAX(place), 0) + 1, $5
         FROM link_comments WHERE tenant = $1 AND link = $2
         ON CONFLICT (tenant, link, origin, comment) DO UPDATE SET body = excluded.body",
    )
    .bind(lease.tenant.as_str())
    .bind(lease.link.as_str())
    .bind(pair.origin.as_str())
    .bind(pair.id.as_str())
    .bind(text(pair)?)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
