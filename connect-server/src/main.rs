//! `duplex`: the server and the operator's commands.

use clap::{Parser, Subcommand};
use duplex_server::cli::drill::CustomerOptions;
use duplex_server::cli::sync::{SyncCommand, SyncOptions};
use duplex_server::config::{Database, Settings};
use std::process::ExitCode;

/// Mirrors Jira Service Management projects between Jira sites, or inside one.
#[derive(Debug, Parser)]
#[command(name = "duplex", version, propagate_version = true)]
struct Duplex {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Takes Jira's events, serves the admin page's API, and mirrors.
    Serve(Box<Settings>),
    /// Brings the database to this binary's version, and ends.
    Migrate(Database),
    /// After a backup was put in the place of the database: has all pairs compared anew, and ends.
    Restored(Database),
    /// Seals with the newest secret key what is sealed with older ones, which can go then.
    RotateKey(Database),
    /// Sees that customers don't see what is internal: posts canaries on a scratch issue of each side of a sync, reads
    /// them back as a test customer, and takes all away again.
    Drill {
        #[command(flatten)]
        options: Box<SyncOptions>,
        /// The id or name of a sync that has a published configuration.
        sync: String,
        /// Don't: record that what is published starts without a drill.
        #[arg(long)]
        skip: bool,
    },
    /// Names the customer of a site whom drills look as; `--token` is his own API token.
    TestCustomer {
        #[command(flatten)]
        options: Box<CustomerOptions>,
    },
    /// Sets up and looks after syncs, on the same database as a running server.
    Sync {
        #[command(flatten)]
        options: Box<SyncOptions>,
        #[command(subcommand)]
        command: SyncCommand,
    },
}

fn main() -> ExitCode {
    let duplex = Duplex::parse();
    match run(duplex.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("duplex: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        match command {
            Command::Serve(settings) => {
                duplex_server::serve::serve(*settings).await.map(|()| ExitCode::SUCCESS)
            }
            Command::Migrate(database) => duplex_server::cli::migrate(&database).await,
            Command::Restored(database) => duplex_server::cli::restored(&database).await,
            Command::RotateKey(database) => duplex_server::cli::rotate_key(&database).await,
            Command::Drill { options, sync, skip } => {
                duplex_server::cli::drill::run(*options, &sync, skip).await
            }
            Command::TestCustomer { options } => duplex_server::cli::drill::test_customer(*options).await,
            Command::Sync { options, command } => duplex_server::cli::sync::run(*options, command).await,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Duplex::command().debug_assert();
    }

    #[test]
    fn options_stand_before_or_after_the_command() {
        for line in [
            "duplex sync --database-url sqlite://x.db list",
            "duplex sync list --database-url sqlite://x.db",
            "duplex drill pair --database-url sqlite://x.db --skip",
            "duplex test-customer acme.atlassian.net --remove",
            "duplex sync apply mirror.toml --start --allow-host 127.0.0.1:8101",
        ] {
            Duplex::try_parse_from(line.split(' ')).expect(line);
        }
    }
}
