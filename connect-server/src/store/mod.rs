//! What the server remembers.
pub mod error;
mod db;
pub use error::StoreError;
#[cfg(test)]
mod tests;
