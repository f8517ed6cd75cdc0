//! How the twin calls apps: a seam, so that an app may live in the same process.

use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};

/// The longest answer of an app that is read, in bytes; descriptors are far smaller.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// How long an app may take to answer a webhook, in seconds.
pub const ANSWER_S_MAX: u64 = 20;

/// Sends requests to apps. An `Err` is a connection that failed or timed out, told in words.
pub trait Outbound: Send + Sync {
    /// Sends one request with an absolute address.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, String>>;
}

/// Calls apps over the network.
#[derive(Debug, Clone)]
pub struct NetworkOutbound {
    client: reqwest::Client,
}

impl NetworkOutbound {
    /// A client that follows no redirects, as Jira does not.
    ///
    /// # Errors
    /// When the TLS set-up of the machine cannot be used.
    #[expect(clippy::disallowed_methods, reason = "the twin's one client; it has no egress rules to keep")]
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(ANSWER_S_MAX))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { client })
    }
}

impl Outbound for NetworkOutbound {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, String>> {
        let client = self.client.clone();
        Box::pin(async move { send(client, request).await.map_err(|error| error.to_string()) })
    }
}

async fn send(client: reqwest::Client, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
    let mut answer = client.execute(request.try_into()?).await?;
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        anyhow::ensure!(body.len() + chunk.len() <= ANSWER_BYTES_MAX, "the answer is too long");
        body.extend_from_slice(&chunk);
    }
    Ok(response.body(Bytes::from(body))?)
}
