//! One small Jira: an issue, its changelog and its comments, and what it does with our steps.

use super::fixture::*;
use super::world::World;
use crate::audience::Audience;
use crate::config::*;
use crate::id::*;
use crate::issue::*;
use crate::link::*;
use crate::plan::*;
use std::collections::{BTreeMap, BTreeSet};

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

impl Jira {
    pub(super) fn public(&self) -> usize {
        self.comments.values().filter(|c| c.audience.is_public()).count()
    }

    pub(super) fn id(&mut self) -> String {
        self.next += 1;
        format!("{}", 100 + self.next)
    }

    pub(super) fn change(&mut self, now: Millis, author: AccountId, fields: Vec<(FieldId, Value)>) {
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
    pub(super) fn shown(&self) -> Sight {
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
pub(super) fn normalised(value: Value) -> Value {
    match value {
        Value::Text(text) if text.trim().is_empty() => Value::Empty,
        Value::Text(text) => Value::Text(text.trim().to_owned()),
        Value::Wiki(text) => rich(&[&text]),
        other if crate::merge::is_empty(&other) => Value::Empty,
        other => other,
    }
}

impl World {
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
                    editor: Some(us()),
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
    pub(super) fn no_leak(&self, step: &Step) {
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

    pub(super) fn echoed(&mut self, side: Side, id: &CommentId, version: Option<Millis>) {
        let comments = BTreeMap::from([(id.clone(), version)]);
        self.echoes[side].widen(Hints { comments, ..Hints::default() });
    }

    pub(super) fn write(
        &mut self,
        side: Side,
        fields: &BTreeMap<FieldId, FieldWrite>,
        now: Millis,
    ) -> Answer {
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
}
