//! JQL: the part that sync tools and their users write.
//!
//! [`parse`] gives a [`Query`]; [`Query::check`] says what Jira would refuse on this site; [`Query::select`] filters and
//! orders. The crate's issues come in through [`JqlIssue`], the site's names through [`JqlSite`].

mod ast;
mod check;
mod eval;
mod lexer;
mod parser;
mod site;
mod time;

#[cfg(test)]
mod tests;

pub use ast::{Clause, Direction, Field, Operand, Operator, OrderBy, Query};
pub use parser::parse;
pub use site::{IssueFacts, SiteNames};

/// What an issue holds in a field, in the form JQL compares.
#[derive(Debug, Clone, PartialEq)]
pub enum JqlValue {
    /// Nothing set.
    Empty,
    /// Things with names: each by all the words it answers to (id, key, name, account id, ...).
    Terms(Vec<Vec<String>>),
    /// A thing with names and a place in an order (priority, issue key within its project).
    Ranked {
        names: Vec<String>,
        rank: i64,
    },
    /// Text for `~`.
    Text(String),
    Number(f64),
    /// Epoch milliseconds.
    Instant(i64),
}

/// An issue as JQL sees it.
pub trait JqlIssue {
    /// The value of a field; [`JqlValue::Empty`] for fields the issue does not have.
    ///
    /// `text` is the joined text of summary, description and comments; `key` answers [`JqlValue::Ranked`] with id and
    /// key as names and the number as rank.
    fn value(&self, field: &Field) -> JqlValue;

    /// An entity property's value, whole.
    fn property(&self, key: &str) -> Option<&serde_json::Value>;
}

/// What a query may name on a site, and who asks.
pub trait JqlSite {
    /// Whether the site has this field.
    fn has_field(&self, field: &Field) -> bool;

    /// Whether the field may hold this value. Only asked for fields with a closed set of values (project, issue type,
    /// status, priority, resolution, request type, select options, issue keys).
    fn has_value(&self, field: &Field, value: &str) -> bool;

    /// The account id of the caller, if signed in.
    fn current_user(&self) -> Option<String>;

    /// The account ids of a group's members; `None` when there is no such group.
    fn members_of(&self, group: &str) -> Option<Vec<String>>;

    /// The twin's time, epoch milliseconds.
    fn now_ms(&self) -> i64;
}

/// What Jira says of a query it does not run. Every message goes into `errorMessages` of a 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JqlError {
    /// The text is not JQL.
    #[error("Error in the JQL Query: {0}")]
    Syntax(String),
    /// The text is JQL, but names what the site does not have.
    #[error("{0}")]
    Meaning(String),
    /// No restriction at all.
    #[error("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")]
    Unbounded,
}
