//! Refusals as real Jira gave them, asked of the twin again.

use serde_json::Value;

use crate::site::Site;
use crate::{spec, story};

/// Who asks the twin, method, path, body; and words of the recording with what stands there in the twin.
type Again =
    (&'static str, &'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const ISSUE: &str = "/rest/api/3/issue/ITA-1";
const ISSUES: &str = "/rest/api/3/issue";
const COMMENTS: &str = "/rest/api/3/issue/ITA-1/comment";
const SEARCH: &str = "/rest/api/3/search/jql";

/// By the words of the recording.
const CASES: &[(&str, Again)] = &[
    (
        "GET /rest/api/3/issue/NOPE-1 (unknown or no permission)",
        ("agent1", "GET", "/rest/api/3/issue/NOPE-1", "", &[]),
    ),
    ("POST /rest/api/3/issue {\"fields\":{}}", ("agent1", "POST", ISSUES, r#"{"fields":{}}"#, &[])),
    (
        "POST /rest/api/3/issue with project, no issuetype",
        ("agent1", "POST", ISSUES, r#"{"fields":{"project":{"key":"ITA"}}}"#, &[]),
    ),
    ("POST /rest/api/3/issue empty body", ("agent1", "POST", ISSUES, "", &[])),
    (
        "PUT /rest/api/3/issue/X field not on screen",
        ("agent1", "PUT", ISSUE, r#"{"fields":{"fixVersions":[]}}"#, &[("summary", "fixVersions")]),
    ),
    (
        "POST /rest/api/3/issue/X/transitions {}",
        ("agent1", "POST", "/rest/api/3/issue/ITA-1/transitions", "{}", &[]),
    ),
    (
        "GET /rest/api/3/search/jql bad nextPageToken",
        ("agent1", "GET", "/rest/api/3/search/jql?jql=project=ITA&nextPageToken=nonsense", "", &[]),
    ),
    (
        "GET /rest/api/3/search/jql maxResults=0 or 5001",
        ("agent1", "GET", "/rest/api/3/search/jql?jql=project=ITA&maxResults=5001", "", &[]),
    ),
    ("GET /rest/api/3/search/jql unbounded JQL", ("agent1", "GET", "/rest/api/3/search/jql?jql=", "", &[])),
    (
        "GET /rest/api/3/search/jql syntax error",
        ("agent1", "GET", "/rest/api/3/search/jql?jql=project%20%3D%20ITA%20AND", "", &[]),
    ),
    (
        "GET /rest/api/3/search/jql unknown project, anonymous",
        ("", "GET", "/rest/api/3/search/jql?jql=project%20%3D%20NOPE", "", &[]),
    ),
    (
        "GET search/jql with unknown field | unknown value | unsupported operator | unknown key (anonymous)",
        ("", "GET", "/rest/api/3/search/jql?jql=colour%20%3D%20red", "", &[]),
    ),
    (
        "POST /rest/api/3/search/jql unknown body property",
        ("agent1", "POST", SEARCH, r#"{"jql":"project = ITA","startAt":0}"#, &[]),
    ),
    (
        "POST /rest/api/3/search/jql wrong type in body",
        ("agent1", "POST", SEARCH, r#"{"jql":["project = ITA"]}"#, &[]),
    ),
    ("GET /rest/api/3/search (removed)", ("agent1", "GET", "/rest/api/3/search?jql=project=ITA", "", &[])),
    (
        "GET /rest/api/3/issue/PUB-1/no-such-thing",
        (
            "agent1",
            "GET",
            "/rest/api/3/issue/PUB-1/no-such-thing",
            "",
            &[("<path>", "/rest/api/3/issue/PUB-1/no-such-thing")],
        ),
    ),
    ("POST /rest/api/3/issue body is not JSON", ("agent1", "POST", ISSUES, "{nonsense", &[])),
    (
        "GET /rest/api/3/issue/X/comment?orderBy=author",
        ("agent1", "GET", "/rest/api/3/issue/ITA-1/comment?orderBy=author", "", &[]),
    ),
    (
        "GET /rest/api/3/issue/X/comment?maxResults=x",
        ("agent1", "GET", "/rest/api/3/issue/ITA-1/comment?maxResults=x", "", &[("PUB-1", "ITA-1")]),
    ),
    (
        "GET /rest/api/3/mypermissions (no permissions=)",
        ("agent1", "GET", "/rest/api/3/mypermissions", "", &[]),
    ),
    (
        "GET /rest/api/3/mypermissions?permissions=LAUNCH_ROCKETS",
        ("agent1", "GET", "/rest/api/3/mypermissions?permissions=LAUNCH_ROCKETS", "", &[]),
    ),
    ("GET /rest/api/3/project/NOPEZZQ", ("agent1", "GET", "/rest/api/3/project/NOPEZZQ", "", &[])),
    (
        "GET /rest/api/3/user/assignable/search without project/issue",
        ("agent1", "GET", "/rest/api/3/user/assignable/search?query=a", "", &[]),
    ),
    (
        "GET /rest/api/3/issue/X/transitions?transitionId=<unknown>",
        ("agent1", "GET", "/rest/api/3/issue/ITA-1/transitions?transitionId=987654", "", &[]),
    ),
    ("POST comment longer than 32767", ("agent1", "POST", COMMENTS, "<long comment>", &[])),
];

/// Recordings of what the twin is not, with the reason.
const NOT_THE_TWINS: &[(&str, &str)] = &[
    (
        "POST /rest/api/3/issue/X/comment {\"body\":\"plain string\"} (anonymous)",
        "a public site shows issues to nobody in particular; the twin's sites do not",
    ),
    ("POST /rest/api/3/issueLink unknown type", "the twin has no issue links"),
    ("GET /rest/api/3/issueLink/99999999", "the twin has no issue links"),
    ("GET https://api.atlassian.com/ex/jira/<unknown cloudId>/...", "the gateway is no part of a site"),
    ("GET https://api.atlassian.com/nothing-here", "the gateway is no part of a site"),
    ("GET https://<unknown-site>.atlassian.net/...", "an address without a site"),
    ("POST https://auth.atlassian.com/oauth/token unreadable body", "another host"),
    ("site host with invalid Bearer", "recorded from another imitation, not from Jira"),
];

/// The recordings, where they lie beside the project.
pub(crate) fn load() -> Option<Vec<Value>> {
    spec::beside("error-shapes.json")?["cases"].as_array().cloned()
}

/// Where the twin refuses in other words, with another status or under another content type.
pub(crate) fn complaints(recorded: &[Value]) -> Vec<String> {
    let site = Site::new();
    story::tell(&site);
    let mut complaints = Vec::new();
    for case in recorded {
        let words = case["req"].as_str().unwrap_or_default();
        let again = CASES.iter().find(|(name, _)| *name == words).map(|(_, again)| again);
        match again {
            Some(again) => complaints.extend(compare(&site, words, case, again)),
            None if NOT_THE_TWINS.iter().any(|(name, _)| *name == words) => {}
            None => complaints.push(format!("{words}: recorded, and not asked of the twin")),
        }
    }
    complaints
}

fn compare(site: &Site, words: &str, case: &Value, again: &Again) -> Vec<String> {
    let (who, method, path, body, renames) = *again;
    let long = story::comment(&"x".repeat(32_768)).to_string();
    let answer = site.send(who, method, path, if body == "<long comment>" { &long } else { body });
    let mut expected = case["body"].to_string();
    for (recorded, here) in renames {
        expected = expected.replace(recorded, here);
    }
    let expected: Value = serde_json::from_str(&expected).expect("still JSON");
    let kind =
        case["content_type"].as_str().unwrap_or("application/json").split(';').next().unwrap_or_default();
    let rows = [
        (answer.status.to_string(), case["status"].to_string()),
        (answer.kind().to_owned(), kind.to_owned()),
        (answer.body.to_string(), expected.to_string()),
    ];
    let wrong = rows.iter().filter(|(seen, recorded)| seen != recorded);
    wrong.map(|(seen, recorded)| format!("{words}: {seen} instead of {recorded}")).collect()
}
