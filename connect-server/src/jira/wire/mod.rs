//! Jira's JSON as core values.
//!
//! Everything that decides (ids, versions, audiences) must be of the published shape, or the answer is refused with
//! the path of the offending value. The value of a field whose type surprises becomes [`Value::Other`], so that it
//! stops only itself.
//!
//! [`Value::Other`]: duplex_core::issue::Value::Other

mod at;
mod comment;
mod issue;
mod schema;
mod value;
mod webhook;

pub use at::WireError;
pub use comment::comment;
pub(super) use comment::read as comment_at;
pub use issue::{base_fields, issue};
pub use schema::field_kind;
pub use value::{FieldKinds, value};
pub use webhook::{Hint, webhook_hints};

pub(super) use at::At;
pub(super) use issue::{person, read as issue_at, stamp};
pub(super) use schema::field;
