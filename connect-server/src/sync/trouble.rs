//! What Jira's trouble comes to: a time to try again, or words for an admin.

use super::Room;
use crate::jira::client::JiraError;
use crate::reach::ReachError;
use duplex_core::id::{FieldId, Millis, Side};
use duplex_core::plan::{Answer, Trouble};
use std::collections::BTreeMap;

/// Doublings of the rest between retries; more of them change nothing.
const DOUBLINGS_MAX: u32 = 16;

/// So many attempts in a row may be limited before a link rests longer than Jira asks for. Each attempt reads again
/// what it needs, and what Jira asks for is often a second.
const LIMITED_FREE: i64 = 2;

/// So often the longer rest grows: from then on Jira's word and the last rest stand, 40 seconds by default.
const LIMITED_GROWN_MAX: i64 = 4;

/// When a link that met this should be tried again, and why, for operators. The rest doubles with every attempt.
pub(super) fn rest(room: &Room, attempts: i64, error: &ReachError) -> (Millis, &'static str) {
    let now = room.clock.now();
    let backoff = backoff(room, attempts);
    match error {
        ReachError::NotInstalled(_) => (now.plus(room.times.retry_max_ms), "app not installed"),
        ReachError::Restored(_) => (now.plus(room.times.retry_first_ms), "the database was restored"),
        ReachError::Store(_) => (backoff, "database"),
        ReachError::Jira(error) => match error {
            JiraError::RateLimited { until, .. } => (limited(room, attempts, *until), "rate limited"),
            JiraError::Unavailable { retry_at } => ((*retry_at).max(backoff), "site not available"),
            JiraError::Unknown(_) => (now.plus(room.times.grace_ms), "outcome unknown"),
            JiraError::NotSent(_) => (backoff, "not sent"),
            JiraError::Unauthorized => (now.plus(room.times.retry_max_ms), "site does not accept our token"),
            JiraError::Forbidden(_) => (now.plus(room.times.retry_max_ms), "forbidden"),
            JiraError::NotFound(_) => (backoff, "not found"),
            JiraError::Refused { .. } => (backoff, "refused"),
            JiraError::Garbled { .. } => (backoff, "garbled answer"),
        },
    }
}

/// When to try again what Jira would take `until` at the earliest.
fn limited(room: &Room, attempts: i64, until: Millis) -> Millis {
    let grown = attempts.saturating_sub(LIMITED_FREE).min(LIMITED_GROWN_MAX);
    if grown > 0 { backoff(room, grown).max(until) } else { until }
}

/// When to try again what failed so often: the rest doubles from the first to the longest, with a jitter of 0.7 to
/// 1.3.
pub(super) fn backoff(room: &Room, attempts: i64) -> Millis {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(DOUBLINGS_MAX);
    let longest = room.times.retry_max_ms;
    let rest = room.times.retry_first_ms.saturating_mul(1 << doublings).min(longest);
    #[expect(clippy::cast_possible_truncation, reason = "between 70 and 130")]
    let jitter_percent = (70.0 + 60.0 * room.chance.fraction()) as i64;
    room.clock.now().plus(rest.saturating_mul(jitter_percent) / 100)
}

/// What a refused write means to the core; `None` where it is no refusal but trouble on the way.
pub(super) fn refusal(side: Side, error: &JiraError) -> Option<Answer> {
    let trouble = |code: &str, sentence: String, remedy: &str| Trouble {
        code: code.to_owned(),
        side,
        sentence,
        remedy: remedy.to_owned(),
    };
    match error {
        JiraError::Forbidden(said) => Some(Answer::Refused {
            trouble: trouble(
                "forbidden",
                format!("Jira did not let us write on side {side}: {}", said.join(" ")),
                "Give the app's user the missing permission in this project, then retry.",
            ),
            fields: BTreeMap::new(),
        }),
        JiraError::Refused { status, messages, fields } => Some(Answer::Refused {
            trouble: trouble(
                "refused",
                format!("Jira refused the change on side {side} ({status}): {}", words(messages, fields)),
                "Correct the mapping or the project's screens so that Jira accepts it, then retry.",
            ),
            fields: fields.iter().map(|(id, why)| (FieldId::new(id), why.clone())).collect(),
        }),
        JiraError::NotFound(_)
        | JiraError::RateLimited { .. }
        | JiraError::Unauthorized
        | JiraError::Unavailable { .. }
        | JiraError::Unknown(_)
        | JiraError::NotSent(_)
        | JiraError::Garbled { .. } => None,
    }
}

fn words(messages: &[String], fields: &BTreeMap<String, String>) -> String {
    let fields = fields.iter().map(|(id, why)| format!("{id}: {why}"));
    messages.iter().cloned().chain(fields).collect::<Vec<_>>().join(" ")
}
