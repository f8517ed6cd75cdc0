//! Parked elements: what stopped, why, and what to do about it.

use super::StoreError;
use super::db::{Db, Tx, json, millis, text};
use super::intents::Working;
use super::work::{Class, LinkMark, Work};
use duplex_core::id::{AccountId, LinkId, Millis, Side, SiteId, SyncId};
use duplex_core::plan::{Element, Hints, Trouble};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// Parked elements of one page.
pub const PARKED_PER_PAGE_MAX: i64 = 200;

/// Parked elements that one "retry all" takes up.
pub const RETRIED_AT_ONCE_MAX: i64 = 1_000;

#[derive(Debug, Clone)]
pub struct Parked {
    pub(super) db: Db,
    pub(super) work: Work,
}

/// One element that stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedElement {
    pub sync: SyncId,
    pub link: LinkId,
    pub element: Element,
    pub trouble: Trouble,
    pub at: Millis,
    /// Who said that it may stay as it is.
    pub ignored_by: Option<AccountId>,
}

impl Parked {
    /// The parked elements of a sync, oldest first, those that are ignored last; at most [`PARKED_PER_PAGE_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn list(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        limit: i64,
    ) -> Result<Vec<ParkedElement>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM parked WHERE tenant = $1 AND sync = $2
             ORDER BY CASE WHEN ignored_by IS NULL THEN 0 ELSE 1 END, at, link, element LIMIT $3",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(limit.clamp(1, PARKED_PER_PAGE_MAX));
        query.fetch_all(&self.db.pool).await?.iter().map(parked_of).collect()
    }

    /// The parked elements of one link.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn of_link(&self, tenant: &SiteId, link: &LinkId) -> Result<Vec<ParkedElement>, StoreError> {
        let query = sqlx::query("SELECT * FROM parked WHERE tenant = $1 AND link = $2 ORDER BY at, element");
        let rows = query.bind(tenant.as_str()).bind(link.as_str()).fetch_all(&self.db.pool).await?;
        rows.iter().map(parked_of).collect()
    }

    /// The links of a page, by id from the first to the last, that stopped as a whole, and why.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn whole_links(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        (first, last): (&LinkId, &LinkId),
    ) -> Result<BTreeMap<LinkId, Trouble>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM parked
             WHERE tenant = $1 AND sync = $2 AND link >= $3 AND link <= $4 AND element = $5",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(first.as_str())
        .bind(last.as_str())
        .bind(text(&Element::Issue)?);
        let rows = query.fetch_all(&self.db.pool).await?;
        rows.iter().map(|row| parked_of(row).map(|parked| (parked.link, parked.trouble))).collect()
    }

    /// How many elements of a sync are parked and not ignored.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn count(&self, tenant: &SiteId, sync: &SyncId) -> Result<i64, StoreError> {
        let query =
            sqlx::query("SELECT COUNT(*) FROM parked WHERE tenant = $1 AND sync = $2 AND ignored_by IS NULL");
        Ok(query.bind(tenant.as_str()).bind(sync.as_str()).fetch_one(&self.db.pool).await?.try_get(0)?)
    }

    /// The same over all tenants. For metrics.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn count_everywhere(&self) -> Result<i64, StoreError> {
        let query = sqlx::query("SELECT COUNT(*) FROM parked WHERE ignored_by IS NULL");
        Ok(query.fetch_one(&self.db.pool).await?.try_get(0)?)
    }

    /// Has the element tried again at once. `false`: it is not parked (any more).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn retry(
        &self,
        now: Millis,
        tenant: &SiteId,
        link: &LinkId,
        element: &Element,
    ) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT sync FROM parked WHERE tenant = $1 AND link = $2 AND element = $3")
            .bind(tenant.as_str())
            .bind(link.as_str())
            .bind(text(element)?)
            .fetch_optional(&self.db.pool)
            .await?;
        let Some(row) = row else { return Ok(false) };
        let sync = SyncId(row.try_get("sync")?);
        self.work.mark_links(retry_marks(now, tenant, &sync, link, element)).await?;
        Ok(true)
    }

    /// Has all parked elements of a sync tried again that nobody ignores, the oldest first; at most
    /// [`RETRIED_AT_ONCE_MAX`]. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn retry_all(&self, now: Millis, tenant: &SiteId, sync: &SyncId) -> Result<usize, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM parked WHERE tenant = $1 AND sync = $2 AND ignored_by IS NULL
             ORDER BY at, link, element LIMIT $3",
        )
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(RETRIED_AT_ONCE_MAX)
        .fetch_all(&self.db.pool)
        .await?;
        let parked: Vec<ParkedElement> = rows.iter().map(parked_of).collect::<Result<_, _>>()?;
        let marks = parked.iter().flat_map(|p| retry_marks(now, tenant, sync, &p.link, &p.element));
        self.work.mark_links(marks.collect()).await?;
        Ok(parked.len())
    }

    /// Somebody says that it may stay as it is: it counts as trouble no more. `false`: it is not parked.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn ignore(
        &self,
        tenant: &SiteId,
        link: &LinkId,
        element: &Element,
        by: &AccountId,
    ) -> Result<bool, StoreError> {
        let query =
            sqlx::query("UPDATE parked SET ignored_by = $4 WHERE tenant = $1 AND link = $2 AND element = $3");
        let done = query
            .bind(tenant.as_str())
            .bind(link.as_str())
            .bind(text(element)?)
            .bind(by.as_str())
            .execute(&self.db.pool)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

/// Both sides hear of it, because a planner may have to look at either.
fn retry_marks(
    now: Millis,
    tenant: &SiteId,
    sync: &SyncId,
    link: &LinkId,
    element: &Element,
) -> Vec<LinkMark> {
    let mark = |side: Side| LinkMark {
        tenant: tenant.clone(),
        sync: sync.clone(),
        link: link.clone(),
        side,
        hints: retry_hints(now, element, side),
        class: Class::People,
        at: now,
    };
    Side::BOTH.map(mark).to_vec()
}

fn retry_hints(now: Millis, element: &Element, side: Side) -> Hints {
    let mut hints = Hints { retry: Some(now), ..Hints::default() };
    match element {
        Element::Issue => {
            hints.fields = true;
            hints.all_comments = true;
        }
        Element::Field { .. } => hints.fields = true,
        Element::Comment { origin, id } if *origin == side => {
            hints.comments = BTreeMap::from([(id.clone(), None)]);
        }
        Element::Comment { .. } => {}
    }
    hints
}

/// Parks it now, also where it is parked already: it waits for a word that is newer than this. `true`: it was not
/// parked with this trouble before.
pub(super) async fn park(
    tx: &mut Tx,
    now: Millis,
    working: Working<'_>,
    element: &Element,
    trouble: &Trouble,
) -> Result<bool, StoreError> {
    let (element, trouble) = (text(element)?, text(trouble)?);
    let known = sqlx::query("SELECT trouble FROM parked WHERE tenant = $1 AND link = $2 AND element = $3")
        .bind(working.lease.tenant.as_str())
        .bind(working.lease.link.as_str())
        .bind(&element)
        .fetch_optional(&mut **tx)
        .await?;
    let known = known.map(|row| row.try_get::<String, _>(0)).transpose()?;
    sqlx::query(
        "INSERT INTO parked (tenant, link, element, sync, trouble, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant, link, element) DO UPDATE SET
            trouble = excluded.trouble, at = excluded.at,
            ignored_by = CASE WHEN parked.trouble = excluded.trouble THEN parked.ignored_by ELSE NULL END",
    )
    .bind(working.lease.tenant.as_str())
    .bind(working.lease.link.as_str())
    .bind(&element)
    .bind(working.sync.as_str())
    .bind(&trouble)
    .bind(now.0)
    .execute(&mut **tx)
    .await?;
    Ok(known.as_ref() != Some(&trouble))
}

/// `false`: it was not parked.
pub(super) async fn unpark(tx: &mut Tx, working: Working<'_>, element: &Element) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM parked WHERE tenant = $1 AND link = $2 AND element = $3")
        .bind(working.lease.tenant.as_str())
        .bind(working.lease.link.as_str())
        .bind(text(element)?)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() > 0)
}

fn parked_of(row: &AnyRow) -> Result<ParkedElement, StoreError> {
    Ok(ParkedElement {
        sync: SyncId(row.try_get("sync")?),
        link: LinkId(row.try_get("link")?),
        element: json(row, "element")?,
        trouble: json(row, "trouble")?,
        at: millis(row, "at")?,
        ignored_by: row.try_get::<Option<String>, _>("ignored_by")?.map(AccountId),
    })
}
