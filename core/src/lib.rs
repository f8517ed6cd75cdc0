//! The mapping core: decides everything about a mirror, and does nothing.
//!
//! Values in, values out. No I/O, no clock, no chance, no order that depends on hashing: the same input gives the
//! same plan in the server and in the browser. Read [`plan`] first; it is what the rest serves.

pub mod adf;
pub mod audience;
pub mod calendar;
pub mod check;
pub mod config;
pub mod drill;
pub mod explain;
pub mod id;
pub mod issue;
pub mod link;
pub mod merge;
pub mod mutants;
pub mod ordered;
pub mod payload;
pub mod plan;
pub mod preview;
pub mod schema;
pub mod stamp;
pub mod suggest;
pub mod translate;
