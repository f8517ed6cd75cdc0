//! Two small Jiras and one link, as values: people change things, `settle` asks the plan and does what it says.

use super::fixture::*;
use super::jira::Jira;
use crate::audience::Audience;
use crate::config::*;
use crate::id::*;
use crate::issue::*;
use crate::link::*;
use crate::plan::*;
use crate::schema::*;
use std::collections::BTreeMap;

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
    pub(super) rebasing: Rebasing,
    /// What Jira answers to the next step in place of doing it.
    pub(super) refuse: Option<Answer>,
    /// The answer to the step after so many others is lost; the bool says whether Jira did it all the same.
    pub(super) lose: Option<(usize, bool)>,
    pub(super) crashed: bool,
    pub(super) sites: Sides<String>,
    /// What people's changes gave to hear of, one by one.
    pub(super) events: Vec<(Side, Hints)>,
    pub(super) next_op: u32,
}

impl World {
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
            editor: None,
            body: doc(&[line]),
            audience,
            stamp: None,
        };
        self.jira[side].comments.insert(id.clone(), comment);
        self.hint(side, &id, Some(now));
        id
    }

    /// A copy that another sync of ours made on this side, of always the same comment, for as many as may see it.
    pub(super) fn comment_of_another_sync(
        &mut self,
        side: Side,
        line: &str,
        audience: Audience,
    ) -> CommentId {
        let id = self.comment(side, line, audience);
        let stamp = crate::stamp::Stamp {
            sync: "other".into(),
            link: "other".into(),
            op: "x".into(),
            cluster: "c".into(),
            ceiling: audience,
        };
        if let Some(comment) = self.jira[side].comments.get_mut(&id) {
            comment.author = Some(Person { account: us(), ..person("Duplex") });
            comment.stamp = ring().sign(&stamp).ok();
        }
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
            rebasing: self.rebasing,
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
        let ours =
            |stamp: &Option<String>| stamp.as_deref().and_then(|s| ring().read(s)).filter(|s| &s.op == op);
        let issue = self.jira[side].issue.iter().find_map(|i| Some((i, ours(&i.stamp)?)));
        let comment = self.jira[side].comments.values().find(|c| ours(&c.stamp).is_some());
        match (issue, comment) {
            (Some((issue, stamp)), _) => {
                Found::Issue { id: issue.id.clone(), key: issue.key.clone(), cluster: stamp.cluster }
            }
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
        let mut kept = Vec::new();
        for note in &self.notes {
            if let Note::Conflict { conflict } = note {
                kept.push(conflict.clone());
            }
            if let Note::Stands { conflict } = note {
                kept.retain(|known| known != conflict);
            }
        }
        kept
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
