//! `make demo`: two Jira twins, the server, the guide's sync, and the scenario played before your eyes.

use anyhow::{Result, bail};
use clap::Parser;
use duplex_tests::ledger;
use duplex_tests::scenario::{Break, Desk, Play};
use duplex_tests::stage::{Plot, Ports, Stage};
use std::time::Duration;

/// How long a line of the scenario may take to come true.
const PATIENCE: Duration = Duration::from_secs(20);
/// The same where a line is broken on purpose: it will not come true.
const PATIENCE_BROKEN: Duration = Duration::from_secs(4);
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
    let stage = Stage::open(Plot { ports, ..Plot::default() }).await?;
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

/// Prints where everything is, and waits for Ctrl-C.
async fn stay(stage: &Stage) -> Result<()> {
    say(&format!(
        "\nEverything stays up until Ctrl-C:\n  acme    {}\n  globex  {}\n  Duplex  {} (operations: http://127.0.0.1:{}/metrics)\n\
         \n  sign in as NAME@acme.example or NAME@globex.example with the API token NAME-token;\n  \
         NAME is admin, agent1, agent2, customer1 or customer2\n  \
         try: curl -u agent1@globex.example:agent1-token {}/rest/api/3/issue/ITB-1",
        stage.acme.base_url,
        stage.globex.base_url,
        stage.base_url(),
        stage.servers[0].ops_port,
        stage.globex.base_url,
    ));
    tokio::signal::ctrl_c().await?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the transcript is what the demo is for")]
fn say(words: &str) {
    println!("{words}");
}
