//! Real processes: the twin and the server as their binaries, on loopback ports, ended with the value that holds them.

use crate::net::Browser;
use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use duplex_server::egress::Transport;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How long a process may take until it answers.
const START_SECONDS_MAX: u64 = 30;
const POLL: Duration = Duration::from_millis(50);

/// A running binary; killed when dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    /// What it printed.
    pub log: PathBuf,
}

impl Process {
    /// Starts a binary of this workspace with its output in `log` (appended).
    pub fn start(name: &str, args: &[String], env: &[(String, String)], log: &Path) -> Result<Self> {
        let out = File::options().create(true).append(true).open(log)?;
        let child = Command::new(binary(name)?)
            .args(args)
            .envs(env.iter().map(|(key, value)| (key.as_str(), value.as_str())))
            .stdin(Stdio::null())
            .stdout(Stdio::from(out.try_clone()?))
            .stderr(Stdio::from(out))
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        Ok(Self { name: name.to_owned(), child, log: log.to_path_buf() })
    }

    /// Waits until a GET of `url` answers below 500; fails when the process ends or takes too long.
    pub async fn answers(&mut self, url: &str) -> Result<()> {
        let browser = Browser::default();
        let tries = START_SECONDS_MAX * 1000 / u64::try_from(POLL.as_millis())?;
        for _ in 0..tries {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended at its start with {status}:\n{}", self.name, self.printed());
            }
            let request = http::Request::get(url).body(Bytes::new())?;
            if browser.send(request).await.is_ok_and(|answer| answer.status().as_u16() < 500) {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
        bail!("{} does not answer at {url} after {START_SECONDS_MAX} s:\n{}", self.name, self.printed())
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_none() {
            self.child.kill()?;
        }
        self.child.wait()?;
        Ok(())
    }

    /// Makes it stand still, as a paused machine does: it holds what it holds, and does nothing.
    pub fn freeze(&self) -> Result<()> {
        self.signal("STOP")
    }

    /// Lets it go on after [`freeze`](Self::freeze), as if no time had passed.
    pub fn thaw(&self) -> Result<()> {
        self.signal("CONT")
    }

    fn signal(&self, name: &str) -> Result<()> {
        let order = format!("kill -{name} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &order]).status()?;
        ensure!(status.success(), "`{order}` ended with {status}");
        Ok(())
    }

    /// Waits until it ends by itself, and answers whether it did so without an error; fails when it takes too long.
    pub async fn succeeded(&mut self, within: Duration) -> Result<bool> {
        let tries = within.as_millis() / POLL.as_millis();
        for _ in 0..tries {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status.success());
            }
            tokio::time::sleep(POLL).await;
        }
        bail!("{} still runs after {within:?}:\n{}", self.name, self.printed())
    }

    /// Whether it has ended by itself.
    pub fn ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The end of what it printed.
    #[must_use]
    pub fn printed(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing is left running when a test fails; there is nobody to tell if this fails too.
        drop(self.kill());
    }
}

/// Runs a binary of this workspace to its end and answers what it printed; an exit code but 0 is an error.
pub fn run(name: &str, args: &[&str], env: &[(String, String)]) -> Result<String> {
    let output = Command::new(binary(name)?)
        .args(args)
        .envs(env.iter().map(|(key, value)| (key.as_str(), value.as_str())))
        .stdin(Stdio::null())
        .output()?;
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{name} {}` ended with {}:\n{out}{err}", args.join(" "), output.status);
    Ok(out)
}

/// Below what the system hands out to outgoing connections: a server that is down for a moment finds its port again.
/// Above those that browsers refuse to ask, of which 10,080 is the last.
const PORTS: std::ops::Range<u16> = 10_100..30_000;

/// A port of loopback that was free a moment ago; each one of a process is another.
pub fn free_port() -> Result<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let width = u32::from(PORTS.end - PORTS.start);
    let first = std::process::id().wrapping_mul(37);
    for _ in 0..width {
        let step = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % width;
        let port = PORTS.start + u16::try_from(step)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port of loopback is free between {} and {}", PORTS.start, PORTS.end)
}

/// The binary beside this one's build output.
fn binary(name: &str) -> Result<PathBuf> {
    let mut dir = std::env::current_exe()?;
    while dir.pop() {
        let path = dir.join(name);
        if path.is_file() {
            return Ok(path);
        }
        if dir.ends_with("target") {
            break;
        }
    }
    bail!("`{name}` is not built: run `cargo build -p duplex-server -p jira-twin --bins` first")
}
