//! Syncs: the pair of projects, whether it runs, and the configurations that were published.
//!
//! A sync belongs to the tenant of its side A, who made it; both sides' sites see it.

mod drafts;
mod invitations;

pub use drafts::{Accepted, Draft, Saved, SentDraft};
pub use invitations::Invitation;

use super::StoreError;
use super::db::{Db, Tx, json, millis, millis_maybe, text, word};
use duplex_core::config::Config;
use duplex_core::id::{AccountId, Millis, ProjectId, Side, Sides, SiteId, SyncId};
use sqlx::Row;
use sqlx::any::AnyRow;
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// A configuration as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub version: i64,
    pub author: AccountId,
    /// The admin of the partner's site who accepted what it widens.
    pub accepted_by: Option<AccountId>,
    pub at: Millis,
    pub config: Config,
}

/// What became of a publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publishing {
    Published {
        version: i64,
    },
    /// Another configuration was published since the one that this was judged against.
    Moved {
        version: i64,
    },
    NoSync,
}

/// A publish: the configuration, and the published version that it was judged against.
#[derive(Debug, Clone, Copy)]
pub struct Publish<'a> {
    pub base_version: i64,
    pub config: &'a Config,
    pub author: &'a AccountId,
    pub accepted_by: Option<&'a AccountId>,
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

    /// Runs from now on. `scope_from` stands until the next start. `false`: nothing is published yet.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn start(
        &self,
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
        .execute(&self.db.pool)
        .await?;
        Ok(done.rows_affected() > 0)
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
        let by_link = ["link_fields", "link_comments", "intents", "slots"].map(|table| {
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
            "syncs",
        ]
        .map(|table| format!("DELETE FROM {table} WHERE tenant = $1 AND sync = $2"));
        let sweeps = "DELETE FROM sweeps WHERE tenant = $1 AND scope = $2".to_owned();
        let mut tx = self.db.begin().await?;
        for statement in by_link.into_iter().chain(by_sync).chain([sweeps]) {
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .bind(tenant.as_str())
                .bind(sync.as_str())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Publishes, if the version that the configuration was judged against is still the published one. A draft
    /// that says the same, and any that waits for acceptance, are gone then.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn publish(
        &self,
        now: Millis,
        tenant: &SiteId,
        sync: &SyncId,
        publish: Publish<'_>,
    ) -> Result<Publishing, StoreError> {
        let mut tx = self.db.begin().await?;
        let outcome = publish_in(&self.db, &mut tx, now, tenant, sync, publish).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    /// The configuration that counts.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn published(&self, tenant: &SiteId, sync: &SyncId) -> Result<Option<Published>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM configs WHERE tenant = $1 AND sync = $2 ORDER BY version DESC LIMIT 1",
        );
        let row = query.bind(tenant.as_str()).bind(sync.as_str()).fetch_optional(&self.db.pool).await?;
        row.map(|row| published_of(&row)).transpose()
    }

    /// All configurations that were published, newest first. To restore one, put it into the draft.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Row`].
    pub async fn history(&self, tenant: &SiteId, sync: &SyncId) -> Result<Vec<Published>, StoreError> {
        let query =
            sqlx::query("SELECT * FROM configs WHERE tenant = $1 AND sync = $2 ORDER BY version DESC");
        let rows = query.bind(tenant.as_str()).bind(sync.as_str()).fetch_all(&self.db.pool).await?;
        rows.iter().map(published_of).collect()
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

async fn publish_in(
    db: &Db,
    tx: &mut Tx,
    now: Millis,
    tenant: &SiteId,
    sync: &SyncId,
    publish: Publish<'_>,
) -> Result<Publishing, StoreError> {
    let query = db.sql("SELECT version FROM syncs WHERE tenant = $1 AND sync = $2 {lock}");
    let row = sqlx::query(query).bind(tenant.as_str()).bind(sync.as_str()).fetch_optional(&mut **tx).await?;
    let Some(row) = row else { return Ok(Publishing::NoSync) };
    let current: i64 = row.try_get(0)?;
    if current != publish.base_version {
        return Ok(Publishing::Moved { version: current });
    }
    let version = current + 1;
    sqlx::query("UPDATE syncs SET version = $3, name = $4 WHERE tenant = $1 AND sync = $2")
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(version)
        .bind(&publish.config.name)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO configs (tenant, sync, version, author, accepted_by, at, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant.as_str())
    .bind(sync.as_str())
    .bind(version)
    .bind(publish.author.as_str())
    .bind(publish.accepted_by.map(AccountId::as_str))
    .bind(now.0)
    .bind(text(publish.config)?)
    .execute(&mut **tx)
    .await?;
    // A draft that says something else was saved in between: it stays.
    sqlx::query("DELETE FROM drafts WHERE tenant = $1 AND sync = $2 AND body = $3")
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .bind(text(publish.config)?)
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM sent_drafts WHERE tenant = $1 AND sync = $2")
        .bind(tenant.as_str())
        .bind(sync.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(Publishing::Published { version })
}

fn sync_of(row: &AnyRow) -> Result<Sync, StoreError> {
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
        created: millis(row, "created")?,
    })
}

fn published_of(row: &AnyRow) -> Result<Published, StoreError> {
    Ok(Published {
        version: row.try_get("version")?,
        author: AccountId(row.try_get("author")?),
        accepted_by: row.try_get::<Option<String>, _>("accepted_by")?.map(AccountId),
        at: millis(row, "at")?,
        config: json(row, "body")?,
    })
}
