//! A listener: what a connection may cost before there is a request to look at, and after.
//!
//! A proxy stands in front of us and takes most of this off us; these bounds hold without one.

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Bounds of one listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Connections at a time; further ones wait until one has ended.
    pub connections: usize,
    /// How long the head of a request may take, and a connection rest before the next one. Longer than proxies keep a
    /// connection that rests.
    pub head_ms: u64,
    /// Of a request's head, in bytes.
    pub head_bytes: usize,
    /// Lines of a request's head.
    pub head_lines: usize,
    /// After so long a connection takes no further request, and is cut when the last one takes as long again.
    pub connection_ms: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 4_096,
            head_ms: 75_000,
            head_bytes: 64 * 1024,
            head_lines: 64,
            connection_ms: 600_000,
        }
    }
}

/// A pause after the system refused a connection, in milliseconds: it is out of something that takes time to come back.
const REFUSED_REST_MS: u64 = 100;

/// Answers until the stop; then lets what was asked be answered.
pub async fn listen(listener: TcpListener, router: Router, bounds: Bounds, stop: CancellationToken) {
    let seats = Arc::new(Semaphore::new(bounds.connections));
    let connections = TaskTracker::new();
    while let Some((stream, peer, seat)) = next(&listener, &seats, &stop).await {
        connections.spawn(connection(stream, peer, seat, router.clone(), bounds, stop.clone()));
    }
    connections.close();
    connections.wait().await;
}

/// The next connection, as soon as there is a seat for it; `None` at the stop.
async fn next(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let accept = async {
        let seat = Arc::clone(seats).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return Some((stream, peer, seat)),
                Err(error) => {
                    tracing::warn!(%error, "A connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(REFUSED_REST_MS)).await;
                }
            }
        }
    };
    tokio::select! {
        accepted = accept => accepted,
        () = stop.cancelled() => None,
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    _seat: OwnedSemaphorePermit,
    router: Router,
    bounds: Bounds,
    stop: CancellationToken,
) {
    // Small answers go at once; without it they only go a little later.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(bounds.head_ms))
        .max_buf_size(bounds.head_bytes)
        .max_headers(bounds.head_lines)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = pin!(served);
    let life = Duration::from_millis(bounds.connection_ms);
    tokio::select! {
        // How a connection ends is its caller's business.
        _ = served.as_mut() => return,
        () = tokio::time::sleep(life) => {}
        () = stop.cancelled() => {}
    }
    served.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(life, served).await;
}
