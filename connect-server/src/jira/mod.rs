//! Jira: who calls, how we call, and its JSON as core values.
//!
//! Who calls is proven in [`auth`] and ends in a [`auth::Caller`]; the way out begins with a [`access::SiteAccess`].
//! Connect is behind both, and nothing outside of this room knows of it.

pub mod access;
pub mod auth;
pub mod qsh;
mod secret;

pub use secret::SharedSecret;
