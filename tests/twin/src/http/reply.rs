//! Answers, and the envelopes Jira puts its refusals in.

use std::collections::BTreeMap;

use axum::body::Body;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::text::TextError;

/// What a handler gives.
pub(super) type Answer = Result<Reply, Problem>;

/// An answer on its way out.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Value>,
    content_type: &'static str,
}

/// Why a request is refused. Each has its envelope.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Problem {
    /// The usual envelope: messages of the whole and errors by field.
    Errors {
        status: StatusCode,
        messages: Vec<String>,
        errors: BTreeMap<String, String>,
    },
    /// What cannot be read as JSON, or has a key that is unknown: no `errors` key.
    Unreadable(&'static str),
    /// A query parameter of the wrong type: the framework answers, not the handler.
    BadParameter {
        name: String,
        value: String,
    },
    /// The service desk API's envelope.
    Desk {
        status: StatusCode,
        message: String,
        key: &'static str,
    },
    /// The envelope of the resources for apps.
    Operation {
        status: StatusCode,
        message: String,
    },
    /// Nobody, or wrong credentials.
    Unauthorized,
    NoEndpoint(Method),
}

impl Reply {
    pub(super) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, body: Some(body), content_type: "application/json;charset=UTF-8" }
    }

    pub(super) fn ok(body: Value) -> Answer {
        Ok(Self::json(StatusCode::OK, body))
    }

    pub(super) fn created(body: Value) -> Answer {
        Ok(Self::json(StatusCode::CREATED, body))
    }

    pub(super) fn empty(status: StatusCode) -> Answer {
        Ok(Self { status, body: None, content_type: "application/json;charset=UTF-8" })
    }

    pub(super) fn no_content() -> Answer {
        Self::empty(StatusCode::NO_CONTENT)
    }

    pub(super) fn problem_json(status: StatusCode, title: &str, detail: &str, path: &str) -> Self {
        let body = json!({
            "type": "about:blank",
            "title": title,
            "status": status.as_u16(),
            "detail": detail,
            "instance": path,
        });
        Self { status, body: Some(body), content_type: "application/problem+json" }
    }

    /// How Jira answers a path it does not have.
    pub(super) fn unknown_path(method: &Method, path: &str) -> Self {
        let detail = format!("No endpoint {method} {path}.");
        Self::problem_json(StatusCode::NOT_FOUND, "Not Found", &detail, path)
    }

    /// The HTTP response, dated by the site's clock.
    pub(super) fn into_response(self, date: &str) -> Response<Body> {
        let mut response = Response::builder()
            .status(self.status)
            .header("server", "AtlassianEdge")
            .header("cache-control", "no-cache, no-store, no-transform")
            .header("x-content-type-options", "nosniff")
            .header("timing-allow-origin", "*");
        if !date.is_empty() {
            response = response.header("date", date);
        }
        if self.body.is_some() {
            response = response.header("content-type", self.content_type);
        }
        let body = self.body.map(|body| Body::from(body.to_string())).unwrap_or_default();
        response.body(body).unwrap_or_default()
    }
}

impl Problem {
    /// A message of the whole request.
    pub(super) fn message(status: StatusCode, message: impl Into<String>) -> Self {
        Self::Errors { status, messages: vec![message.into()], errors: BTreeMap::new() }
    }

    /// 400 with a message of the whole request.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::message(StatusCode::BAD_REQUEST, message)
    }

    /// 404 with a message of the whole request.
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self::message(StatusCode::NOT_FOUND, message)
    }

    /// 400 about one field.
    pub(super) fn field(field: &str, message: impl Into<String>) -> Self {
        Self::fields(BTreeMap::from([(field.to_owned(), message.into())]))
    }

    /// 400 about several fields. A document that is no ADF is a fault of the whole request: Jira does not say where.
    pub(super) fn fields(errors: BTreeMap<String, String>) -> Self {
        let broken = TextError::InvalidDocument.to_string();
        if errors.values().any(|message| *message == broken) {
            return Self::bad(broken);
        }
        Self::Errors { status: StatusCode::BAD_REQUEST, messages: Vec::new(), errors }
    }

    /// The issue is not there, or not for this caller's eyes; Jira does not tell which.
    pub(super) fn no_issue() -> Self {
        Self::missing("Issue does not exist or you do not have permission to see it.")
    }

    /// The service desk API has one envelope, whoever refuses; only unknown paths and parameters are the framework's.
    fn in_the_words_of(self, path: &str) -> Self {
        if !path.starts_with("/rest/servicedeskapi/") {
            return self;
        }
        let bad = StatusCode::BAD_REQUEST;
        match self {
            Self::Errors { status, messages, errors } => {
                let sentences: Vec<String> = messages.into_iter().chain(errors.into_values()).collect();
                Self::desk(status, "sd.validation.error", sentences.join(" "))
            }
            Self::Unreadable(message) => Self::desk(bad, "sd.validation.error", message),
            Self::Operation { status, message } => Self::desk(status, "sd.validation.error", message),
            Self::Unauthorized => Self::desk(
                StatusCode::UNAUTHORIZED,
                "sd.error.unauthenticated",
                "Client must be authenticated to access this resource.",
            ),
            same @ (Self::BadParameter { .. } | Self::Desk { .. } | Self::NoEndpoint(_)) => same,
        }
    }

    pub(super) fn desk(status: StatusCode, key: &'static str, message: impl Into<String>) -> Self {
        Self::Desk { status, message: message.into(), key }
    }

    pub(super) fn into_reply(self, path: &str) -> Reply {
        match self.in_the_words_of(path) {
            Self::Errors { status, messages, errors } => {
                Reply::json(status, json!({"errorMessages": messages, "errors": errors}))
            }
            Self::Unreadable(message) => {
                Reply::json(StatusCode::BAD_REQUEST, json!({"errorMessages": [message]}))
            }
            Self::BadParameter { name, value } => {
                let detail = format!("Failed to convert '{name}' with value: '{value}'");
                Reply::problem_json(StatusCode::BAD_REQUEST, "Bad Request", &detail, path)
            }
            Self::Desk { status, message, key } => {
                let body = json!({
                    "errorMessage": message,
                    "i18nErrorMessage": {"i18nKey": key, "parameters": []},
                });
                Reply::json(status, body)
            }
            Self::Operation { status, message } => {
                Reply::json(status, json!({"message": message, "statusCode": status.as_u16()}))
            }
            Self::Unauthorized => Reply::json(
                StatusCode::UNAUTHORIZED,
                json!({"errorMessages": ["Client must be authenticated to access this resource."], "errors": {}}),
            ),
            Self::NoEndpoint(method) => Reply::unknown_path(&method, path),
        }
    }
}
