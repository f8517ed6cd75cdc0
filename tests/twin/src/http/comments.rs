//! Comments of the platform API.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bodies;
use super::call::Call;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;
use crate::model::{Comment, CommentEdit, Issue, NewComment};
use crate::view::comment_bean;

/// Comments on one issue; Jira refuses more with 413.
const COMMENTS_PER_ISSUE_MAX: usize = 5_000;
/// Ids one `comment/list` takes.
const LIST_IDS_MAX: usize = 1_000;
/// Most comments of one page.
const PAGE_MAX: i64 = 5_000;

/// `GET issue/{i}/comment`
pub(super) fn list(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let newest_first = match call.query.filled("orderBy") {
        None | Some("created" | "+created") => false,
        Some("-created") => true,
        Some(other) => {
            let message =
                format!("The field to order by should be one of [created]. Instead, it was: {other}.");
            return Err(Problem::bad(message));
        }
    };
    let (start, size) = call.query.page(100, PAGE_MAX)?;
    let expand = call.query.list("expand");
    let issue = call.issue(&params[0])?;
    let mut comments: Vec<&Comment> = issue.comments.iter().filter(|it| readable(call, issue, it)).collect();
    if newest_first {
        comments.reverse();
    }
    let total = comments.len();
    let page = comments.into_iter().skip(start).take(size);
    let beans: Vec<Value> = page.map(|it| comment_bean(call.view(), issue, it, &expand)).collect();
    Reply::ok(json!({"startAt": start, "maxResults": size, "total": total, "comments": beans}))
}

/// `GET issue/{i}/comment/{c}`
pub(super) fn get(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (issue, comment) = find(call, params)?;
    Reply::ok(comment_bean(call.view(), issue, comment, &call.query.list("expand")))
}

/// `POST issue/{i}/comment`
pub(super) fn add(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let issue = call.issue(&params[0])?;
    let id = issue.head.id;
    if !call.may("ADD_COMMENTS", call.site.project_of(&issue.head)) {
        return Err(Problem::bad("You do not have the permission to comment on this issue."));
    }
    if issue.comments.len() >= COMMENTS_PER_ISSUE_MAX {
        return Err(Problem::message(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The issue has reached the limit of comments.",
        ));
    }
    let body = call.json()?;
    let new = NewComment {
        body: text(call, body.get("body"))?,
        visibility: body.get("visibility").map(|it| bodies::visibility(call.site, it)).transpose()?.flatten(),
        properties: bodies::properties(body.get("properties"))?,
    };
    let comment_id = call.site.add_comment(&act, id, new).ok_or_else(Problem::no_issue)?;
    let (issue, comment) = found(call, id, comment_id)?;
    Reply::created(comment_bean(call.view(), issue, comment, &call.query.list("expand")))
}

/// `PUT issue/{i}/comment/{c}`: what is not sent stays, properties and restriction too.
pub(super) fn edit(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let (issue, comment) = find(call, params)?;
    let (id, comment_id) = (issue.head.id, comment.id);
    if !may_change(call, issue, comment, "EDIT_ALL_COMMENTS", "EDIT_OWN_COMMENTS") {
        return Err(Problem::bad("You do not have the permission to edit this comment."));
    }
    let body = call.json()?;
    let edit = CommentEdit {
        body: Some(text(call, body.get("body"))?),
        visibility: body.get("visibility").map(|it| bodies::visibility(call.site, it)).transpose()?,
        properties: bodies::properties(body.get("properties"))?,
    };
    call.site.edit_comment(&act, id, comment_id, edit);
    let (issue, comment) = found(call, id, comment_id)?;
    Reply::ok(comment_bean(call.view(), issue, comment, &call.query.list("expand")))
}

/// `DELETE issue/{i}/comment/{c}`
pub(super) fn delete(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let (issue, comment) = find(call, params)?;
    let (id, comment_id) = (issue.head.id, comment.id);
    if !may_change(call, issue, comment, "DELETE_ALL_COMMENTS", "DELETE_OWN_COMMENTS") {
        let message = format!("You do not have permission to delete comment with ID: {comment_id}");
        return Err(Problem::bad(message));
    }
    call.site.delete_comment(&act, id, comment_id);
    Reply::no_content()
}

/// `POST comment/list`: those of the ids that exist and may be read, in ascending order.
pub(super) fn by_ids(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        ids: Vec<u64>,
    }
    let body: Body = call.bean()?;
    if body.ids.is_empty() || body.ids.len() > LIST_IDS_MAX {
        return Err(Problem::bad(format!("The number of comment IDs must be between 1 and {LIST_IDS_MAX}.")));
    }
    let expand = call.query.list("expand");
    let ids: std::collections::BTreeSet<u64> = body.ids.into_iter().collect();
    let seen = ids.into_iter().filter_map(|id| call.site.find_comment(id)).filter(|(issue, comment)| {
        call.site.may_see(call.account(), issue) && readable(call, issue, comment)
    });
    let values: Vec<Value> = seen.map(|(issue, it)| comment_bean(call.view(), issue, it, &expand)).collect();
    let total = values.len();
    Reply::ok(
        json!({"startAt": 0, "maxResults": 1_048_576, "total": total, "isLast": true, "values": values}),
    )
}

/// The text of a comment, in words Jira uses when there is none.
fn text(call: &Call<'_>, value: Option<&Value>) -> Result<Value, Problem> {
    let empty = || Problem::field("comment", "Comment body can not be empty!");
    let value = value.filter(|value| !value.is_null()).ok_or_else(empty)?;
    let wrong_shape = match call.api {
        crate::view::Api::V2 => !value.is_string(),
        crate::view::Api::V3 => !value.is_object(),
    };
    if wrong_shape {
        return Err(Problem::field("comment", "Comment body is not valid!"));
    }
    let body = bodies::rich(call.api, value).map_err(|message| Problem::field("comment", message))?;
    if bodies::is_blank(&body) { Err(empty()) } else { Ok(body) }
}

fn find<'a>(call: &'a Call<'_>, params: Params<'_>) -> Result<(&'a Issue, &'a Comment), Problem> {
    let issue = call.issue(&params[0])?;
    let missing = || Problem::missing(format!("Can not find a comment for the id: {}.", params[1]));
    let comment = params[1].parse().ok().and_then(|id| issue.comment(id)).ok_or_else(missing)?;
    if readable(call, issue, comment) { Ok((issue, comment)) } else { Err(missing()) }
}

fn found<'a>(call: &'a Call<'_>, id: u64, comment: u64) -> Result<(&'a Issue, &'a Comment), Problem> {
    let issue = call.site.issues.get(&id).ok_or_else(Problem::no_issue)?;
    issue.comment(comment).map(|comment| (issue, comment)).ok_or_else(Problem::no_issue)
}

fn readable(call: &Call<'_>, issue: &Issue, comment: &Comment) -> bool {
    let project = call.site.project_of(&issue.head);
    call.site.may_read_restricted(call.account(), comment.visibility.as_ref(), project)
}

fn may_change(call: &Call<'_>, issue: &Issue, comment: &Comment, all: &str, own: &str) -> bool {
    let project = call.site.project_of(&issue.head);
    call.may(all, project) || (call.account() == Some(&comment.author) && call.may(own, project))
}
