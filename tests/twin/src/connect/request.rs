//! Requests from a site to an app, signed.

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};

use super::jwt::{Claims, JwtError, sign_hs256, sign_rs256};
use super::{InstalledApp, keys, qsh};

/// Who signs.
pub(super) enum Signer<'a> {
    /// HS256 with the secret of that app.
    Shared(&'a str),
    /// RS256 with the install key; the audience is the app's base URL.
    Install,
}

/// Why a request could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RequestError {
    #[error(transparent)]
    Token(#[from] JwtError),
    #[error("no install key: {0}")]
    Key(String),
    #[error("not a request: {0}")]
    Shape(String),
}

/// A POST of JSON to a path below the app's base URL.
pub(super) fn signed_post(
    app: &InstalledApp,
    url: &str,
    client_key: &str,
    signer: &Signer<'_>,
    headers: &[(&str, String)],
    body: Bytes,
    now_ms: i64,
) -> Result<Request<Bytes>, RequestError> {
    let token = token(app, url, client_key, signer, now_ms)?;
    let mut request = Request::post(app.descriptor.address(url))
        .header(AUTHORIZATION, format!("JWT {token}"))
        .header(CONTENT_TYPE, "application/json; charset=UTF-8")
        .header(USER_AGENT, "Atlassian HttpClient Atlassian HttpClient jira-twin / Atlassian Connect Client");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(body).map_err(|error| RequestError::Shape(error.to_string()))
}

fn token(
    app: &InstalledApp,
    url: &str,
    client_key: &str,
    signer: &Signer<'_>,
    now_ms: i64,
) -> Result<String, RequestError> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let claims = Claims { qsh: Some(qsh::qsh("POST", path, query)), ..Claims::issued(client_key, now_ms) };
    match signer {
        Signer::Shared(secret) => Ok(sign_hs256(&claims, secret)?),
        Signer::Install => {
            let key = keys::install_key().map_err(RequestError::Key)?;
            let aud = Some(serde_json::json!([app.descriptor.base_url]));
            Ok(sign_rs256(&Claims { aud, ..claims }, &key.kid, &key.signing)?)
        }
    }
}
