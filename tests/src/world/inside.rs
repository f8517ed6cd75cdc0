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

    /// All of the server's own that somebody could print, as it is printed.
    #[must_use]
    pub fn printed(&self) -> String {
        format!(
            "{:#?} {:#?} {:#?} {:#?} {:#?}",
            self.store, self.setup, self.worker, self.sweeper, self.settings
        )
    }

    /// All that is stored, one line per row.
    pub async fn rows(&self) -> Result<Vec<String>> {
        rows(&self.dir.path().join(DATABASE)).await
    }
}
