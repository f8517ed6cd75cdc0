//! The pair of projects, other syncs over the same pair, and the size of it all.

use super::{Code, Desk, Place, Tab};
use crate::config::{self, Config};
use crate::id::{IssueTypeId, Side, Sides};
use serde::{Deserialize, Serialize};

/// Another sync over the same pair of projects, turned so that its sides are this configuration's sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct OtherSync {
    pub name: String,
    /// What leaves each side there.
    pub leaves: Sides<Leaving>,
}

/// Which issues leave a side of another sync.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Leaving {
    pub issue_types: Vec<IssueTypeId>,
    pub jql: Option<String>,
}

impl OtherSync {
    /// From that sync's published configuration, already swapped where its A is this one's B.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let leaves = |side: Side| Leaving {
            issue_types: config.sides[side].issue_types.iter().map(|r| r.from.clone()).collect(),
            jql: config.sides[side].scope.jql.clone(),
        };
        Self { name: config.name.clone(), leaves: Sides::each(leaves) }
    }

    #[must_use]
    pub fn swapped(self) -> Self {
        Self { leaves: self.leaves.swapped(), ..self }
    }
}

pub(super) fn check(desk: &mut Desk<'_>) {
    let sides = &desk.config.sides;
    if sides.a.site == sides.b.site && sides.a.project == sides.b.project {
        let sentence = "Both sides are the same project.".to_owned();
        desk.error(Code::SameProject, Place::tab(Tab::Projects), sentence, "Choose two different projects.");
    }
    if let Err(error) = config::within_bounds(desk.config) {
        let place = Place::tab(Tab::Projects).about(error.path);
        let sentence = format!("The configuration is too large: {}.", error.sentence);
        desk.error(Code::TooLarge, place, sentence, "Split the configuration over several syncs.");
    }
    for other in &desk.facts.others {
        for side in Side::BOTH {
            check_overlap(desk, other, side);
        }
    }
}

fn check_overlap(desk: &mut Desk<'_>, other: &OtherSync, side: Side) {
    let theirs = &other.leaves[side];
    let ours = desk.side(side);
    let shared: Vec<String> = ours
        .issue_types
        .iter()
        .filter(|r| theirs.issue_types.contains(&r.from))
        .map(|r| desk.type_name(side, &r.from))
        .collect();
    let disjoint = match (&ours.scope.jql, &theirs.jql) {
        (Some(ours), Some(theirs)) => config::scope::disjoint(ours, theirs),
        (None, _) | (_, None) => false,
    };
    if shared.is_empty() || disjoint {
        return;
    }
    let sentence = format!(
        "The sync *{}* joins the same two projects, and {} may leave {} through both.",
        other.name,
        super::listed(&shared),
        desk.project(side),
    );
    let remedy = "Give the two syncs different issue types, or scopes that exclude each other, such as \
                  `priority = High` and `priority != High`.";
    desk.error(
        Code::OverlappingSync,
        Place::on(Tab::Scope, side).about(other.name.as_str()),
        sentence,
        remedy,
    );
}
