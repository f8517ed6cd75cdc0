//! Where an answer differs from the documents and is right all the same, with the reason.

use std::collections::BTreeSet;

use crate::site::Exchange;

/// One difference. The operation may end in `*`.
struct Row {
    operation: &'static str,
    status: u16,
    complaint: &'static str,
    /// Why the document is not followed.
    reason: &'static str,
}

const fn row(operation: &'static str, status: u16, complaint: &'static str, reason: &'static str) -> Row {
    Row { operation, status, complaint, reason }
}

/// `from` and `to` of a change that began or ended with nothing: recorded answers and the documents' own examples have
/// `null` there, and their schemas do not allow it.
const NOTHING: &str = "null is not of type \"string\"";
const NOTHING_WHY: &str = "the documents' own examples have null in changelogs";

const FRAMEWORK: &str = "undocumented status, application/problem+json";
const FRAMEWORK_WHY: &str =
    "what cannot be read as a number is refused before the resource is asked, as recorded";

const ROWS: &[Row] = &[
    row("GET /rest/api/3/search", 410, "undocumented status", "the document still has what was removed"),
    row("POST /rest/api/3/search", 410, "undocumented status", "the document still has what was removed"),
    row("GET /rest/api/3/issue/{i}/changelog", 200, NOTHING, NOTHING_WHY),
    row("POST /rest/api/3/issue/{i}/changelog/list", 200, NOTHING, NOTHING_WHY),
    row("POST /rest/api/3/changelog/bulkfetch", 200, NOTHING, NOTHING_WHY),
    row("GET /rest/api/3/search/jql", 200, NOTHING, NOTHING_WHY),
    row("GET /rest/api/3/issue/{i}/changelog", 400, FRAMEWORK, FRAMEWORK_WHY),
    row("GET /rest/api/3/priority/search", 400, FRAMEWORK, FRAMEWORK_WHY),
    row("GET /rest/servicedeskapi/*", 400, FRAMEWORK, FRAMEWORK_WHY),
    row(
        "GET /rest/api/3/user/bulk",
        403,
        "undocumented status",
        "asks for access to Jira and does not say how a customer without it is refused",
    ),
    row(
        "POST /rest/api/3/changelog/bulkfetch",
        403,
        "undocumented status",
        "closed to Connect apps by its own scopes, without the status that says so",
    ),
    row(
        "POST /rest/api/3/issue/bulk",
        400,
        "errorMessages",
        "a body without issues has no element that could be told as failed",
    ),
    row(
        "POST /rest/api/3/issue/bulk",
        400,
        "/errors {} is not of type",
        "a body without issues has no element that could be told as failed",
    ),
    row(
        "PUT /rest/api/3/issue/{i}/assignee",
        204,
        "/accountId null",
        "the text of the resource says that null unassigns; its schema is that of any user",
    ),
];

/// The list, and which of it was needed.
#[derive(Debug, Default)]
pub(crate) struct Known {
    used: BTreeSet<usize>,
}

impl Known {
    /// Whether a complaint about an exchange is known, and the document wrong.
    pub(crate) fn excuses(&mut self, exchange: &Exchange, complaint: &str) -> bool {
        let operation = exchange.operation();
        let fits = |row: &Row| {
            let named = match row.operation.strip_suffix('*') {
                Some(start) => operation.starts_with(start),
                None => operation == row.operation,
            };
            named && exchange.status == row.status && complaint.contains(row.complaint)
        };
        let found = ROWS.iter().position(fits);
        self.used.extend(found);
        found.is_some()
    }

    /// Rows that excuse nothing any more.
    pub(crate) fn unused(&self) -> Vec<String> {
        let rest = ROWS.iter().enumerate().filter(|(number, _)| !self.used.contains(number));
        rest.map(|(_, row)| {
            format!(
                "known, but not so any more: {} {} {} ({})",
                row.operation, row.status, row.complaint, row.reason
            )
        })
        .collect()
    }
}
