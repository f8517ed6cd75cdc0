//! One call of Jira's REST API, and its answer.

use duplex_core::id::Millis;
use duplex_core::payload::{self, HttpCall};
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// RFC 3986, as the query string hash has it, so that both sides hash what was sent.
const ENCODED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A call, not yet bound to a site.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub method: Method,
    /// Below the site's base URL, its variable parts encoded.
    pub path: String,
    /// Not encoded.
    pub query: Vec<(String, String)>,
    /// `None` on GET: Jira refuses a GET that has a body.
    pub body: Option<Value>,
    /// It changes something: it is never sent twice, and without an answer its outcome is unknown.
    pub writes: bool,
    /// Not to be taken by Jira after this instant of our clock, however long it is under way: its token says so.
    pub until: Option<Millis>,
    pub cost: Cost,
}

/// What Jira will charge, in points of its hourly quota: one per call, one more for every object that comes back,
/// two for an identity, and one in all for a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    Write,
    Plain,
    Object,
    Identity,
    /// As many objects as the array at this JSON pointer has.
    Objects(&'static str),
    Identities(&'static str),
}

/// What Jira said to a call that it took.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// 200 to 299.
    pub status: u16,
    /// `Null` where there was none.
    pub body: Value,
    /// What the call cost, as estimated.
    pub points: u64,
}

impl Call {
    #[must_use]
    pub fn get(path: impl Into<String>, cost: Cost) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            query: Vec::new(),
            body: None,
            writes: false,
            until: None,
            cost,
        }
    }

    /// A POST that only reads: a search, a fetch by ids.
    #[must_use]
    pub fn ask(path: impl Into<String>, body: Value, cost: Cost) -> Self {
        let path = path.into();
        Self {
            method: Method::POST,
            path,
            query: Vec::new(),
            body: Some(body),
            writes: false,
            until: None,
            cost,
        }
    }

    #[must_use]
    pub fn write(method: Method, path: impl Into<String>, body: Option<Value>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body,
            writes: true,
            until: None,
            cost: Cost::Write,
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// The call, void after an instant of our clock.
    #[must_use]
    pub fn until(mut self, at: Millis) -> Self {
        self.until = Some(at);
        self
    }

    /// The path and query as they are sent.
    #[must_use]
    pub fn target(&self) -> String {
        let query: Vec<String> =
            self.query.iter().map(|(n, v)| format!("{}={}", segment(n), segment(v))).collect();
        if query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, query.join("&")) }
    }

    /// `GET /rest/api/3/issue/{id}`: what calls are counted and limited by.
    #[must_use]
    pub fn endpoint(&self) -> String {
        let mut before = "";
        let mut parts = Vec::new();
        for part in self.path.split('/') {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            let version = matches!(before, "api" | "atlassian-connect");
            parts.push(if digits && !version { "{id}" } else { part });
            before = part;
        }
        format!("{} {}", self.method, parts.join("/"))
    }

    /// The points of this call, given what came back.
    #[must_use]
    pub(super) fn points(&self, body: &Value) -> u64 {
        let count = |pointer: &str| {
            let array = body.pointer(pointer).and_then(Value::as_array);
            u64::try_from(array.map_or(0, Vec::len)).unwrap_or(u64::MAX)
        };
        match self.cost {
            Cost::Write | Cost::Plain => 1,
            Cost::Object => 2,
            Cost::Identity => 3,
            Cost::Objects(pointer) => 1 + count(pointer),
            Cost::Identities(pointer) => 1 + 2 * count(pointer),
        }
    }
}

/// Every call that core makes is a write.
impl From<HttpCall> for Call {
    fn from(call: HttpCall) -> Self {
        let method = match call.method {
            payload::Method::Post => Method::POST,
            payload::Method::Put => Method::PUT,
            payload::Method::Delete => Method::DELETE,
        };
        Self { query: call.query, ..Self::write(method, call.path, call.body) }
    }
}

/// Text as one segment of a path, or as one side of a query pair.
#[must_use]
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, &ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn calls_are_counted_by_endpoint() {
        let check =
            |path: &str, expected: &str| assert_eq!(Call::get(path, Cost::Plain).endpoint(), expected);
        check("/rest/api/3/issue/10001", "GET /rest/api/3/issue/{id}");
        check("/rest/api/3/issue/10001/comment/10", "GET /rest/api/3/issue/{id}/comment/{id}");
        check("/rest/api/2/myself", "GET /rest/api/2/myself");
        check(
            "/rest/servicedeskapi/servicedesk/1/requesttype",
            "GET /rest/servicedeskapi/servicedesk/{id}/requesttype",
        );
    }

    #[test]
    fn a_target_is_encoded_once() {
        let call =
            Call::get(format!("/rest/x/{}", segment("a b/c")), Cost::Plain).with("jql", "a = \"b+c\"&");
        assert_eq!(call.target(), "/rest/x/a%20b%2Fc?jql=a%20%3D%20%22b%2Bc%22%26");
    }

    #[test]
    fn what_core_says_is_sent_once() {
        let query = vec![("returnIssue".to_owned(), "true".to_owned())];
        let path = "/rest/api/3/issue/1".to_owned();
        let call: Call =
            HttpCall { method: payload::Method::Put, path, query, body: Some(json!({"fields": {}})) }.into();
        assert!(call.writes && call.cost == Cost::Write && call.body.is_some());
        assert_eq!(
            (call.method.as_str(), call.target().as_str()),
            ("PUT", "/rest/api/3/issue/1?returnIssue=true")
        );
    }

    #[test]
    fn points_follow_what_came_back() {
        let three = json!({"issues": [1, 2, 3]});
        let check = |cost, expected| assert_eq!(Call::get("/", cost).points(&three), expected, "{cost:?}");
        check(Cost::Write, 1);
        check(Cost::Object, 2);
        check(Cost::Identity, 3);
        check(Cost::Objects("/issues"), 4);
        check(Cost::Identities("/issues"), 7);
        check(Cost::Objects("/none"), 1);
    }
}
