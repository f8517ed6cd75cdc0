//! The server of a world: built on its database, stopped, and started again.

use super::net::Hands;
use super::{DATABASE, Net, World};
use anyhow::{Context, Result, ensure};
use duplex_server::app::{App, Deps};
use duplex_server::clock::SeededChance;
use duplex_server::config::Settings;
use duplex_server::setup::Setup;
use duplex_server::store::{Options, Store};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// How often it is looked whether the last connection is closed, a millisecond of real time apart.
const CLOSED_LOOKS_MAX: u32 = 30_000;

impl World {
    /// The server process dies and is started again on the same database.
    pub async fn crash(&mut self) -> Result<()> {
        self.stop().await?;
        self.start_again().await
    }

    /// The server is stopped once its last connection is closed. One whose work was dropped half done closes in a thread
    /// of its own, behind the pool's back; what is copied before is torn.
    pub(super) async fn stop(&mut self) -> Result<()> {
        self.sleepers.clear();
        self.store.close().await;
        let mut looks = 0;
        while is_open(self.dir.path())? {
            ensure!(looks < CLOSED_LOOKS_MAX, "the database is still open");
            looks += 1;
            tokio::task::yield_now().await;
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    pub(super) async fn start_again(&mut self) -> Result<()> {
        // Who drives it can't drop it while it starts: a death that is aimed at comes afterwards.
        let aim = duplex_server::crash::aim(None);
        let (store, app, setup) =
            build(&self.dir, &self.settings, &self.hands, &self.chance, &self.net).await?;
        duplex_server::crash::aim(aim);
        (self.store, self.setup) = (store, setup);
        (self.worker, self.sweeper) = (app.worker(), app.sweeper());
        Ok(())
    }
}

/// Whether this process has a file of the folder open, as far as the machine tells.
fn is_open(folder: &Path) -> Result<bool> {
    let Ok(open) = std::fs::read_dir("/proc/self/fd") else { return Ok(false) };
    for file in open {
        // It may be closed by now.
        if std::fs::read_link(file?.path()).is_ok_and(|path| path.starts_with(folder)) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) async fn build(
    dir: &TempDir,
    settings: &Settings,
    hands: &Arc<Hands>,
    chance: &Arc<SeededChance>,
    net: &Net,
) -> Result<(Store, App, Arc<Setup>)> {
    let url = format!("sqlite://{}", dir.path().join(DATABASE).display());
    let ring = settings.database.secret_key()?.parse().context("the world's secret key")?;
    let store = Store::open(&url, Options { ring, chance: chance.clone(), synced: false }).await?;
    let deps = Deps {
        clock: hands.clone(),
        chance: chance.clone(),
        transport: Arc::new(net.clone()),
        store: store.clone(),
    };
    let app = App::build(settings, deps);
    net.set_app(app.router());
    let setup = app.setup();
    Ok((store, app, setup))
}
