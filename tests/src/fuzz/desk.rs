//! Two issues that mirror each other in one field, as values: people write, `settle` does what the plan says.

use duplex_core::config::{
    CommentRules, Config, ConflictRule, FieldRule, IssueTypeRule, RuleKind, Scope, SideConfig, UserRules,
    Wins,
};
use duplex_core::id::{AccountId, FieldId, HistoryId, Millis, OpId, Side, Sides};
use duplex_core::issue::{Change, ChangeItem, Issue, Value};
use duplex_core::link::{DigestKey, End, Intent, Link};
use duplex_core::merge;
use duplex_core::plan::{
    Answer, Conflict, FieldWrite, Given, Hints, Note, Op, People, Plan, Read, Rebasing, Sight, Step, View,
    answer, plan,
};
use duplex_core::schema::{FieldKind, ProjectSchema};
use duplex_core::stamp::Ring;
use std::collections::{BTreeMap, BTreeSet};

/// A merge of one field is done after so many looks, or it never ends.
const LOOKS_MAX: usize = 12;

const FIELD: &str = "customfield_10001";
const US: &str = "duplex";

/// The two issues, and what is remembered of them.
#[derive(Clone)]
pub(super) struct Desks {
    config: Config,
    schemas: Sides<ProjectSchema>,
    link: Link,
    issues: Sides<Issue>,
    now: Millis,
    /// What was settled by the policy since the last [`Desks::forget`].
    pub(super) conflicts: Vec<Conflict>,
    /// The sides that were written to since then.
    pub(super) writes: Vec<Side>,
    ops: usize,
}

impl Desks {
    /// Two issues whose field is empty. `origin` is the side whose issue people made.
    pub(super) fn new(kind: FieldKind, wins: Wins, origin: Side) -> Self {
        let mut link = Link::candidate(&"sync".into(), origin, "100".into());
        link.ends[origin.other()] = Some(End::unread("100".into()));
        Self {
            config: Config {
                name: "fuzz".to_owned(),
                sides: Sides::each(side_config),
                conflicts: vec![ConflictRule { a: FIELD.into(), b: FIELD.into(), wins }],
            },
            schemas: Sides::each(|side| schema(side, kind)),
            link,
            issues: Sides::each(issue),
            now: Millis(1_000_000),
            conflicts: Vec::new(),
            writes: Vec::new(),
            ops: 0,
        }
    }

    pub(super) fn value(&self, side: Side) -> &Value {
        self.issues[side].fields.get(&FieldId::from(FIELD)).unwrap_or(&Value::Empty)
    }

    /// It waits for a person.
    pub(super) fn parked(&self) -> bool {
        !self.link.parked.is_empty()
    }

    pub(super) fn forget(&mut self) {
        self.conflicts.clear();
        self.writes.clear();
    }

    /// A person writes.
    pub(super) fn write(&mut self, side: Side, value: &Value) {
        self.change(side, "anna", value);
    }

    fn tick(&mut self) -> Millis {
        self.now = self.now.plus(1_000);
        self.now
    }

    fn change(&mut self, side: Side, author: &str, value: &Value) {
        let at = self.tick();
        self.ops += 1;
        let issue = &mut self.issues[side];
        let old = issue.fields.insert(FIELD.into(), value.clone()).unwrap_or(Value::Empty);
        let item = ChangeItem {
            field: FIELD.into(),
            from: None,
            from_text: shown(&old),
            to: None,
            to_text: shown(value),
        };
        let id = HistoryId(format!("{}", 10_000 + self.ops));
        issue.updated = at;
        let change = Change { id, at, author: Some(author.into()), items: vec![item] };
        issue.history.get_or_insert_default().push(change);
    }

    /// Works until there is nothing left to do.
    pub(super) fn settle(&mut self) {
        let hints = Sides::each(|_| Hints { fields: true, ..Hints::default() });
        let mut seen = Sides::each(|_| View { us: Some(US.into()), in_scope: Some(true), ..View::default() });
        for _ in 0..LOOKS_MAX {
            let next = self.with(&hints, &seen, plan);
            self.tick();
            self.take(&next);
            for read in &next.needs {
                let Read::Issue { side, .. } = read else {
                    panic!("the merge of one field asks for {read:?}")
                };
                seen[*side].issue = Sight::Seen(Box::new(self.issues[*side].clone()));
            }
            for step in &next.steps {
                self.execute(step, &hints, &mut seen);
            }
            if next.needs.is_empty() && next.steps.is_empty() {
                return;
            }
        }
        panic!("no end after {LOOKS_MAX} looks: {:#?}", self.with(&hints, &seen, plan));
    }

    fn with<T>(&self, hints: &Sides<Hints>, seen: &Sides<View>, f: impl FnOnce(&Given<'_>) -> T) -> T {
        f(&Given {
            config: &self.config,
            schemas: &self.schemas,
            scope_from: &Sides::default(),
            link: &self.link,
            hints,
            seen,
            people: &People::default(),
            sites: &Sides::new("Acme".to_owned(), "Globex".to_owned()),
            cluster_taken: false,
            rebasing: Rebasing::Nothing,
            stamps: &Ring::new(BTreeMap::from([(1, b"a stamp key for tests, 32 bytes!".to_vec())])),
            key: &DigestKey::new(b"a key for tests"),
            now: self.now,
            grace_ms: 60_000,
        })
    }

    fn take(&mut self, plan: &Plan) {
        for note in &plan.notes {
            self.link.remember(note, self.now);
            if let Note::Conflict { conflict } = note {
                self.conflicts.push(conflict.clone());
            }
        }
    }

    fn execute(&mut self, step: &Step, hints: &Sides<Hints>, seen: &mut Sides<View>) {
        self.ops += 1;
        let (op, side) = (OpId(format!("op{}", self.ops)), step.op.side());
        let (what, opened) = (step.intent(), self.now);
        self.link.intents.push(Intent { op: op.clone(), side, what, opened, config_version: 1 });
        let Op::EditIssue { fields, .. } = &step.op else { panic!("the merge of one field does {step:?}") };
        for write in fields.values() {
            let value = written(self.value(side), write);
            self.change(side, US, &value);
        }
        self.writes.push(side);
        let issue = Box::new(self.issues[side].clone());
        let edited = Answer::Edited { issue: issue.clone() };
        let taken = self.with(hints, seen, |given| answer(given, step, &op, &edited));
        assert!(taken.steps.is_empty(), "a plain answer makes further steps: {:?}", taken.steps);
        seen[side].issue = Sight::Seen(issue);
        self.take(&taken);
    }
}

/// What Jira shows once it took a write.
fn written(current: &Value, write: &FieldWrite) -> Value {
    let value = match write {
        FieldWrite::Set { value } => value.clone(),
        FieldWrite::Labels { add, remove } => {
            let mut set = if let Value::Labels(set) = current { set.clone() } else { BTreeSet::new() };
            assert!(add.is_disjoint(remove), "added and removed: {write:?}");
            set.retain(|label| !remove.contains(label));
            set.extend(add.iter().cloned());
            Value::Labels(set)
        }
        FieldWrite::Choices { .. } | FieldWrite::People { .. } => panic!("no such field: {write:?}"),
    };
    if merge::is_empty(&value) { Value::Empty } else { value }
}

/// As the changelog tells it.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Wiki(text) | Value::Date(text) => Some(text.clone()),
        Value::Rich(doc) => Some(doc.plain_text()),
        Value::Labels(set) => Some(set.iter().cloned().collect::<Vec<_>>().join(" ")),
        Value::Number(number) => Some(number.to_string()),
        Value::Empty
        | Value::DateTime(_)
        | Value::Choice(_)
        | Value::Choices(_)
        | Value::Person(_)
        | Value::People(_)
        | Value::Other(_) => None,
    }
}

fn side_config(side: Side) -> SideConfig {
    SideConfig {
        site: side.as_str().into(),
        project: "10000".into(),
        scope: Scope::default(),
        issue_types: vec![IssueTypeRule { from: "1".into(), to: "1".into() }],
        fields: vec![FieldRule {
            from: FIELD.into(),
            to: FIELD.into(),
            kind: RuleKind::Passthrough,
            issue_types: None,
        }],
        comments: CommentRules { enabled: false, ..CommentRules::default() },
        users: UserRules::default(),
        defaults: Vec::new(),
    }
}

fn schema(side: Side, kind: FieldKind) -> ProjectSchema {
    super::project(&side.to_string(), &[(FIELD, kind)])
}

fn issue(side: Side) -> Issue {
    Issue {
        id: "100".into(),
        key: format!("{side}-1"),
        project: "10000".into(),
        issue_type: "1".into(),
        request_type: None,
        security: None,
        created: Millis(0),
        updated: Millis(0),
        reporter: None,
        creator: Some(AccountId::from("carla")),
        fields: BTreeMap::from([(FIELD.into(), Value::Empty)]),
        history: Some(Vec::new()),
        stamp: None,
    }
}
