//! Changelogs, oldest entry first.

use serde::Deserialize;
use serde_json::{Value, json};

use super::bodies::Id;
use super::call::Call;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;
use crate::model::History;
use crate::view::changelog_bean;

/// Most entries of one page.
const PAGE_MAX: i64 = 100;
/// Issues one `changelog/bulkfetch` takes.
const BULK_ISSUES_MAX: usize = 1_000;
/// Entries one `changelog/bulkfetch` brings.
const BULK_PAGE_MAX: usize = 10_000;

/// `GET issue/{i}/changelog`
pub(super) fn list(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (start, size) = call.query.page(100, PAGE_MAX)?;
    let issue = call.issue(&params[0])?;
    let total = issue.changelog.len();
    let page = issue.changelog.iter().skip(start).take(size);
    let values: Vec<Value> = page.map(|history| changelog_bean(call.view(), history)).collect();
    let link = |start: usize| {
        call.view().link(&format!("/issue/{}/changelog?startAt={start}&maxResults={size}", params[0]))
    };
    let is_last = start + values.len() >= total;
    let mut body = json!({
        "self": link(start),
        "startAt": start,
        "maxResults": size,
        "total": total,
        "isLast": is_last,
        "values": values,
    });
    if !is_last {
        body["nextPage"] = json!(link(start + size));
    }
    Reply::ok(body)
}

/// `POST issue/{i}/changelog/list`
pub(super) fn by_ids(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Body {
        changelog_ids: Vec<u64>,
    }
    let body: Body = call.bean()?;
    let issue = call.issue(&params[0])?;
    let asked = issue.changelog.iter().filter(|history| body.changelog_ids.contains(&history.id));
    let histories: Vec<Value> = asked.map(|history| changelog_bean(call.view(), history)).collect();
    let total = histories.len();
    Reply::ok(json!({"startAt": 0, "maxResults": total, "total": total, "histories": histories}))
}

/// `POST changelog/bulkfetch`
pub(super) fn bulk(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Body {
        issue_ids_or_keys: Vec<Id>,
        #[serde(default)]
        field_ids: Vec<String>,
        max_results: Option<usize>,
        next_page_token: Option<String>,
    }
    let body: Body = call.bean()?;
    if body.issue_ids_or_keys.is_empty() || body.issue_ids_or_keys.len() > BULK_ISSUES_MAX {
        return Err(Problem::bad(format!(
            "The number of issue IDs or keys must be between 1 and {BULK_ISSUES_MAX}."
        )));
    }
    let invalid = || Problem::bad("The provided next page token is invalid or expired.");
    let start: usize = body.next_page_token.as_deref().map_or(Ok(0), str::parse).map_err(|_| invalid())?;
    let size = body.max_results.unwrap_or(1_000).clamp(1, BULK_PAGE_MAX);
    let wanted = |history: &&History| {
        body.field_ids.is_empty() || history.items.iter().any(|item| body.field_ids.contains(&item.field_id))
    };
    let issues = body.issue_ids_or_keys.iter().filter_map(|asked| call.issue(&asked.0).ok());
    let all: Vec<(u64, &History)> = issues
        .flat_map(|issue| issue.changelog.iter().filter(wanted).map(move |history| (issue.head.id, history)))
        .collect();
    let mut grouped: Vec<Value> = Vec::new();
    for (issue, history) in all.iter().skip(start).take(size) {
        let (id, bean) = (issue.to_string(), changelog_bean(call.view(), history));
        match grouped.last_mut().filter(|group| group["issueId"] == id.as_str()) {
            Some(group) => {
                if let Some(histories) = group["changeHistories"].as_array_mut() {
                    histories.push(bean);
                }
            }
            None => grouped.push(json!({"issueId": id, "changeHistories": [bean]})),
        }
    }
    let mut answer = json!({"issueChangeLogs": grouped});
    if start + size < all.len() {
        answer["nextPageToken"] = json!((start + size).to_string());
    }
    Reply::ok(answer)
}
