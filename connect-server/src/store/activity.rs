//! The activity log: what was done, left, or stopped, and why. Its sentences hold no customer text.

use super::db::{Db, Tx, json, millis, text, word};
use super::{StoreError, Vault};
use duplex_core::id::{AccountId, LinkId, Millis, Side, Sides, SiteId, SyncId};
use duplex_core::plan::Element;
use serde::Serialize;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::str::FromStr;

/// Rows of one page.
pub const ACTIVITY_PER_PAGE_MAX: i64 = 200;
/// How long a row is kept, in milliseconds: 90 days.
pub const ACTIVITY_KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1000;
/// Rows that are kept of one sync.
pub const ACTIVITY_ROWS_PER_SYNC_MAX: i64 = 50_000;

#[derive(Debug, Clone)]
pub struct Activity {
    pub(super) db: Db,
    pub(super) vault: Vault,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub link: Option<LinkId>,
    pub kind: Kind,
    /// The admin who decided it; the sentence goes on from his name.
    pub by: Option<AccountId>,
    /// Where something was written.
    pub side: Option<Side>,
    pub element: Option<Element>,
    pub sentence: String,
}

impl Entry {
    #[must_use]
    pub fn of(
        link: &LinkId,
        kind: Kind,
        side: Option<Side>,
        element: Option<Element>,
        sentence: String,
    ) -> Self {
        Self { link: Some(link.clone()), kind, by: None, side, element, sentence }
    }
}

/// A line as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Sorts by time. Name the last one of a page to get the page before it.
    pub id: String,
    pub at: Millis,
    pub entry: Entry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "ActivityKind"))]
pub enum Kind {
    /// A write to Jira.
    Wrote,
    /// Nothing was written, and why.
    Skipped,
    Parked,
    Unparked,
    Conflict,
    /// Somebody administered: published, started, stopped, accepted, ...
    Admin,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Wrote, Self::Skipped, Self::Parked, Self::Unparked, Self::Conflict, Self::Admin];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wrote => "wrote",
            Self::Skipped => "skipped",
            Self::Parked => "parked",
            Self::Unparked => "unparked",
            Self::Conflict => "conflict",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// What to show of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub link: Option<LinkId>,
    pub kind: Option<Kind>,
    /// Only what is older than this line.
    pub before: Option<String>,
}

impl Activity {
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn append(
        &self,
        now: Millis,
        tenant: &SiteId,
        sync: &SyncId,
        entries: &[Entry],
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        append(&mut tx, &self.vault, now, tenant, sync, entries).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The log of a sync, newest first; at most [`ACTIVITY_PER_PAGE_MAX`] lines.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn list(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        filter: &Filter,
        limit: i64,
    ) -> Result<Vec<Logged>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM activity WHERE tenant = $1 AND sync = $2
             AND ($3 = '' OR link = $3) AND ($4 = '' OR kind = $4) AND ($5 = '' OR id < $5)
             ORDER BY id DESC LIMIT $6",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(filter.link.as_ref().map_or("", LinkId::as_str))
        .bind(filter.kind.map_or("", Kind::as_str))
        .bind(filter.before.as_deref().unwrap_or(""))
        .bind(limit.clamp(1, ACTIVITY_PER_PAGE_MAX))
        .fetch_all(&self.db.pool)
        .await?;
        rows.iter().map(logged_of).collect()
    }

    /// When something of a link was last written, per side that it was written to.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Word`].
    pub async fn last_writes(
        &self,
        tenant: &SiteId,
        link: &LinkId,
    ) -> Result<Sides<Option<Millis>>, StoreError> {
        let query = sqlx::query(
            "SELECT side, MAX(at) AS at FROM activity
             WHERE tenant = $1 AND link = $2 AND kind = 'wrote' AND side IS NOT NULL GROUP BY side",
        );
        let mut last = Sides::default();
        for row in query.bind(tenant.as_str()).bind(link.as_str()).fetch_all(&self.db.pool).await? {
            last[word::<Side>(&row, "side")?] = Some(millis(&row, "at")?);
        }
        Ok(last)
    }

    /// Drops what is older than [`ACTIVITY_KEPT_MS`] or beyond [`ACTIVITY_ROWS_PER_SYNC_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn prune(&self, now: Millis) -> Result<u64, StoreError> {
        let old = sqlx::query("DELETE FROM activity WHERE at < $1")
            .bind(now.plus(-ACTIVITY_KEPT_MS).0)
            .execute(&self.db.pool)
            .await?;
        let many = sqlx::query(
            "DELETE FROM activity WHERE id < (
                SELECT kept.id FROM activity kept
                WHERE kept.tenant = activity.tenant AND kept.sync = activity.sync
                ORDER BY kept.id DESC LIMIT 1 OFFSET $1)",
        )
        .bind(ACTIVITY_ROWS_PER_SYNC_MAX - 1)
        .execute(&self.db.pool)
        .await?;
        Ok(old.rows_affected() + many.rows_affected())
    }
}

/// Begins with the time and the place in its batch, and ends so that no two are the same.
pub(super) fn id(vault: &Vault, now: Millis, place: usize) -> String {
    format!("{:015}-{place:04}-{}", now.0, &vault.chance.id()[..12])
}

pub(super) async fn append(
    tx: &mut Tx,
    vault: &Vault,
    now: Millis,
    tenant: &SiteId,
    sync: &SyncId,
    entries: &[Entry],
) -> Result<(), StoreError> {
    for (place, entry) in entries.iter().enumerate() {
        sqlx::query(
            "INSERT INTO activity (tenant, id, sync, link, at, kind, author, side, element, sentence)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(tenant.as_str())
        .bind(id(vault, now, place))
        .bind(sync.as_str())
        .bind(entry.link.as_ref().map(LinkId::as_str))
        .bind(now.0)
        .bind(entry.kind.as_str())
        .bind(entry.by.as_ref().map(AccountId::as_str))
        .bind(entry.side.map(Side::as_str))
        .bind(entry.element.as_ref().map(text).transpose()?)
        .bind(&entry.sentence)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

fn logged_of(row: &AnyRow) -> Result<Logged, StoreError> {
    let has = |column: &str| Ok::<_, StoreError>(row.try_get::<Option<&str>, _>(column)?.is_some());
    Ok(Logged {
        id: row.try_get("id")?,
        at: millis(row, "at")?,
        entry: Entry {
            link: row.try_get::<Option<String>, _>("link")?.map(LinkId),
            kind: word(row, "kind")?,
            by: row.try_get::<Option<String>, _>("author")?.map(AccountId),
            side: if has("side")? { Some(word(row, "side")?) } else { None },
            element: if has("element")? { Some(json(row, "element")?) } else { None },
            sentence: row.try_get("sentence")?,
        },
    })
}
