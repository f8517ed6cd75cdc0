//! tests/twin

pub mod jql;
pub mod text;
