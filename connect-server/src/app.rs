//! The one place where the rooms are wired.

use crate::clock::{Chance, Clock};
use crate::config::Settings;
use crate::egress::Transport;
use crate::http::{self, Http};
use crate::reach::Reach;
use crate::setup::Setup;
use crate::store::{Store, StoreError};
use crate::sync::sweep::Sweeper;
use crate::sync::{Room, Worker};
use axum::Router;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;

/// What an app stands on. Production gives the machine's clock and the real network, tests their own.
#[derive(Debug, Clone)]
pub struct Deps {
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub transport: Arc<dyn Transport>,
    pub store: Store,
}

/// One server process, not yet listening. Drop it and build it again on the same database: that is a crash.
#[derive(Debug, Clone)]
pub struct App {
    http: Arc<Http>,
    room: Arc<Room>,
}

impl App {
    #[must_use]
    pub fn build(settings: &Settings, deps: Deps) -> Self {
        let app_key = settings.outside.app_key.as_str().to_owned();
        let reach = Reach::new(
            deps.store.clone(),
            deps.transport.clone(),
            deps.clock.clone(),
            app_key,
            &settings.times,
        );
        let room = Arc::new(Room {
            store: deps.store.clone(),
            reach: reach.clone(),
            clock: deps.clock.clone(),
            chance: deps.chance.clone(),
            times: settings.times.clone(),
            stamps: deps.store.keys().stamps(),
            keys: deps.store.keys().clone(),
        });
        let setup = Setup::new(deps.store, deps.clock, deps.chance, reach, settings.times.clone());
        Self { http: Arc::new(Http::new(settings, Arc::new(setup), deps.transport)), room }
    }

    /// The same with another page than the one that was built in.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn with_page(mut self, page: http::Built) -> Self {
        Arc::get_mut(&mut self.http).expect("not shared yet").page = page;
        self
    }

    /// What people decide about syncs.
    #[must_use]
    pub fn setup(&self) -> Arc<Setup> {
        Arc::clone(&self.http.setup)
    }

    /// What Jira and browsers reach.
    pub fn router(&self) -> Router {
        http::router(&self.http)
    }

    /// What operators and their tools reach.
    pub fn ops_router(&self, metrics: PrometheusHandle) -> Router {
        http::ops::router(Arc::clone(&self.http), metrics)
    }

    /// Works off what is due; any number of them share the work.
    #[must_use]
    pub fn worker(&self) -> Worker {
        Worker::new(Arc::clone(&self.room))
    }

    /// Finds what events missed.
    #[must_use]
    pub fn sweeper(&self) -> Sweeper {
        Sweeper::new(Arc::clone(&self.room))
    }

    /// Drops what is older than it is kept.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn keep_house(&self) -> Result<(), StoreError> {
        let (store, now) = (&self.room.store, self.room.clock.now());
        let activity = store.activity.prune(now).await?;
        let conflicts = store.conflicts.prune(now).await?;
        store.pauses.prune(now).await?;
        tracing::info!(activity, conflicts, "What is older than it is kept was dropped");
        Ok(())
    }
}
