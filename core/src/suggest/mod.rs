//! What pairs up: issue types, fields with their options, and the request type that each issue type gets.
//!
//! Every suggestion says why. The best come first, nothing is used twice, and the same projects always give the same
//! suggestions; seen from the other end they are the same pairs.

mod alike;
mod fields;
#[cfg(test)]
mod tests;

pub use fields::{FieldSuggestion, fields};

use crate::config::{Config, DefaultRow};
use crate::id::{IssueTypeId, Side, Sides};
use crate::schema::{IssueTypeSchema, ProjectSchema, RequestTypeSchema};
use alike::{Likeness, likeness, pair_up};
use serde::{Deserialize, Serialize};

/// Something that could be mapped, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Suggestion<T> {
    pub value: T,
    /// 0 to 100.
    pub score: u8,
    /// Sure enough that its box is checked beforehand: the score is [`SURE`] or more.
    pub sure: bool,
    pub reason: String,
}

/// From this score on, a suggestion is sure.
pub const SURE: u8 = 95;

impl<T> Suggestion<T> {
    fn of(value: T, score: u8, reason: String) -> Self {
        Self { value, score, sure: score >= SURE, reason }
    }
}

/// Issue types that pair up, for both directions: same names first, then similar ones. A subtask never pairs with
/// what is none.
#[must_use]
pub fn issue_types(schemas: &Sides<ProjectSchema>) -> Vec<Suggestion<Sides<IssueTypeId>>> {
    let pairs = pair_up(&schemas.a.issue_types, &schemas.b.issue_types, |a, b| {
        likeness(&a.name, &b.name).filter(|_| a.subtask == b.subtask)
    });
    pairs
        .into_iter()
        .map(|(a, b, like)| Suggestion::of(Sides::new(a.id.clone(), b.id.clone()), like.score, like.reason))
        .collect()
}

/// The request type for each issue type that copies get on `side`: the one of the same name as the other side uses,
/// the only one, or the one whose name is nearest to the issue type's. Issue types without any are left out.
#[must_use]
pub fn defaults(config: &Config, schemas: &Sides<ProjectSchema>, side: Side) -> Vec<Suggestion<DefaultRow>> {
    let mut done: Vec<&IssueTypeId> = Vec::new();
    let mut suggestions = Vec::new();
    for rule in &config.sides[side.other()].issue_types {
        let Some(issue_type) = schemas[side].issue_type(&rule.to) else { continue };
        if done.contains(&&issue_type.id) {
            continue;
        }
        let suggestion = default(&schemas[side], issue_type, &schemas[side.other()], &rule.from);
        if let Some((request_type, like)) = suggestion {
            done.push(&issue_type.id);
            let row = DefaultRow { issue_type: issue_type.id.clone(), value: request_type.id.0.clone() };
            suggestions.push(Suggestion::of(row, like.score, like.reason));
        }
    }
    suggestions
}

fn default<'a>(
    here: &'a ProjectSchema,
    issue_type: &IssueTypeSchema,
    there: &ProjectSchema,
    from: &IssueTypeId,
) -> Option<(&'a RequestTypeSchema, Likeness)> {
    let offered: Vec<&RequestTypeSchema> =
        here.request_types.iter().filter(|t| t.issue_type == issue_type.id).collect();
    if let [only] = offered.as_slice() {
        let reason = format!("the only request type of *{}*", issue_type.name);
        return Some((only, Likeness { score: 100, reason }));
    }
    let twin = offered
        .iter()
        .find(|t| there.request_types.iter().any(|u| &u.issue_type == from && alike::same(&t.name, &u.name)));
    if let Some(twin) = twin {
        let reason = "both projects have a request type of this name".to_owned();
        return Some((twin, Likeness { score: SURE, reason }));
    }
    let nearness = |t: &&RequestTypeSchema| alike::nearness(&t.name, &issue_type.name);
    // The first of equals: the site's own order is the portal's.
    let nearest = offered.into_iter().rev().max_by_key(nearness)?;
    let reason = format!("its name is the nearest to *{}*", issue_type.name);
    Some((nearest, Likeness { score: nearness(&nearest).min(SURE - 1), reason }))
}
