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

/// A loop that can't do its work rests for a tick, then twice as long each time, and never longer than this: nobody is
/// served by asking a database that is gone, or full, over and over.
const TROUBLE_REST_MAX: Duration = Duration::from_secs(5);
/// Doublings of that rest; more of them change nothing.
const DOUBLINGS_MAX: u32 = 16;

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
    let mut failures = 0_u32;
    while !stop.is_cancelled() {
        match worker.tick().await {
            Ok(progress) => {
                failures = 0;
                if progress.idle() {
                    bell.wait(tick).await;
                }
            }
            Err(error) => {
                tracing::error!(%error, cause = cause(&error), "The work stopped short");
                failures = failures.saturating_add(1);
                rest(tick, failures, &stop).await;
            }
        }
    }
}

async fn sweep(sweeper: Sweeper, tick: Duration, stop: CancellationToken) {
    let mut failures = 0_u32;
    while !stop.is_cancelled() {
        match sweeper.tick().await {
            Ok(swept) => {
                failures = 0;
                if swept == 0 {
                    tokio::time::sleep(tick).await;
                }
            }
            Err(error) => {
                tracing::error!(%error, cause = cause(&error), "A sweep stopped short");
                failures = failures.saturating_add(1);
                rest(tick, failures, &stop).await;
            }
        }
    }
}

/// What lies behind an error, for operators: "the disk is full" is nothing that one guesses.
fn cause(error: &dyn std::error::Error) -> Option<String> {
    error.source().map(ToString::to_string)
}

async fn rest(tick: Duration, failures: u32, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(rest_after(tick, failures)) => {}
        () = stop.cancelled() => {}
    }
}

fn rest_after(tick: Duration, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(DOUBLINGS_MAX);
    tick.saturating_mul(1 << doublings).min(TROUBLE_REST_MAX.max(tick))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_asked_after_ever_more_rarely_and_never_forgotten() {
        let seconds = Duration::from_secs;
        for (tick, failures, rest) in [
            (seconds(1), 1, seconds(1)),
            (seconds(1), 2, seconds(2)),
            (seconds(1), 3, seconds(4)),
            (seconds(1), 4, TROUBLE_REST_MAX),
            (seconds(1), u32::MAX, TROUBLE_REST_MAX),
            (seconds(60), 1, seconds(60)),
            (seconds(60), 9, seconds(60)),
        ] {
            assert_eq!(rest_after(tick, failures), rest, "{failures} failures at {tick:?}");
        }
    }
}
