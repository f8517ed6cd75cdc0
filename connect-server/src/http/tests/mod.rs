//! The doors from outside: requests as Jira and browsers send them, against the whole router and a real database.

mod lifecycle;
mod sign;
mod webhook;
mod world;
