//! Jira's REST API, as typed calls to one site.
//!
//! A [`Jira`] holds one site's access, so nothing read or proven at one site can go to another. A read that was not
//! sent is tried once more; a write is sent once, and [`JiraError::Unknown`] says when its outcome has to be looked
//! for.

mod call;
mod comments;
mod error;
mod issues;
mod meter;
mod people;
mod properties;
mod schema;
mod search;
mod tolls;

#[cfg(test)]
mod tests;

pub use call::{Answer, Call, Cost, segment};
pub use comments::{COMMENT_IDS_MAX, COMMENTS_MAX};
pub use error::{JiraError, QUOTA_MS_MAX, RETRY_MS_DEFAULT, RETRY_MS_MAX, RETRY_MS_MIN, RateScope};
pub use issues::{BULK_MAX, Fetched, IssueAsk};
pub use meter::Spent;
pub use people::{Me, MissingPermission, Rights};
pub use schema::{Project, ServerInfo};
pub use search::{Example, FoundIssue, Search, SearchPage};
pub use tolls::{Tolls, Untold};

use super::access::{Life, SiteAccess};
use crate::clock::Clock;
use crate::egress::{NetError, Transport};
use bytes::Bytes;
use duplex_core::id::{Millis, SiteId};
use duplex_core::mutant;
use http::{Request, Response};
use meter::Meter;
use serde_json::Value;
use std::sync::Arc;

/// A read that was not sent is tried so often in all.
const READ_TRIES_MAX: u32 = 2;

/// Calls to one site.
#[derive(Debug)]
pub struct Jira {
    access: SiteAccess,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    meter: Meter,
    tolls: Arc<Tolls>,
}

impl Jira {
    #[must_use]
    pub fn new(access: SiteAccess, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { access, transport, clock, meter: Meter::default(), tolls: Arc::default() }
    }

    /// Counts its points there, and rests while its site does, whichever client was told so.
    #[must_use]
    pub fn sharing(self, tolls: Arc<Tolls>) -> Self {
        Self { tolls, ..self }
    }

    #[must_use]
    pub fn site(&self) -> &SiteId {
        self.access.site()
    }

    /// The calls and points of this client so far.
    #[must_use]
    pub fn spent(&self) -> Spent {
        self.meter.spent()
    }

    /// The site's clock minus ours, by the `Date` of its last answer; `None` before the first.
    #[must_use]
    pub fn clock_ahead_ms(&self) -> Option<i64> {
        self.meter.clock_ahead_ms()
    }

    /// Sends one call; none while the site rests.
    ///
    /// # Errors
    /// [`JiraError`]; any status outside of 200 to 299 is one.
    pub async fn call(&self, call: &Call) -> Result<Answer, JiraError> {
        if let Some(until) = self.tolls.resting(self.site(), self.clock.now()) {
            return Err(JiraError::RateLimited { until, scope: RateScope::Quota });
        }
        let tries = if call.writes { 1 } else { READ_TRIES_MAX };
        let clock_ahead_ms = self.clock_ahead_ms();
        let mut outcome = self.attempt(call).await;
        if matches!(outcome, Err(JiraError::Unauthorized)) && self.clock_ahead_ms() != clock_ahead_ms {
            // A refusal tells the time there, too, and a token of the wrong time is refused before anything happens.
            outcome = self.attempt(call).await;
        }
        let tries = if mutant!(WriteRepeated) { READ_TRIES_MAX } else { tries };
        for _ in 1..tries {
            let repeats = mutant!(WriteRepeated) && matches!(outcome, Err(JiraError::Unknown(_)));
            let not_sent = matches!(outcome, Err(JiraError::NotSent(_)));
            if !not_sent && !repeats {
                break;
            }
            outcome = self.attempt(call).await;
        }
        outcome
    }

    async fn attempt(&self, call: &Call) -> Result<Answer, JiraError> {
        let late = || call.until.is_some_and(|until| self.clock.now() > until);
        let stood_still = || JiraError::NotSent("the process stood still for too long".to_owned());
        if late() {
            return Err(stood_still());
        }
        let request = self.request(call)?;
        let sent = self.clock.now();
        match self.transport.send(request).await {
            Ok(answer) => {
                self.meter.date(answer.headers(), sent, self.clock.now());
                match self.read(call, &answer) {
                    // Its own time was over, which says nothing about the site.
                    Err(JiraError::Unauthorized) if late() => Err(stood_still()),
                    read => read,
                }
            }
            Err(error) => {
                let (status, error) = net_error(error, call.writes, self.clock.now());
                self.meter.count(self.site(), call, status, 0);
                Err(error)
            }
        }
    }

    fn read(&self, call: &Call, answer: &Response<Bytes>) -> Result<Answer, JiraError> {
        let status = answer.status().as_u16();
        let parsed =
            if answer.body().is_empty() { Ok(Value::Null) } else { serde_json::from_slice(answer.body()) };
        let points = call.points(parsed.as_ref().unwrap_or(&Value::Null));
        self.meter.count(self.site(), call, answer.status().as_str(), points);
        self.tolls.charge(self.site(), i64::try_from(points).unwrap_or(i64::MAX));
        if !answer.status().is_success() {
            let error = error::of_answer(answer, call.writes, self.clock.now());
            if let JiraError::RateLimited { until, scope: RateScope::Quota } = &error {
                self.tolls.rest(self.site(), *until);
            }
            return Err(error);
        }
        match parsed {
            Ok(body) => Ok(Answer { status, body, points }),
            Err(_) if call.writes => Err(JiraError::Unknown("taken, and answered with no JSON".to_owned())),
            Err(_) => Err(JiraError::Garbled { path: String::new(), what: "no JSON".to_owned() }),
        }
    }

    fn request(&self, call: &Call) -> Result<Request<Bytes>, JiraError> {
        let not_sent = |why: String| JiraError::NotSent(why);
        let base = self.access.base_url().as_str().trim_end_matches('/');
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{base}{}", call.target()))
            .header(http::header::ACCEPT, "application/json");
        let mut bytes = Bytes::new();
        if let Some(body) = &call.body {
            request = request.header(http::header::CONTENT_TYPE, "application/json");
            bytes = serde_json::to_vec(body).map_err(|e| not_sent(e.to_string()))?.into();
        }
        let mut request = request.body(bytes).map_err(|e| not_sent(e.to_string()))?;
        // Jira judges a token's times by its own clock, and may know better than ours.
        let there = |at: Millis| at.plus(self.clock_ahead_ms().unwrap_or(0));
        let life = Life { from: there(self.clock.now()), until: call.until.map(there) };
        self.access.authorize(&mut request, life).map_err(|e| not_sent(e.to_string()))?;
        Ok(request)
    }
}

/// A read whose answer was lost had no effect that matters; only a write's outcome is unknown.
fn net_error(error: NetError, writes: bool, now: Millis) -> (&'static str, JiraError) {
    match error {
        NetError::NotSent(why) => ("not_sent", JiraError::NotSent(why)),
        NetError::Unknown(why) if writes => ("unknown", JiraError::Unknown(why)),
        NetError::Unknown(_) => ("unknown", JiraError::Unavailable { retry_at: now.plus(RETRY_MS_DEFAULT) }),
    }
}
