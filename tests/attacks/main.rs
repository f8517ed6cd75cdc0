//! Attacks: what is tried on the server, what it answers, and that nothing came of it.

mod bodies;
mod browsers;
mod content;
mod floods;
mod invitations;
mod lifecycle;
mod logs;
mod scene;
mod tenancy;
mod tokens;
mod wire;
