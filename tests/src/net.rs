//! The tests' own way over sockets: no egress policy, loopback only.

use bytes::Bytes;
use duplex_server::egress::{NetError, Transport};
use futures::future::BoxFuture;
use http::{Request, Response};
use std::time::Duration;

/// How long a person at a browser waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends requests as a browser would.
#[derive(Debug, Clone)]
pub struct Browser(reqwest::Client);

impl Default for Browser {
    #[expect(clippy::disallowed_methods, reason = "a person's browser, not the server's way out")]
    fn default() -> Self {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build();
        Self(client.expect("a client without special settings"))
    }
}

impl Transport for Browser {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, NetError>> {
        let client = self.0.clone();
        Box::pin(async move {
            let unknown = |error: reqwest::Error| NetError::Unknown(error.to_string());
            let request = reqwest::Request::try_from(request.map(reqwest::Body::from)).map_err(unknown)?;
            let answer = client.execute(request).await.map_err(unknown)?;
            let mut response = Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                response = response.header(name, value);
            }
            let body = answer.bytes().await.map_err(unknown)?;
            response.body(body).map_err(|error| NetError::Unknown(error.to_string()))
        })
    }
}
