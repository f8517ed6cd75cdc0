//! Comments of requests: agents see internal ones, customers do not.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::super::bodies;
use super::super::call::Call;
use super::super::reply::{Answer, Problem, Reply};
use super::super::routes::Params;
use super::{bad, forbidden, page, visible};
use crate::model::{Comment, Issue, NewComment, PUBLIC_COMMENT_PROPERTY};
use crate::view::{Api, request_comment};

/// `GET request/{i}/comment?public=&internal=`
pub(in crate::http) fn list(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = visible(call, &params[0])?;
    let (public, internal) = (call.query.flag("public", true), call.query.flag("internal", true));
    let on_request = call.site.is_request(&issue.head);
    let expand = call.query.list("expand");
    let all = issue
        .comments
        .iter()
        .filter(|comment| readable(call, issue, comment))
        .filter(|comment| if comment.in_portal(on_request) { public } else { internal })
        .map(|comment| request_comment(call.view(), issue, comment, &expand))
        .collect();
    Reply::ok(page(call, all)?)
}

/// `GET request/{i}/comment/{c}`
pub(in crate::http) fn one(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = visible(call, &params[0])?;
    let comment = params[1].parse().ok().and_then(|id| issue.comment(id));
    let comment = comment.filter(|comment| readable(call, issue, comment)).ok_or_else(|| {
        Problem::desk(
            StatusCode::NOT_FOUND,
            "sd.request.comment.error.not.found",
            "The comment does not exist.",
        )
    })?;
    Reply::ok(request_comment(call.view(), issue, comment, &call.query.list("expand")))
}

/// `POST request/{i}/comment {body, public}`: what customers write is public.
pub(in crate::http) fn add(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let issue = visible(call, &params[0])?;
    let id = issue.head.id;
    let body = call.json()?;
    let public = body.get("public").and_then(Value::as_bool).unwrap_or(true);
    if !public && !call.site.is_agent(call.account(), call.site.project_of(&issue.head)) {
        return Err(forbidden("You don't have permission to add an internal comment to this request."));
    }
    let text = body.get("body").ok_or_else(|| bad("Comment body can not be empty!"))?;
    let text = bodies::rich(Api::V2, text).map_err(bad)?;
    if bodies::is_blank(&text) {
        return Err(bad("Comment body can not be empty!"));
    }
    let mut properties = BTreeMap::new();
    if !public {
        properties.insert(PUBLIC_COMMENT_PROPERTY.to_owned(), json!({"internal": true}));
    }
    let new = NewComment { body: text, visibility: None, properties };
    let comment_id = call.site.add_comment(&act, id, new).ok_or_else(Problem::no_issue)?;
    let issue = call.site.issues.get(&id).ok_or_else(Problem::no_issue)?;
    let comment = issue.comment(comment_id).ok_or_else(Problem::no_issue)?;
    Reply::created(request_comment(call.view(), issue, comment, &[]))
}

/// Agents read what their roles let them, customers what the portal shows.
fn readable(call: &Call<'_>, issue: &Issue, comment: &Comment) -> bool {
    let project = call.site.project_of(&issue.head);
    if call.site.is_agent(call.account(), project) {
        return call.site.may_read_restricted(call.account(), comment.visibility.as_ref(), project);
    }
    comment.in_portal(call.site.is_request(&issue.head))
}
