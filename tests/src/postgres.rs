//! A PostgreSQL server of its own, for stories that take it away: the one that all tests share goes on meanwhile.

use crate::process::free_port;
use anyhow::{Context, Result, bail, ensure};
use sqlx::{AnyPool, AssertSqlSafe};
use std::fs::File;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Where Debian puts the programs, by version.
const PROGRAMS: &str = "/usr/lib/postgresql";
/// The system's account; PostgreSQL does not run as root.
const ACCOUNT: &str = "postgres";
/// How long it may take to begin and to end.
const TRIES_MAX: u32 = 600;
const POLL: Duration = Duration::from_millis(50);

/// How a server is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Sessions are cut off, and all is written down.
    Fast,
    /// As if it had crashed: the next start has to recover.
    Immediate,
}

/// A running server, or one that is down for a while. Dropped, it is gone, with its data.
#[derive(Debug)]
pub struct Server {
    child: Option<Child>,
    program: PathBuf,
    port: u16,
    /// User and group, where we are root.
    account: Option<(u32, u32)>,
    dir: TempDir,
}

impl Server {
    /// `None`, and a word about it, where PostgreSQL is not installed.
    pub async fn start() -> Result<Option<Self>> {
        let Some(programs) = programs() else {
            eprintln!("skipped: no PostgreSQL below {PROGRAMS}");
            return Ok(None);
        };
        let account =
            if id(&["-u"])? == 0 { Some((id(&["-u", ACCOUNT])?, id(&["-g", ACCOUNT])?)) } else { None };
        let dir = tempfile::Builder::new().prefix("duplex-postgres.").tempdir()?;
        let mut server =
            Self { child: None, program: programs.join("postgres"), port: free_port()?, account, dir };
        server.owns(server.dir.path())?;
        let made = server
            .command(&programs.join("initdb"))?
            .args(["-D", "data", "-U", "duplex", "--auth=trust", "--no-sync", "--no-locale", "-E", "UTF8"])
            .status()?;
        ensure!(made.success(), "initdb ended with {made}: {}", server.printed());
        server.up()?;
        server.answers().await?;
        Ok(Some(server))
    }

    /// The address of one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://duplex@127.0.0.1:{}/{database}", self.port)
    }

    /// Starts it again on the same port and data. It may need a while until it answers.
    pub fn up(&mut self) -> Result<()> {
        let port = self.port.to_string();
        // Without fsync: its processes are ended, the machine is not.
        let settings =
            ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"];
        let mut command = self.command(&self.program)?;
        self.child = Some(command.args(["-D", "data", "-p", &port]).args(settings).spawn()?);
        Ok(())
    }

    /// Ends it, and waits until it is gone.
    pub fn down(&mut self, end: End) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        let signal = match end {
            End::Fast => "INT",
            End::Immediate => "QUIT",
        };
        let order = format!("kill -{signal} {}", child.id());
        ensure!(Command::new("sh").args(["-c", &order]).status()?.success(), "`{order}` failed");
        for _ in 0..TRIES_MAX {
            if child.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(POLL);
        }
        child.kill()?;
        bail!("PostgreSQL did not end: {}", self.printed())
    }

    /// Runs one statement on its first database.
    pub async fn order(&self, sql: &str) -> Result<()> {
        sqlx::any::install_default_drivers();
        let pool = AnyPool::connect(&self.url("postgres")).await?;
        sqlx::query(AssertSqlSafe(sql)).execute(&pool).await.with_context(|| sql.to_owned())?;
        pool.close().await;
        Ok(())
    }

    /// Gives a path to the account that it runs as.
    pub fn owns(&self, path: &Path) -> Result<()> {
        if let Some((user, group)) = self.account {
            chown(path, Some(user), Some(group))?;
        }
        Ok(())
    }

    async fn answers(&self) -> Result<()> {
        let mut last = None;
        for _ in 0..TRIES_MAX {
            match self.order("SELECT 1").await {
                Ok(()) => return Ok(()),
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(POLL).await;
        }
        bail!("PostgreSQL does not answer: {last:?}: {}", self.printed())
    }

    fn command(&self, program: &Path) -> Result<Command> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut command = Command::new(program);
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        command.stdout(Stdio::from(log.try_clone()?)).stderr(Stdio::from(log));
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        Ok(command)
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    fn printed(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // There is nobody to tell if this fails.
        drop(self.down(End::Immediate));
    }
}

/// The folder of the newest version's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(PROGRAMS).ok()?.flatten().map(|version| version.path().join("bin"));
    versions.filter(|bin| bin.join("initdb").is_file() && bin.join("postgres").is_file()).max()
}

/// What `id` answers.
fn id(args: &[&str]) -> Result<u32> {
    let said = Command::new("id").args(args).output()?;
    ensure!(said.status.success(), "`id {}`: {}", args.join(" "), String::from_utf8_lossy(&said.stderr));
    Ok(String::from_utf8_lossy(&said.stdout).trim().parse()?)
}
