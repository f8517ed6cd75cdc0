//! What a draft would set in motion, as far as Jira can count it beforehand.
//!
//! - *enters*: existing issues of a side that the draft takes and the published configuration does not.
//! - *overwrites*: issues of a side that are linked at the most, and hold a value in a field that the draft lets the
//!   other side write anew. Publishing overwrites none of them: such a field fills an empty side, and asks where both
//!   have a value. The number says how often it would ask.
//! - *mails*: requests of a side that would be created, or get public comments for the first time, each of which
//!   Jira may tell its customers of. An upper bound: who is told is the project's own setting.
//!
//! A number is about the issues of a site, so it is told to those alone who speak for the side that it is counted on.

use super::sides::jira_error;
use super::{Setup, SetupError};
use crate::jira::client::{Jira, JiraError};
use crate::store::syncs::Sync;
use duplex_core::config::scope::unordered;
use duplex_core::config::{Cell, Config, Existing, FieldRule, SideConfig};
use duplex_core::id::{IssueTypeId, Millis, Side, Sides};
use duplex_core::schema::ProjectSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Keys that stand for the rest.
const SAMPLES_MAX: u32 = 5;
/// Fields that are asked about; more are as good as any issue.
const FIELDS_MAX: usize = 20;

/// About how many issues, and the newest of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub struct Sampled {
    pub count: u64,
    /// Keys of issues on the side where they were counted.
    pub samples: Vec<String>,
}

/// `None`: it is counted on another site, whose admins alone may know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub struct Effects {
    pub enters: Sides<Option<Sampled>>,
    pub overwrites: Sides<Option<Sampled>>,
    /// Per side that the customers belong to.
    pub mails: Sides<Option<Sampled>>,
}

/// What the counting rests on.
struct Draft<'a> {
    sync: &'a Sync,
    old: Option<&'a Config>,
    new: &'a Config,
    schemas: Sides<ProjectSchema>,
    started: Sides<bool>,
    linked: u64,
}

impl Setup {
    /// For somebody who speaks for these sides.
    ///
    /// # Errors
    /// [`SetupError::Jira`]; [`SetupError::Malformed`] for a scope that Jira refuses.
    pub async fn effects(
        &self,
        sync: &Sync,
        config: &Config,
        speaks: &[Side],
    ) -> Result<Effects, SetupError> {
        let published = self.store.syncs.published(&sync.tenant, &sync.sync).await?;
        let starts = self.store.starts.of_sync(&sync.tenant, &sync.sync).await?;
        let linked = self.store.links.counts(&sync.tenant, &sync.sync).await?.linked;
        let draft = Draft {
            sync,
            old: published.as_ref().map(|p| &p.config),
            new: config,
            schemas: self.schemas(sync).await?,
            started: Sides::each(|side| starts[side].is_some()),
            linked: linked.unsigned_abs(),
        };
        let sites = self.sites(sync).await?;
        let mut effects = Effects::default();
        for side in speaks {
            let (side, site) = (*side, &sites[*side]);
            let jira = self.jira(site)?;
            let counted = async {
                effects.enters[side] = Some(draft.enters(&jira, side, &draft.types(side)).await?);
                effects.overwrites[side] = Some(draft.overwrites(&jira, side).await?);
                effects.mails[side.other()] = Some(draft.mails(&jira, side.other()).await?);
                Ok(())
            };
            counted.await.map_err(|error| {
                let JiraError::Refused { messages, .. } = error else { return jira_error(site, error) };
                let path = format!("sides.{}.scope.jql", side.as_str());
                SetupError::Malformed { path, why: messages.join(" ") }
            })?;
        }
        Ok(effects)
    }
}

impl Draft<'_> {
    /// The issue types that leave a side.
    fn types(&self, side: Side) -> BTreeSet<IssueTypeId> {
        self.new.sides[side].issue_types.iter().map(|rule| rule.from.clone()).collect()
    }

    /// Those of these types that the draft takes and the published configuration does not.
    async fn enters(
        &self,
        jira: &Arc<Jira>,
        side: Side,
        types: &BTreeSet<IssueTypeId>,
    ) -> Result<Sampled, JiraError> {
        let scope = &self.new.sides[side];
        let from = self.sync.scope_from[side];
        let only_new = from.is_none() && !self.started[side] && scope.scope.existing == Existing::OnlyNew;
        let (false, Some(new)) = (only_new, taken(scope, types, from)) else { return Ok(Sampled::default()) };
        let old = self.old.map(|old| &old.sides[side]);
        let old =
            old.and_then(|old| taken(old, &old.issue_types.iter().map(|r| r.from.clone()).collect(), from));
        if old.as_ref() == Some(&new) {
            return Ok(Sampled::default());
        }
        let all = jira.approximate_count(&new).await?;
        let Some(old) = old else { return sampled(jira, &new, all).await };
        // Counted as a difference: `NOT` leaves issues out that have no value at all.
        let known = jira.approximate_count(&format!("({new}) AND ({old})")).await?;
        sampled(jira, &format!("({new}) AND NOT ({old})"), all.saturating_sub(known)).await
    }

    async fn overwrites(&self, jira: &Arc<Jira>, side: Side) -> Result<Sampled, JiraError> {
        let before = self.old.map(|old| &old.sides[side.other()].fields);
        let fresh = |rule: &&FieldRule| before.is_none_or(|before| !before.contains(rule));
        let rules = self.new.sides[side.other()].fields.iter().filter(fresh);
        let filled: BTreeSet<String> = rules.take(FIELDS_MAX).map(|rule| filled(rule.to.as_str())).collect();
        if self.linked == 0 || filled.is_empty() {
            return Ok(Sampled::default());
        }
        let project = format!("project = {}", self.new.sides[side].project);
        let narrowed = format!("{project} AND ({})", filled.into_iter().collect::<Vec<_>>().join(" OR "));
        let (jql, count) = match jira.approximate_count(&narrowed).await {
            Ok(count) => (narrowed, count),
            // A field that can't be searched may be filled in any of them.
            Err(JiraError::Refused { .. }) => (project.clone(), jira.approximate_count(&project).await?),
            Err(other) => return Err(other),
        };
        sampled(jira, &jql, count.min(self.linked)).await
    }

    /// Counted on the side that the requests come from.
    async fn mails(&self, jira: &Arc<Jira>, side: Side) -> Result<Sampled, JiraError> {
        let home = side.other();
        let become_requests = self.types(home).into_iter().filter(|from| self.becomes_request(home, from));
        let created = self.enters(jira, home, &become_requests.collect()).await?;
        let public = |config: &Config| {
            let comments = &config.sides[home].comments;
            comments.enabled && (comments.public == Cell::Public || comments.internal == Cell::Public)
        };
        let commented = public(self.new) && !self.old.is_some_and(public);
        Ok(Sampled { count: created.count + if commented { self.linked } else { 0 }, ..created })
    }

    /// Whether copies of this type become requests: a default or a rule gives them a request type.
    fn becomes_request(&self, home: Side, from: &IssueTypeId) -> bool {
        let there = home.other();
        let Some(field) = &self.schemas[there].request_type_field else { return false };
        let Some(to) = self.new.issue_type(home, from) else { return false };
        let defaults = &self.new.sides[there].defaults;
        let by_default = defaults.iter().any(|rule| &rule.field == field && rule.value_for(to).is_some());
        by_default || self.new.sides[home].fields.iter().any(|rule| &rule.to == field && rule.is_for(from))
    }
}

/// The JQL of what a side's configuration takes; `None`: nothing.
fn taken(side: &SideConfig, types: &BTreeSet<IssueTypeId>, from: Option<Millis>) -> Option<String> {
    if types.is_empty() {
        return None;
    }
    let types: Vec<&str> = types.iter().map(IssueTypeId::as_str).collect();
    let mut jql = format!("project = {} AND issuetype IN ({})", side.project, types.join(", "));
    if let Some(scope) = &side.scope.jql {
        jql += &format!(" AND ({})", unordered(scope));
    }
    if let Some(from) = from {
        jql += &format!(" AND created >= {}", from.0);
    }
    Some(jql)
}

/// JQL knows system fields by their id, and others by its number.
fn filled(field: &str) -> String {
    match field.strip_prefix("customfield_") {
        Some(number) => format!("cf[{number}] IS NOT EMPTY"),
        None => format!("{field} IS NOT EMPTY"),
    }
}

async fn sampled(jira: &Arc<Jira>, jql: &str, count: u64) -> Result<Sampled, JiraError> {
    if count == 0 {
        return Ok(Sampled::default());
    }
    let examples = jira.examples(jql, SAMPLES_MAX).await?;
    Ok(Sampled { count, samples: examples.into_iter().map(|example| example.key).collect() })
}
