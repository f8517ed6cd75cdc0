//! `jira-twin serve`: Jira sites on loopback addresses.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};
use jira_twin::connect::{NetworkOutbound, Outbound};
use jira_twin::{SystemClock, Twin, TwinConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often webhooks that are due are looked for.
const DELIVERY_EVERY: Duration = Duration::from_millis(100);

/// How long a webhook round may still run after the end was asked for.
const END_WITHIN: Duration = Duration::from_secs(5);

#[derive(Debug, Parser)]
#[command(
    name = "jira-twin",
    version,
    about = "A small Jira that holds state and answers as Jira Cloud does"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves sites until interrupted.
    Serve(Serve),
}

#[derive(Debug, clap::Args)]
struct Serve {
    /// A site and where it listens, e.g. acme=127.0.0.1:8101; give one per site.
    #[arg(long = "site", required = true, value_name = "NAME=ADDRESS", value_parser = parse_site)]
    sites: Vec<(String, SocketAddr)>,

    /// The address that a site has for others, where something stands in front of it: acme=http://127.0.0.1:8111.
    #[arg(long = "behind", value_name = "NAME=URL", value_parser = parse_behind)]
    behind: Vec<(String, String)>,

    /// What the sites start with.
    #[arg(long, value_enum, default_value_t = Seed::ServiceDesk)]
    seed: Seed,

    /// Decides account ids and every chance.
    #[arg(long, default_value_t = 1)]
    chance: u64,

    /// How long a write takes to show up in search, in milliseconds.
    #[arg(long, default_value_t = 1_000)]
    index_lag_ms: i64,

    /// The `node_modules` with Connect's scripts, which `make web` installs.
    #[arg(long, env = "JIRA_TWIN_WEB_MODULES", value_name = "DIR")]
    web_modules: Option<PathBuf>,

    /// A page that may show the sites' pages side by side, e.g. http://127.0.0.1:8099.
    #[arg(long, value_name = "ORIGIN")]
    framed_by: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Seed {
    /// Four service projects, a software project, an admin, agents, customers, organizations.
    ServiceDesk,
}

fn parse_site(text: &str) -> Result<(String, SocketAddr), String> {
    let (name, address) = text.split_once('=').ok_or("expected NAME=ADDRESS")?;
    let plain =
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    if !plain {
        return Err("a site's name has letters, digits and hyphens".to_owned());
    }
    let address = address.parse().map_err(|error| format!("{address}: {error}"))?;
    Ok((name.to_owned(), address))
}

fn parse_behind(text: &str) -> Result<(String, String), String> {
    let (name, url) = text.split_once('=').ok_or("expected NAME=URL")?;
    let plain = url.starts_with("http://") || url.starts_with("https://");
    if plain {
        Ok((name.to_owned(), url.trim_end_matches('/').to_owned()))
    } else {
        Err("expected a URL".to_owned())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let Command::Serve(serve) = Arguments::parse().command;
    run(serve).await
}

async fn run(serve: Serve) -> anyhow::Result<()> {
    let Seed::ServiceDesk = serve.seed;
    let twin = Twin::new(TwinConfig {
        seed: serve.chance,
        clock: Arc::new(SystemClock),
        index_lag_ms: serve.index_lag_ms,
    });
    twin.with(|state| {
        state.face.framed_by = serve.framed_by;
        if let Some(modules) = serve.web_modules {
            state.face.modules = modules;
        }
    });
    let outbound: Arc<dyn Outbound> = Arc::new(NetworkOutbound::new().context("no way to call apps")?);
    twin.set_outbound(outbound.clone());
    let (end, tasks) = (CancellationToken::new(), TaskTracker::new());
    for (name, address) in &serve.sites {
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        // With port 0 the system chooses; the site has to know its own address.
        let behind = serve.behind.iter().find(|(site, _)| site == name).map(|(_, url)| url.clone());
        let base_url = match behind {
            Some(url) => url,
            None => format!("http://{}", listener.local_addr()?),
        };
        twin.add_site(name, &base_url);
        announce(name, &base_url)?;
        let served =
            axum::serve(listener, twin.router(name)).with_graceful_shutdown(end.clone().cancelled_owned());
        tasks.spawn(async move { served.await });
    }
    tasks.spawn(deliver(twin, outbound, end.clone()));
    tokio::signal::ctrl_c().await.context("cannot wait for the end")?;
    end.cancel();
    tasks.close();
    // A connection that a client holds open must not keep the process.
    if tokio::time::timeout(END_WITHIN, tasks.wait()).await.is_err() {
        tracing::warn!("Connections were still open at the end");
    }
    Ok(())
}

/// Delivers webhooks as they fall due.
async fn deliver(twin: Twin, outbound: Arc<dyn Outbound>, end: CancellationToken) -> std::io::Result<()> {
    while !end.is_cancelled() {
        twin.deliver_due(&*outbound).await;
        tokio::select! {
            () = tokio::time::sleep(DELIVERY_EVERY) => {}
            () = end.cancelled() => {}
        }
    }
    Ok(())
}

/// Says where a site is and who can sign in.
fn announce(name: &str, base_url: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{name}: {base_url}")?;
    for person in ["admin", "agent1", "agent2", "customer1", "customer2"] {
        writeln!(out, "  {person}@{name}.example  {person}-token")?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::parse_site;

    #[test]
    fn a_site_is_a_name_and_an_address() {
        let rows = [
            ("acme=127.0.0.1:8101", true),
            ("acme", false),
            ("=127.0.0.1:8101", false),
            ("ac me=127.0.0.1:8101", false),
            ("acme=localhost", false),
        ];
        for (text, fits) in rows {
            assert_eq!(parse_site(text).is_ok(), fits, "{text}");
        }
    }
}
