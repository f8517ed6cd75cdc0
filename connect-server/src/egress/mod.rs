//! The one way out: every request to the outside goes through a [`Transport`].

mod address;
mod names;
mod policy;
mod wire;

pub(crate) use address::is_public;
pub use policy::{AllowHost, Policy, Refusal};
pub use wire::{Limits, Outside};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use std::fmt::Debug;

/// Sends one request. Production puts reqwest with the egress policy behind it, tests a Jira twin.
pub trait Transport: Send + Sync + Debug {
    /// # Errors
    /// [`NetError`] where no whole answer came; any status is an answer.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, NetError>>;
}

/// No whole answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// Nothing was sent: the policy refused the address, the name did not resolve, or no connection came about.
    #[error("not sent: {0}")]
    NotSent(String),
    /// It may have had its effect.
    #[error("outcome unknown: {0}")]
    Unknown(String),
}
