//! Webhooks on their way: from events to a queue, and from the queue to the apps, retried as Jira retries.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use futures::stream::{self, StreamExt};
use http::{Request, StatusCode};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use serde_json::Value;

use super::payload::{Notice, notices};
use super::request::{Signer, signed_post};
use super::{InstalledApp, Outbound, Webhook, as_uuid, client_key, digest};
use crate::jql::{self, IssueFacts, SiteNames};
use crate::model::{DomainEvent, Site};
use crate::{State, Twin};

/// How often a delivery is tried again before it is given up.
pub const RETRIES_MAX: u32 = 5;

/// The default time between tries, in milliseconds: 5 to 15 minutes.
const RETRY_SPACING_MS: (i64, i64) = (5 * 60_000, 15 * 60_000);

/// How many deliveries are under way at a time.
const CONCURRENT_MAX: usize = 20;

/// The most outcomes that are remembered.
const OUTCOMES_MAX: usize = 10_000;

/// How soon Jira means to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Caused by a request: within 30 seconds.
    Primary,
    /// A cascade of another event: within 15 minutes.
    Secondary,
}

impl Flow {
    /// The header's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "Primary",
            Self::Secondary => "Secondary",
        }
    }
}

/// A webhook that is still to be delivered.
#[derive(Debug, Clone)]
pub struct Sending {
    pub site: String,
    pub app: String,
    pub event: &'static str,
    /// Path below the app's base URL.
    pub url: String,
    pub body: Bytes,
    /// Unique on the site, and the same on every retry.
    pub identifier: String,
    pub flow: Flow,
    pub trace: Option<String>,
    pub first_at_ms: i64,
    /// Retries so far.
    pub attempt: u32,
    pub due_at_ms: i64,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub app: String,
    pub event: &'static str,
    pub identifier: String,
    pub attempt: u32,
    /// `None` for a connection that failed.
    pub status: Option<u16>,
}

/// What one round of deliveries did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Taken by the app.
    pub sent: usize,
    /// Not taken: tried again later, or dropped.
    pub failed: usize,
}

/// All webhooks of a twin on their way.
#[derive(Debug)]
pub struct WebhookQueue {
    pub rows: Vec<Sending>,
    /// The latest tries, oldest first.
    pub outcomes: VecDeque<Outcome>,
    /// Least and most milliseconds between tries; chance decides within.
    pub retry_spacing_ms: (i64, i64),
    /// Per site, the number of the last event that was looked at.
    seen: BTreeMap<String, u64>,
    /// Numbers the identifiers.
    count: u64,
}

impl Default for WebhookQueue {
    fn default() -> Self {
        let retry_spacing_ms = RETRY_SPACING_MS;
        Self {
            rows: Vec::new(),
            outcomes: VecDeque::new(),
            retry_spacing_ms,
            seen: BTreeMap::new(),
            count: 0,
        }
    }
}

impl Twin {
    /// Delivers what is due: begun in the order it is due, several at a time, so that one slow app does not hold up the
    /// others. Takes a round only: what becomes due meanwhile waits for the next.
    pub async fn deliver_due(&self, outbound: &dyn Outbound) -> Delivered {
        let due = self.with(State::take_due);
        let mut delivered = Delivered::default();
        let sending =
            due.into_iter().map(|(row, request)| async move { (row, outbound.send(request).await) });
        let mut answers = stream::iter(sending).buffered(CONCURRENT_MAX);
        while let Some((row, answer)) = answers.next().await {
            let status = answer.ok().map(|answer| answer.status());
            let taken = status.is_some_and(|status| status.is_success());
            delivered.sent += usize::from(taken);
            delivered.failed += usize::from(!taken);
            self.with(|state| state.settle_delivery(row, status));
        }
        delivered
    }

    /// When the next webhook is due, in epoch milliseconds.
    #[must_use]
    pub fn next_delivery_ms(&self) -> Option<i64> {
        self.with(|state| {
            state.collect_webhooks();
            state.connect.webhooks.rows.iter().map(|row| row.due_at_ms).min()
        })
    }
}

impl State {
    /// Turns new events into rows of the queue, for the apps that are enabled now. Called before anything that changes
    /// who listens.
    pub(crate) fn collect_webhooks(&mut self) {
        let mut rows = Vec::new();
        for (name, site) in &self.sites {
            let seen = self.connect.webhooks.seen.entry(name.clone()).or_default();
            let fresh = &site.events[site.events.partition_point(|event| event.seq <= *seen)..];
            let apps = self.connect.sites.get(name).map(|apps| &apps.apps);
            let mut last = *seen;
            for event in fresh {
                last = event.seq;
                let listening = apps.iter().flat_map(|apps| apps.values()).filter(|app| app.enabled);
                rows.extend(listening.flat_map(|app| sendings(name, site, app, event)));
            }
            *seen = last;
        }
        for row in rows {
            self.enqueue(row);
        }
    }

    fn enqueue(&mut self, mut row: Sending) {
        let queue = &mut self.connect.webhooks;
        queue.count += 1;
        let count = queue.count;
        row.identifier = as_uuid(&digest(&format!("webhook/{}/{}/{count}", self.seed, row.site)));
        let fate = self.faults.webhooks.fate(&mut self.rng);
        for delay_ms in fate.delays_ms() {
            let due_at_ms = row.due_at_ms + delay_ms;
            queue.rows.push(Sending { due_at_ms, ..row.clone() });
        }
    }

    /// Takes the rows that are due out of the queue, each with its request.
    fn take_due(&mut self) -> Vec<(Sending, Request<Bytes>)> {
        self.collect_webhooks();
        let now_ms = self.clock.now_ms();
        let (mut due, later) = std::mem::take(&mut self.connect.webhooks.rows)
            .into_iter()
            .partition::<Vec<_>, _>(|row| row.due_at_ms <= now_ms);
        self.connect.webhooks.rows = later;
        due.sort_by_key(|row| row.due_at_ms);
        // A row whose app is gone has nobody to go to.
        due.into_iter().filter_map(|row| self.request_of(&row).map(|request| (row, request))).collect()
    }

    fn request_of(&self, row: &Sending) -> Option<Request<Bytes>> {
        let app = self.connect.sites.get(&row.site)?.apps.get(&row.app).filter(|app| app.enabled)?;
        let now_ms = self.site_now_ms(self.sites.get(&row.site)?);
        let mut headers = vec![
            ("x-atlassian-webhook-identifier", row.identifier.clone()),
            ("x-atlassian-webhook-flow", row.flow.as_str().to_owned()),
        ];
        headers.extend(row.trace.clone().map(|trace| ("x-atlassian-webhook-trace", trace)));
        if row.attempt > 0 {
            headers.push(("x-atlassian-webhook-retry", row.attempt.to_string()));
        }
        let signer = Signer::Shared(&app.shared_secret);
        let client_key = client_key(self.seed, &row.site);
        signed_post(app, &row.url, &client_key, &signer, &headers, row.body.clone(), now_ms).ok()
    }

    fn settle_delivery(&mut self, row: Sending, status: Option<StatusCode>) {
        let outcome = Outcome {
            app: row.app.clone(),
            event: row.event,
            identifier: row.identifier.clone(),
            attempt: row.attempt,
            status: status.map(|status| status.as_u16()),
        };
        let queue = &mut self.connect.webhooks;
        queue.outcomes.push_back(outcome);
        while queue.outcomes.len() > OUTCOMES_MAX {
            queue.outcomes.pop_front();
        }
        if status.is_none_or(is_retried) && row.attempt < RETRIES_MAX {
            let spacing = between(&mut self.rng, queue.retry_spacing_ms);
            let due_at_ms = self.clock.now_ms() + spacing;
            queue.rows.push(Sending { attempt: row.attempt + 1, due_at_ms, ..row });
        }
    }
}

/// Any other answer ends the delivery: a 401, once answered, is lost for ever.
fn is_retried(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 409 | 425 | 429) || status.is_server_error()
}

pub(crate) fn between(rng: &mut ChaCha8Rng, (least, most): (i64, i64)) -> i64 {
    let width = u64::try_from(most - least).unwrap_or(0) + 1;
    least + i64::try_from(rng.next_u64() % width).unwrap_or(0)
}

/// The rows one event gives for one app; identifiers come when they are queued.
fn sendings(name: &str, site: &Site, app: &InstalledApp, event: &DomainEvent) -> Vec<Sending> {
    let row = |hook: &Webhook, notice: &Notice| Sending {
        site: name.to_owned(),
        app: app.descriptor.key.clone(),
        event: notice.event,
        url: hook.url.clone(),
        body: body_bytes(hook, &notice.body),
        identifier: String::new(),
        flow: if notice.cascade { Flow::Secondary } else { Flow::Primary },
        trace: event.trace.clone(),
        first_at_ms: event.at_ms,
        attempt: 0,
        // Events carry the site's time; the queue keeps the twin's.
        due_at_ms: event.at_ms - site.clock_skew_ms,
    };
    let all = notices(site, event);
    let hooks = &app.descriptor.webhooks;
    let matching = all.iter().flat_map(|notice| hooks.iter().map(move |hook| (hook, notice)));
    matching
        .filter(|(hook, notice)| wants(hook, notice, site, event))
        .map(|(hook, notice)| row(hook, notice))
        .collect()
}

fn body_bytes(hook: &Webhook, body: &Value) -> Bytes {
    if hook.exclude_body { Bytes::new() } else { Bytes::from(body.to_string()) }
}

fn wants(hook: &Webhook, notice: &Notice, site: &Site, event: &DomainEvent) -> bool {
    if hook.event != notice.event {
        return false;
    }
    let wants_key = notice
        .property
        .as_ref()
        .is_none_or(|key| hook.property_keys.is_empty() || hook.property_keys.contains(key));
    wants_key && hook.filter.as_ref().is_none_or(|filter| meets(filter, site, event))
}

/// Filters are judged on the issue as the event left it. One that the site cannot run matches nothing.
fn meets(filter: &str, site: &Site, event: &DomainEvent) -> bool {
    let names = SiteNames { site, viewer: None, now_ms: event.at_ms };
    let facts = IssueFacts { site, head: &event.head, comments: &[] };
    jql::parse(filter).is_ok_and(|query| query.matches(&facts, &names))
}
