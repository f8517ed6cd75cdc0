//! Links: what is remembered of a pair of issues, put together from its rows.

mod lists;

pub use lists::{LINKS_PER_PAGE_MAX, LinkCounts, LinkLine, MappedOtherwise};

use super::StoreError;
use super::db::{Db, json, millis, word};
use super::syncs::Place;
use super::work::Claimed;
use duplex_core::id::{ClusterId, IssueId, LinkId, Millis, OpId, Side, Sides, SiteId, SyncId};
use duplex_core::link::{End, FieldPair, Link, Parked};
use duplex_core::plan::{Found, Trouble};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, BTreeSet};

/// Issues of one statement: well under the 32,766 parameters of SQLite.
const ENDS_PER_STATEMENT_MAX: usize = 500;

#[derive(Debug, Clone)]
pub struct Links {
    pub(super) db: Db,
}

/// Where an issue is an end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EndPlace {
    pub tenant: SiteId,
    pub sync: SyncId,
    pub link: LinkId,
    pub side: Side,
}

impl Links {
    /// The link that was claimed: as it is remembered, or the candidate that it is before anything was recorded.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`], [`StoreError::Word`].
    pub async fn claimed(&self, claimed: &Claimed) -> Result<Link, StoreError> {
        let lease = &claimed.lease;
        match self.load(&lease.tenant, &lease.link).await? {
            Some(link) => Ok(link),
            None => {
                let (side, issue) = origin(&claimed.sync, &lease.link)?;
                Ok(Link::candidate(&claimed.sync, side, issue))
            }
        }
    }

    /// Issues that the work of other links recognised as this link's copies, since it was last finished: to be put
    /// into what was searched.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn handed(
        &self,
        tenant: &SiteId,
        link: &LinkId,
    ) -> Result<Sides<BTreeMap<OpId, Found>>, StoreError> {
        let mut handed = Sides::default();
        let sql = "SELECT op, side, found FROM handed WHERE tenant = $1 AND link = $2";
        for row in self.rows(sql, tenant, link).await? {
            let of_side: &mut BTreeMap<_, _> = &mut handed[word(&row, "side")?];
            of_side.insert(OpId(row.try_get("op")?), json(&row, "found")?);
        }
        Ok(handed)
    }

    /// All that is remembered of a link, open intents included. `None`: nothing yet.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn load(&self, tenant: &SiteId, link: &LinkId) -> Result<Option<Link>, StoreError> {
        let known = self.rows("SELECT * FROM links WHERE tenant = $1 AND link = $2", tenant, link).await?;
        let Some(row) = known.first() else { return Ok(None) };
        let sync = SyncId(row.try_get("sync")?);
        let (first, issue) = origin(&sync, link)?;
        let mut loaded = Link { id: link.clone(), ..Link::candidate(&sync, first, issue) };
        loaded.origin = word(row, "origin")?;
        if loaded.origin != first {
            // It was made again from its twin; the issue that its id names is gone.
            loaded.ends[first] = None;
        }
        loaded.cluster = row.try_get::<Option<String>, _>("cluster")?.map(ClusterId);
        let mapped = row.try_get::<Option<&str>, _>("mapping")?.is_some();
        loaded.mapping = mapped.then(|| json(row, "mapping")).transpose()?;
        loaded.state = json(row, "state")?;
        loaded.rebase = row.try_get::<i64, _>("rebase")? != 0;
        loaded.removals = u32::try_from(row.try_get::<i64, _>("removals")?).unwrap_or(u32::MAX);
        for part in self.rows(PARTS, tenant, link).await? {
            add(&mut loaded, &part)?;
        }
        if loaded.rebase {
            loaded.forget();
        }
        Ok(Some(loaded))
    }

    /// The cluster of the issue by any of its links.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn cluster_of(&self, site: &SiteId, issue: &IssueId) -> Result<Option<ClusterId>, StoreError> {
        let query = sqlx::query(
            "SELECT l.cluster FROM ends e JOIN links l ON l.tenant = e.tenant AND l.link = e.link
             WHERE e.site = $1 AND e.issue = $2 AND l.cluster IS NOT NULL ORDER BY l.cluster LIMIT 1",
        );
        let row = query.bind(site.as_str()).bind(issue.as_str()).fetch_optional(&self.db.pool).await?;
        row.map(|row| Ok(ClusterId(row.try_get("cluster")?))).transpose()
    }

    /// The links of these issues of one sync and side, each with the `updated` (the site's clock) up to which a sweep
    /// has marked it. Issues that are no end are missing.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn swept(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        side: Side,
        issues: &[IssueId],
    ) -> Result<BTreeMap<IssueId, (LinkId, Millis)>, StoreError> {
        let mut found = BTreeMap::new();
        for issues in issues.chunks(ENDS_PER_STATEMENT_MAX) {
            let places: Vec<String> = (4..4 + issues.len()).map(|place| format!("${place}")).collect();
            let sql = format!(
                "SELECT issue, link, swept FROM ends
                 WHERE tenant = $1 AND sync = $2 AND side = $3 AND issue IN ({})",
                places.join(", ")
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(tenant.as_str())
                .bind(sync.as_str())
                .bind(side.as_str());
            for issue in issues {
                query = query.bind(issue.as_str());
            }
            for row in query.fetch_all(&self.db.pool).await? {
                let (issue, link): (String, String) = (row.try_get("issue")?, row.try_get("link")?);
                found.insert(IssueId(issue), (LinkId(link), Millis(row.try_get("swept")?)));
            }
        }
        Ok(found)
    }

    /// A sweep has marked these links up to this `updated` of their issue on `side`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn set_swept(
        &self,
        tenant: &SiteId,
        side: Side,
        links: &[(LinkId, Millis)],
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        for (link, updated) in links {
            sqlx::query(
                "UPDATE ends SET swept = $4 WHERE tenant = $1 AND link = $2 AND side = $3 AND swept < $4",
            )
            .bind(tenant.as_str())
            .bind(link.as_str())
            .bind(side.as_str())
            .bind(updated.0)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The links that the issue is an end of, over all syncs.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find(&self, site: &SiteId, issue: &IssueId) -> Result<Vec<EndPlace>, StoreError> {
        let query = sqlx::query(
            "SELECT tenant, sync, link, side FROM ends WHERE site = $1 AND issue = $2 ORDER BY 1, 2, 4",
        );
        let rows = query.bind(site.as_str()).bind(issue.as_str()).fetch_all(&self.db.pool).await?;
        let place = |row: &AnyRow| {
            Ok(EndPlace {
                tenant: SiteId(row.try_get("tenant")?),
                sync: SyncId(row.try_get("sync")?),
                link: LinkId(row.try_get("link")?),
                side: word(row, "side")?,
            })
        };
        rows.iter().map(place).collect()
    }

    /// The keys that the two issues of these links had when they were last read; at most
    /// `ENDS_PER_STATEMENT_MAX` links.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn keys(
        &self,
        tenant: &SiteId,
        links: &BTreeSet<&LinkId>,
    ) -> Result<BTreeMap<LinkId, Sides<Option<String>>>, StoreError> {
        let links: Vec<&&LinkId> = links.iter().take(ENDS_PER_STATEMENT_MAX).collect();
        let mut keys: BTreeMap<LinkId, Sides<Option<String>>> = BTreeMap::new();
        if links.is_empty() {
            return Ok(keys);
        }
        let places: Vec<String> = (2..2 + links.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT link, side, body FROM ends WHERE tenant = $1 AND link IN ({})",
            places.join(", ")
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant.as_str());
        let query = links.into_iter().fold(query, |query, link| query.bind(link.as_str()));
        for row in query.fetch_all(&self.db.pool).await? {
            let end: End = json(&row, "body")?;
            let of_link = keys.entry(LinkId(row.try_get("link")?)).or_default();
            of_link[word::<Side>(&row, "side")?] = Some(end.key);
        }
        Ok(keys)
    }

    /// The links of a sync whose issue on either side has this key, as it was last read.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn of_key(&self, tenant: &SiteId, sync: &SyncId, key: &str) -> Result<Vec<LinkId>, StoreError> {
        // The index leads to the ends of the sync; the few that mention the key are read.
        let query = sqlx::query(
            "SELECT link, body FROM ends WHERE tenant = $1 AND sync = $2 AND body LIKE '%' || $3 || '%'
             ORDER BY link",
        );
        let rows = query.bind(tenant.as_str()).bind(sync.as_str()).bind(key).fetch_all(&self.db.pool).await?;
        let mut links = Vec::new();
        for row in rows {
            let end: End = json(&row, "body")?;
            if end.key == key {
                links.push(LinkId(row.try_get("link")?));
            }
        }
        Ok(links)
    }

    /// Whether the project has an issue of the cluster already, or is being given one, by another link than `link`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn cluster_taken(
        &self,
        cluster: &ClusterId,
        place: &Place,
        link: &LinkId,
    ) -> Result<bool, StoreError> {
        let slot = super::Slot::issue(cluster, None, place);
        let query = sqlx::query("SELECT 1 FROM slots WHERE cluster = $1 AND place = $2 AND link <> $3");
        let query = query.bind(slot.cluster).bind(slot.target).bind(link.as_str());
        Ok(query.fetch_optional(&self.db.pool).await?.is_some())
    }

    async fn rows(
        &self,
        sql: &'static str,
        tenant: &SiteId,
        link: &LinkId,
    ) -> Result<Vec<AnyRow>, StoreError> {
        let query = sqlx::query(sql).bind(tenant.as_str()).bind(link.as_str());
        Ok(query.fetch_all(&self.db.pool).await?)
    }
}

/// The rows of a link in one statement, so that they are of one moment.
const PARTS: &str = "
    SELECT 'end' AS part, side AS name, body, 0 AS place FROM ends WHERE tenant = $1 AND link = $2
    UNION ALL SELECT 'field', pair, body, 0 FROM link_fields WHERE tenant = $1 AND link = $2
    UNION ALL SELECT 'comment', comment, body, place FROM link_comments WHERE tenant = $1 AND link = $2
    UNION ALL SELECT 'intent', op, body, opened FROM intents WHERE tenant = $1 AND link = $2
    UNION ALL SELECT 'parked', element, trouble, at FROM parked WHERE tenant = $1 AND link = $2
    ORDER BY 1, 4, 2";

fn add(link: &mut Link, row: &AnyRow) -> Result<(), StoreError> {
    match row.try_get("part")? {
        "end" => link.ends[word(row, "name")?] = Some(json(row, "body")?),
        "field" => {
            let pair = FieldPair::try_from(row.try_get::<String, _>("name")?)
                .map_err(|_| StoreError::Word { column: "pair".to_owned() })?;
            link.fields.insert(pair, json(row, "body")?);
        }
        "comment" => link.comments.push(json(row, "body")?),
        "intent" => link.intents.push(json(row, "body")?),
        _ => {
            let trouble: Trouble = json(row, "body")?;
            link.parked.push(Parked {
                element: json(row, "name")?,
                code: trouble.code,
                at: millis(row, "place")?,
            });
        }
    }
    Ok(())
}

/// The side and issue that a link stems from, which its id names: see [`LinkId::of`].
pub(super) fn origin(sync: &SyncId, link: &LinkId) -> Result<(Side, IssueId), StoreError> {
    let named = link.as_str().strip_prefix(sync.as_str()).and_then(|rest| rest.strip_prefix('.'));
    let (side, issue) = named
        .and_then(|rest| rest.split_once('.'))
        .and_then(|(side, issue)| Some((side.parse().ok()?, IssueId::from(issue))))
        .ok_or_else(|| StoreError::Word { column: "link".to_owned() })?;
    Ok((side, issue))
}
