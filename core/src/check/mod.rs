//! What there is to say about a configuration before it is published.
//!
//! [`check`] looks at the configuration, at what the two projects offer, and at what else is known, and answers with
//! findings: worst first, then by place. An error means that publishing is refused.

mod comments;
mod defaults;
mod fields;
mod finding;
mod issue_types;
#[cfg(test)]
mod laws;
mod permissions;
mod projects;
mod required;
mod scope;
mod tables;
#[cfg(test)]
mod tests;
mod users;

pub use finding::{Code, Finding, Place, Severity, Tab};
pub use permissions::{Permission, REMEDY as PERMISSION_REMEDY, needed as needed_permissions};
pub use projects::{Leaving, OtherSync};

use crate::config::{Config, FieldRule, IssueTypeRule, SideConfig};
use crate::id::{FieldId, IssueTypeId, Side, Sides};
use crate::ordered::BTreeSet;
use crate::schema::{IssueTypeSchema, ProjectSchema};
use serde::{Deserialize, Serialize};

/// What else is known: about the sites, and about other syncs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Facts {
    /// Jira's names (`ADD_COMMENTS`) of the project permissions that the app's user lacks.
    pub missing: Sides<Vec<String>>,
    /// The other syncs over the same pair of projects.
    pub others: Vec<OtherSync>,
}

/// All findings, errors first.
#[must_use]
pub fn check(config: &Config, schemas: &Sides<ProjectSchema>, facts: &Facts) -> Vec<Finding> {
    let mut desk = Desk { config, schemas, facts, findings: Vec::new() };
    projects::check(&mut desk);
    issue_types::check_any(&mut desk);
    fields::check_conflicts(&mut desk);
    for side in Side::BOTH {
        permissions::check(&mut desk, side);
        issue_types::check(&mut desk, side);
        fields::check(&mut desk, side);
        tables::check(&mut desk, side);
        required::check(&mut desk, side);
        defaults::check(&mut desk, side);
        comments::check(&mut desk, side);
        users::check(&mut desk, side);
        scope::check(&mut desk, side);
    }
    let findings: BTreeSet<Finding> = desk.findings.into_iter().collect();
    findings.into_iter().collect()
}

/// Whether publishing is refused.
#[must_use]
pub fn refuses(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity == Severity::Error)
}

/// Where the findings of one check are gathered, with the words for what they speak of.
struct Desk<'a> {
    config: &'a Config,
    schemas: &'a Sides<ProjectSchema>,
    facts: &'a Facts,
    findings: Vec<Finding>,
}

impl<'a> Desk<'a> {
    fn side(&self, side: Side) -> &'a SideConfig {
        &self.config.sides[side]
    }

    fn schema(&self, side: Side) -> &'a ProjectSchema {
        &self.schemas[side]
    }

    fn error(&mut self, code: Code, place: Place, sentence: String, remedy: &str) {
        self.say(Severity::Error, code, place, sentence, remedy);
    }

    fn warning(&mut self, code: Code, place: Place, sentence: String, remedy: &str) {
        self.say(Severity::Warning, code, place, sentence, remedy);
    }

    fn info(&mut self, code: Code, place: Place, sentence: String, remedy: &str) {
        self.say(Severity::Info, code, place, sentence, remedy);
    }

    fn say(&mut self, severity: Severity, code: Code, place: Place, sentence: String, remedy: &str) {
        self.findings.push(Finding { severity, place, code, sentence, remedy: remedy.to_owned() });
    }

    /// `HELP (side A)`: two sites may have projects of the same key.
    fn project(&self, side: Side) -> String {
        format!("{} (side {side})", self.schemas[side].key)
    }

    fn type_name(&self, side: Side, id: &IssueTypeId) -> String {
        self.schemas[side].issue_type_words(id)
    }

    fn field_name(&self, side: Side, id: &FieldId) -> String {
        self.schemas[side].field_words(id)
    }

    /// The pairs of issue types that leave `side` and exist on both.
    fn type_pairs(&self, side: Side) -> Vec<TypePair<'a>> {
        let (home, away) = (self.schema(side), self.schema(side.other()));
        let pair = |rule: &'a IssueTypeRule| {
            Some(TypePair { from: home.issue_type(&rule.from)?, to: away.issue_type(&rule.to)? })
        };
        self.side(side).issue_types.iter().filter_map(pair).collect()
    }
}

/// One issue type that leaves a side, and what it becomes.
#[derive(Clone, Copy)]
struct TypePair<'a> {
    from: &'a IssueTypeSchema,
    to: &'a IssueTypeSchema,
}

impl TypePair<'_> {
    fn takes(&self, rule: &FieldRule) -> bool {
        rule.is_for(&self.from.id)
    }
}

/// `*IT Help*, *Purchase* and *Access*`.
fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(|n| format!("*{}*", n.as_ref())).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
