//! What several servers stand behind: one address for Jira, whose calls go to each of them in turn.

use crate::relay;
use anyhow::{Context, Result};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A server that stands still is waited for so long; then its caller hears nothing, and comes again.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// One address for all servers. Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Balancer {
    _calls: JoinSet<()>,
}

impl Balancer {
    /// Between a port and those where the servers listen.
    ///
    /// # Errors
    /// A port that is taken.
    pub(crate) async fn between(port: u16, servers: Vec<u16>) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let mut calls = JoinSet::new();
        calls.spawn(serve(listener, servers));
        Ok(Self { _calls: calls })
    }
}

async fn serve(listener: TcpListener, servers: Vec<u16>) {
    let mut calls = JoinSet::new();
    let mut turns = (0..servers.len()).cycle();
    while let (Ok((caller, _)), Some(first)) = (listener.accept().await, turns.next()) {
        let in_turn: Vec<u16> = [&servers[first..], &servers[..first]].concat();
        // How a call ends is its caller's business.
        calls.spawn(async move { drop(tokio::time::timeout(ANSWER_WITHIN, call(caller, &in_turn)).await) });
        while calls.try_join_next().is_some() {}
    }
}

/// One connection, one call: to the first server that takes it.
async fn call(mut caller: TcpStream, servers: &[u16]) -> Result<()> {
    let request = relay::request(&mut caller).await?;
    let mut taken = None;
    for port in servers {
        if let Ok(server) = TcpStream::connect(("127.0.0.1", *port)).await {
            taken = Some(server);
            break;
        }
    }
    let answer = relay::answer(taken.context("no server is up")?, &request).await?;
    caller.write_all(&answer).await?;
    Ok(caller.shutdown().await?)
}
