//! The server from outside and from inside: its doors, and all that it stores.

use super::{DATABASE, World};
use crate::rows::rows;
use anyhow::Result;
use axum::Router;

impl World {
    /// What Jira and browsers reach.
    pub fn router(&self) -> Router {
        self.net.app()
    }

    /// All that is stored, one line per row.
    pub async fn rows(&self) -> Result<Vec<String>> {
        rows(&self.dir.path().join(DATABASE)).await
    }
}
