//! What sites call their projects, as they were last read: names for people, and nothing that decides.

use super::StoreError;
use super::db::Db;
use super::syncs::Place;
use duplex_core::id::Millis;
use duplex_core::schema::ProjectSchema;
use sqlx::Row;

#[derive(Debug, Clone)]
pub struct Projects {
    pub(super) db: Db,
}

/// A project's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    pub key: String,
    pub name: String,
}

impl Called {
    #[must_use]
    pub fn of(schema: &ProjectSchema) -> Self {
        Self { key: schema.key.clone(), name: schema.name.clone() }
    }
}

impl Projects {
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn remember(&self, now: Millis, place: &Place, called: &Called) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO projects (site, project, key, name, seen) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (site, project) DO UPDATE SET key = excluded.key, name = excluded.name,
                seen = excluded.seen",
        )
        .bind(place.site.as_str())
        .bind(place.project.as_str())
        .bind(&called.key)
        .bind(&called.name)
        .bind(now.0)
        .execute(&self.db.pool)
        .await?;
        Ok(())
    }

    /// A project's names; `None` where it was never read.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn called(&self, place: &Place) -> Result<Option<Called>, StoreError> {
        let row = sqlx::query("SELECT key, name FROM projects WHERE site = $1 AND project = $2")
            .bind(place.site.as_str())
            .bind(place.project.as_str())
            .fetch_optional(&self.db.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Called { key: row.try_get(0)?, name: row.try_get(1)? }))
    }
}
