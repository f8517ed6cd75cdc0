//! Syncs: the pair of projects, whether it runs, and where work is routed to.
//!
//! A sync belongs to the tenant of its side A, who made it; both sides' sites see it.

mod configs;
mod drafts;
mod invitations;

pub use configs::{Publish, Published, Publishing};
pub use drafts::{Accepted, Draft, Saved, SentDraft};
pub use invitations::{Invitation, Listed};

use super::StoreError;
use super::db::{Db, Tx, millis, millis_maybe, word};
use super::epochs::looking_at;
use duplex_core::id::{Millis, ProjectId, Side, Sides, SiteId, SyncId};
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row};
use std::str::FromStr;

#[derive(Debug, Clone)]
pub struct Syncs {
    pub(super) db: Db,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    pub tenant: SiteId,
    pub sync: SyncId,
    pub name: String,
    pub ends: Sides<Place>,
    pub state: SyncState,
    /// The published configuration; 0 before the first publish.
    pub version: i64,
    /// Issues and comments created before it stay out; on each site's own clock.
    pub scope_from: Sides<Option<Millis>>,
    /// The database was restored; nothing is created on a side before the copies made there since are known. See
    /// [`crate::store::epochs`].
    pub rebasing: Sides<bool>,
    pub created: Millis,
}

impl Sync {
    /// The sides that lie on `site`: one, both, or none.
    pub fn sides_of(&self, site: &SiteId) -> impl Iterator<Item = Side> {
        Side::BOTH.into_iter().filter(move |side| &self.ends[*side].site == site)
    }
}

/// A project of a site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub site: SiteId,
    pub project: ProjectId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub enum SyncState {
    Stopped,
    Running,
}

impl SyncState {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Running => "running",
        }
    }
}

impl FromStr for SyncState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Stopped, Self::Running].into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// A running sync that a project takes part in, and as which side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub tenant: SiteId,
    pub sync: SyncId,
    pub side: Side,
}

/// It runs from now on. `scope_from` stands until the next start. `false`: nothing is published yet.
pub(super) async fn start<'e>(
    db: impl Executor<'e, Database = Any>,
    tenant: &SiteId,
    sync: &SyncId,
    scope_from: Sides<Option<Millis>>,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE syncs SET state = 'running', a_from = $3, b_from = $4
         WHERE tenant = $1 AND sync = $2 AND version > 0",
    )
    .bind(tenant.as_str())
    .bind(sync.as_str())
    .bind(scope_from.a.map(|at| at.0))
    .bind(scope_from.b.map(|at| at.0))
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

impl Syncs {
    /// Stopped, without a configuration. The tenant is the site of side A.
    ///
    /// # Errors
    /// [`StoreError::Database`], also when the id is taken.
    pub async fn create(
        &self,
        now: Millis,
        sync: &SyncId,
        name: &str,
        ends: &Sides<Place>,
    ) -> Result<Sync, StoreError> {
        let mut tx = self.db.begin().await?;
        let sync = insert(&mut tx, now, sync, name, ends).await?;
        tx.commit().await?;
        Ok(sync)
    }

    /// # Errors
    /// [`StoreError::Database`].
    pub async fn get(&self, sync: &SyncId) -> Result<Option<Sync>, StoreError> {
        let query = sqlx::query("SELECT * FROM syncs WHERE sync = $1").bind(sync.as_str());
        query.fetch_optional(&self.db.pool).await?.map(|row| sync_of(&row)).transpose()
    }

    /// The syncs that have a side on `site`, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn of_site(&self, site: &SiteId) -> Result<Vec<Sync>, StoreError> {
        let query =
            sqlx::query("SELECT * FROM syncs WHERE a_site = $1 OR b_site = $1 ORDER BY created, sync");
        query.bind(site.as_str()).fetch_all(&self.db.pool).await?.iter().map(sync_of).collect()
    }

    /// All syncs, oldest first. For operators.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn all(&self) -> Result<Vec<Sync>, StoreError> {
        let rows = sqlx::query("SELECT * FROM syncs ORDER BY created, sync").fetch_all(&self.db.pool).await?;
        rows.iter().map(sync_of).collect()
    }

    /// The running syncs of a project.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn routes(&self, site: &SiteId, project: &ProjectId) -> Result<Vec<Route>, StoreError> {
        let query = routes_query(site, project);
        routes_of(&query.fetch_all(&self.db.pool).await?)
    }

    /// # Errors
    /// [`StoreError::Database`].
    pub async fn rename(&self, tenant: &SiteId, sync: &SyncId, name: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE syncs SET name = $3 WHERE tenant = $1 AND sync = $2")
            .bind(tenant.as_str())
            .bind(sync.as_str())
            .bind(name)
            .execute(&self.db.pool)
            .await?;
        Ok(())
    }

    /// Runs from now on, and looks at nothing by itself: see [`super::starts::Starts::begin`].
    #[cfg(test)]
    pub(crate) async fn start(
        &self,
        tenant: &SiteId,
        sync: &SyncId,
        scope_from: Sides<Option<Millis>>,
    ) -> Result<bool, StoreError> {
        start(&self.db.pool, tenant, sync, scope_from).await
    }

    /// No write begins after this returns; work that waits is kept for the next start.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn stop(&self, tenant: &SiteId, sync: &SyncId) -> Result<(), StoreError> {
        sqlx::query("UPDATE syncs SET state = 'stopped' WHERE tenant = $1 AND sync = $2")
            .bind(tenant.as_str())
            .bind(sync.as_str())
            .execute(&self.db.pool)
            .await?;
        Ok(())
    }

    /// The sync and all that is remembered of it. Jira keeps what was mirrored.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn delete(&self, tenant: &SiteId, sync: &SyncId) -> Result<(), StoreError> {
        let by_link = ["link_fields", "link_comments", "intents", "handed"].map(|table| {
            format!(
                "DELETE FROM {table} WHERE tenant = $1
                 AND link IN (SELECT link FROM links WHERE tenant = $1 AND sync = $2)"
            )
        });
        let by_sync = [
            "links",
            "ends",
            "work",
            "parked",
            "activity",
            "conflicts",
            "configs",
            "drafts",
            "sent_drafts",
            "starts",
            "drills",
            "scratch_issues",
            "syncs",
        ]
        .map(|table| format!("DELETE FROM {table} WHERE tenant = $1 AND sync = $2"));
        let slots =
            "DELETE FROM slots WHERE link IN (SELECT link FROM links WHERE tenant = $1 AND sync = $2)";
        let sweeps = "DELETE FROM sweeps WHERE tenant = $1 AND scope = $2";
        let mut tx = self.db.begin().await?;
        for statement in
            [slots.to_owned()].into_iter().chain(by_link).chain(by_sync).chain([sweeps.to_owned()])
        {
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .bind(tenant.as_str())
                .bind(sync.as_str())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

pub(super) fn routes_query<'q>(
    site: &'q SiteId,
    project: &'q ProjectId,
) -> sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments> {
    sqlx::query(
        "SELECT tenant, sync, 'a' AS side FROM syncs WHERE a_site = $1 AND a_project = $2 AND state = 'running'
         UNION ALL
         SELECT tenant, sync, 'b' AS side FROM syncs WHERE b_site = $1 AND b_project = $2 AND state = 'running'
         ORDER BY 1, 2, 3",
    )
    .bind(site.as_str())
    .bind(project.as_str())
}

pub(super) fn routes_of(rows: &[AnyRow]) -> Result<Vec<Route>, StoreError> {
    let route = |row: &AnyRow| {
        Ok(Route {
            tenant: SiteId(row.try_get("tenant")?),
            sync: SyncId(row.try_get("sync")?),
            side: word(row, "side")?,
        })
    };
    rows.iter().map(route).collect()
}

async fn insert(
    tx: &mut Tx,
    now: Millis,
    sync: &SyncId,
    name: &str,
    ends: &Sides<Place>,
) -> Result<Sync, StoreError> {
    let row = sqlx::query(
        "INSERT INTO syncs (tenant, sync, name, a_site, a_project, b_site, b_project, state, version, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'stopped', 0, $8) RETURNING *",
    )
    .bind(ends.a.site.as_str())
    .bind(sync.as_str())
    .bind(name)
    .bind(ends.a.site.as_str())
    .bind(ends.a.project.as_str())
    .bind(ends.b.site.as_str())
    .bind(ends.b.project.as_str())
    .bind(now.0)
    .fetch_one(&mut **tx)
    .await?;
    sync_of(&row)
}

pub(super) fn sync_of(row: &AnyRow) -> Result<Sync, StoreError> {
    let looking: i64 = row.try_get("rebasing")?;
    Ok(Sync {
        tenant: SiteId(row.try_get("tenant")?),
        sync: SyncId(row.try_get("sync")?),
        name: row.try_get("name")?,
        ends: Sides {
            a: Place { site: SiteId(row.try_get("a_site")?), project: ProjectId(row.try_get("a_project")?) },
            b: Place { site: SiteId(row.try_get("b_site")?), project: ProjectId(row.try_get("b_project")?) },
        },
        state: word(row, "state")?,
        version: row.try_get("version")?,
        scope_from: Sides { a: millis_maybe(row, "a_from")?, b: millis_maybe(row, "b_from")? },
        rebasing: Sides::each(|side| looking & looking_at(side) != 0),
        created: millis(row, "created")?,
    })
}
