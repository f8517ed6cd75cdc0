//! Two small Jiras and one link, as values: people change things, `settle` asks the plan and does what it says.

use crate::adf::{Doc, paragraph, text};
use crate::audience::Audience;
use crate::config::*;
use crate::id::*;
use crate::issue::*;
use crate::link::*;
use crate::plan::*;
use crate::schema::*;
use crate::stamp::Ring;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const ROUNDS_MAX: usize = 20;
pub(super) const GRACE_MS: i64 = 60_000;

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) config: Config,
    pub(super) schemas: Sides<ProjectSchema>,
    pub(super) scope_from: Sides<Option<Millis>>,
    pub(super) jira: Sides<Jira>,
    pub(super) link: Link,
    pub(super) hints: Sides<Hints>,
    /// Events that our own writes made.
    pub(super) echoes: Sides<Hints>,
    pub(super) now: Millis,
    pub(super) notes: Vec<Note>,
    pub(super) reads: usize,
    pub(super) writes: usize,
    pub(super) cluster_taken: bool,
    /// What Jira answers to the next step in place of doing it.
    pub(super) refuse: Option<Answer>,
    /// The answer to the step after so many others is lost; the bool says whether Jira did it all the same.
    pub(super) lose: Option<(usize, bool)>,
    crashed: bool,
    pub(super) sites: Sides<String>,
    /// What people's changes gave to hear of, one by one.
    pub(super) events: Vec<(Side, Hints)>,
    next_op: u32,
}

/// One side: at most one issue, and its comments.
#[derive(Debug, Clone, Default)]
pub(super) struct Jira {
    pub(super) issue: Option<Issue>,
    pub(super) hidden: bool,
    pub(super) comments: BTreeMap<CommentId, Comment>,
    pub(super) history: Vec<Change>,
    /// Whatever is written public here, whoever asked for it.
    pub(super) publishes_everything: bool,
    next: u32,
}

pub(super) fn key() -> DigestKey {
    DigestKey::new(b"a key for tests")
}

pub(super) fn ring() -> Ring {
    Ring::new(BTreeMap::from([(1, b"a stamp key for tests, 32 bytes!".to_vec())]))
}

pub(super) fn us() -> AccountId {
    "duplex".into()
}

pub(super) fn person(name: &str) -> Person {
    Person { account: AccountId::new(name.to_lowercase()), name: name.to_owned(), email: None }
}

pub(super) fn doc(lines: &[&str]) -> Doc {
    Doc::of_blocks(lines.iter().map(|line| paragraph(vec![text(line)])).collect())
}

pub(super) fn rich(lines: &[&str]) -> Value {
    Value::Rich(doc(lines))
}

pub(super) fn words(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn labels(names: &[&str]) -> Value {
    if names.is_empty() {
        Value::Empty
    } else {
        Value::Labels(names.iter().map(|n| (*n).to_owned()).collect())
    }
}

fn rule(id: &str) -> FieldRule {
    FieldRule { from: id.into(), to: id.into(), kind: RuleKind::Passthrough, issue_types: None }
}

fn side_config(name: &str) -> SideConfig {
    SideConfig {
        site: SiteId::new(format!("site-{name}")),
        project: ProjectId::new(format!("project-{name}")),
        scope: Scope::default(),
        issue_types: vec![IssueTypeRule { from: "1".into(), to: "1".into() }],
        fields: vec![rule("summary"), rule("description"), rule("labels")],
        comments: CommentRules { enabled: true, ..CommentRules::default() },
        users: UserRules::default(),
        defaults: vec![DefaultRule {
            field: "cf_request".into(),
            value: DefaultValue::AllIssueTypes { value: "7".to_owned() },
        }],
    }
}

fn schema(name: &str) -> ProjectSchema {
    let field = |id: &str, kind| FieldSchema {
        id: id.into(),
        name: id.to_owned(),
        kind,
        required: false,
        has_default: false,
        on_create: true,
        on_edit: true,
        options: Vec::new(),
    };
    ProjectSchema {
        project: ProjectId::new(format!("project-{name}")),
        key: name.to_uppercase(),
        name: name.to_owned(),
        service: true,
        issue_types: vec![IssueTypeSchema {
            id: "1".into(),
            name: "IT Help".to_owned(),
            subtask: false,
            fields: vec![
                field("summary", FieldKind::Text),
                field("description", FieldKind::Rich),
                field("labels", FieldKind::Labels),
                field("extra", FieldKind::Text),
            ],
        }],
        request_types: vec![RequestTypeSchema {
            id: "7".into(),
            name: "Get IT Help".to_owned(),
            issue_type: "1".into(),
        }],
        request_type_field: Some("cf_request".into()),
    }
}

impl Jira {
    pub(super) fn public(&self) -> usize {
        self.comments.values().filter(|c| c.audience.is_public()).count()
    }

    fn id(&mut self) -> String {
        self.next += 1;
        format!("{}", 100 + self.next)
    }

    fn change(&mut self, now: Millis, author: AccountId, fields: Vec<(FieldId, Value)>) {
        let id = HistoryId(self.id());
        let Some(issue) = &mut self.issue else { return };
        let mut items = Vec::new();
        for (field, value) in fields {
            let plain = |v: &Value| match v {
                Value::Text(text) | Value::Wiki(text) => Some(text.clone()),
                Value::Rich(doc) => Some(doc.plain_text()),
                Value::Labels(set) => Some(set.iter().cloned().collect::<Vec<_>>().join(" ")),
                _ => None,
            };
            let old = issue.fields.insert(field.clone(), value.clone()).unwrap_or(Value::Empty);
            items.push(ChangeItem {
                field,
                from: None,
                from_text: plain(&old),
                to: None,
                to_text: plain(&value),
            });
        }
        issue.updated = now;
        self.history.push(Change { id, at: now, author: Some(author), items });
    }

    /// The issue as it is read, with its whole changelog.
    fn shown(&self) -> Sight {
        match &self.issue {
            _ if self.hidden => Sight::Forbidden,
            None => Sight::Missing,
            Some(issue) => {
                Sight::Seen(Box::new(Issue { history: Some(self.history.clone()), ..issue.clone() }))
            }
        }
    }
}

/// Jira rewrites what it is sent: text loses the blanks around it.
fn normalised(value: Value) -> Value {
    match value {
        Value::Text(text) if text.trim().is_empty() => Value::Empty,
        Value::Text(text) => Value::Text(text.trim().to_owned()),
        Value::Wiki(text) => rich(&[&text]),
        other if crate::merge::is_empty(&other) => Value::Empty,
        other => other,
    }
}

impl World {
    /// An issue on A that is not mirrored yet.
    pub(super) fn raised(side: Side) -> Self {
        let mut world = Self {
            config: Config {
                name: "guide".to_owned(),
                sides: Sides::new(side_config("a"), side_config("b")),
                conflicts: Vec::new(),
            },
            schemas: Sides::new(schema("a"), schema("b")),
            scope_from: Sides::default(),
            jira: Sides::default(),
            link: Link::candidate(&"sync".into(), side, "100".into()),
            hints: Sides::default(),
            echoes: Sides::default(),
            now: Millis(1_000_000),
            notes: Vec::new(),
            reads: 0,
            writes: 0,
            cluster_taken: false,
            refuse: None,
            lose: None,
            crashed: false,
            sites: Sides::new("Acme".to_owned(), "Globex".to_owned()),
            events: Vec::new(),
            next_op: 0,
        };
        let fields =
            [("summary", words("Printer")), ("description", rich(&["It smokes."])), ("labels", Value::Empty)];
        world.jira[side].issue = Some(Issue {
            id: "100".into(),
            key: "K-100".to_owned(),
            project: world.config.sides[side].project.clone(),
            issue_type: "1".into(),
            request_type: Some("7".into()),
            security: None,
            created: world.now,
            updated: world.now,
            reporter: None,
            creator: Some("carla".into()),
            fields: fields
                .into_iter()
                .map(|(id, v)| (id.into(), v))
                .chain([("extra".into(), Value::Empty)])
                .collect(),
            history: None,
            stamp: None,
        });
        world.hints[side].updated = Some(world.now);
        world
    }

    /// A linked pair on which both sides agree, echoes delivered.
    pub(super) fn linked() -> Self {
        let mut world = Self::raised(Side::A);
        world.settle();
        world.echo();
        world.forget_costs();
        world
    }

    pub(super) fn forget_costs(&mut self) {
        (self.reads, self.writes) = (0, 0);
        self.notes.clear();
    }

    // What people do.

    pub(super) fn tick(&mut self) -> Millis {
        self.now = self.now.plus(1_000);
        self.now
    }

    pub(super) fn edit(&mut self, side: Side, field: &str, value: Value) {
        let now = self.tick();
        self.jira[side].change(now, "anna".into(), vec![(field.into(), value)]);
        let newest = self.jira[side].history.last().map(|c| c.id.clone());
        self.event(side, Hints { history: newest, ..Hints::default() });
    }

    pub(super) fn comment(&mut self, side: Side, line: &str, audience: Audience) -> CommentId {
        let now = self.tick();
        let id = CommentId(self.jira[side].id());
        let comment = Comment {
            id: id.clone(),
            author: Some(person("Anna")),
            created: now,
            updated: now,
            body: doc(&[line]),
            audience,
            stamp: None,
        };
        self.jira[side].comments.insert(id.clone(), comment);
        self.hint(side, &id, Some(now));
        id
    }

    pub(super) fn edit_comment(&mut self, side: Side, id: &CommentId, line: &str) {
        let now = self.tick();
        if let Some(comment) = self.jira[side].comments.get_mut(id) {
            (comment.body, comment.updated) = (doc(&[line]), now);
            self.hint(side, id, Some(now));
        }
    }

    pub(super) fn show_comment_to(&mut self, side: Side, id: &CommentId, audience: Audience) {
        let now = self.tick();
        if let Some(comment) = self.jira[side].comments.get_mut(id) {
            (comment.audience, comment.updated) = (audience, now);
            self.hint(side, id, Some(now));
        }
    }

    pub(super) fn delete_comment(&mut self, side: Side, id: &CommentId) {
        self.tick();
        if self.jira[side].comments.remove(id).is_some() {
            self.hint(side, id, None);
        }
    }

    pub(super) fn hint(&mut self, side: Side, id: &CommentId, version: Option<Millis>) {
        self.event(side, Hints { comments: BTreeMap::from([(id.clone(), version)]), ..Hints::default() });
    }

    fn event(&mut self, side: Side, hints: Hints) {
        self.hints[side].widen(hints.clone());
        self.events.push((side, hints));
    }

    pub(super) fn retry(&mut self) {
        let now = self.tick();
        self.hints.a.retry = Some(now);
    }

    // What we do.

    /// Works until there is nothing left to do with the hints.
    pub(super) fn settle(&mut self) {
        let mut hints = std::mem::take(&mut self.hints);
        let mut seen = self.views();
        for _ in 0..ROUNDS_MAX {
            let plan = self.ask(&hints, &seen);
            self.tick();
            let waits = plan.not_before.is_some();
            self.take(&plan);
            for read in &plan.needs {
                self.reads += 1;
                self.read(read, &mut seen);
            }
            for step in &plan.steps {
                self.execute(step, &hints, &mut seen);
                if std::mem::take(&mut self.crashed) {
                    Side::BOTH.into_iter().for_each(|side| self.hints[side].widen(hints[side].clone()));
                    return;
                }
            }
            if plan.needs.is_empty() && plan.steps.is_empty() {
                if waits {
                    self.hints = hints;
                    return;
                }
                hints = std::mem::take(&mut self.hints);
                if hints.a.is_empty() && hints.b.is_empty() {
                    return;
                }
                seen = self.views();
            }
        }
        panic!("no end after {ROUNDS_MAX} rounds: {:#?}", self.ask(&hints, &seen));
    }

    /// The events of our own writes arrive.
    pub(super) fn echo(&mut self) {
        self.hints = std::mem::take(&mut self.echoes);
        self.settle();
    }

    /// All of it is looked at, as an audit does.
    pub(super) fn audit(&mut self) {
        self.hints = Sides::each(|_| Hints { fields: true, all_comments: true, ..Hints::default() });
        self.settle();
    }

    pub(super) fn ask(&self, hints: &Sides<Hints>, seen: &Sides<View>) -> Plan {
        self.with(hints, seen, plan)
    }

    pub(super) fn with<T>(
        &self,
        hints: &Sides<Hints>,
        seen: &Sides<View>,
        f: impl FnOnce(&Given<'_>) -> T,
    ) -> T {
        let (key, stamps, people) = (key(), ring(), People::default());
        f(&Given {
            config: &self.config,
            schemas: &self.schemas,
            scope_from: &self.scope_from,
            link: &self.link,
            hints,
            seen,
            people: &people,
            sites: &self.sites,
            cluster_taken: self.cluster_taken,
            stamps: &stamps,
            key: &key,
            now: self.now,
            grace_ms: GRACE_MS,
        })
    }

    pub(super) fn views(&self) -> Sides<View> {
        Sides::each(|_| View { us: Some(us()), ..View::default() })
    }

    fn take(&mut self, plan: &Plan) {
        for note in &plan.notes {
            self.link.remember(note, self.now);
            self.notes.push(note.clone());
        }
        for side in Side::BOTH {
            self.hints[side].widen(plan.again[side].clone());
        }
    }

    pub(super) fn read(&self, read: &Read, seen: &mut Sides<View>) {
        match read {
            Read::Issue { side, .. } => seen[*side].issue = self.jira[*side].shown(),
            Read::Comment { side, id, .. } => {
                let sight = match self.jira[*side].comments.get(id) {
                    Some(comment) => CommentSight::Seen(Box::new(comment.clone())),
                    None => CommentSight::Absent,
                };
                seen[*side].comments.insert(id.clone(), sight);
            }
            Read::NewestComments { side } | Read::AllComments { side } => {
                let all = self.jira[*side].comments.values();
                let sights = all.map(|c| (c.id.clone(), CommentSight::Seen(Box::new(c.clone()))));
                seen[*side].comments.extend(sights.collect::<Vec<_>>());
                seen[*side].comments_listed_from = Some(Millis(i64::MIN));
            }
            Read::Search { side, op, .. } => {
                let found = self.search(*side, op);
                seen[*side].searched.insert(op.clone(), found);
            }
            Read::InScope { side } => seen[*side].in_scope = Some(true),
            Read::Person { .. } => {}
        }
    }

    fn search(&self, side: Side, op: &OpId) -> Found {
        let ours = |stamp: &Option<String>| {
            stamp.as_deref().and_then(|s| ring().read(s)).is_some_and(|s| &s.op == op)
        };
        let issue = self.jira[side].issue.iter().find(|i| ours(&i.stamp));
        let comment = self.jira[side].comments.values().find(|c| ours(&c.stamp));
        match (issue, comment) {
            (Some(issue), _) => Found::Issue { id: issue.id.clone(), key: issue.key.clone() },
            (None, Some(comment)) => Found::Comment { id: comment.id.clone() },
            (None, None) => Found::Nothing,
        }
    }

    fn execute(&mut self, step: &Step, hints: &Sides<Hints>, seen: &mut Sides<View>) {
        self.writes += 1;
        let op = self.open(step);
        if self.loses(step, &op) {
            return;
        }
        let answer = self.refuse.take().unwrap_or_else(|| self.perform(step, &op));
        let taken = self.with(hints, seen, |given| super::super::answer(given, step, &op, &answer));
        show(step, &answer, seen);
        self.take(&taken);
        for further in &taken.steps {
            if !self.crashed {
                self.execute(further, hints, seen);
            }
        }
    }

    /// The process ends between the call and its outcome.
    fn loses(&mut self, step: &Step, op: &OpId) -> bool {
        match self.lose {
            Some((0, happens)) => {
                if happens {
                    self.perform(step, op);
                }
                (self.lose, self.crashed) = (None, true);
                true
            }
            Some((left, happens)) => {
                self.lose = Some((left - 1, happens));
                false
            }
            None => false,
        }
    }

    /// Works on until every lost outcome is cleared up.
    pub(super) fn recover(&mut self) {
        for _ in 0..ROUNDS_MAX {
            self.settle();
            if self.hints.a.is_empty() && self.hints.b.is_empty() {
                return;
            }
            self.now = self.now.plus(GRACE_MS + 1);
        }
        panic!("never at rest: {:#?}", self.link.intents);
    }

    /// Announces a step.
    pub(super) fn open(&mut self, step: &Step) -> OpId {
        self.next_op += 1;
        let op = OpId(format!("op{}", self.next_op));
        let (side, what, opened) = (step.op.side(), step.intent(), self.now);
        self.link.intents.push(Intent { op: op.clone(), side, what, opened, config_version: 1 });
        op
    }

    /// Does to the small Jira what a step says.
    pub(super) fn perform(&mut self, step: &Step, op: &OpId) -> Answer {
        self.no_leak(step);
        let now = self.tick();
        let stamp = step.stamp(&self.link, op).and_then(|stamp| ring().sign(&stamp).ok());
        match &step.op {
            Op::CreateIssue { side, project, issue_type, request_type, fields, .. } => {
                let mapped = ["summary", "description", "labels", "extra"];
                let value = |id: &str| normalised(fields.get(&id.into()).cloned().unwrap_or(Value::Empty));
                assert!(self.jira[*side].issue.is_none(), "a second issue on {side}");
                self.jira[*side].issue = Some(Issue {
                    id: "200".into(),
                    key: "K-200".to_owned(),
                    project: project.clone(),
                    issue_type: issue_type.clone(),
                    request_type: request_type.clone(),
                    security: None,
                    created: now,
                    updated: now,
                    reporter: None,
                    creator: Some(us()),
                    fields: mapped.into_iter().map(|id| (id.into(), value(id))).collect(),
                    history: None,
                    stamp,
                });
                self.echoes[*side].widen(Hints { updated: Some(now), ..Hints::default() });
                Answer::Created { id: "200".into(), key: "K-200".to_owned() }
            }
            Op::EditIssue { side, fields, .. } => self.write(*side, fields, now),
            Op::AddComment { side, body, audience, .. } => {
                let jira = &mut self.jira[*side];
                let id = CommentId(jira.id());
                let audience = if jira.publishes_everything { Audience::Customers } else { *audience };
                let author = Some(Person { account: us(), ..person("Duplex") });
                let comment = Comment {
                    id: id.clone(),
                    author,
                    created: now,
                    updated: now,
                    body: body.clone(),
                    audience,
                    stamp,
                };
                jira.comments.insert(id.clone(), comment.clone());
                self.echoed(*side, &id, Some(now));
                Answer::Commented { comment: Box::new(comment) }
            }
            Op::EditComment { side, comment, body, .. } => {
                let Some(known) = self.jira[*side].comments.get_mut(comment) else { return Answer::NotThere };
                (known.body, known.updated) = (body.clone(), now);
                let known = known.clone();
                self.echoed(*side, comment, Some(now));
                Answer::Commented { comment: Box::new(known) }
            }
            Op::DeleteComment { side, comment, .. } => match self.jira[*side].comments.remove(comment) {
                Some(_) => {
                    self.echoed(*side, comment, None);
                    Answer::Deleted
                }
                None => Answer::NotThere,
            },
        }
    }

    /// What is written for customers comes from a comment for customers, or the map says so.
    fn no_leak(&self, step: &Step) {
        if let Op::AddComment { side, origin, audience, .. }
        | Op::EditComment { side, origin, audience, .. } = &step.op
        {
            let from = side.other();
            let shown = self.jira[from].comments[origin].audience;
            assert!(*audience <= Audience::Team, "{audience:?} has no form in Jira");
            assert!(*audience != Audience::Customers || self.may_be_public(from, shown), "a leak: {step:#?}");
        }
    }

    pub(super) fn may_be_public(&self, from: Side, audience: Audience) -> bool {
        let rules = &self.config.sides[from].comments;
        match audience {
            Audience::Customers => rules.public == Cell::Public,
            Audience::Team => rules.internal == Cell::Public,
            Audience::Restricted | Audience::Unknown => false,
        }
    }

    fn echoed(&mut self, side: Side, id: &CommentId, version: Option<Millis>) {
        let comments = BTreeMap::from([(id.clone(), version)]);
        self.echoes[side].widen(Hints { comments, ..Hints::default() });
    }

    fn write(&mut self, side: Side, fields: &BTreeMap<FieldId, FieldWrite>, now: Millis) -> Answer {
        let Some(issue) = &self.jira[side].issue else { return Answer::NotThere };
        let changed = fields
            .iter()
            .map(|(id, write)| {
                let current = issue.fields.get(id).cloned().unwrap_or(Value::Empty);
                let value = match write {
                    FieldWrite::Set { value } => normalised(value.clone()),
                    FieldWrite::Labels { add, remove } => {
                        let mut set = if let Value::Labels(set) = current { set } else { BTreeSet::new() };
                        set.retain(|l| !remove.contains(l));
                        set.extend(add.iter().cloned());
                        normalised(Value::Labels(set))
                    }
                    FieldWrite::Choices { .. } | FieldWrite::People { .. } => current,
                };
                (id.clone(), value)
            })
            .collect();
        let jira = &mut self.jira[side];
        jira.change(now, us(), changed);
        self.echoes[side].widen(Hints {
            history: self.jira[side].history.last().map(|c| c.id.clone()),
            ..Hints::default()
        });
        match self.jira[side].shown() {
            Sight::Seen(issue) => Answer::Edited { issue },
            Sight::NotRead | Sight::Missing | Sight::Forbidden => Answer::NotThere,
        }
    }

    // What can be seen.

    pub(super) fn value(&self, side: Side, field: &str) -> Value {
        self.jira[side]
            .issue
            .as_ref()
            .and_then(|i| i.fields.get(&field.into()))
            .cloned()
            .unwrap_or(Value::Empty)
    }

    /// The comments of a side in words, oldest first.
    pub(super) fn thread(&self, side: Side) -> Vec<String> {
        let mut all: Vec<_> = self.jira[side].comments.values().collect();
        all.sort_by_key(|c| (c.created, c.id.0.clone()));
        all.into_iter()
            .map(|c| format!("{:?}: {}", c.audience, c.body.plain_text().replace('\n', " ")))
            .collect()
    }

    pub(super) fn parked(&self) -> Vec<String> {
        self.link.parked.iter().map(|p| p.code.clone()).collect()
    }

    pub(super) fn conflicts(&self) -> Vec<Conflict> {
        let conflict =
            |note: &Note| if let Note::Conflict { conflict } = note { Some(conflict.clone()) } else { None };
        self.notes.iter().filter_map(conflict).collect()
    }
}

/// What was written is seen as the answer shows it.
pub(super) fn show(step: &Step, answer: &Answer, seen: &mut Sides<View>) {
    let view = &mut seen[step.op.side()];
    match (&step.op, answer) {
        (_, Answer::Edited { issue }) => view.issue = Sight::Seen(issue.clone()),
        (_, Answer::Commented { comment }) => {
            view.comments.insert(comment.id.clone(), CommentSight::Seen(comment.clone()));
        }
        (
            Op::DeleteComment { comment, .. } | Op::EditComment { comment, .. },
            Answer::Deleted | Answer::NotThere,
        ) => {
            view.comments.insert(comment.clone(), CommentSight::Absent);
        }
        _ => {}
    }
}
