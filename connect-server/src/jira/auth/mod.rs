//! Who calls. Three kinds of token, three verifiers that share no door: what one accepts, the others refuse.
//!
//! | verifier | signed by | bound to | used at |
//! | --- | --- | --- | --- |
//! | [`InstallVerifier`] | Atlassian's install key (RS256) | the request and our address | `installed`, `uninstalled` |
//! | [`verify_server`] | the site's shared secret (HS256) | the request | `enabled`, `disabled`, webhooks, frames |
//! | [`verify_context`] | the site's shared secret (HS256) | nothing but the page's user | the admin API |
//!
//! What came in by another way (Forge, a token) ends in the same [`Caller`].

mod context;
mod install;
mod keys;
mod server;
mod token;

#[cfg(test)]
mod tests;

pub use context::verify_context;
pub use install::{Install, InstallVerifier};
pub use keys::KeyHost;
pub use server::{Purpose, verify_server};
pub use token::Presented;

use crate::secret::Secret;
use duplex_core::id::{AccountId, Millis, SiteId};

/// Proof of who calls: whoever holds one has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub site: SiteId,
    pub kind: CallerKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerKind {
    /// The site itself: a webhook or a lifecycle event.
    Server,
    /// A person who looks at one of our pages on that site. Says nothing yet about what he may do.
    Page { account: AccountId },
    /// Atlassian's installer, for that site.
    Installer,
}

/// What the store knows of a site and its secrets.
#[derive(Debug, Clone)]
pub struct SiteKeys {
    pub site: SiteId,
    pub client_key: String,
    pub current: Secret,
    /// The secret before the last install, and until when webhooks signed with it are still taken (our clock).
    pub previous: Option<(Secret, Millis)>,
}

/// The request that a token has to be bound to.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub method: &'a str,
    /// As it was sent.
    pub path: &'a str,
    /// What follows `?`, as it was sent; empty without one.
    pub query: &'a str,
    /// The path of our own base URL; empty for a plain host.
    pub base: &'a str,
}

/// Why a caller is refused. The text is safe to answer with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    #[error("no token: send `Authorization: JWT ...`")]
    Missing,
    #[error("more than one token was sent")]
    Ambiguous,
    #[error("the token stands in the address: send `Authorization: JWT ...`")]
    InAddress,
    #[error("the token is no JSON Web Token: {0}")]
    Malformed(&'static str),
    #[error("the token's algorithm is not the one used here")]
    Algorithm,
    #[error("the token's key id is not well formed")]
    KeyId,
    #[error("the token's key is not known")]
    UnknownKey,
    #[error("the token's signature does not hold")]
    Signature,
    #[error("the token has expired or its times are not acceptable")]
    Times,
    #[error("the token was issued for another request")]
    Request,
    #[error("the token is of a kind that is not accepted here")]
    Kind,
    #[error("the token was issued by another party")]
    Issuer,
    #[error("the token is meant for another audience")]
    Audience,
    #[error("the token names no user")]
    NoUser,
    #[error(
        "the token is older than what was told of this site since, or it was used before for something else"
    )]
    Replayed,
    /// The key host did not answer; the caller may try again.
    #[error("the key could not be fetched; try again")]
    KeyHost,
}
