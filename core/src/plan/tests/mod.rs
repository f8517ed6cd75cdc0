#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the small Jira knows the kinds of value that these tests use, and leaves the others as they are"
)]

mod comments;
mod created;
mod fixture;
mod jira;
mod mapping;
mod props;
mod stories;
mod world;
