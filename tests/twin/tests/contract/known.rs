//! Where an answer differs from the documents and is right all the same, with the reason.

use std::collections::BTreeSet;

use crate::site::Exchange;

/// One difference. The operation may end in `*`; the status 0 stands for all.
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

const ROWS: &[Row] = &[
    row("GET /rest/api/3/search", 410, "undocumented status", "the document still has what was removed"),
    row("POST /rest/api/3/search", 410, "undocumented status", "the document still has what was removed"),
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
            named && [0, exchange.status].contains(&row.status) && complaint.contains(row.complaint)
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
