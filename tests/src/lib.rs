//! Worlds in which Duplex lives for its proofs: people at Jira sites, sites that are twins, servers that are real
//! processes or run in the test's own thread.

mod balancer;
mod chance;
pub mod disk;
pub mod fuzz;
pub mod guide;
pub mod ledger;
pub mod lines;
pub mod net;
pub mod overview;
pub mod person;
pub mod postgres;
pub mod process;
mod relay;
pub mod rows;
pub mod scenario;
pub mod sim;
pub mod stage;
pub mod storm;
pub mod wire;
pub mod world;
