//! The exact REST call of an operation, the same for the server that sends it and the preview that shows it.
//!
//! The audience of a comment travels in the request that writes it. A comment that is neither for customers nor for
//! the team has no call at all.

mod fields;
#[cfg(test)]
mod tests;

use crate::adf::Doc;
use crate::audience::Audience;
use crate::id::{FieldId, IssueTypeId, RequestTypeId, Sides};
use crate::ordered::BTreeMap;
use crate::plan::{FieldWrite, Op};
use crate::schema::ProjectSchema;
use crate::stamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use thiserror::Error;

/// The property that tells internal comments of a service project from public ones.
pub const AUDIENCE_PROPERTY: &str = "sd.public.comment";

/// A call to Jira, relative to the site's address. The body is JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct HttpCall {
    pub method: Method,
    /// `/rest/api/3/issue/10001`; nothing in it needs escaping.
    pub path: String,
    /// Not escaped yet, in this order.
    pub query: Vec<(String, String)>,
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub body: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Method {
    Post,
    Put,
    Delete,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Why an operation can't be sent. Each is a fault in the plan, not in Jira's answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PayloadError {
    #[error("a comment for {0:?} has no form in Jira")]
    Audience(Audience),
    #[error("`{0}` is no id")]
    Id(String),
    #[error("project {0} has no field for the request type")]
    NoRequestTypeField(String),
    #[error("a value of field {0} can't be written")]
    Value(FieldId),
    #[error("field {0} is restored as wiki markup, so the rich text of field {1} needs a call of its own")]
    Mixed(FieldId, FieldId),
}

/// The call that does `op`. `stamp` goes into what is created (an issue, a comment) and is not looked at otherwise.
///
/// # Errors
/// [`PayloadError`]: nothing may be sent then.
pub fn request(
    op: &Op,
    schemas: &Sides<ProjectSchema>,
    stamp: Option<&stamp::Property>,
) -> Result<HttpCall, PayloadError> {
    match op {
        Op::CreateIssue { side, project, issue_type, request_type, fields, .. } => {
            let schema = &schemas[*side];
            let mut body = fields::of_new(fields, schema, issue_type)?;
            body.insert("project".to_owned(), json!({ "id": project }));
            body.insert("issuetype".to_owned(), json!({ "id": issue_type }));
            if let Some((field, id)) = request_type_field(request_type.as_ref(), schema)? {
                body.insert(field, id);
            }
            let body = with_properties(json!({ "fields": body }), stamped(stamp));
            Ok(call(Method::Post, "/rest/api/3/issue".to_owned(), body))
        }
        Op::EditIssue { side, issue, fields } => edit(&schemas[*side], id(issue.as_str())?, fields),
        Op::AddComment { issue, body, audience, .. } => {
            let mut properties =
                if crate::mutant!(AudienceInSecondCall) { Vec::new() } else { vec![flag(*audience)?] };
            properties.extend(stamped(stamp));
            let path = format!("/rest/api/3/issue/{}/comment", id(issue.as_str())?);
            Ok(call(Method::Post, path, with_properties(comment(body), properties)))
        }
        Op::EditComment { issue, comment: which, body, audience, .. } => {
            let audience = if crate::mutant!(AudienceLostOnEdit) { &Audience::Customers } else { audience };
            let flag = flag(*audience)?;
            // Without the property Jira keeps what is there. What is not public is told so on every write.
            let keeps = audience.is_public() && !crate::mutant!(AudienceLostOnEdit);
            let properties = if keeps { Vec::new() } else { vec![flag] };
            let path = format!("/rest/api/3/issue/{}/comment/{}", id(issue.as_str())?, id(which.as_str())?);
            Ok(call(Method::Put, path, with_properties(comment(body), properties)))
        }
        Op::DeleteComment { issue, comment, .. } => {
            let path = format!("/rest/api/3/issue/{}/comment/{}", id(issue.as_str())?, id(comment.as_str())?);
            Ok(HttpCall { method: Method::Delete, path, query: Vec::new(), body: None })
        }
    }
}

/// Wiki markup is understood by version 2 alone, and ADF by version 3 alone.
fn edit(
    schema: &ProjectSchema,
    issue: &str,
    writes: &BTreeMap<FieldId, FieldWrite>,
) -> Result<HttpCall, PayloadError> {
    let body = fields::of_edit(writes, schema)?;
    let version = if fields::wiki(writes).is_some() { 2 } else { 3 };
    let mut call = call(Method::Put, format!("/rest/api/{version}/issue/{issue}"), body);
    call.query = [("returnIssue", "true"), ("expand", "changelog")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    Ok(call)
}

/// Jira takes a request type by its id as a string.
fn request_type_field(
    request_type: Option<&RequestTypeId>,
    schema: &ProjectSchema,
) -> Result<Option<(String, Value)>, PayloadError> {
    let Some(request_type) = request_type else { return Ok(None) };
    let field = schema
        .request_type_field
        .as_ref()
        .ok_or_else(|| PayloadError::NoRequestTypeField(schema.key.clone()))?;
    Ok(Some((field.0.clone(), json!(request_type))))
}

fn comment(body: &Doc) -> Value {
    json!({ "body": body.to_send() })
}

fn flag(audience: Audience) -> Result<Value, PayloadError> {
    let internal = match audience {
        Audience::Customers => false,
        Audience::Team => true,
        Audience::Restricted | Audience::Unknown => return Err(PayloadError::Audience(audience)),
    };
    Ok(json!({ "key": AUDIENCE_PROPERTY, "value": { "internal": internal } }))
}

fn stamped(stamp: Option<&stamp::Property>) -> Vec<Value> {
    stamp.map(|value| json!({ "key": stamp::PROPERTY, "value": value })).into_iter().collect()
}

fn with_properties(mut body: Value, properties: Vec<Value>) -> Value {
    if let (Value::Object(map), false) = (&mut body, properties.is_empty()) {
        map.insert("properties".to_owned(), Value::Array(properties));
    }
    body
}

fn call(method: Method, path: String, body: Value) -> HttpCall {
    HttpCall { method, path, query: Vec::new(), body: Some(body) }
}

/// An id as it may stand in a path.
fn id(text: &str) -> Result<&str, PayloadError> {
    let fine = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if fine { Ok(text) } else { Err(PayloadError::Id(text.to_owned())) }
}

/// The kind of a field where the schema knows it: as the issue type has it, else as any has it.
fn kind_of(
    schema: &ProjectSchema,
    issue_type: Option<&IssueTypeId>,
    field: &FieldId,
) -> Option<crate::schema::FieldKind> {
    issue_type
        .and_then(|t| schema.issue_type(t))
        .and_then(|t| t.field(field))
        .or_else(|| schema.field(field))
        .map(|f| f.kind)
}

type Fields = Map<String, Value>;
