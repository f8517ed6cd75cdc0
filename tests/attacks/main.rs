//! Attacks: what is tried on the server, what it answers, and that nothing came of it.

mod floods;
mod invitations;
mod lifecycle;
mod scene;
mod tenancy;
mod tokens;
