//! Routing: what the intake says of an issue becomes work per link, the unit of locking.

use super::{Class, LinkMark, Work};
use crate::store::StoreError;
use crate::store::db::{Tx, millis, word};
use crate::store::hints::{append, everything, line, parse};
use crate::store::syncs::{Route, routes_of, routes_query};
use duplex_core::id::{IssueId, LinkId, Millis, ProjectId, Side, SiteId, SyncId};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

impl Work {
    /// Turns up to `limit` issues of the intake, oldest first, into work. Issues of projects that no running sync
    /// has, and that no link knows, are dropped. Returns how many issues were taken.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing was taken.
    pub async fn route(&self, now: Millis, limit: i64) -> Result<usize, StoreError> {
        let mut tx = self.db.begin().await?;
        let query = self.db.sql(
            "WITH picked AS MATERIALIZED (
                SELECT site, issue FROM intake WHERE at <= $1 ORDER BY at, site, issue LIMIT $2 {skip locked})
             DELETE FROM intake WHERE (site, issue) IN (SELECT site, issue FROM picked) RETURNING *",
        );
        let rows = sqlx::query(query).bind(now.0).bind(limit).fetch_all(&mut *tx).await?;
        let mut marks = Vec::new();
        let mut routes = BTreeMap::new();
        for row in &rows {
            marks.extend(targets(&mut tx, row, &mut routes).await?);
        }
        upsert(&mut tx, &mut marks).await?;
        tx.commit().await?;
        Ok(rows.len())
    }

    /// Marks links directly.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn mark_links(&self, mut marks: Vec<LinkMark>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        upsert(&mut tx, &mut marks).await?;
        tx.commit().await?;
        self.bell.ring();
        Ok(())
    }
}

/// The links that one row of the intake is about: those that have the issue as an end, and for every other sync of
/// its project the link that it would be the origin of.
async fn targets(
    tx: &mut Tx,
    row: &AnyRow,
    routes: &mut BTreeMap<(SiteId, ProjectId), Vec<Route>>,
) -> Result<Vec<LinkMark>, StoreError> {
    let site = SiteId(row.try_get("site")?);
    let project = ProjectId(row.try_get("project")?);
    let issue = IssueId(row.try_get("issue")?);
    let hints = parse(row.try_get("hints")?)?;
    let class = Class::of(row.try_get("class")?);
    let at = millis(row, "at")?;
    let mut found = linked(tx, &site, &issue).await?;
    let key = (site, project);
    if !routes.contains_key(&key) {
        let rows = routes_query(&key.0, &key.1).fetch_all(&mut **tx).await?;
        routes.insert(key.clone(), routes_of(&rows)?);
    }
    let here: &[Route] = routes.get(&key).map_or(&[], Vec::as_slice);
    for route in here {
        if !found.iter().any(|(known, _)| known == route) {
            found.push((route.clone(), LinkId::of(&route.sync, route.side, &issue)));
        }
    }
    let mark = |(route, link): (Route, LinkId)| {
        let mut hints = hints.clone();
        // The issue lies in a project that the link's sync does not have: somebody moved it.
        hints.fields |= !here.contains(&route);
        LinkMark { tenant: route.tenant, sync: route.sync, link, side: route.side, hints, class, at }
    };
    Ok(found.into_iter().map(mark).collect())
}

/// Links of running syncs that have the issue as an end.
async fn linked(tx: &mut Tx, site: &SiteId, issue: &IssueId) -> Result<Vec<(Route, LinkId)>, StoreError> {
    let rows = sqlx::query(
        "SELECT e.tenant, e.sync, e.side, e.link FROM ends e
         JOIN syncs s ON s.tenant = e.tenant AND s.sync = e.sync AND s.state = 'running'
         WHERE e.site = $1 AND e.issue = $2 ORDER BY e.tenant, e.sync, e.side",
    )
    .bind(site.as_str())
    .bind(issue.as_str())
    .fetch_all(&mut **tx)
    .await?;
    let found = |row: &AnyRow| {
        let route = Route {
            tenant: SiteId(row.try_get("tenant")?),
            sync: SyncId(row.try_get("sync")?),
            side: word(row, "side")?,
        };
        Ok((route, LinkId(row.try_get("link")?)))
    };
    rows.iter().map(found).collect()
}

/// Widens the rows of work and bumps their generation, in the order of their keys.
pub(in crate::store) async fn upsert(tx: &mut Tx, marks: &mut [LinkMark]) -> Result<(), StoreError> {
    marks.sort_by(|a, b| (&a.tenant, &a.link).cmp(&(&b.tenant, &b.link)));
    let sql = format!(
        "INSERT INTO work (tenant, link, sync, hints_a, hints_b, generation, class, due, marked, attempts)
         VALUES ($3, $4, $5, $6, $7, 1, $8, $9, $9, 0)
         ON CONFLICT (tenant, link) DO UPDATE SET
            generation = work.generation + 1,
            class = CASE WHEN excluded.class < work.class THEN excluded.class ELSE work.class END,
            due = CASE WHEN excluded.due < work.due THEN excluded.due ELSE work.due END,
            {},
            {}",
        append("work", "hints_a", "$1", "$2"),
        append("work", "hints_b", "$1", "$2"),
    );
    let wide = line(&everything())?;
    for mark in marks {
        let hints = line(&mark.hints)?;
        let (a, b) = match mark.side {
            Side::A => (hints.as_str(), ""),
            Side::B => ("", hints.as_str()),
        };
        sqlx::query(AssertSqlSafe(sql.clone()))
            .bind("\n")
            .bind(&wide)
            .bind(mark.tenant.as_str())
            .bind(mark.link.as_str())
            .bind(mark.sync.as_str())
            .bind(a)
            .bind(b)
            .bind(mark.class.rank())
            .bind(mark.at.0)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
