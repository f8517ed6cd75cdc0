//! Entity properties of issues and of comments.

use http::StatusCode;
use serde_json::{Value, json};

use super::bodies;
use super::call::Call;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;

/// `GET issue/{i}/properties`
pub(super) fn of_issue(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = call.issue(&params[0])?;
    let link = |key: &str| call.view().link(&format!("/issue/{}/properties/{key}", issue.head.id));
    let keys: Vec<Value> =
        issue.head.properties.keys().map(|key| json!({"self": link(key), "key": key})).collect();
    Reply::ok(json!({"keys": keys}))
}

/// `GET issue/{i}/properties/{k}`
pub(super) fn get_of_issue(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = call.issue(&params[0])?;
    let key = &params[1];
    let value = issue.head.properties.get(key).ok_or_else(|| no_property(key))?;
    Reply::ok(json!({"key": key, "value": value}))
}

/// `PUT issue/{i}/properties/{k}`: 201 when it is new, 200 when it was there.
pub(super) fn set_of_issue(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let id = editable_issue(call, &params[0])?;
    let value = value(call, &params[1])?;
    set(call.site.set_issue_property(&act, id, &params[1], value))
}

/// `DELETE issue/{i}/properties/{k}`
pub(super) fn delete_of_issue(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let id = editable_issue(call, &params[0])?;
    if call.site.delete_issue_property(&act, id, &params[1]) {
        Reply::no_content()
    } else {
        Err(no_property(&params[1]))
    }
}

/// `GET comment/{c}/properties`
pub(super) fn of_comment(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (issue, id) = comment(call, &params[0])?;
    let properties = call.site.issues.get(&issue).and_then(|it| it.comment(id)).map(|it| &it.properties);
    let link = |key: &str| call.view().link(&format!("/comment/{id}/properties/{key}"));
    let keys: Vec<Value> =
        properties.into_iter().flatten().map(|(key, _)| json!({"self": link(key), "key": key})).collect();
    Reply::ok(json!({"keys": keys}))
}

/// `GET comment/{c}/properties/{k}`
pub(super) fn get_of_comment(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (issue, id) = comment(call, &params[0])?;
    let key = &params[1];
    let comment = call.site.issues.get(&issue).and_then(|it| it.comment(id));
    let value = comment.and_then(|it| it.properties.get(key)).ok_or_else(|| no_property(key))?;
    Reply::ok(json!({"key": key, "value": value}))
}

/// `PUT comment/{c}/properties/{k}`
pub(super) fn set_of_comment(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let (issue, id) = editable_comment(call, &params[0])?;
    let value = value(call, &params[1])?;
    let was_there = call.site.set_comment_property(&act, issue, id, &params[1], Some(value));
    set(was_there != Some(true))
}

/// `DELETE comment/{c}/properties/{k}`
pub(super) fn delete_of_comment(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let (issue, id) = editable_comment(call, &params[0])?;
    match call.site.set_comment_property(&act, issue, id, &params[1], None) {
        Some(true) => Reply::no_content(),
        _ => Err(no_property(&params[1])),
    }
}

fn set(new: bool) -> Answer {
    Ok(Reply::json(if new { StatusCode::CREATED } else { StatusCode::OK }, json!({})))
}

fn no_property(key: &str) -> Problem {
    Problem::missing(format!("The property with key '{key}' does not exist."))
}

fn value(call: &Call<'_>, key: &str) -> Result<Value, Problem> {
    let value = call.json()?;
    if value.is_null() {
        return Err(Problem::bad("The property value cannot be empty."));
    }
    bodies::check_property(key, &value)?;
    Ok(value)
}

fn editable_issue(call: &Call<'_>, id_or_key: &str) -> Result<u64, Problem> {
    let issue = call.issue(id_or_key)?;
    if call.may("EDIT_ISSUES", call.site.project_of(&issue.head)) {
        return Ok(issue.head.id);
    }
    Err(Problem::message(StatusCode::FORBIDDEN, "You do not have permission to edit this issue."))
}

/// A comment the caller may read, with its issue.
fn comment(call: &Call<'_>, id: &str) -> Result<(u64, u64), Problem> {
    let missing = || Problem::missing(format!("Can not find a comment for the id: {id}."));
    let (issue, comment) = id.parse().ok().and_then(|id| call.site.find_comment(id)).ok_or_else(missing)?;
    let project = call.site.project_of(&issue.head);
    let seen = call.site.may_see(call.account(), issue)
        && call.site.may_read_restricted(call.account(), comment.visibility.as_ref(), project);
    if seen { Ok((issue.head.id, comment.id)) } else { Err(missing()) }
}

fn editable_comment(call: &Call<'_>, id: &str) -> Result<(u64, u64), Problem> {
    let (issue_id, comment_id) = comment(call, id)?;
    let allowed = call.site.issues.get(&issue_id).is_some_and(|issue| {
        let project = call.site.project_of(&issue.head);
        let own = issue.comment(comment_id).map(|it| &it.author) == call.account();
        call.may("EDIT_ALL_COMMENTS", project) || (own && call.may("EDIT_OWN_COMMENTS", project))
    });
    let refusal =
        || Problem::message(StatusCode::FORBIDDEN, "You do not have the permission to edit this comment.");
    if allowed { Ok((issue_id, comment_id)) } else { Err(refusal()) }
}
