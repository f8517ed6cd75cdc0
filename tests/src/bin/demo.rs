//! `make demo`: two Jira twins, the server, the guide's sync, and the scenario played before your eyes.

use anyhow::{Result, bail};
use clap::Parser;
use duplex_tests::ledger;
use duplex_tests::overview::{self, View};
use duplex_tests::person::Site;
use duplex_tests::scenario::{Break, Desk, Play};
use duplex_tests::stage::{Plot, Ports, Stage};
use std::time::Duration;

/// How long a line of the scenario may take to come true.
const PATIENCE: Duration = Duration::from_secs(20);
/// The same where a line is broken on purpose: it will not come true.
const PATIENCE_BROKEN: Duration = Duration::from_secs(4);
/// Where both sites are shown side by side.
const OVERVIEW: &str = "127.0.0.1:8099";
/// How long nothing may be written after the scenario.
const QUIET: Duration = Duration::from_secs(3);

#[derive(Debug, Parser)]
struct Args {
    /// End after the transcript; fail when a line does not hold.
    #[arg(long)]
    once: bool,
    /// Let somebody tamper with a copy, so that the transcript must fail.
    #[arg(long, value_enum)]
    broken: Option<Break>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let ports = if args.once { Ports::Free } else { Ports::Fixed };
    say("Starting two Jira twins and the Duplex server, installing the app on both sites ...");
    let twin_args = vec!["--framed-by".to_owned(), format!("http://{OVERVIEW}")];
    let stage = Stage::open(Plot { ports, twin_args, ..Plot::default() }).await?;
    stage.mirror("two-sites", (&stage.acme, "ITA"), (&stage.globex, "ITB"))?;
    stage.mirror("one-site", (&stage.acme, "ITC"), (&stage.acme, "ITD"))?;

    let patience = if args.broken.is_some() { PATIENCE_BROKEN } else { PATIENCE };
    let mut play = Play::new(patience, args.broken);
    let two = play.all(&Desk::at(&stage.acme, "ITA"), &Desk::at(&stage.globex, "ITB")).await?;
    let one = play.all(&Desk::at(&stage.acme, "ITC"), &Desk::at(&stage.acme, "ITD")).await?;
    let quiet = quiet(&stage).await?;

    if !(two && one && quiet) {
        bail!("a line does not hold; the server's log ends with:\n{}", stage.servers[0].process.printed());
    }
    say("\nEvery line holds.");
    if !args.once {
        stay(&stage).await?;
    }
    Ok(())
}

/// Nothing is copied back: once the sides agree, nothing is written.
async fn quiet(stage: &Stage) -> Result<bool> {
    let before = ledger::writes(&stage.acme).await?;
    tokio::time::sleep(QUIET).await;
    let more = ledger::writes(&stage.acme).await? - before;
    say(&match more {
        0 => format!(
            "\n  ok    nothing more was written in {} s (the app made {before} writes in all)",
            QUIET.as_secs()
        ),
        _ => format!("\n  FAILS the app made {more} more writes after the sides agreed"),
    });
    Ok(more == 0)
}

/// Prints where everything is, shows both sites, and waits for Ctrl-C.
async fn stay(stage: &Stage) -> Result<()> {
    say(&format!(
        "\nEverything stays up until Ctrl-C. Open http://{OVERVIEW}/ for both sites side by side.\n\n  acme    {}\n  globex  {}\n  Duplex  {} (operations: http://127.0.0.1:{}/metrics)\n\
         \n  sign in as NAME@acme.example or NAME@globex.example with the API token NAME-token;\n  \
         NAME is admin, agent1, agent2, customer1 or customer2\n  \
         try: curl -u agent1@globex.example:agent1-token {}/rest/api/3/issue/ITB-1",
        stage.acme.base_url,
        stage.globex.base_url,
        stage.base_url(),
        stage.servers[0].ops_port,
        stage.globex.base_url,
    ));
    let view = |site: &Site, projects: &[&str], issues: &[&str]| View {
        site: site.clone(),
        projects: projects.iter().map(|key| (*key).to_owned()).collect(),
        issues: issues.iter().map(|key| (*key).to_owned()).collect(),
    };
    let sides =
        [view(&stage.acme, &["ITA", "ITC", "ITD"], &["ITA-1"]), view(&stage.globex, &["ITB"], &["ITB-1"])];
    let listener = tokio::net::TcpListener::bind(OVERVIEW).await?;
    tokio::select! {
        served = axum::serve(listener, overview::router(&sides)) => served?,
        end = tokio::signal::ctrl_c() => end?,
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the transcript is what the demo is for")]
fn say(words: &str) {
    println!("{words}");
}
