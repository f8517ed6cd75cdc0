//! Which addresses may be called at all.

use super::address::is_public;
use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use url::{Host, Url};

/// Hosts that the app calls on every site: Atlassian's API gateways and the hosts of its install and Forge keys.
const ATLASSIAN_HOSTS: [&str; 5] = [
    "api.atlassian.com",
    "api.media.atlassian.com",
    "connect-install-keys.atlassian.com",
    "asap-distribution.us-west-2.prod.atl-asap.net",
    "forge.cdn.prod.atlassian-dev.net",
];

/// Every Cloud site lives right under it.
const SITES: &str = ".atlassian.net";

const HTTPS_PORT: u16 = 443;

/// The egress policy: https to a known host on its known port, and nothing inside our own network. A single host and
/// port can be exempted by the operator, for a Jira on his own machine.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    extra: BTreeSet<(String, u16)>,
    allow: BTreeSet<AllowHost>,
}

/// How a permitted request is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Public addresses only, whatever the name resolves to.
    Public,
    /// The operator named this host and port; it may be private.
    Named,
}

impl Policy {
    /// Atlassian's hosts, `extra` (`HOST` or `HOST:PORT`, still https and public), and `allow`.
    #[must_use]
    pub fn new(
        extra: impl IntoIterator<Item = (String, Option<u16>)>,
        allow: impl IntoIterator<Item = AllowHost>,
    ) -> Self {
        let extra = extra.into_iter().map(|(host, port)| (host.to_lowercase(), port.unwrap_or(HTTPS_PORT)));
        Self { extra: extra.collect(), allow: allow.into_iter().collect() }
    }

    /// Whether this address may be called.
    ///
    /// # Errors
    /// [`Refusal`], which names the rule.
    pub fn check(&self, url: &Url) -> Result<(), Refusal> {
        self.way(url).map(|_| ())
    }

    pub(super) fn way(&self, url: &Url) -> Result<Way, Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Userinfo);
        }
        let host = url.host().ok_or(Refusal::Host)?;
        let port = url.port_or_known_default().ok_or(Refusal::Port)?;
        if self.allow.contains(&AllowHost { host: host.to_string(), port }) {
            return Ok(Way::Named);
        }
        if url.scheme() != "https" {
            return Err(Refusal::Scheme);
        }
        self.public_host(&host, port).map(|()| Way::Public)
    }

    fn public_host(&self, host: &Host<&str>, port: u16) -> Result<(), Refusal> {
        let literal = match host {
            Host::Domain(_) => None,
            Host::Ipv4(v4) => Some(IpAddr::V4(*v4)),
            Host::Ipv6(v6) => Some(IpAddr::V6(*v6)),
        };
        if literal.is_some_and(|ip| !is_public(ip)) {
            return Err(Refusal::Private);
        }
        let name = host.to_string();
        if self.extra.contains(&(name.clone(), port)) {
            return Ok(());
        }
        if !is_atlassian(&name) {
            return Err(Refusal::Host);
        }
        if port == HTTPS_PORT { Ok(()) } else { Err(Refusal::Port) }
    }
}

fn is_atlassian(host: &str) -> bool {
    ATLASSIAN_HOSTS.contains(&host) || host.strip_suffix(SITES).is_some_and(is_label)
}

/// What looks like another name in another alphabet (`xn--...`) is no site's.
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with("xn--")
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// One host and port that may be called by http and at a private address: `127.0.0.1:8101`, `[::1]:8101`,
/// `jira.lan:8080`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AllowHost {
    /// As a URL writes it: lower case, IPv6 in brackets.
    host: String,
    port: u16,
}

impl FromStr for AllowHost {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no host and port: write `HOST:PORT`, such as `127.0.0.1:8101`");
        let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
        let port = port.parse().map_err(|_| bad())?;
        let host = Host::parse(host).map_err(|_| bad())?;
        Ok(Self { host: host.to_string(), port })
    }
}

impl fmt::Display for AllowHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Why an address is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("only https is called (`--allow-host HOST:PORT` exempts one host)")]
    Scheme,
    #[error("an address with user name or password is not called")]
    Userinfo,
    #[error("the host is none of Atlassian's and none that the operator named")]
    Host,
    #[error("the port is not the one of this host")]
    Port,
    #[error("the address lies inside a private network")]
    Private,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: Result<Way, Refusal>) {
        let policy = Policy::new(
            [("Jira.Example.org".to_owned(), None), ("dc.example.org".to_owned(), Some(8443))],
            [
                "127.0.0.1:8101".parse().unwrap(),
                "[::1]:8102".parse().unwrap(),
                "twin.lan:80".parse().unwrap(),
            ],
        );
        assert_eq!(policy.way(&Url::parse(url).unwrap()), expected, "{url}");
    }

    #[test]
    fn known_hosts_are_called_and_no_others() {
        check("https://acme.atlassian.net/rest/api/3/myself", Ok(Way::Public));
        check("https://ACME.atlassian.net", Ok(Way::Public));
        check("https://api.atlassian.com/ex/jira/1", Ok(Way::Public));
        check("https://connect-install-keys.atlassian.com/k", Ok(Way::Public));
        check("https://jira.example.org/", Ok(Way::Public));
        check("https://dc.example.org:8443/", Ok(Way::Public));
        check("http://127.0.0.1:8101/rest", Ok(Way::Named));
        check("http://[::1]:8102/rest", Ok(Way::Named));
        check("http://twin.lan/rest", Ok(Way::Named));
    }

    #[test]
    fn hostile_addresses_are_refused() {
        for (url, refusal) in [
            ("http://acme.atlassian.net/", Refusal::Scheme),
            ("https://acme.atlassian.net:22/", Refusal::Port),
            ("https://acme.atlassian.net./", Refusal::Host),
            ("https://.atlassian.net/", Refusal::Host),
            ("https://a.b.atlassian.net/", Refusal::Host),
            ("https://atlassian.net/", Refusal::Host),
            ("https://evilatlassian.net/", Refusal::Host),
            ("https://acme.atlassian.net.evil.org/", Refusal::Host),
            ("https://аcme.atlassian.net@evil.org/", Refusal::Userinfo),
            ("https://acme.atlassian.net:x@evil.org/", Refusal::Userinfo),
            ("https://user@acme.atlassian.net/", Refusal::Userinfo),
            ("https://api.аtlassian.com/", Refusal::Host),
            ("https://аcme.atlassian.net/", Refusal::Host),
            ("https://evil.org/acme.atlassian.net", Refusal::Host),
            ("https://evil.org\\@acme.atlassian.net/", Refusal::Host),
            ("http://127.0.0.1/", Refusal::Scheme),
            ("http://127.0.0.1:8102/", Refusal::Scheme),
            ("https://127.0.0.1/", Refusal::Private),
            ("https://[::1]/", Refusal::Private),
            ("https://0/", Refusal::Private),
            ("https://0x7f.1/", Refusal::Private),
            ("https://2130706433/", Refusal::Private),
            ("https://169.254.169.254/latest/meta-data", Refusal::Private),
            ("https://[fd00::1]/", Refusal::Private),
            ("https://[::ffff:10.0.0.1]/", Refusal::Private),
            ("https://1.1.1.1/", Refusal::Host),
            ("file:///etc/passwd", Refusal::Scheme),
            ("gopher://acme.atlassian.net/", Refusal::Scheme),
            ("https://jira.example.org:8443/", Refusal::Host),
        ] {
            check(url, Err(refusal));
        }
    }

    #[test]
    fn an_allowed_host_is_written_with_its_port() {
        for bad in ["", "localhost", "127.0.0.1:", ":80", "h:99999", "a b:80"] {
            assert!(bad.parse::<AllowHost>().is_err(), "{bad}");
        }
        assert_eq!("LOCALHOST:80".parse::<AllowHost>().unwrap().to_string(), "localhost:80");
    }
}
