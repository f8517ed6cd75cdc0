//! The one shape in which a request is refused: `{"error": {"code", "message", "remedy", "path"?, "findings"?}}`.
//!
//! The reader gets our sentence; what really went wrong inside is logged, and never stands in a body.

use crate::setup::SetupError;
use crate::store::StoreError;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use duplex_core::check::{Finding, PERMISSION_REMEDY};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Display;

/// A refusal. The constructors below are all there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    said: Box<Said>,
    /// Seconds, for `Retry-After`.
    after: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Said {
    /// A stable name for programs.
    code: &'static str,
    /// What is wrong, for people.
    message: Cow<'static, str>,
    /// What to do about it.
    remedy: Cow<'static, str>,
    /// The offending key of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
}

type Text = Cow<'static, str>;

impl ApiError {
    /// 401: who calls is not proved.
    pub fn unauthorized(why: impl Into<Text>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            why,
            "Send a fresh token, made by Jira for this request.",
        )
    }

    /// 403: the caller is known and may not.
    pub fn forbidden(why: impl Into<Text>, remedy: impl Into<Text>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", why, remedy)
    }

    /// 404: not there, or not yours. Nobody can tell which.
    #[must_use]
    pub fn not_found(what: &'static str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("There is no such {what}."),
            "Look at the list again; it may have been deleted.",
        )
    }

    /// The same with another remedy.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<Text>) -> Self {
        self.said.remedy = remedy.into();
        self
    }

    /// 400: the request can't be understood.
    pub fn bad_request(why: impl Into<Text>, remedy: impl Into<Text>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", why, remedy)
    }

    /// 400: the body does not parse; `path` is the offending key.
    pub fn malformed(path: impl Into<String>, why: impl Display) -> Self {
        let mut error = Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            format!("The body can't be read: {why}."),
            "Correct the key that `path` names.",
        );
        error.said.path = Some(path.into());
        error
    }

    /// 400: a JQL that people typed, in their words.
    fn jql(why: &str) -> Self {
        let mut error = Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            format!("The JQL can't be used: {}.", why.trim_end_matches('.')),
            "Correct it, or leave it empty for the whole project.",
        );
        error.said.path = Some("jql".to_owned());
        error
    }

    /// 409: someone was quicker.
    pub fn conflict(code: &'static str, why: impl Into<Text>, remedy: impl Into<Text>) -> Self {
        Self::new(StatusCode::CONFLICT, code, why, remedy)
    }

    /// 413.
    #[must_use]
    pub fn too_large(bytes_max: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("The body is larger than {bytes_max} bytes."),
            "Send less.",
        )
    }

    /// 422: understood, but the state of things does not allow it.
    pub fn refused(code: &'static str, why: impl Into<Text>, remedy: impl Into<Text>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, why, remedy)
    }

    /// 429: more than is taken from one caller; the same may be sent again after so many seconds.
    #[must_use]
    pub fn too_many(seconds: u64) -> Self {
        let mut error = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many",
            "More calls came from you than one caller may make.",
            format!("Send it again after {seconds} s."),
        );
        error.after = Some(seconds);
        error
    }

    /// 502: a site did not answer as it should.
    pub fn jira(site: impl Display, why: impl Display) -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "jira",
            format!("{site} did not answer as expected: {}.", why.to_string().trim_end_matches('.')),
            "Try again; if it stays so, see whether the app is installed and enabled there.",
        )
    }

    /// 503: nothing was done; the same request may be sent again.
    #[must_use]
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "The server could not store this in time.",
            "Send it again.",
        )
    }

    /// 503: the binary was built before its page was.
    #[must_use]
    pub fn no_page() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "no_page",
            "This server was built without its page.",
            "Run `make ui` in the project, then build the server again.",
        )
    }

    /// 500: our fault. The cause goes to the log and stays out of the body.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(cause, "A request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server failed to do this.",
            "Try again; the operator finds the cause in the log.",
        )
    }

    fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Text>,
        remedy: impl Into<Text>,
    ) -> Self {
        Self {
            status,
            after: None,
            said: Box::new(Said {
                code,
                message: message.into(),
                remedy: remedy.into(),
                path: None,
                findings: Vec::new(),
            }),
        }
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    #[must_use]
    pub fn code(&self) -> &'static str {
        self.said.code
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if let StoreError::Database(cause) = &error {
            tracing::error!(cause = %cause, "The database did not do what a request needs");
            return Self::busy();
        }
        if matches!(error, StoreError::Unmarked) { Self::busy() } else { Self::internal(&error) }
    }
}

impl From<SetupError> for ApiError {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Store(error) => error.into(),
            SetupError::Jira { site, error } => Self::jira(site, error),
            SetupError::Unseen { site, project, called } => {
                let named = called.map_or_else(|| project.to_string(), |called| called.key);
                let lacks = format!("The app's user lacks Browse Projects in project {named} of {site}");
                Self::refused("unseen", format!("{lacks}, or there is no such project."), PERMISSION_REMEDY)
            }
            SetupError::Restored(_) => Self::busy(),
            SetupError::NotInstalled(side) => Self::refused(
                "not_installed",
                format!("The app is not installed on the site of side {side} any more."),
                "Install it there again; the sync is kept.",
            ),
            SetupError::NoSync => Self::not_found("sync"),
            SetupError::Findings(findings) => {
                let mut error = Self::refused(
                    "findings",
                    "The configuration has errors.",
                    "Each finding says what is wrong and what to do.",
                );
                error.said.findings = findings;
                error
            }
            SetupError::Moved { version } => Self::conflict(
                "moved",
                format!("Version {version} was published meanwhile."),
                "Look at what it changed, and publish again.",
            ),
            SetupError::NotPublished => {
                Self::refused("not_published", "Nothing is published yet.", "Publish a draft first.")
            }
            SetupError::Stopped => Self::refused("stopped", "The sync is stopped.", "Start it first."),
            SetupError::NoPair => Self::not_found("pair"),
            SetupError::NoConflict => Self::not_found("conflict"),
            SetupError::NothingGone => Self::refused(
                "nothing_gone",
                "No issue of this pair is gone.",
                "There is nothing to make again; press retry if the pair waits for something else.",
            ),
            SetupError::NotRestorable(why) => Self::refused(
                "not_restorable",
                format!("The value can't be written back: {why}."),
                "Look at it in the list of conflicts, and correct the field by hand.",
            ),
            SetupError::OtherSides(side) => Self::forbidden(
                format!("The value that lost belongs to side {side}."),
                "An admin of that side can restore it.",
            ),
            SetupError::NotAccepted { side, site } => Self::refused(
                "not_accepted",
                format!("Side {side} ({site}) has not accepted what would leave it."),
                "An admin there accepts it on his page, as *Draft received*.",
            ),
            SetupError::DrillFailed => Self::refused(
                "drill_failed",
                "The last leak drill of this configuration failed.",
                "See under *Troubleshooting* what it found. Mend it and run the drill again, or skip it.",
            ),
            SetupError::DrillUnended => Self::refused(
                "drill_unended",
                "The last leak drill of this configuration has not come to its end.",
                "Wait for it, run it again under *Troubleshooting*, or skip it.",
            ),
            SetupError::DrillUnderWay { .. } => Self::conflict(
                "drill_under_way",
                "A leak drill of this synchronization has just begun.",
                "Wait for half a minute; one that died is over after five.",
            ),
            SetupError::Malformed { path, why } => Self::malformed(path, why),
            SetupError::Jql(why) => Self::jql(&why),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body {
            error: Box<Said>,
        }
        let after = self.after.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
        (self.status, after, Json(Body { error: self.said })).into_response()
    }
}
