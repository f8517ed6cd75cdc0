//! Where a call comes from, as far as that can be believed.

use crate::egress::is_public;
use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Entries of `X-Forwarded-For` that are looked at, from the last one on: more proxies than anybody puts in a row.
const HOPS_MAX: usize = 16;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Whose word counts: a private address is a proxy of the operator's, and so is what he named.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies(Vec<IpNet>);

impl Proxies {
    pub(crate) fn new(named: Vec<IpNet>) -> Self {
        Self(named)
    }

    /// The caller's address: the first on the way back from us that is no proxy. `None` where all are proxies, or the
    /// listener does not tell: then nobody is told apart by it.
    pub(super) fn caller(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
        let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
        let said: Vec<&str> =
            headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok()).collect();
        let back = said.iter().rev().flat_map(|line| line.rsplit(',')).map(|hop| hop.trim().parse().ok());
        let way = std::iter::once(Some(peer.ip())).chain(back.take(HOPS_MAX));
        // What is no address was not written by a proxy: nothing before it is believed.
        way.map_while(|hop| hop).find(|hop| !self.is_proxy(*hop)).map(household)
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        !is_public(address) || self.0.iter().any(|net| net.contains(&address))
    }
}

/// One customer of a provider has a whole /64 of IPv6 addresses.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_who_is_no_proxy_is_the_caller() {
        let proxies = Proxies::new(vec!["104.16.0.0/13".parse().unwrap()]);
        for (peer, said, caller) in [
            ("8.8.8.8", &[][..], Some("8.8.8.8")),
            ("8.8.8.8", &["9.9.9.9"][..], Some("8.8.8.8")),
            ("10.0.0.1", &["9.9.9.9"], Some("9.9.9.9")),
            ("10.0.0.1", &["1.2.3.4, 9.9.9.9"], Some("9.9.9.9")),
            ("10.0.0.1", &["1.2.3.4", "9.9.9.9, 10.0.0.7"], Some("9.9.9.9")),
            ("127.0.0.1", &["9.9.9.9, 104.16.1.1"], Some("9.9.9.9")),
            ("127.0.0.1", &[], None),
            ("127.0.0.1", &["1.2.3.4, nonsense"], None),
            ("127.0.0.1", &["192.168.1.1"], None),
            ("127.0.0.1", &["2606:4700:1:2:3:4:5:6"], Some("2606:4700:1:2::")),
        ] {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
            let mut headers = HeaderMap::new();
            for line in said {
                headers.append(FORWARDED_FOR, line.parse().unwrap());
            }
            let expect = caller.map(|caller| caller.parse().unwrap());
            assert_eq!(proxies.caller(&extensions, &headers), expect, "{peer} {said:?}");
        }
        assert_eq!(
            proxies.caller(&Extensions::new(), &HeaderMap::new()),
            None,
            "a listener that does not tell"
        );
    }
}
