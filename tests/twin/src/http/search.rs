//! Search: by JQL, over what the index has heard of.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::call::Call;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;
use crate::jql::{self, IssueFacts, JqlError, SiteNames};
use crate::model::{Issue, IssueHead};
use crate::view::{FieldChoice, IssueExpand, field_schema, issue_bean};

/// Most issues of one page.
const PAGE_MAX: i64 = 5_000;
/// Most issues of one page when every field is asked for.
const FULL_PAGE_MAX: usize = 100;
/// Issues whose freshness one search can ask for.
const RECONCILE_MAX: usize = 50;
/// Issues and queries one `jql/match` takes.
const MATCH_ISSUES_MAX: usize = 1_000;
const MATCH_QUERIES_MAX: usize = 1_000;

/// The closed body of `search/jql`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Search {
    #[serde(default)]
    jql: Option<String>,
    #[serde(default)]
    fields: Option<Vec<String>>,
    #[serde(default, rename = "fieldsByKeys")]
    _fields_by_keys: Option<bool>,
    #[serde(default)]
    expand: Option<String>,
    #[serde(default)]
    properties: Option<Vec<String>>,
    #[serde(default)]
    max_results: Option<i64>,
    #[serde(default)]
    next_page_token: Option<String>,
    #[serde(default)]
    reconcile_issues: Option<Vec<u64>>,
}

/// `POST search/jql`
pub(super) fn by_body(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let search: Search = call.bean()?;
    run(call, search)
}

/// `GET search/jql`
pub(super) fn by_query(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let query = &call.query;
    let reconcile = query.list("reconcileIssues");
    let reconcile = reconcile.iter().map(|id| {
        id.parse()
            .map_err(|_| Problem::BadParameter { name: "reconcileIssues".to_owned(), value: id.clone() })
    });
    let search = Search {
        jql: query.get("jql").map(str::to_owned),
        fields: Some(query.list("fields")),
        expand: query.get("expand").map(str::to_owned),
        properties: Some(query.list("properties")),
        max_results: query.filled("maxResults").map(|_| query.number("maxResults", 50)).transpose()?,
        next_page_token: query.filled("nextPageToken").map(str::to_owned),
        reconcile_issues: Some(reconcile.collect::<Result<_, _>>()?),
        ..Search::default()
    };
    run(call, search)
}

fn run(call: &Call<'_>, search: Search) -> Answer {
    let size = search.max_results.unwrap_or(50);
    if !(1..=PAGE_MAX).contains(&size) {
        return Err(Problem::bad("The max results parameter has to be between 1 and 5,000."));
    }
    let fresh = search.reconcile_issues.unwrap_or_default();
    if fresh.len() > RECONCILE_MAX {
        return Err(Problem::bad(format!("At most {RECONCILE_MAX} issues can be reconciled.")));
    }
    let text = search.jql.unwrap_or_default();
    let start = match &search.next_page_token {
        Some(token) => start_of(token, &text)
            .ok_or_else(|| Problem::bad("The provided next page token is invalid or expired."))?,
        None => 0,
    };
    let Some(found) = select(call, &text, &fresh, true)? else {
        return Reply::ok(json!({"issues": [], "isLast": true}));
    };
    let choice = FieldChoice::parse(&search.fields.unwrap_or_default(), "id");
    let words: Vec<String> =
        search.expand.unwrap_or_default().split(',').map(|it| it.trim().to_owned()).collect();
    let expand = IssueExpand::parse(&words);
    let properties = search.properties.unwrap_or_default();
    // The more is asked for, the fewer fit on a page.
    let size = usize::try_from(size).unwrap_or(0);
    let size = if choice.is_all() { size.min(FULL_PAGE_MAX) } else { size };
    let page = found.iter().skip(start).take(size);
    let issues: Vec<Value> = page
        .map(|(issue, head)| {
            if choice.is_id_only() && properties.is_empty() {
                return json!({"id": head.id.to_string()});
            }
            let per_issue = IssueExpand { names: false, schema: false, ..expand };
            issue_bean(
                call.view(),
                &as_indexed(issue, head, &choice, expand),
                &choice,
                per_issue,
                &properties,
            )
        })
        .collect();
    let is_last = start + issues.len() >= found.len();
    let mut answer = json!({"issues": issues, "isLast": is_last});
    if !is_last {
        answer["nextPageToken"] = json!(token_for(start + size, &text));
    }
    let wanted = call.site.fields.values().filter(|field| choice.wants(&field.id));
    if expand.names {
        let names = wanted.clone().map(|field| (field.id.clone(), json!(field.name)));
        answer["names"] = Value::Object(names.collect::<Map<_, _>>());
    }
    if expand.schema {
        let schemas = wanted.map(|field| (field.id.clone(), field_schema(field)));
        answer["schema"] = Value::Object(schemas.collect::<Map<_, _>>());
    }
    Reply::ok(answer)
}

/// The issues a query finds, each with the state search knows. `None` where Jira hides a refusal: an anonymous
/// caller gets no reason, only nothing.
fn select<'a>(
    call: &'a Call<'_>,
    text: &str,
    fresh: &[u64],
    bounded: bool,
) -> Result<Option<Vec<(&'a Issue, &'a IssueHead)>>, Problem> {
    let refused = |error: JqlError| Problem::bad(error.to_string());
    let query = jql::parse(text).map_err(refused)?;
    if bounded {
        query.require_bounds().map_err(refused)?;
    }
    let asking = SiteNames { site: call.site, viewer: call.account(), now_ms: call.now_ms };
    match query.check(&asking) {
        Ok(()) => {}
        Err(_) if call.account().is_none() => return Ok(None),
        Err(error) => return Err(refused(error)),
    }
    let states: Vec<IssueFacts<'_>> = call
        .site
        .issues
        .values()
        .filter(|issue| call.site.may_see(call.account(), issue))
        .filter_map(|issue| {
            let head = if fresh.contains(&issue.head.id) {
                Some(&issue.head)
            } else {
                issue.indexed(call.now_ms, call.site.index_lag_ms)
            };
            head.map(|head| IssueFacts { site: call.site, head, comments: &issue.comments })
        })
        .collect();
    let found = query.select(&states, &asking);
    Ok(Some(found.iter().filter_map(|it| Some((call.site.issues.get(&it.head.id)?, it.head))).collect()))
}

/// The issue with the state of the index; what was not asked for is left out, for it can be long.
fn as_indexed(issue: &Issue, head: &IssueHead, choice: &FieldChoice, expand: IssueExpand) -> Issue {
    Issue {
        head: head.clone(),
        comments: if choice.wants("comment") { issue.comments.clone() } else { Vec::new() },
        changelog: if expand.changelog { issue.changelog.clone() } else { Vec::new() },
        index: Vec::new(),
    }
}

/// A page token names the place and the query it belongs to.
fn token_for(start: usize, jql: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{start}.{}", fingerprint(jql)))
}

fn start_of(token: &str, jql: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (start, of) = text.split_once('.')?;
    (of == fingerprint(jql)).then(|| start.parse().ok())?
}

fn fingerprint(jql: &str) -> String {
    Sha256::digest(jql).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// `POST search/approximate-count`
pub(super) fn count(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[serde(default)]
        jql: String,
    }
    let body: Body = call.bean()?;
    let found = select(call, &body.jql, &[], true)?.unwrap_or_default();
    Reply::ok(json!({"count": found.len()}))
}

/// `search`, which Jira Cloud no longer has.
pub(super) fn removed(_: &mut Call<'_>, _: Params<'_>) -> Answer {
    Err(Problem::message(
        StatusCode::GONE,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
    ))
}

/// `POST jql/match`: which issues meet which queries; a query that is refused says so in its own place.
pub(super) fn matching(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Body {
        issue_ids: Vec<u64>,
        jqls: Vec<String>,
    }
    let body: Body = call.bean()?;
    if body.issue_ids.len() > MATCH_ISSUES_MAX || body.jqls.len() > MATCH_QUERIES_MAX {
        return Err(Problem::bad("Too many issue IDs or JQL queries."));
    }
    let matches: Vec<Value> = body
        .jqls
        .iter()
        .map(|text| match select(call, text, &[], false) {
            Ok(found) => {
                let mut ids: Vec<u64> = found.unwrap_or_default().iter().map(|(_, head)| head.id).collect();
                ids.retain(|id| body.issue_ids.contains(id));
                ids.sort_unstable();
                json!({"matchedIssues": ids, "errors": []})
            }
            Err(_) => json!({"matchedIssues": [], "errors": [format!("Invalid JQL: {text}")]}),
        })
        .collect();
    Reply::ok(json!({"matches": matches}))
}
