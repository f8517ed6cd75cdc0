//! `duplex serve`: one process from start to graceful end.

use crate::app::{App, Deps};
use crate::clock::{SystemChance, SystemClock};
use crate::config::Settings;
use crate::egress::{Limits, Outside};
use crate::http::listen::{self, Bounds};
use crate::store::Bell;
use crate::sync::Worker;
use crate::sync::sweep::Sweeper;
use anyhow::Context;
use axum::Router;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Runs until SIGTERM or SIGINT; then takes no more work, lets what runs end, and returns.
///
/// # Errors
/// What keeps it from starting, and a listener that fails.
pub async fn serve(settings: Settings) -> anyhow::Result<()> {
    settings.check()?;
    crate::log::start(&settings.log)?;
    let metrics = PrometheusBuilder::new().install_recorder().context("metrics")?;
    let deps = deps(&settings).await?;
    let bell = deps.store.bell.clone();
    let app = App::build(&settings, deps);
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();

    let public = bind(settings.listen, "--listen, DUPLEX_LISTEN").await?;
    let ops = bind(settings.ops_listen, "--ops-listen, DUPLEX_OPS_LISTEN").await?;
    tracing::info!(listen = %settings.listen, ops = %settings.ops_listen, "Duplex is up");
    tasks.spawn(answer(public, app.router(), stop.clone()));
    tasks.spawn(answer(ops, app.ops_router(metrics), stop.clone()));
    let tick = Duration::from_millis(settings.times.tick_ms.unsigned_abs());
    for _ in 0..settings.workers {
        tasks.spawn(work(app.worker(), bell.clone(), tick, stop.clone()));
    }
    tasks.spawn(sweep(app.sweeper(), tick, stop.clone()));
    let often = Duration::from_millis(settings.times.housekeeping_ms.unsigned_abs()).max(tick);
    tasks.spawn(keep_house(app, often, stop.clone()));

    stopped(&stop).await?;
    tracing::info!("Going down: running work is let end");
    stop.cancel();
    tasks.close();
    let patience = Duration::from_millis(settings.times.shutdown_ms.unsigned_abs());
    if tokio::time::timeout(patience, tasks.wait()).await.is_err() {
        tracing::warn!("Some work did not end in time; its leases run out by themselves");
    }
    Ok(())
}

/// What production stands on.
async fn deps(settings: &Settings) -> anyhow::Result<Deps> {
    let limits = Limits { total_ms: settings.times.http_timeout_ms.unsigned_abs(), ..Limits::default() };
    let transport = Outside::new(settings.outside.policy(), limits).context("the network")?;
    let chance = Arc::new(SystemChance);
    Ok(Deps {
        store: crate::cli::open(&settings.database, chance.clone()).await?,
        clock: Arc::new(SystemClock),
        transport: Arc::new(transport),
        chance,
    })
}

async fn bind(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("can't listen on {address} ({setting}): choose another address, or free this one")
    })
}

async fn answer(listener: TcpListener, router: Router, stop: CancellationToken) {
    listen::listen(listener, router, Bounds::default(), stop.clone()).await;
    // One listener alone is no server.
    stop.cancel();
}

/// Works until the stop: at once while there is something to do, else at the bell or the next tick.
async fn work(worker: Worker, bell: Bell, tick: Duration, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match worker.tick().await {
            Ok(progress) if !progress.idle() => {}
            Ok(_) => bell.wait(tick).await,
            Err(error) => {
                tracing::error!(%error, "The work stopped short");
                tokio::time::sleep(tick).await;
            }
        }
    }
}

async fn sweep(sweeper: Sweeper, tick: Duration, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match sweeper.tick().await {
            Ok(swept) if swept > 0 => {}
            Ok(_) => tokio::time::sleep(tick).await,
            Err(error) => {
                tracing::error!(%error, "A sweep stopped short");
                tokio::time::sleep(tick).await;
            }
        }
    }
}

async fn keep_house(app: App, often: Duration, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = app.keep_house().await {
            tracing::error!(%error, "Old rows could not be dropped");
        }
        tokio::select! {
            () = tokio::time::sleep(often) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Returns at the first signal, or when a listener is gone.
async fn stopped(stop: &CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        () = stop.cancelled() => anyhow::bail!("a listener failed"),
    }
}
