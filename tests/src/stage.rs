//! A stage of real processes: one twin with two sites, one or more servers, everything below one folder.

use crate::balancer::Balancer;
use crate::net::Browser;
use crate::person::Site;
use crate::process::{Process, free_port, run};
use crate::wire::Wire;
use anyhow::{Context, Result};
use duplex_server::clock::SystemChance;
use duplex_server::store::{Options, Store};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// The key that seals secrets on a stage. Not for anything else.
const SECRET_KEY: &str = "1:c3RhZ2Uta2V5LXN0YWdlLWtleS1zdGFnZS1rZXktc3Q=";

/// Which ports are taken; `Fixed` is what the README names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    Fixed,
    Free,
}

/// How a stage differs from the usual one.
#[derive(Debug, Clone)]
pub struct Plot {
    pub ports: Ports,
    /// `None`: SQLite in the stage's folder.
    pub database_url: Option<String>,
    /// Server processes on that database; several stand behind a balancer.
    pub servers: usize,
    /// Further environment of the servers: shorter times, a crash point.
    pub env: Vec<(String, String)>,
    /// Further arguments of the twin.
    pub twin_args: Vec<String>,
    /// The wires to the sites can be spoilt, by this seed.
    pub wire: Option<u64>,
}

impl Default for Plot {
    fn default() -> Self {
        Self {
            ports: Ports::Free,
            database_url: None,
            servers: 1,
            env: Vec::new(),
            twin_args: Vec::new(),
            wire: None,
        }
    }
}

/// Everything that runs. Dropped, it is gone, with its folder.
#[derive(Debug)]
pub struct Stage {
    pub acme: Site,
    pub globex: Site,
    pub twin: Process,
    pub servers: Vec<Server>,
    /// Where the plot asked for it.
    pub wire: Option<Wire>,
    /// Where Jira reaches the servers.
    port: u16,
    /// Where there is more than one server.
    _balancer: Option<Balancer>,
    plot: Plot,
    ports: [u16; 2],
    dir: TempDir,
}

/// One server process, and where it listens.
#[derive(Debug)]
pub struct Server {
    pub process: Process,
    pub port: u16,
    pub ops_port: u16,
}

impl Stage {
    /// Starts everything and installs the app on both sites.
    pub async fn open(plot: Plot) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("duplex-stage.").tempdir()?;
        let ports = match plot.ports {
            Ports::Fixed => [8101, 8102],
            Ports::Free => [free_port()?, free_port()?],
        };
        let inner = match plot.wire {
            Some(_) => [free_port()?, free_port()?],
            None => ports,
        };
        let mut args: Vec<String> = ["serve", "--seed", "service-desk"].map(str::to_owned).into();
        for (name, (port, inner)) in ["acme", "globex"].iter().zip(ports.into_iter().zip(inner)) {
            args.extend(["--site".to_owned(), format!("{name}=127.0.0.1:{inner}")]);
            args.extend(["--behind".to_owned(), format!("{name}=http://127.0.0.1:{port}")]);
        }
        let wire = match plot.wire {
            Some(seed) => Some(Wire::lay(seed, &[(ports[0], inner[0]), (ports[1], inner[1])]).await?),
            None => None,
        };
        args.extend(plot.twin_args.iter().cloned());
        let mut twin = Process::start("jira-twin", &args, &[], &dir.path().join("twin.log"))?;
        for port in ports {
            twin.answers(&format!("http://127.0.0.1:{port}/rest/api/3/serverInfo")).await?;
        }
        let http = Arc::new(Browser::default());
        let site = |name: &str, port: u16| Site {
            name: name.to_owned(),
            base_url: format!("http://127.0.0.1:{port}"),
            http: http.clone(),
        };
        let (acme, globex) = (site("acme", ports[0]), site("globex", ports[1]));
        let mut places = Vec::new();
        for _ in 0..plot.servers {
            places.push(match plot.ports {
                Ports::Fixed => (8100, 9100),
                Ports::Free => (free_port()?, free_port()?),
            });
        }
        let listening: Vec<u16> = places.iter().map(|(port, _)| *port).collect();
        let (port, balancer) = match listening.as_slice() {
            [port] => (*port, None),
            _ => {
                let port = free_port()?;
                (port, Some(Balancer::between(port, listening).await?))
            }
        };
        let servers = Vec::new();
        let mut stage =
            Self { acme, globex, twin, servers, wire, port, _balancer: balancer, plot, ports, dir };
        for (index, (port, ops_port)) in places.into_iter().enumerate() {
            stage.servers.push(stage.start_server(index, port, ops_port).await?);
        }
        let descriptor = format!("{}/atlassian-connect.json", stage.base_url());
        for site in [&stage.acme, &stage.globex] {
            site.person("admin").install(&descriptor).await.context("installing the app")?;
        }
        Ok(stage)
    }

    /// Where Jira reaches the servers.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The folder of the database and the logs.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The database of all servers.
    #[must_use]
    pub fn database_url(&self) -> String {
        let file = self.dir.path().join("duplex.db");
        self.plot.database_url.clone().unwrap_or_else(|| format!("sqlite://{}", file.to_string_lossy()))
    }

    /// The client key of a site where the app is installed and the secret it shares with the server, as the server
    /// keeps them: for those who speak in the site's name.
    pub async fn shared_secret(&self, site: &Site) -> Result<(String, String)> {
        let ring = SECRET_KEY.parse()?;
        let options = Options { ring, chance: Arc::new(SystemChance), synced: true };
        let store = Store::open(&self.database_url(), options).await?;
        let known = store.sites.all().await?.into_iter().find(|known| known.base_url == site.base_url);
        store.close().await;
        let known = known.context("a site where the app is installed")?;
        Ok((known.client_key, known.secret.expose().to_owned()))
    }

    /// Kills a server without warning and starts it again on the same ports and database, with other environment
    /// where some is given.
    pub async fn restart(&mut self, index: usize, env: Option<Vec<(String, String)>>) -> Result<()> {
        if let Some(env) = env {
            self.plot.env = env;
        }
        let (port, ops_port) = (self.servers[index].port, self.servers[index].ops_port);
        self.servers[index].process.kill()?;
        self.servers[index] = self.start_server(index, port, ops_port).await?;
        Ok(())
    }

    /// Runs an operator command of `duplex` on the stage's database and answers what it printed.
    pub fn duplex(&self, args: &[&str]) -> Result<String> {
        self.duplex_with(args, &[])
    }

    /// The same with further environment.
    pub fn duplex_with(&self, args: &[&str], more: &[(String, String)]) -> Result<String> {
        let mut env = self.settings();
        env.extend(more.iter().cloned());
        run("duplex", args, &env)
    }

    /// Configures the guide's sync between two projects, accepts it on both sides and starts it.
    pub fn mirror(&self, name: &str, a: (&Site, &str), b: (&Site, &str)) -> Result<()> {
        let host = |site: &Site| site.base_url.trim_start_matches("http://").to_owned();
        let file: PathBuf = self.dir.path().join(format!("{name}.toml"));
        std::fs::write(&file, crate::guide::config(name, (&host(a.0), a.1), (&host(b.0), b.1)))?;
        let path = file.to_string_lossy().into_owned();
        self.duplex(&["sync", "apply", &path, "--accept-as", &host(b.0), "--start"]).map(drop)
    }

    async fn start_server(&self, index: usize, port: u16, ops_port: u16) -> Result<Server> {
        let log = self.dir.path().join(format!("duplex-{index}.log"));
        let mut env = self.settings();
        env.extend(
            [
                ("DUPLEX_LISTEN", format!("127.0.0.1:{port}")),
                ("DUPLEX_OPS_LISTEN", format!("127.0.0.1:{ops_port}")),
            ]
            .map(|(key, value)| (key.to_owned(), value)),
        );
        let mut process = Process::start("duplex", &["serve".to_owned()], &env, &log)?;
        process.answers(&format!("http://127.0.0.1:{ops_port}/readyz")).await?;
        Ok(Server { process, port, ops_port })
    }

    fn settings(&self) -> Vec<(String, String)> {
        let hosts: Vec<String> = self.ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        let mut env: Vec<(String, String)> = [
            ("DUPLEX_BASE_URL", self.base_url()),
            ("DUPLEX_DATABASE_URL", self.database_url()),
            ("DUPLEX_SECRET_KEY", SECRET_KEY.to_owned()),
            ("DUPLEX_ALLOW_HOST", hosts.join(",")),
            ("DUPLEX_INSTALL_KEYS_URL", format!("http://127.0.0.1:{}/_twin/install-keys", self.ports[0])),
            (
                "DUPLEX_CONNECT_SCRIPT_URL",
                format!("http://127.0.0.1:{}/atlassian-connect/all.js", self.ports[0]),
            ),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into();
        env.extend(self.plot.env.iter().cloned());
        env
    }
}
