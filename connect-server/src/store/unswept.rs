//! Projects that a sweep was refused: what changed there meanwhile is found once the app may look again.

use super::StoreError;
use super::db::{Db, millis};
use duplex_core::id::{Millis, ProjectId, SiteId};
use sqlx::Row;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub struct Unswept {
    pub(super) db: Db,
}

impl Unswept {
    /// The projects of a site that were refused, each with the instant (the site's clock) to search from.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn of(&self, site: &SiteId) -> Result<BTreeMap<ProjectId, Millis>, StoreError> {
        let query = sqlx::query("SELECT project, since FROM unswept WHERE site = $1").bind(site.as_str());
        let rows = query.fetch_all(&self.db.pool).await?;
        rows.iter().map(|row| Ok((ProjectId(row.try_get("project")?), millis(row, "since")?))).collect()
    }

    /// The project was refused. What it was behind before counts.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn refused(&self, site: &SiteId, project: &ProjectId, since: Millis) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO unswept (site, project, since) VALUES ($1, $2, $3)
             ON CONFLICT (site, project) DO NOTHING",
        )
        .bind(site.as_str())
        .bind(project.as_str())
        .bind(since.0)
        .execute(&self.db.pool)
        .await?;
        Ok(())
    }

    /// All of the project was searched.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn searched(&self, site: &SiteId, project: &ProjectId) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM unswept WHERE site = $1 AND project = $2");
        query.bind(site.as_str()).bind(project.as_str()).execute(&self.db.pool).await?;
        Ok(())
    }
}
