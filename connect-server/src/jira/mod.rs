//! Jira: who calls, how we call, and its JSON as core values.
