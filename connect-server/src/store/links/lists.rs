//! The links of a sync by the many: in pages, counted, and those that wait for a resync.

use super::Links;
use crate::store::StoreError;
use crate::store::db::{json, text, word};
use duplex_core::id::{LinkId, Side, Sides, SiteId, SyncId};
use duplex_core::link::{End, LinkState};
use duplex_core::plan::mapping::Mappings;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Links of one page of a list.
pub const LINKS_PER_PAGE_MAX: i64 = 200;
/// A link without its elements, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkLine {
    pub link: LinkId,
    pub origin: Side,
    pub state: LinkState,
    pub ends: Sides<Option<End>>,
}

/// One page of links that wait for a resync because the mapping changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappedOtherwise {
    pub links: Vec<LinkId>,
    /// Where the next page begins; `None` after the last one.
    pub last: Option<LinkId>,
}

/// The links of one sync, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkCounts {
    /// Both ends are there.
    pub linked: i64,
    /// Only the origin is there.
    pub candidates: i64,
    pub end_gone: i64,
    pub unlinked: i64,
}

impl Links {
    /// The links of a sync by id, after `after`; at most [`LINKS_PER_PAGE_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn list(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        after: Option<&LinkId>,
        limit: i64,
    ) -> Result<Vec<LinkLine>, StoreError> {
        let rows = sqlx::query(
            "SELECT l.link, l.origin, l.state, a.body AS a, b.body AS b FROM links l
             LEFT JOIN ends a ON a.tenant = l.tenant AND a.link = l.link AND a.side = 'a'
             LEFT JOIN ends b ON b.tenant = l.tenant AND b.link = l.link AND b.side = 'b'
             WHERE l.tenant = $1 AND l.sync = $2 AND l.link > $3 ORDER BY l.link LIMIT $4",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(after.map_or("", LinkId::as_str))
        .bind(limit.clamp(1, LINKS_PER_PAGE_MAX))
        .fetch_all(&self.db.pool)
        .await?;
        rows.iter().map(line_of).collect()
    }

    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn counts(&self, tenant: &SiteId, sync: &SyncId) -> Result<LinkCounts, StoreError> {
        let rows = sqlx::query(
            "SELECT l.state, COUNT(DISTINCT l.link) AS links, COUNT(e.link) AS ends FROM links l
             LEFT JOIN ends e ON e.tenant = l.tenant AND e.link = l.link
             WHERE l.tenant = $1 AND l.sync = $2 GROUP BY l.state",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .fetch_all(&self.db.pool)
        .await?;
        let mut counts = LinkCounts::default();
        for row in rows {
            let links: i64 = row.try_get("links")?;
            match json(&row, "state")? {
                LinkState::Live => {
                    counts.linked = row.try_get::<i64, _>("ends")?.saturating_sub(links).max(0);
                    counts.candidates = links - counts.linked;
                }
                LinkState::EndGone => counts.end_gone = links,
                LinkState::Unlinked => counts.unlinked = links,
            }
        }
        Ok(counts)
    }

    /// How many live links were last brought in line with other field rules than these.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn count_mapped_otherwise(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        mappings: &Mappings,
    ) -> Result<i64, StoreError> {
        let rows = sqlx::query(
            "SELECT mapping, COUNT(*) AS links FROM links
             WHERE tenant = $1 AND sync = $2 AND mapping IS NOT NULL AND state = $3 GROUP BY mapping",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(text(&LinkState::Live)?)
        .fetch_all(&self.db.pool)
        .await?;
        let mut count = 0;
        for row in &rows {
            if !mappings.has(&json(row, "mapping")?) {
                count += row.try_get::<i64, _>("links")?;
            }
        }
        Ok(count)
    }

    /// The next live links with two ends, by id, and of them those that were last brought in line with other field
    /// rules than these; at most [`LINKS_PER_PAGE_MAX`] are looked at.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn mapped_otherwise(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        mappings: &Mappings,
        after: Option<&LinkId>,
    ) -> Result<MappedOtherwise, StoreError> {
        let rows = sqlx::query(
            "SELECT link, mapping FROM links
             WHERE tenant = $1 AND sync = $2 AND link > $3 AND mapping IS NOT NULL AND state = $4
             ORDER BY link LIMIT $5",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(after.map_or("", LinkId::as_str))
        .bind(text(&LinkState::Live)?)
        .bind(LINKS_PER_PAGE_MAX)
        .fetch_all(&self.db.pool)
        .await?;
        let mut page = MappedOtherwise::default();
        for row in &rows {
            let link = LinkId(row.try_get("link")?);
            if !mappings.has(&json(row, "mapping")?) {
                page.links.push(link.clone());
            }
            page.last = Some(link);
        }
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < LINKS_PER_PAGE_MAX {
            page.last = None;
        }
        Ok(page)
    }
}

fn line_of(row: &AnyRow) -> Result<LinkLine, StoreError> {
    let end = |column: &str| -> Result<Option<End>, StoreError> {
        if row.try_get::<Option<&str>, _>(column)?.is_some() { json(row, column).map(Some) } else { Ok(None) }
    };
    Ok(LinkLine {
        link: LinkId(row.try_get("link")?),
        origin: word(row, "origin")?,
        state: json(row, "state")?,
        ends: Sides { a: end("a")?, b: end("b")? },
    })
}
