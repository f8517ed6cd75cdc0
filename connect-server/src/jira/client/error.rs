//! What a call can come to, as far as the caller can do something about it.

use crate::jira::wire::WireError;
use bytes::Bytes;
use duplex_core::id::Millis;
use http::{HeaderMap, Response};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// No pause is shorter, whatever Jira says.
pub const RETRY_MS_MIN: i64 = 1_000;

/// A burst, an issue's writes or a site that is down: no pause is longer, whatever Jira says.
pub const RETRY_MS_MAX: i64 = 5 * 60_000;

/// A quota is full again at the top of the hour.
pub const QUOTA_MS_MAX: i64 = 61 * 60_000;

/// The pause where Jira names none.
pub const RETRY_MS_DEFAULT: i64 = 5_000;

const HOUR_MS: i64 = 3_600_000;

/// Longer messages are cut; Jira's own are sentences.
const MESSAGE_CHARS_MAX: usize = 500;
const MESSAGES_MAX: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JiraError {
    /// 429: nothing happened, and nothing of this scope should be tried before `until` (our clock).
    #[error("rate limited ({scope:?})")]
    RateLimited { until: Millis, scope: RateScope },
    /// 401: the app is not known there any more, or its secret is another one.
    #[error("the site does not accept our token")]
    Unauthorized,
    /// 403.
    #[error("forbidden: {}", .0.join(" "))]
    Forbidden(Vec<String>),
    /// 404 by Jira itself, in its own envelope: it is not there, or we may not see it.
    #[error("not found: {}", .0.join(" "))]
    NotFound(Vec<String>),
    /// Jira understood and refused; nothing was changed. `fields` says which field is meant, and why.
    #[error("refused with {status}: {}", said(.messages, .fields))]
    Refused { status: u16, messages: Vec<String>, fields: BTreeMap<String, String> },
    /// Nothing happened; the site should be tried again at `retry_at` (our clock), not before.
    #[error("the site is not available")]
    Unavailable { retry_at: Millis },
    /// A write may have had its effect: look before it is sent again.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// Nothing left this server.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Jira answered something that is not of the published shape.
    #[error("the answer is not as published, at `{path}`: {what}")]
    Garbled { path: String, what: String },
}

/// What a rate limit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RateScope {
    /// All calls of the app, or all of this site: pause everything.
    Quota,
    /// This endpoint of this site.
    Endpoint,
    /// Writes to this issue.
    Issue,
    Unknown,
}

impl JiraError {
    /// When the same may be tried again without people having done anything; `None` where it may not.
    #[must_use]
    pub fn retry_at(&self, now: Millis) -> Option<Millis> {
        match self {
            Self::RateLimited { until, .. } => Some(*until),
            Self::Unavailable { retry_at } => Some(*retry_at),
            Self::NotSent(_) => Some(now.plus(RETRY_MS_DEFAULT)),
            Self::Unauthorized
            | Self::Forbidden(_)
            | Self::NotFound(_)
            | Self::Refused { .. }
            | Self::Unknown(_)
            | Self::Garbled { .. } => None,
        }
    }
}

impl From<WireError> for JiraError {
    fn from(error: WireError) -> Self {
        Self::Garbled { path: error.path, what: error.what }
    }
}

/// The error that an answer outside of 200 to 299 is.
///
/// A 5xx to a write says nothing about its effect, nor does a redirect, which Jira's API has none of. A 404 that is not
/// in Jira's own envelope comes from a gateway, and says that the site or the address is gone, not the issue.
pub(super) fn of_answer(answer: &Response<Bytes>, writes: bool, now: Millis) -> JiraError {
    let status = answer.status().as_u16();
    let said = Said::of(answer.body());
    let retry_at = now.plus(pause(answer.headers(), now, RETRY_MS_MAX));
    match status {
        429 => rate_limited(answer.headers(), now),
        401 => JiraError::Unauthorized,
        403 if said.is_token_trouble => JiraError::Unauthorized,
        403 => JiraError::Forbidden(said.all()),
        404 if said.is_jira => JiraError::NotFound(said.all()),
        404 => JiraError::Unavailable { retry_at },
        409 | 425 => JiraError::Unavailable { retry_at },
        300..=399 | 408 | 500.. if writes => JiraError::Unknown(format!("status {status}")),
        300..=399 | 408 | 500.. => JiraError::Unavailable { retry_at },
        _ => JiraError::Refused { status, messages: said.messages, fields: said.fields },
    }
}

fn rate_limited(headers: &HeaderMap, now: Millis) -> JiraError {
    let reason = headers.get("ratelimit-reason").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let scope = match reason {
        "jira-quota-global-based" | "jira-quota-tenant-based" | "jira-cost-based" => RateScope::Quota,
        "jira-burst-based" => RateScope::Endpoint,
        "jira-per-issue-on-write" => RateScope::Issue,
        _ => RateScope::Unknown,
    };
    let longest = if scope == RateScope::Quota { QUOTA_MS_MAX } else { RETRY_MS_MAX };
    let ms = match (scope, said_pause(headers, now)) {
        (RateScope::Quota, None) => HOUR_MS - now.0.rem_euclid(HOUR_MS),
        (_, said) => said.unwrap_or(RETRY_MS_DEFAULT),
    };
    JiraError::RateLimited { until: now.plus(ms.clamp(RETRY_MS_MIN, longest)), scope }
}

fn pause(headers: &HeaderMap, now: Millis, longest: i64) -> i64 {
    said_pause(headers, now).unwrap_or(RETRY_MS_DEFAULT).clamp(RETRY_MS_MIN, longest)
}

/// `Retry-After` in seconds, else the instant of `X-RateLimit-Reset`.
fn said_pause(headers: &HeaderMap, now: Millis) -> Option<i64> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    let seconds = text("retry-after").and_then(|t| t.parse::<f64>().ok()).filter(|s| s.is_finite());
    #[expect(clippy::cast_possible_truncation, reason = "a float saturates, and the pause is clamped")]
    let after = seconds.map(|s| (s * 1_000.0) as i64);
    let reset = || {
        let at: Timestamp = text("x-ratelimit-reset")?.parse().ok()?;
        Some(at.as_millisecond().saturating_sub(now.0))
    };
    after.or_else(reset)
}

/// The messages of any of Jira's error envelopes.
#[derive(Default)]
struct Said {
    messages: Vec<String>,
    fields: BTreeMap<String, String>,
    /// In an envelope of Jira's, not of a gateway or of its framework.
    is_jira: bool,
    is_token_trouble: bool,
}

impl Said {
    fn of(body: &[u8]) -> Self {
        let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(body) else { return Self::default() };
        let list = body.get("errorMessages").and_then(Value::as_array);
        let single =
            ["errorMessage", "message", "detail", "error"].iter().find_map(|k| body.get(*k)?.as_str());
        let messages = match list {
            Some(list) => list.iter().filter_map(Value::as_str).map(short).take(MESSAGES_MAX).collect(),
            None => single.map(short).into_iter().collect(),
        };
        let fields = body.get("errors").and_then(Value::as_object).into_iter().flatten();
        let fields = fields.map(|(name, why)| (short(name), short(why.as_str().unwrap_or_default())));
        Self {
            messages,
            fields: fields.take(MESSAGES_MAX).collect(),
            is_jira: ["errorMessages", "errorMessage", "statusCode"].iter().any(|k| body.contains_key(*k)),
            is_token_trouble: body
                .get("error")
                .and_then(Value::as_str)
                .is_some_and(|e| e.contains("Auth Token")),
        }
    }

    fn all(self) -> Vec<String> {
        self.messages.into_iter().chain(self.fields.into_values()).collect()
    }
}

fn short(text: &str) -> String {
    text.chars().take(MESSAGE_CHARS_MAX).collect()
}

fn said(messages: &[String], fields: &BTreeMap<String, String>) -> String {
    let fields = fields.iter().map(|(name, why)| format!("{name}: {why}"));
    messages.iter().cloned().chain(fields).collect::<Vec<_>>().join(" ")
}
