//! Comment beans.

use serde_json::{Value, json};

use super::{View, user_details};
use crate::clock::jira_time;
use crate::model::{Comment, Issue, Site};

/// A comment; its properties only when asked for (`expand=properties`).
#[must_use]
pub fn comment_bean(view: View<'_>, issue: &Issue, comment: &Comment, expand: &[String]) -> Value {
    let mut bean = json!({
        "self": view.link(&format!("/issue/{}/comment/{}", issue.head.id, comment.id)),
        "id": comment.id.to_string(),
        "author": user_details(view, &comment.author),
        "body": view.rich(&comment.body),
        "updateAuthor": user_details(view, &comment.update_author),
        "created": jira_time(comment.created_ms),
        "updated": jira_time(comment.updated_ms),
        "jsdPublic": comment.jsd_public(view.site.is_request(&issue.head)),
    });
    if let Some(visibility) = &comment.visibility {
        bean["visibility"] = json!({
            "type": visibility.kind.as_str(),
            "value": visibility.value,
            "identifier": visibility.identifier,
        });
    }
    if expand.iter().any(|part| part == "properties") {
        let property = |(key, value)| json!({"key": key, "value": value});
        bean["properties"] = comment.properties.iter().map(property).collect();
    }
    if expand.iter().any(|part| part == "renderedBody") {
        bean["renderedBody"] = json!(super::issue::html(&comment.body));
    }
    bean
}

/// A comment as webhooks carry it.
#[must_use]
pub fn comment_v2(site: &Site, issue: &Issue, comment: &Comment) -> Value {
    comment_bean(View::for_webhooks(site), issue, comment, &[])
}

/// The `comment` field of an issue: those the viewer may read.
#[must_use]
pub fn comment_page(view: View<'_>, issue: &Issue) -> Value {
    let project = view.site.project_of(&issue.head);
    let readable = issue
        .comments
        .iter()
        .filter(|it| view.site.may_read_restricted(view.viewer, it.visibility.as_ref(), project));
    let comments: Vec<Value> = readable.map(|it| comment_bean(view, issue, it, &[])).collect();
    json!({
        "self": view.link(&format!("/issue/{}/comment", issue.head.id)),
        "startAt": 0,
        "maxResults": comments.len(),
        "total": comments.len(),
        "comments": comments,
    })
}
