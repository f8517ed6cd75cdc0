//! Sets (labels, people, several choices) are merged member by member and written as additions and removals: what
//! one side never had in common with the other stays untouched there.

use super::{digest, is_empty};
use crate::id::{Side, Sides};
use crate::issue::{Choice, Person, Value};
use crate::link::{Digest, DigestKey};
use crate::ordered::BTreeSet;
use crate::plan::FieldWrite;

/// What is written to one side, and the members that are shared once that is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub write: FieldWrite,
    pub members: Vec<Sides<Digest>>,
}

/// The outcome of a merge: nothing, one write, or one to each side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merged {
    pub changes: Sides<Option<Change>>,
    /// What is shared once all of it is done, or when there is nothing to do.
    pub members: Vec<Sides<Digest>>,
}

/// Merges two sets as they were read. `shared` are the members in common at the last agreement; `across(from, member)`
/// is a member as the other side would have it, `None` where it is not carried from that side.
pub fn merge(
    key: &DigestKey,
    seen: Sides<&Value>,
    shared: &[Sides<Digest>],
    across: impl Fn(Side, &Value) -> Option<Value>,
) -> Merged {
    let here = seen.map(|value| Members::of(key, value));
    // A member that one side lost since, the other loses too.
    let lost = |side: Side| -> Vec<&Sides<Digest>> {
        shared
            .iter()
            .filter(|pair| !here[side].has(&pair[side]) && here[side.other()].has(&pair[side.other()]))
            .collect()
    };
    let gained = |side: Side| -> Vec<(Sides<Digest>, Value)> {
        let paired = |d: &Digest| shared.iter().any(|pair| &pair[side] == d);
        here[side]
            .0
            .iter()
            .filter(|(d, _)| !paired(d))
            .filter_map(|(d, member)| {
                let there = across(side, member)?;
                let mut pair = Sides::new(d.clone(), d.clone());
                pair[side.other()] = digest(key, &there);
                Some((pair, there))
            })
            .collect()
    };
    let (lost, gained) = (Sides::each(lost), Sides::each(gained));
    let standing: Vec<Sides<Digest>> =
        shared.iter().filter(|p| here.a.has(&p.a) && here.b.has(&p.b)).cloned().collect();

    let changes = Sides::each(|to| {
        let from = to.other();
        let add: Vec<Value> = gained[from]
            .iter()
            .filter(|(pair, _)| !here[to].has(&pair[to]))
            .map(|(_, v)| v.clone())
            .collect();
        let needed = |d: &Digest| {
            standing.iter().any(|p| &p[to] == d) || gained[from].iter().any(|(p, _)| &p[to] == d)
        };
        let remove: Vec<Value> = lost[from]
            .iter()
            .filter(|pair| !needed(&pair[to]))
            .filter_map(|pair| here[to].get(&pair[to]).cloned())
            .collect();
        let write = write(&add, &remove)?;
        // Until the other write is done too, its removals must stay known.
        let members = standing
            .iter()
            .chain(lost[to].iter().copied())
            .chain(gained[from].iter().map(|(pair, _)| pair))
            .cloned()
            .collect::<BTreeSet<_>>();
        Some(Change { write, members: members.into_iter().collect() })
    });
    let members: BTreeSet<_> =
        standing.iter().chain(gained.a.iter().chain(&gained.b).map(|(pair, _)| pair)).cloned().collect();
    Merged { changes, members: members.into_iter().collect() }
}

/// The members of a set, each as a set of one.
struct Members(Vec<(Digest, Value)>);

impl Members {
    fn of(key: &DigestKey, value: &Value) -> Self {
        Self(singles(value).into_iter().map(|v| (digest(key, &v), v)).collect())
    }

    fn get(&self, digest: &Digest) -> Option<&Value> {
        self.0.iter().find(|(d, _)| d == digest).map(|(_, v)| v)
    }

    fn has(&self, digest: &Digest) -> bool {
        self.get(digest).is_some()
    }
}

/// The members of a set, each as a set of one; nothing for what is none.
pub(crate) fn singles(value: &Value) -> Vec<Value> {
    fn one<T: Ord + Clone>(set: &BTreeSet<T>, make: fn(BTreeSet<T>) -> Value) -> Vec<Value> {
        set.iter().map(|member| make(BTreeSet::from([member.clone()]))).collect()
    }
    match value {
        Value::Labels(set) => one(set, Value::Labels),
        Value::Choices(set) => one(set, Value::Choices),
        Value::People(set) => one(set, Value::People),
        Value::Empty
        | Value::Text(_)
        | Value::Rich(_)
        | Value::Wiki(_)
        | Value::Number(_)
        | Value::Date(_)
        | Value::DateTime(_)
        | Value::Choice(_)
        | Value::Person(_)
        | Value::Other(_) => Vec::new(),
    }
}

/// The write that adds and removes these sets of one; `None` where there is nothing to write.
fn write(add: &[Value], remove: &[Value]) -> Option<FieldWrite> {
    let first = add.iter().chain(remove).find(|v| !is_empty(v))?;
    match first {
        Value::Labels(_) => Some(FieldWrite::Labels { add: labels(add), remove: labels(remove) }),
        Value::Choices(_) => Some(FieldWrite::Choices { add: choices(add), remove: choices(remove) }),
        Value::People(_) => Some(FieldWrite::People {
            add: people(add).into_iter().map(|p| p.account).collect(),
            remove: people(remove).into_iter().map(|p| p.account).collect(),
        }),
        Value::Empty
        | Value::Text(_)
        | Value::Rich(_)
        | Value::Wiki(_)
        | Value::Number(_)
        | Value::Date(_)
        | Value::DateTime(_)
        | Value::Choice(_)
        | Value::Person(_)
        | Value::Other(_) => None,
    }
}

fn labels(sets: &[Value]) -> BTreeSet<String> {
    sets.iter().flat_map(|v| if let Value::Labels(set) = v { set.clone() } else { BTreeSet::new() }).collect()
}

fn choices(sets: &[Value]) -> BTreeSet<Choice> {
    sets.iter()
        .flat_map(|v| if let Value::Choices(set) = v { set.clone() } else { BTreeSet::new() })
        .collect()
}

fn people(sets: &[Value]) -> BTreeSet<Person> {
    sets.iter().flat_map(|v| if let Value::People(set) = v { set.clone() } else { BTreeSet::new() }).collect()
}
