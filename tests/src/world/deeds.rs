//! What operators do to the server's database, and admins to their sites, that no API of Jira's offers.

use super::{World, folder};
use anyhow::{Context, Result};
use duplex_server::clock::Clock as _;
use jira_twin::model::{self, Act};
use std::collections::BTreeSet;
use std::path::Path;
use tempfile::TempDir;

impl World {
    /// A backup of the database as it is now. The server is stopped meanwhile.
    pub async fn back_up(&mut self) -> Result<TempDir> {
        self.stop().await?;
        let backup = folder()?;
        copy_files(self.dir.path(), backup.path())?;
        self.start_again().await?;
        Ok(backup)
    }

    /// The operator puts a backup in the place of the database and starts the server.
    pub async fn restore(&mut self, backup: &TempDir) -> Result<()> {
        self.stop().await?;
        for file in std::fs::read_dir(self.dir.path())? {
            std::fs::remove_file(file?.path())?;
        }
        copy_files(backup.path(), self.dir.path())?;
        self.start_again().await
    }

    /// `duplex restored`: for a backup that is too young for sites to notice.
    pub async fn say_restored(&self) -> Result<()> {
        let now = self.hands.now();
        self.store.restored(now, now.plus(self.settings.times.grace_ms)).await?;
        Ok(())
    }

    /// The site's admin moves an issue into another project, as people do in the browser.
    pub fn relocate(&self, site: &str, key: &str, project: &str) -> Result<()> {
        let now_ms = self.now_ms();
        let moved = self.twin.with_site(site, |site| {
            let account = site.user_named("admin").map(|user| user.account_id.clone()).unwrap_or_default();
            let act = Act { account, now_ms: now_ms + site.clock_skew_ms, trace: None };
            site.move_issue(&act, site.issue_id(key)?, project)
        });
        moved.with_context(|| format!("no issue {key} or no project {project} on {site}"))
    }

    /// Gives the app its role in a project, or takes it away: an admin may do that, and hears of nothing.
    pub fn rights(&self, site: &str, project: &str, given: bool) {
        self.twin.with_site(site, |site| {
            let role = site.role_named(model::ADDONS_ROLE).map(|role| role.id);
            let apps = site.users.values().filter(|user| user.app.is_some());
            let apps: BTreeSet<_> = apps.map(|user| user.account_id.clone()).filter(|_| given).collect();
            let project = site.projects.values_mut().find(|known| known.key == project);
            if let (Some(role), Some(project)) = (role, project) {
                project.roles.entry(role).or_default().users = apps;
            }
        });
    }
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    for file in std::fs::read_dir(from)? {
        let file = file?;
        std::fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}
