//! The settings of `duplex`: each is a flag and an environment variable, and `--help` is their reference.
//!
//! What can be wrong with a setting is said once, at the start, in a sentence that names the flag and the variable.

mod times;

pub use times::Times;

use crate::egress::{AllowHost, Policy};
use clap::{Args, ValueEnum};
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use url::Url;

/// What every command needs to reach what is stored.
#[derive(Debug, Clone, Args)]
pub struct Database {
    /// `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME`. Any number of servers can share one PostgreSQL.
    #[arg(
        long,
        global = true,
        env = "DUPLEX_DATABASE_URL",
        default_value = "sqlite://duplex.db",
        hide_env_values = true
    )]
    pub database_url: Hidden,

    /// Seals secrets at rest: `ID:BASE64` of 32 random bytes, several separated by commas; the newest id seals, the
    /// others still open. Make one with: echo "1:$(head -c 32 /dev/urandom | base64)"
    #[arg(long, global = true, env = "DUPLEX_SECRET_KEY", hide_env_values = true)]
    pub secret_key: Option<Hidden>,
}

/// Everything that `duplex serve` can be told.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    #[command(flatten)]
    pub database: Database,

    /// Where Jira and browsers reach this server, as `https://HOST[/PATH]`; Jira's tokens are made out to it.
    #[arg(long, env = "DUPLEX_BASE_URL", default_value = "http://127.0.0.1:8080")]
    pub base_url: BaseUrl,

    /// The address that takes Jira's events and serves the admin page.
    #[arg(long, env = "DUPLEX_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// The address of `/healthz`, `/readyz` and `/metrics`. Not for the public.
    #[arg(long, env = "DUPLEX_OPS_LISTEN", default_value = "127.0.0.1:9090")]
    pub ops_listen: SocketAddr,

    /// A proxy in front of this server, as an address or network; may be repeated. Private addresses count as proxies
    /// anyway. Who calls is the last one in X-Forwarded-For that is none.
    #[arg(
        long = "proxy",
        env = "DUPLEX_PROXY",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = network
    )]
    pub proxies: Vec<IpNet>,

    #[command(flatten)]
    pub outside: Outside,

    /// How many loops work on links in this process.
    #[arg(long, env = "DUPLEX_WORKERS", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub workers: u8,

    #[command(flatten)]
    pub log: Log,

    #[command(flatten)]
    pub times: Times,
}

/// Who we are to Jira, and whom we may call.
#[derive(Debug, Clone, Args)]
pub struct Outside {
    /// The app's key in its descriptor, and the issuer of our tokens. It can't be changed once a site has it.
    #[arg(long, global = true, env = "DUPLEX_APP_KEY", default_value = "duplex-mirror")]
    pub app_key: AppKey,

    /// A further host that may be called, as `HOST:PORT`; may be repeated. For this host alone plain http and a
    /// private address are permitted.
    #[arg(
        long = "allow-host",
        global = true,
        env = "DUPLEX_ALLOW_HOST",
        value_name = "HOST:PORT",
        value_delimiter = ','
    )]
    pub allow_hosts: Vec<AllowHost>,

    /// Where the public keys of install callbacks are fetched, as `URL/{kid}`.
    #[arg(
        long,
        global = true,
        env = "DUPLEX_INSTALL_KEYS_URL",
        default_value = "https://connect-install-keys.atlassian.com"
    )]
    pub install_keys_url: Url,

    /// The script with which a page inside Jira talks to Jira.
    #[arg(
        long,
        global = true,
        env = "DUPLEX_CONNECT_SCRIPT_URL",
        default_value = "https://connect-cdn.atl-paas.net/all.js"
    )]
    pub connect_script_url: Url,
}

impl Outside {
    /// Whom we may call: Atlassian, the key host, and what the operator named.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let keys = &self.install_keys_url;
        let key_host = keys.host_str().map(|host| (host.to_owned(), keys.port()));
        Policy::new(key_host, self.allow_hosts.iter().cloned())
    }
}

/// `10.1.0.0/16`, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let one = text.parse::<IpAddr>().map(IpNet::from);
    one.or_else(|_| text.parse())
        .map_err(|_| "write an address, or a network such as 104.16.0.0/13".to_owned())
}

/// How the server speaks to its operator.
#[derive(Debug, Clone, Args)]
pub struct Log {
    #[arg(long, env = "DUPLEX_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// What is logged: a level, or `target=level` separated by commas.
    #[arg(long = "log", env = "DUPLEX_LOG", default_value = "info")]
    pub log_filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "no secret key: give --secret-key or set DUPLEX_SECRET_KEY to `ID:BASE64` of 32 random bytes.\n\
         Make one with: echo \"1:$(head -c 32 /dev/urandom | base64)\"\n\
         Keep it: without it, what is sealed in the database can't be opened again."
    )]
    NoSecretKey,
    #[error("{flag} ({variable}): {why}")]
    Setting { flag: &'static str, variable: &'static str, why: String },
}

impl Database {
    /// # Errors
    /// [`ConfigError::NoSecretKey`], which says how to make one.
    pub fn secret_key(&self) -> Result<&str, ConfigError> {
        match &self.secret_key {
            Some(key) if !key.text().trim().is_empty() => Ok(key.text()),
            Some(_) | None => Err(ConfigError::NoSecretKey),
        }
    }
}

impl Settings {
    /// What the types of the settings can't say alone.
    ///
    /// # Errors
    /// The first setting that does not go with the others.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.database.secret_key()?;
        self.times.check()
    }
}

/// A setting that may hold a password or a key. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sealed]")
    }
}

impl FromStr for Hidden {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

/// Our own address: http or https, no query, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The path that stands before all of ours, without a slash at the end; mostly empty.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }
}

impl FromStr for BaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|e| format!("{e}; write it as https://HOST[/PATH]"))?;
        let plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if matches!(url.scheme(), "http" | "https") && url.has_host() && plain {
            Ok(Self(url))
        } else {
            Err("write it as https://HOST[/PATH], without user, query or fragment".to_owned())
        }
    }
}

/// An app key as Connect takes it: 1 to 80 of `A-Za-z0-9-._`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppKey(String);

impl AppKey {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AppKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fits = (1..=80).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        if fits { Ok(Self(text.to_owned())) } else { Err("1 to 80 of A-Z a-z 0-9 - . _".to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        settings: Settings,
    }

    fn parse(args: &[&str]) -> Result<Settings, String> {
        let args = std::iter::once("duplex").chain(args.iter().copied());
        Command::try_parse_from(args).map(|c| c.settings).map_err(|e| e.to_string())
    }

    #[test]
    fn a_missing_secret_key_names_flag_variable_and_the_way_to_make_one() {
        for args in [&[][..], &["--secret-key", " "][..]] {
            let said = parse(args).expect("parses").check().expect_err("refused").to_string();
            for part in ["--secret-key", "DUPLEX_SECRET_KEY", "head -c 32 /dev/urandom | base64"] {
                assert!(said.contains(part), "{said}");
            }
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let settings =
            parse(&["--secret-key", "1:hush", "--database-url", "postgres://u:hush@h/d"]).expect("parses");
        assert!(!format!("{settings:?}").contains("hush"));
    }

    #[test]
    fn settings_are_refused_with_their_flag() {
        for (args, flag) in [
            (["--base-url", "ftp://x"], "--base-url"),
            (["--base-url", "https://x/?q=1"], "--base-url"),
            (["--base-url", "https://user@x/"], "--base-url"),
            (["--allow-host", "127.0.0.1"], "--allow-host"),
            (["--allow-host", "http://x:80"], "--allow-host"),
            (["--allow-host", "x:port"], "--allow-host"),
            (["--app-key", "a b"], "--app-key"),
            (["--lease-ms", "soon"], "--lease-ms"),
            (["--workers", "0"], "--workers"),
            (["--proxy", "cdn.example"], "--proxy"),
        ] {
            let said = parse(&args).expect_err("refused");
            assert!(said.contains(flag), "{args:?}: {said}");
        }
    }

    #[test]
    fn a_base_url_keeps_its_path_without_the_slash() {
        let url: BaseUrl = "https://mirror.example/duplex/".parse().expect("an address");
        assert_eq!((url.as_str(), url.path()), ("https://mirror.example/duplex", "/duplex"));
        let url: BaseUrl = "https://mirror.example".parse().expect("an address");
        assert_eq!((url.as_str(), url.path()), ("https://mirror.example", ""));
    }

    #[test]
    fn hosts_are_given_one_by_one_or_in_a_list() {
        let settings = parse(&["--allow-host", "A.example:1,b:2", "--allow-host", "c:3"]).expect("parses");
        let hosts: Vec<_> = settings.outside.allow_hosts.iter().map(ToString::to_string).collect();
        assert_eq!(hosts, ["a.example:1", "b:2", "c:3"]);
    }
}
