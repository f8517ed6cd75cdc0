//! The list of *Synchronizations*: all that it shows of a site's syncs, in one statement however many there are.

use super::StoreError;
use super::db::{Db, millis_maybe, word};
use super::projects::Called;
use super::syncs::{Sync, sync_of};
use super::work::Waiting;
use duplex_core::id::{Millis, Side, Sides, SiteId, SyncId};
use sqlx::Row;
use sqlx::any::AnyRow;

/// Syncs of one list. Jira's own lists of projects end sooner.
pub const LINES_MAX: i64 = 1_000;

#[derive(Debug, Clone)]
pub struct Lines {
    pub(super) db: Db,
}

/// One sync, and how it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncLine {
    pub sync: Sync,
    pub ends: Sides<EndLine>,
    /// The side whose admin is waited for to accept a draft.
    pub awaits: Option<Side>,
    pub waiting: Waiting,
    /// Parked elements that nobody ignores.
    pub parked: i64,
    /// One of the sites asked us to rest until then.
    pub paused_until: Option<Millis>,
}

/// A side, by the names that people know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndLine {
    /// `None`: the app was uninstalled there.
    pub base_url: Option<String>,
    /// `None`: the project was never read.
    pub called: Option<Called>,
}

impl Lines {
    /// The syncs that have a side on `site`, oldest first; at most [`LINES_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Word`].
    pub async fn of_site(&self, now: Millis, site: &SiteId) -> Result<Vec<SyncLine>, StoreError> {
        let sql = lines("a_site = $2 OR b_site = $2");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now.0).bind(site.as_str());
        query.fetch_all(&self.db.pool).await?.iter().map(line_of).collect()
    }

    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Word`].
    pub async fn of_sync(&self, now: Millis, sync: &SyncId) -> Result<Option<SyncLine>, StoreError> {
        let query = sqlx::query(sqlx::AssertSqlSafe(lines("sync = $2"))).bind(now.0).bind(sync.as_str());
        query.fetch_optional(&self.db.pool).await?.map(|row| line_of(&row)).transpose()
    }
}

/// Waiting work and parked elements are counted once per tenant, not once per sync.
fn lines(which: &str) -> String {
    format!(
        "WITH mine AS (SELECT * FROM syncs WHERE {which}),
         waiting AS (
            SELECT tenant, sync, COUNT(*) AS links, MIN(marked) AS oldest FROM work
            WHERE tenant IN (SELECT tenant FROM mine) GROUP BY tenant, sync),
         stopped AS (
            SELECT tenant, sync, COUNT(*) AS elements FROM parked
            WHERE tenant IN (SELECT tenant FROM mine) AND ignored_by IS NULL GROUP BY tenant, sync)
         SELECT m.*, d.side AS awaits, w.links, w.oldest, s.elements,
            (SELECT MAX(until) FROM pauses p
             WHERE p.site IN (m.a_site, m.b_site) AND p.scope = 'site' AND p.until > $1) AS paused_until,
            ua.base_url AS a_url, pa.key AS a_key, pa.name AS a_name,
            ub.base_url AS b_url, pb.key AS b_key, pb.name AS b_name
         FROM mine m
         LEFT JOIN sent_drafts d ON d.tenant = m.tenant AND d.sync = m.sync
         LEFT JOIN waiting w ON w.tenant = m.tenant AND w.sync = m.sync
         LEFT JOIN stopped s ON s.tenant = m.tenant AND s.sync = m.sync
         LEFT JOIN sites ua ON ua.site = m.a_site AND ua.state <> 'uninstalled'
         LEFT JOIN sites ub ON ub.site = m.b_site AND ub.state <> 'uninstalled'
         LEFT JOIN projects pa ON pa.site = m.a_site AND pa.project = m.a_project
         LEFT JOIN projects pb ON pb.site = m.b_site AND pb.project = m.b_project
         ORDER BY m.created, m.sync LIMIT {LINES_MAX}"
    )
}

fn line_of(row: &AnyRow) -> Result<SyncLine, StoreError> {
    let awaits = row.try_get::<Option<&str>, _>("awaits")?.is_some();
    Ok(SyncLine {
        sync: sync_of(row)?,
        ends: Sides::new(
            end_of(row, ["a_url", "a_key", "a_name"])?,
            end_of(row, ["b_url", "b_key", "b_name"])?,
        ),
        awaits: if awaits { Some(word(row, "awaits")?) } else { None },
        waiting: Waiting {
            links: row.try_get::<Option<i64>, _>("links")?.unwrap_or(0),
            oldest: millis_maybe(row, "oldest")?,
        },
        parked: row.try_get::<Option<i64>, _>("elements")?.unwrap_or(0),
        paused_until: millis_maybe(row, "paused_until")?,
    })
}

fn end_of(row: &AnyRow, [url, key, name]: [&str; 3]) -> Result<EndLine, StoreError> {
    let (key, name): (Option<String>, Option<String>) = (row.try_get(key)?, row.try_get(name)?);
    Ok(EndLine { base_url: row.try_get(url)?, called: key.zip(name).map(|(key, name)| Called { key, name }) })
}
