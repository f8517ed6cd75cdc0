//! `duplex drill` and `duplex test-customer`: what customers see, and as whom it is looked at.

use super::say;
use super::sync::{SyncOptions, find, operator, setup};
use crate::clock::SystemChance;
use crate::config::{Database, Hidden};
use crate::secret::Secret;
use crate::setup::{Drilled, Setup, host_of};
use crate::store::customers::TestCustomer;
use anyhow::{Context, bail};
use clap::Args;
use duplex_core::check::Severity;
use duplex_core::drill::Verdict;
use duplex_core::id::AccountId;
use std::process::ExitCode;
use std::sync::Arc;

/// A site's test customer.
#[derive(Debug, Clone, Args)]
pub struct CustomerOptions {
    #[command(flatten)]
    database: Database,
    /// The host of the site: `acme.atlassian.net`.
    site: String,
    /// His account id there, as the address of his profile shows it.
    #[arg(long, required_unless_present = "remove")]
    account: Option<String>,
    /// What he signs in with.
    #[arg(long, required_unless_present = "remove")]
    email: Option<String>,
    /// His own API token; better given by the environment than on the command line. It is kept sealed.
    #[arg(long, env = "DUPLEX_CUSTOMER_TOKEN", hide_env_values = true, required_unless_present = "remove")]
    token: Option<Hidden>,
    /// Forgets him, token and all.
    #[arg(long, conflicts_with_all = ["account", "email"])]
    remove: bool,
}

/// `duplex drill SYNC`. The status is not zero when the drill failed.
///
/// # Errors
/// A sync that there is not or that can't be drilled now, and what keeps the database from being used.
pub async fn run(options: SyncOptions, sync: &str, skip: bool) -> anyhow::Result<ExitCode> {
    let setup: Setup = setup(&options).await?;
    let sync = find(&setup, sync).await?;
    if skip {
        setup.skip_drill(&sync, &operator()).await?;
        say(&format!("What is published of {} ({}) starts without a drill.", sync.name, sync.sync))?;
        return Ok(ExitCode::SUCCESS);
    }
    let drilled = setup.drill(&sync, &operator()).await?;
    print(&drilled)?;
    Ok(if drilled.report.verdict == Verdict::Failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print(drilled: &Drilled) -> std::io::Result<()> {
    say(match drilled.report.verdict {
        Verdict::Passed => "passed: customers see what is public, and nothing else",
        Verdict::PortalNotSeen => "flag verified, portal not seen",
        Verdict::Failed => "FAILED: do not start",
    })?;
    for line in &drilled.report.lines {
        let severity = match line.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        say(&format!("  {severity}: {}", line.sentence))?;
        if !line.remedy.is_empty() {
            say(&format!("    {}", line.remedy))?;
        }
    }
    for left in &drilled.left {
        let key = left.key.as_deref().unwrap_or("an issue");
        say(&format!("  left on side {}: {key}. {}", left.side, left.why))?;
    }
    Ok(())
}

/// `duplex test-customer SITE`.
///
/// # Errors
/// A site where the app is not installed, and what keeps the database from being used.
pub async fn test_customer(options: CustomerOptions) -> anyhow::Result<ExitCode> {
    let store = super::open(&options.database, Arc::new(SystemChance)).await?;
    let wanted = options.site.to_lowercase();
    let sites = store.sites.all().await?;
    let site = sites.into_iter().find(|site| host_of(&site.base_url).as_deref() == Some(&wanted));
    let Some(site) = site else { bail!("the app is not installed on {wanted}") };
    if options.remove {
        let was = store.customers.remove(&site.site).await?;
        say(if was { "Forgotten." } else { "No test customer was named there." })?;
        return Ok(ExitCode::SUCCESS);
    }
    let told = |what: Option<String>, name: &str| what.with_context(|| format!("{name} is needed"));
    let token = options.token.context("--token is needed")?;
    let customer = TestCustomer {
        account: AccountId::new(told(options.account, "--account")?),
        email: told(options.email, "--email")?,
        token: Secret::new(token.text()),
    };
    store.customers.put(&site.site, &customer).await?;
    say(&format!("Drills look at {wanted} as this customer from now on."))?;
    Ok(ExitCode::SUCCESS)
}
