//! A stage for whoever is not written in Rust: two Jira twins and a server on free ports. Says where everything is as
//! one line of JSON, and ends with its standard input.

use anyhow::Result;
use clap::Parser;
use duplex_tests::stage::{Plot, Stage};
use serde_json::json;
use std::io::Read;

#[derive(Debug, Parser)]
struct Args {
    /// Configure and start the guide's mirror between these projects: `acme:ITA=globex:ITB`; any number.
    #[arg(long, value_name = "SITE:PROJECT=SITE:PROJECT")]
    mirror: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let stage = Stage::open(Plot::default()).await?;
    for (number, pair) in args.mirror.iter().enumerate() {
        let ends = pair.split_once('=').and_then(|(a, b)| Some((end(&stage, a)?, end(&stage, b)?)));
        let (a, b) = ends.ok_or_else(|| anyhow::anyhow!("`{pair}` is not SITE:PROJECT=SITE:PROJECT"))?;
        stage.mirror(&format!("mirror {}", number + 1), a, b)?;
    }
    announce(&stage);
    let mut nothing = Vec::new();
    tokio::task::block_in_place(|| std::io::stdin().read_to_end(&mut nothing))?;
    Ok(())
}

fn end<'a>(stage: &'a Stage, text: &'a str) -> Option<(&'a duplex_tests::person::Site, &'a str)> {
    let (site, project) = text.split_once(':')?;
    let site = [&stage.acme, &stage.globex].into_iter().find(|known| known.name == site)?;
    Some((site, project))
}

#[expect(clippy::print_stdout, reason = "the addresses are what the starter waits for")]
fn announce(stage: &Stage) {
    let places = json!({
        "acme": stage.acme.base_url,
        "globex": stage.globex.base_url,
        "duplex": stage.base_url(),
        "operations": format!("http://127.0.0.1:{}", stage.servers[0].ops_port),
        "log": stage.servers[0].process.log,
    });
    println!("{places}");
}
