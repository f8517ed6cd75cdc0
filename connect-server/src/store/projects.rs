//! What sites call their projects, as they were last read: names for people, and nothing that decides.

use super::StoreError;
use super::db::Db;
use super::syncs::Place;
use duplex_core::id::Millis;

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
}
