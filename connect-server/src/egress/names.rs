//! Names become addresses once, for the very connection that is made to them.
//!
//! Guarantee: the addresses that were judged are those that are called. Nobody asks for a name twice, so a name can't
//! show one address to a check and another one to the call.

use super::address::is_public;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::fmt::Debug;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Who knows the addresses of a name.
pub(super) trait Names: Send + Sync + Debug {
    /// All of them, as they are now.
    fn addresses(&self, name: &str) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>>;
}

/// The machine's own way.
#[derive(Debug)]
pub(super) struct SystemNames;

impl Names for SystemNames {
    fn addresses(&self, name: &str) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        let name = name.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|it| it.ip()).collect()) })
    }
}

/// Drops every address that is not allowed; a name without another one is not called.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    names: Arc<dyn Names>,
    allowed: fn(IpAddr) -> bool,
}

impl Judged {
    /// Public addresses alone.
    pub(super) fn public(names: Arc<dyn Names>) -> Self {
        Self { names, allowed: is_public }
    }
}

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, allowed) = (self.names.addresses(name.as_str()), self.allowed);
        Box::pin(async move {
            let fit = found.await?.into_iter().filter(|address| allowed(*address));
            // The client puts the port of the address that it was asked for.
            let fit: Vec<SocketAddr> = fit.map(|address| SocketAddr::new(address, 0)).collect();
            if fit.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(fit.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, NetError, Outside, Policy, Transport};
    use super::*;
    use bytes::Bytes;
    use http::Request;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::net::TcpListener;

    const INSIDE: &str = "127.0.0.1";
    /// Stands for an address on the internet: nothing in a test leaves the machine.
    const OUTSIDE: &str = "127.0.0.2";

    /// A name server of an attacker: another answer each time, the last one for ever.
    #[derive(Debug)]
    struct Rebinding {
        answers: Mutex<Vec<Vec<IpAddr>>>,
        asked: AtomicUsize,
    }

    impl Rebinding {
        fn to(answers: &[&[&str]]) -> Arc<Self> {
            let answers = answers.iter().rev().map(|all| all.iter().map(|it| it.parse().unwrap()).collect());
            Arc::new(Self { answers: Mutex::new(answers.collect()), asked: AtomicUsize::new(0) })
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::SeqCst)
        }
    }

    impl Names for Rebinding {
        fn addresses(&self, _: &str) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let mut answers = self.answers.lock().unwrap();
            let now = if answers.len() > 1 { answers.pop() } else { answers.last().cloned() };
            Box::pin(async move { Ok(now.unwrap_or_default()) })
        }
    }

    /// Two hosts at the same port, one inside and one outside, and a policy that lets the name be called there.
    struct Stage {
        inside: TcpListener,
        outside: TcpListener,
        url: String,
        names: Arc<Rebinding>,
        client: Outside,
    }

    impl Stage {
        async fn with(answers: &[&[&str]]) -> Self {
            let inside = TcpListener::bind((INSIDE, 0)).await.unwrap();
            let port = inside.local_addr().unwrap().port();
            let outside = TcpListener::bind((OUTSIDE, port)).await.unwrap();
            let names = Rebinding::to(answers);
            let judged = Judged {
                names: names.clone(),
                allowed: |address| address == OUTSIDE.parse::<IpAddr>().unwrap(),
            };
            let policy = Policy::new([("rebind.example".to_owned(), Some(port))], []);
            let limits = Limits { connect_ms: 5_000, total_ms: 5_000, body_bytes: 1_000 };
            let client = Outside::judging(policy, limits, judged).unwrap();
            Self { inside, outside, url: format!("https://rebind.example:{port}/"), names, client }
        }

        /// Calls the name; whether somebody inside and outside was called, and what came of it.
        async fn call(&self) -> (bool, bool, NetError) {
            let request = Request::get(&self.url).body(Bytes::new()).unwrap();
            let (mut inside, mut outside) = (false, false);
            let mut sent = self.client.send(request);
            let error = loop {
                // Who is called hangs up, for it has no certificate; a call that was made is seen before its end.
                tokio::select! {
                    biased;
                    called = self.inside.accept() => inside |= called.is_ok(),
                    called = self.outside.accept() => outside |= called.is_ok(),
                    answer = &mut sent => break answer.unwrap_err(),
                }
            };
            (inside, outside, error)
        }
    }

    #[tokio::test]
    async fn the_address_that_was_judged_is_the_one_that_is_called() {
        let stage = Stage::with(&[&[OUTSIDE], &[INSIDE]]).await;
        let (inside, outside, error) = stage.call().await;
        assert!(outside && !inside, "{error}");
        assert_eq!(stage.names.asked(), 1, "the name was asked for once, by who connects");
        // A moment later the same name leads inside.
        let (inside, outside, error) = stage.call().await;
        assert!(!outside && !inside, "{error}");
        assert!(matches!(&error, NetError::NotSent(why) if why.contains("no public address")), "{error}");
        assert_eq!(stage.names.asked(), 2);
    }

    #[tokio::test]
    async fn of_several_addresses_those_inside_are_left_alone() {
        let all = [INSIDE, OUTSIDE, "::1", "::ffff:127.0.0.1", "169.254.169.254", "10.0.0.1"];
        let stage = Stage::with(&[&all]).await;
        let (inside, outside, error) = stage.call().await;
        assert!(outside && !inside, "{error}");
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_alone_is_not_called() {
        for inside in [INSIDE, "::1", "::ffff:10.0.0.1", "169.254.169.254", "fe80::1", "fd00::1", "0.0.0.0"] {
            let names = Rebinding::to(&[&[inside]]);
            let resolved = Judged::public(names).resolve("rebind.example".parse().unwrap()).await;
            assert!(resolved.is_err(), "{inside}");
        }
    }
}
