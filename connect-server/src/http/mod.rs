//! What comes in: Jira's lifecycle events and webhooks, the admin page's calls, and the operator's questions.

mod body;
pub mod descriptor;
pub mod error;
