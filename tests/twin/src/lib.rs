//! tests/twin

pub mod text;
