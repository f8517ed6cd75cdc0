//! The Connect server: takes Jira's lifecycle events and webhooks, and performs the mirror that `duplex-core` decides.
//!
//! Imports run one way: `http, cli -> {setup, sync} -> reach -> {store, jira} -> {egress, secret} -> duplex-core`; `app` wires the rooms.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crash;
pub mod egress;
pub mod http;
pub mod jira;
pub mod log;
pub mod reach;
pub mod secret;
pub mod serve;
pub mod setup;
pub mod store;
pub mod sync;
