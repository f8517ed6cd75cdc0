//! What agents change on an issue's page. Each form is one call of the REST API; text is wiki markup, as people type.

use http::Method;
use serde_json::{Value, json};

use super::shown;
use crate::http::web::form::Form;
use crate::http::web::visit::Visit;
use crate::http::web::{Shown, Turned, see, segment};
use crate::model::PUBLIC_COMMENT_PROPERTY;

/// `POST /browse/{i}/comment`
pub(in crate::http::web) fn comment(visit: &Visit<'_>, params: &[String]) -> Shown {
    sent(
        visit,
        params,
        &Method::POST,
        |key, _| format!("{key}/comment"),
        |form| {
            let mut body = json!({"body": form.text("body")});
            if form.text("kind") == "internal" {
                body["properties"] = json!([{"key": PUBLIC_COMMENT_PROPERTY, "value": {"internal": true}}]);
            }
            body
        },
    )
}

/// `POST /browse/{i}/comment/{c}/edit`
pub(in crate::http::web) fn edit_comment(visit: &Visit<'_>, params: &[String]) -> Shown {
    sent(
        visit,
        params,
        &Method::PUT,
        |key, comment| format!("{key}/comment/{comment}"),
        |form| json!({"body": form.text("body")}),
    )
}

/// `POST /browse/{i}/comment/{c}/delete`
pub(in crate::http::web) fn delete_comment(visit: &Visit<'_>, params: &[String]) -> Shown {
    sent(visit, params, &Method::DELETE, |key, comment| format!("{key}/comment/{comment}"), |_| Value::Null)
}

/// `POST /browse/{i}/edit`
pub(in crate::http::web) fn edit(visit: &Visit<'_>, params: &[String]) -> Shown {
    sent(
        visit,
        params,
        &Method::PUT,
        |key, _| key.to_owned(),
        |form| json!({"fields": {"summary": form.text("summary"), "description": form.text("description")}}),
    )
}

/// `POST /browse/{i}/transition`
pub(in crate::http::web) fn transition(visit: &Visit<'_>, params: &[String]) -> Shown {
    sent(
        visit,
        params,
        &Method::POST,
        |key, _| format!("{key}/transitions"),
        |form| json!({"transition": {"id": form.text("transition")}}),
    )
}

/// Sends a form on, and leads back to the issue; where Jira refuses, the issue says why.
fn sent(
    visit: &Visit<'_>,
    params: &[String],
    method: &Method,
    path: impl Fn(&str, &str) -> String,
    body: impl Fn(&Form) -> Value,
) -> Shown {
    let key = params.first().ok_or(Turned::Missing)?;
    let comment = segment(params.get(1).map_or("", String::as_str));
    let form = visit.form()?;
    match visit.rest(method, &format!("/rest/api/2/issue/{}", path(&segment(key), &comment)), &body(&form)) {
        Ok(_) => see(&format!("/browse/{}", segment(key))),
        Err(Turned::Refused(_, words)) => shown(visit, key, Some(&words)),
        Err(other) => Err(other),
    }
}
