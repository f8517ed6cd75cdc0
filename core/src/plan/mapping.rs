//! The field rules that a link's bases were made with, as fingerprints: a difference from what is published is offered
//! as a counted resync, and not done by itself.

use super::Given;
use super::fields::{is_for, issue_type, pair_of};
use crate::config::{Config, FieldRule};
use crate::id::{IssueTypeId, Side, Sides};
use crate::link::{Digest, DigestKey, FieldPair};
use crate::ordered::{BTreeMap, BTreeSet};

/// The fingerprints of the rules by which the fields of one link leave either side.
pub type Mapping = Sides<Digest>;

/// The rules that are for issues of the link's types. An issue that was not read yet has the type that the other's is
/// mapped to.
pub(crate) fn of(given: &Given<'_>) -> Mapping {
    Sides::each(|side| {
        let mapped = || given.config.issue_type(side.other(), issue_type(given, side.other())?);
        fingerprint(given.config, side, issue_type(given, side).or_else(mapped), given.key)
    })
}

/// The mappings that links of a configuration can have, whatever the types of their issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mappings(Sides<BTreeSet<Digest>>);

impl Mappings {
    #[must_use]
    pub fn of(config: &Config, key: &DigestKey) -> Self {
        Self(Sides::each(|side| {
            let rules = &config.sides[side].fields;
            let named: BTreeSet<&IssueTypeId> =
                rules.iter().filter_map(|r| r.issue_types.as_ref()).flatten().collect();
            // Every type that no rule names has the rules that are for all.
            let other = IssueTypeId::new("");
            named.into_iter().chain([&other]).map(|it| fingerprint(config, side, Some(it), key)).collect()
        }))
    }

    /// All of them.
    pub fn every(&self) -> impl Iterator<Item = Mapping> {
        self.0.a.iter().flat_map(|a| self.0.b.iter().map(|b| Sides::new(a.clone(), b.clone())))
    }

    /// Whether a link with this mapping is as the configuration wants it.
    #[must_use]
    pub fn has(&self, mapping: &Mapping) -> bool {
        Side::BOTH.iter().all(|side| self.0[*side].contains(&mapping[*side]))
    }
}

fn fingerprint(config: &Config, side: Side, issue_type: Option<&IssueTypeId>, key: &DigestKey) -> Digest {
    let mut rules: BTreeMap<FieldPair, &FieldRule> = BTreeMap::new();
    for rule in config.sides[side].fields.iter().filter(|rule| is_for(rule, issue_type)) {
        rules.entry(pair_of(side, rule)).or_insert(rule);
    }
    // Where a rule is for all types or names this one makes no difference.
    let kinds: Vec<_> = rules.iter().map(|(pair, rule)| (pair, &rule.kind)).collect();
    key.digest(&kinds)
}
