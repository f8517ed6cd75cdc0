//! The production [`Transport`]: reqwest under the egress policy.

use super::names::{Judged, SystemNames};
use super::policy::{Policy, Way};
use super::{NetError, Transport};
use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use http::{Request, Response};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Bounds of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands, TLS included.
    pub connect_ms: u64,
    /// From the first byte out to the last byte in.
    pub total_ms: u64,
    /// Of an answer, unpacked.
    pub body_bytes: usize,
}

impl Default for Limits {
    /// A hundred comments of the greatest length, as ADF, stay below 32 MiB.
    fn default() -> Self {
        Self { connect_ms: 5_000, total_ms: 30_000, body_bytes: 32 * 1024 * 1024 }
    }
}

/// Sends requests over the network, to where the [`Policy`] permits. Follows no redirect, uses no proxy, and sends
/// nothing twice.
#[derive(Debug)]
pub struct Outside {
    policy: Policy,
    limits: Limits,
    public: reqwest::Client,
    named: reqwest::Client,
}

impl Outside {
    /// # Errors
    /// [`NetError::NotSent`] where the system's TLS roots can't be used.
    pub fn new(policy: Policy, limits: Limits) -> Result<Self, NetError> {
        Self::judging(policy, limits, Judged::public(Arc::new(SystemNames)))
    }

    /// With names that are asked for and judged like this, save those that the operator named.
    pub(super) fn judging(policy: Policy, limits: Limits, names: Judged) -> Result<Self, NetError> {
        let public = client(limits, |builder| builder.dns_resolver(names).https_only(true))?;
        let named = client(limits, |builder| builder)?;
        Ok(Self { policy, limits, public, named })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, NetError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|e| NetError::NotSent(e.to_string()))?;
        let client = match self.policy.way(&url).map_err(|e| NetError::NotSent(e.to_string()))? {
            Way::Public => &self.public,
            Way::Named => &self.named,
        };
        let mut request = client.request(parts.method, url).headers(parts.headers);
        if !body.is_empty() {
            request = request.body(body);
        }
        let answer = request.send().await.map_err(net_error)?;
        self.collect(answer).await
    }

    async fn collect(&self, mut answer: reqwest::Response) -> Result<Response<Bytes>, NetError> {
        let mut whole = Response::new(Bytes::new());
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(net_error)? {
            if body.len() + chunk.len() > self.limits.body_bytes {
                return Err(NetError::Unknown(format!(
                    "the answer exceeds {} bytes",
                    self.limits.body_bytes
                )));
            }
            body.extend_from_slice(&chunk);
        }
        *whole.body_mut() = body.freeze();
        Ok(whole)
    }
}

impl Transport for Outside {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, NetError>> {
        Box::pin(self.exchange(request))
    }
}

/// Only what failed before there was a connection is certain not to have been sent. The URL is left out of the text:
/// a query may hold what is nobody's business in a log.
fn net_error(error: reqwest::Error) -> NetError {
    let not_sent = error.is_connect() || error.is_builder();
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    if not_sent { NetError::NotSent(text) } else { NetError::Unknown(text) }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where reqwest is built, under the egress policy"
)]
fn client(
    limits: Limits,
    adjust: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<reqwest::Client, NetError> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(Duration::from_millis(limits.connect_ms))
        .timeout(Duration::from_millis(limits.total_ms));
    adjust(builder).build().map_err(net_error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    async fn listener() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        (listener, address)
    }

    fn outside(allow: &str, total_ms: u64) -> Outside {
        let limits = Limits { connect_ms: 10_000, total_ms, body_bytes: 1_000 };
        Outside::new(Policy::new([], [allow.parse().unwrap()]), limits).unwrap()
    }

    fn get(url: String) -> Request<Bytes> {
        Request::builder().uri(url).body(Bytes::new()).unwrap()
    }

    /// What comes of a GET when the host answers with `raw` (`None`: it keeps silent).
    async fn answered(raw: Option<String>) -> Result<Response<Bytes>, NetError> {
        let (listener, address) = listener().await;
        let silent = raw.is_none();
        let host = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 2048];
            let _ = stream.read(&mut asked).await.unwrap();
            match raw {
                Some(raw) => {
                    stream.write_all(raw.as_bytes()).await.unwrap();
                    stream.shutdown().await.unwrap();
                }
                None => std::future::pending::<()>().await,
            }
            std::future::pending::<()>().await;
        };
        let outside = outside(&address, if silent { 200 } else { 10_000 });
        tokio::select! {
            () = host => unreachable!("the host goes on for ever"),
            answer = outside.send(get(format!("http://{address}/x"))) => answer,
        }
    }

    #[tokio::test]
    async fn any_status_is_an_answer_and_no_redirect_is_followed() {
        let raw = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\nok";
        let answer = answered(Some(raw.to_owned())).await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.body()[..]), (302, &b"ok"[..]));
    }

    #[tokio::test]
    async fn after_the_request_has_left_the_outcome_is_unknown() {
        let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n{}", "x".repeat(1001));
        for raw in [
            None,
            Some(String::new()),
            Some(long),
            Some("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx".into()),
        ] {
            let outcome = answered(raw.clone()).await;
            assert!(matches!(outcome, Err(NetError::Unknown(_))), "{raw:?} {outcome:?}");
        }
    }

    #[tokio::test]
    async fn without_a_connection_nothing_was_sent() {
        let (listener, address) = listener().await;
        drop(listener);
        let outside = outside(&address, 10_000);
        for url in [format!("http://{address}/"), "http://127.0.0.1:1/".into(), "https://localhost/".into()] {
            let outcome = outside.send(get(url.clone())).await;
            assert!(matches!(outcome, Err(NetError::NotSent(_))), "{url} {outcome:?}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_called() {
        let policy = Policy::new([("localhost".to_owned(), None)], []);
        let outside = Outside::new(policy, Limits::default()).unwrap();
        let refused = outside.send(get("https://localhost/".into())).await.unwrap_err();
        assert!(refused.to_string().contains("no public address"), "{refused}");
    }
}
