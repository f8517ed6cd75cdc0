//! The core for the browser: decode, call core, encode.
//!
//! No panic reaches JavaScript: what can't be decoded is an `Error` with the path of the offending key. Arguments cross
//! as JSON text, which is several times quicker for large ones and refuses what is nested too deep.
//!
//! The page loads two modules of it, each when it is needed first: a configuration can be opened without all that
//! decides about an issue.

mod cross;
mod read;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(feature = "configuration")]
pub mod configuration;
#[cfg(feature = "preview")]
pub mod preview;
