//! I8: what a person wrote is never overwritten in silence. Either the words went over to another place first, or a
//! conflict keeps them.

use super::people::{Town, text_of};
use super::transition::{Nth, Place};
use super::watch::is_app;
use crate::person::plain;
use duplex_core::issue::Value;
use duplex_core::plan::Conflict;
use jira_twin::Twin;
use jira_twin::model::{ChangeItem, Issue, Site};
use std::collections::BTreeSet;

const FIELDS: [&str; 2] = ["summary", "description"];

/// A text, told apart by the number that ends it.
type Mark = u64;

/// One text of a field, as it came to stand at a place.
struct Stage {
    mark: Option<Mark>,
    ours: bool,
}

/// What was overwritten and is nowhere kept.
pub(super) fn in_silence(twin: &Twin, town: &Town, conflicts: &[Conflict]) -> Vec<String> {
    // A conflict is recorded with the answer to the write that settles it; a backup that is restored in between knows
    // neither.
    if town.restored {
        return Vec::new();
    }
    let kept: BTreeSet<Mark> = conflicts.iter().filter_map(|conflict| mark_of(&conflict.lost)).collect();
    let mut wrong = Vec::new();
    for (nth, _) in town.truth.issues.iter().filter(|(_, issue)| !issue.parted) {
        for field in FIELDS {
            let all: Vec<(Place, Vec<Stage>)> =
                (0..town.desks.len()).map(|at| (at, stages(twin, town, *nth, at, field))).collect();
            for (at, here) in &all {
                let others = all.iter().filter(|(other, _)| other != at).flat_map(|(_, stages)| stages);
                let carried: BTreeSet<Mark> =
                    others.filter(|stage| stage.ours).filter_map(|stage| stage.mark).collect();
                for (mark, by) in overwritten(here) {
                    if !carried.contains(&mark) && !kept.contains(&mark) {
                        let tag = super::plot::tag(*nth);
                        wrong.push(format!(
                            "I8: {field} {mark} of {tag} at {at} was lost to {by:?} in silence"
                        ));
                    }
                }
            }
        }
    }
    wrong
}

/// Texts of people that we wrote over and did not write back, and what we wrote.
fn overwritten(stages: &[Stage]) -> Vec<(Mark, Option<Mark>)> {
    let over = |(nth, pair): (usize, &[Stage])| match pair {
        [Stage { mark: Some(mark), ours: false }, Stage { mark: by, ours: true }] => {
            let back = stages[nth + 2..].iter().any(|stage| stage.ours && stage.mark == Some(*mark));
            (!back).then_some((*mark, *by))
        }
        _ => None,
    };
    stages.windows(2).enumerate().filter_map(over).collect()
}

/// All texts that a field had at a place, oldest first.
fn stages(twin: &Twin, town: &Town, nth: Nth, at: Place, field: &str) -> Vec<Stage> {
    twin.with_site(&town.desks[at].site.name, |site| {
        let found = town.find(site, nth, at);
        found.first().map(|issue| of_issue(site, issue, field)).unwrap_or_default()
    })
}

fn of_issue(site: &Site, issue: &Issue, field: &str) -> Vec<Stage> {
    let items = issue.changelog.iter().flat_map(|entry| {
        let of_field = entry.items.iter().filter(|item| item.field_id == field);
        of_field.map(move |item: &ChangeItem| (entry, item))
    });
    let mut stages = Vec::new();
    for (entry, item) in items {
        if stages.is_empty() {
            let first = item.from_string.as_deref().and_then(number);
            stages.push(Stage { mark: first, ours: is_app(site, &issue.head.creator) });
        }
        let mark = item.to_string.as_deref().and_then(number);
        stages.push(Stage { mark, ours: is_app(site, &entry.author) });
    }
    if stages.is_empty() {
        let mark = number(&text_of(issue, field));
        stages.push(Stage { mark, ours: is_app(site, &issue.head.creator) });
    }
    stages
}

fn mark_of(value: &Value) -> Option<Mark> {
    if let Value::Text(text) | Value::Wiki(text) = value {
        return number(text);
    }
    let Value::Rich(doc) = value else { return None };
    number(&plain(&serde_json::to_value(doc).ok()?))
}

fn number(text: &str) -> Option<Mark> {
    text.split_whitespace().last()?.parse().ok()
}
