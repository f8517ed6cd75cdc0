//! The `service-desk` seed: four service projects, a software project, and the people who work in them.
//!
//! Numbers differ between sites on purpose (`order` counts the sites), so that nobody can rely on equal ids.

mod fields;
mod people;
mod projects;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::model::{Counters, Named, Site};

/// Numbers of one site are this far from the next site's.
const SITE_STRIDE: u64 = 10_000;

/// A seeded site. `order` is how many sites there were before.
#[must_use]
pub fn service_desk(seed: u64, order: u64, name: &str, base_url: &str) -> Site {
    let numbers = Numbers { order };
    let mut site = Site {
        name: name.to_owned(),
        base_url: base_url.to_owned(),
        title: capitalised(name),
        clock_skew_ms: 0,
        index_lag_ms: 0,
        leak: None,
        users: BTreeMap::new(),
        groups: BTreeMap::new(),
        organizations: BTreeMap::new(),
        roles: BTreeMap::new(),
        statuses: BTreeMap::new(),
        priorities: priorities(),
        resolutions: named(10_000, &["Done", "Won't Do", "Duplicate", "Cannot Reproduce"]),
        security_levels: named(10_000 + numbers.small(7), &["Confidential"]),
        issue_types: BTreeMap::new(),
        fields: fields::all(numbers),
        projects: BTreeMap::new(),
        issues: BTreeMap::new(),
        keys: BTreeMap::new(),
        deleted_comments: Vec::new(),
        app_properties: BTreeMap::new(),
        events: Vec::new(),
        counters: Counters {
            issue: numbers.at(10_000),
            comment: numbers.at(10_500),
            history: numbers.at(10_900),
            event: 1,
        },
    };
    people::settle(&mut site, seed, numbers);
    projects::build(&mut site, numbers);
    site
}

/// The numbers of one site.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    order: u64,
}

impl Numbers {
    /// A large id.
    fn at(self, first: u64) -> u64 {
        first + self.order * SITE_STRIDE
    }

    /// A small id, such as a service desk's; `width` is how many of the kind a site has.
    fn small(self, width: u64) -> u64 {
        1 + self.order * width
    }
}

// Priorities have the same ids on every Cloud site.
fn priorities() -> Vec<Named> {
    named(1, &["Highest", "High", "Medium", "Low", "Lowest"])
}

fn named(first: u64, names: &[&str]) -> Vec<Named> {
    names
        .iter()
        .zip(first..)
        .map(|(name, id)| Named { id: id.to_string(), name: (*name).to_owned(), description: String::new() })
        .collect()
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A UUID that follows from the seed and a name.
fn uuid_of(seed: u64, name: &str) -> String {
    let hash = Sha256::digest(format!("{seed}/{name}"));
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}
