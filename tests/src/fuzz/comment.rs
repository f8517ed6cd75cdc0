//! A comment of Jira's as a value: above all, who may read it.

use super::{is_id, json};
use duplex_core::audience::Audience;
use duplex_core::issue::Comment;
use duplex_server::jira::wire;
use serde_json::Value as Json;

/// Takes JSON text, as `/rest/api/3` shows a comment with `expand=properties`.
pub fn check(bytes: &[u8]) {
    let Some(json) = json(bytes) else { return };
    for on_request in [Some(true), Some(false), None] {
        match wire::comment(&json, on_request) {
            Ok(comment) => holds(&json, on_request, &comment),
            Err(error) => assert!(error.to_string().len() <= ERROR_BYTES_MAX, "{error}"),
        }
    }
}

/// Paths of a comment's JSON are short, and nothing of its content is told.
const ERROR_BYTES_MAX: usize = 256;

fn holds(json: &Json, on_request: Option<bool>, comment: &Comment) {
    assert!(is_id(comment.id.as_str()), "{:?}", comment.id);
    assert_eq!(comment.body.normalise(), comment.body, "the body is in canonical form");
    if comment.audience == Audience::Customers {
        assert!(may_be_public(json, on_request), "customers may not read this: {json}");
    }
    let printed = serde_json::to_string(comment).expect("a comment prints");
    let read: Comment = serde_json::from_str(&printed).expect("a comment is read");
    assert_eq!(&read, comment, "what is printed is read alike");
}

/// Said once more, without the code that is tested.
fn may_be_public(json: &Json, on_request: Option<bool>) -> bool {
    let internal = json["properties"].as_array().into_iter().flatten().any(|property| {
        property["key"] == "sd.public.comment"
            && !matches!(property["value"].get("internal"), None | Some(Json::Null | Json::Bool(false)))
            && property["value"]["internal"] != "false"
    });
    on_request == Some(true) && json["jsdPublic"] == true && json["visibility"].is_null() && !internal
}
