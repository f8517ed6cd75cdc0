//! The portal as one customer sees it, by his own token. No call of it is signed as the app.

use super::client::segment;
use crate::egress::{NetError, Transport};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use duplex_core::id::{CommentId, IssueId};
use http::{HeaderValue, Request, header};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Comments that one look at a request shows; a scratch issue has two.
const COMMENTS_MAX: usize = 100;

/// One customer at one site.
#[derive(Debug)]
pub struct Portal {
    /// Without a slash at the end.
    base_url: String,
    email: String,
    token: Secret,
    transport: Arc<dyn Transport>,
}

/// Why the customer could not look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortalError {
    #[error("the site answered him {0}")]
    Refused(u16),
    #[error("the site's answer is not as published")]
    Garbled,
    #[error(transparent)]
    Net(#[from] NetError),
}

impl Portal {
    #[must_use]
    pub fn new(base_url: &str, email: &str, token: Secret, transport: Arc<dyn Transport>) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { base_url, email: email.to_owned(), token, transport }
    }

    /// The comments of a request that he sees.
    ///
    /// # Errors
    /// [`PortalError`].
    pub async fn comments(&self, request: &IssueId) -> Result<BTreeSet<CommentId>, PortalError> {
        let request = segment(request.as_str());
        let url =
            format!("{}/rest/servicedeskapi/request/{request}/comment?limit={COMMENTS_MAX}", self.base_url);
        let call = Request::get(url)
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, self.proof()?)
            .body(Bytes::new())
            .map_err(|error| NetError::NotSent(error.to_string()))?;
        let answer = self.transport.send(call).await?;
        if !answer.status().is_success() {
            return Err(PortalError::Refused(answer.status().as_u16()));
        }
        let body: Value = serde_json::from_slice(answer.body()).map_err(|_| PortalError::Garbled)?;
        let comments = body["values"].as_array().ok_or(PortalError::Garbled)?;
        let id = |comment: &Value| comment["id"].as_str().map(CommentId::new).ok_or(PortalError::Garbled);
        comments.iter().map(id).collect()
    }

    fn proof(&self) -> Result<HeaderValue, NetError> {
        let pair = STANDARD.encode(format!("{}:{}", self.email, self.token.expose()));
        let mut value = HeaderValue::try_from(format!("Basic {pair}"))
            .map_err(|_| NetError::NotSent("the customer's token can't stand in a header".to_owned()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}
