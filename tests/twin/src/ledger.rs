//! Every call of the API that was made, so that tests can count them. `/_twin/` calls are not in it.

use serde::Serialize;

/// The most calls that are kept; a twin that lives long forgets the oldest.
pub const ENTRIES_MAX: usize = 200_000;

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Counts from 0 over all sites.
    pub index: u64,
    /// Epoch milliseconds.
    pub at: i64,
    pub site: String,
    /// The app's key.
    pub app: Option<String>,
    /// The account, whoever it belongs to.
    pub account: Option<String>,
    pub method: String,
    /// The path with `{}` for what varies: `/rest/api/3/issue/{}/comment`; an unknown path stands as it is.
    pub template: String,
    pub path: String,
    pub query: String,
    /// What an app sent with a write; kept for tests, not served.
    #[serde(skip)]
    pub body: Option<serde_json::Value>,
    /// What was answered; `None` where the answer was lost.
    pub status: Option<u16>,
    /// What it cost of the hourly quota.
    pub points: u64,
    /// Whether it may have changed something.
    pub write: bool,
}

/// The calls, oldest first.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: std::collections::VecDeque<Entry>,
    next: u64,
}

impl Ledger {
    /// Notes a call; its index is given by the ledger.
    pub fn note(&mut self, entry: Entry) {
        self.entries.push_back(Entry { index: self.next, ..entry });
        self.next += 1;
        if self.entries.len() > ENTRIES_MAX {
            self.entries.pop_front();
        }
    }

    /// The answer to the latest call never reached its caller.
    pub fn lose_last(&mut self) {
        if let Some(last) = self.entries.back_mut() {
            last.status = None;
        }
    }

    /// The index the next call gets: hand it to [`Ledger::since`] later to see what came after now.
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.next
    }

    /// The calls from an index on.
    pub fn since(&self, mark: u64) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.index >= mark)
    }

    /// The calls of an app from an index on.
    pub fn by_app<'a>(&'a self, app: &'a str, mark: u64) -> impl Iterator<Item = &'a Entry> {
        self.since(mark).filter(move |entry| entry.app.as_deref() == Some(app))
    }
}

impl crate::Twin {
    /// All calls so far.
    #[must_use]
    pub fn ledger(&self) -> Vec<Entry> {
        self.ledger_since(0)
    }

    /// The index the next call gets.
    #[must_use]
    pub fn ledger_mark(&self) -> u64 {
        self.with(|state| state.ledger.mark())
    }

    /// The calls from an index on.
    #[must_use]
    pub fn ledger_since(&self, mark: u64) -> Vec<Entry> {
        self.with(|state| state.ledger.since(mark).cloned().collect())
    }
}

/// Whether a call may change what people see. Some reads are POSTs, because their questions are long; and an app's
/// properties of its own are seen by nobody.
#[must_use]
pub fn is_write(method: &str, template: &str) -> bool {
    const READS: &[&str] = &[
        "/search/jql",
        "/search/approximate-count",
        "/search",
        "/issue/bulkfetch",
        "/comment/list",
        "/changelog/bulkfetch",
        "/permissions/check",
        "/permissions/project",
        "/jql/match",
        "/jql/parse",
        "/expression/eval",
        "/expression/evaluate",
    ];
    match method {
        "PUT" | "DELETE" if template.contains("/addons/{}/properties/") => false,
        "GET" | "HEAD" | "OPTIONS" => false,
        "POST" => !READS.iter().any(|read| template.ends_with(read)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_by_post_are_no_writes() {
        let check =
            |method: &str, path: &str, write: bool| assert_eq!(is_write(method, path), write, "{path}");
        check("POST", "/rest/api/3/issue", true);
        check("POST", "/rest/api/3/issue/bulk", true);
        check("POST", "/rest/api/3/search/jql", false);
        check("POST", "/rest/api/3/issue/bulkfetch", false);
        check("POST", "/rest/api/3/comment/list", false);
        check("PUT", "/rest/api/3/issue/{}/properties/{}", true);
        check("DELETE", "/rest/api/3/issue/{}", true);
        check("PUT", "/rest/atlassian-connect/1/addons/{}/properties/{}", false);
        check("GET", "/rest/api/3/issue/{}", false);
    }
}
