//! What Jira would answer, as far as its screens tell: it takes what fits them, and shows what it was sent.

use crate::id::{CommentId, FieldId, Millis, Side};
use crate::issue::{Choice, Comment, Issue, Person, Value};
use crate::merge;
use crate::ordered::{BTreeMap, BTreeSet};
use crate::payload::HttpCall;
use crate::plan::{
    Answer, CommentSight, FieldWrite, Given, Op, Read, Sight, Step, Trouble, View, mapped_fields,
};
use crate::schema::FieldSchema;

/// The ids of what is not there yet. Calls show them by name: see [`named`].
const NEW_ISSUE: &str = "new-issue";
const NEW_COMMENT: &str = "new-comment";
/// Where a text names the key of what is not there yet.
const NEW_KEY: &str = "{{new key}}";

/// What a site would show of its issue by now.
#[derive(Debug)]
pub(super) struct Assumed {
    issue: Sight,
    comments: BTreeMap<CommentId, CommentSight>,
    /// All comments are known, so one that is not there was deleted.
    complete: bool,
    new_comments: usize,
}

impl Assumed {
    pub(super) fn of(view: &View) -> Self {
        Self {
            issue: view.issue.clone(),
            comments: view.comments.clone(),
            complete: view.comments_listed_from == Some(Millis(i64::MIN)),
            new_comments: 0,
        }
    }

    /// All of it at once, under the eyes of `view`.
    pub(super) fn seen_as(&self, view: &View) -> View {
        View { issue: self.issue.clone(), comments: self.comments.clone(), ..view.clone() }
    }

    /// Whether it is known what the read would find.
    pub(super) fn can_show(&self, read: &Read) -> bool {
        match read {
            Read::Issue { .. } => !matches!(self.issue, Sight::NotRead),
            Read::Comment { id, .. } => self.complete || self.comments.contains_key(id),
            Read::NewestComments { .. } | Read::AllComments { .. } => self.complete,
            Read::Search { .. } | Read::Person { .. } | Read::InScope { .. } => false,
        }
    }

    /// Does a read that it [can](Self::can_show).
    pub(super) fn show(&self, read: &Read, view: &mut View) {
        match read {
            Read::Issue { .. } => view.issue = self.issue.clone(),
            Read::Comment { id, .. } => {
                let sight = self.comments.get(id).cloned().unwrap_or(CommentSight::Absent);
                view.comments.insert(id.clone(), sight);
            }
            Read::NewestComments { .. } | Read::AllComments { .. } => {
                view.comments.extend(self.comments.clone());
                view.comments_listed_from = Some(Millis(i64::MIN));
            }
            Read::Search { .. } | Read::Person { .. } | Read::InScope { .. } => {}
        }
    }

    /// Does to the site what a step says. `stamp` goes into what is created.
    pub(super) fn perform(&mut self, given: &Given<'_>, step: &Step, stamp: Option<String>) -> Answer {
        match &step.op {
            Op::CreateIssue { .. } => self.create(given, &step.op, stamp),
            Op::EditIssue { fields, .. } => self.edit(given, &step.op, fields),
            Op::AddComment { side, body, audience, .. } => {
                self.new_comments += 1;
                let now = given.now.plus(given.seen[*side].clock_ahead_ms);
                let us = given.seen[*side].us.clone();
                self.put(Comment {
                    id: CommentId(format!("{NEW_COMMENT}-{}", self.new_comments)),
                    author: us.map(|account| Person { account, name: String::new(), email: None }),
                    created: now,
                    updated: now,
                    editor: given.seen[*side].us.clone(),
                    body: body.normalise(),
                    audience: *audience,
                    stamp,
                })
            }
            Op::EditComment { comment, body, .. } => match self.comments.get(comment) {
                Some(CommentSight::Seen(known)) => {
                    let updated = known.updated.plus(1);
                    self.put(Comment { body: body.normalise(), updated, ..(**known).clone() })
                }
                Some(CommentSight::Absent) | None => Answer::NotThere,
            },
            Op::DeleteComment { comment, .. } => {
                self.comments.insert(comment.clone(), CommentSight::Absent);
                Answer::Deleted
            }
        }
    }

    fn put(&mut self, comment: Comment) -> Answer {
        let comment = Box::new(comment);
        self.comments.insert(comment.id.clone(), CommentSight::Seen(comment.clone()));
        Answer::Commented { comment }
    }

    fn create(&mut self, given: &Given<'_>, op: &Op, stamp: Option<String>) -> Answer {
        let Op::CreateIssue { side, project, issue_type, request_type, fields, .. } = op else {
            return Answer::NotThere;
        };
        let schema = &given.schemas[*side];
        let known = schema.issue_type(issue_type).map_or(&[][..], |t| &t.fields);
        let missing = |f: &&FieldSchema| f.required && !f.has_default && !fields.contains_key(&f.id);
        let missing =
            known.iter().filter(missing).map(|f| (f.id.clone(), format!("{} is required.", f.name)));
        let missing: BTreeMap<FieldId, String> = missing.collect();
        if !missing.is_empty() {
            return refused(op, missing);
        }
        let request_type_of = |field: &FieldId| {
            let id = request_type.as_ref().filter(|_| schema.request_type_field.as_ref() == Some(field))?;
            let name = schema.request_type(id).map(|t| t.name.clone()).unwrap_or_default();
            Some(Value::Choice(Choice { id: id.0.clone(), name }))
        };
        let shown = |field: FieldId| {
            let value = request_type_of(&field).or_else(|| fields.get(&field).cloned());
            let value = value.filter(|value| !merge::is_empty(value)).unwrap_or(Value::Empty);
            (field, value)
        };
        let now = given.now.plus(given.seen[*side].clock_ahead_ms);
        let issue = Issue {
            id: NEW_ISSUE.into(),
            key: NEW_KEY.to_owned(),
            project: project.clone(),
            issue_type: issue_type.clone(),
            request_type: request_type.clone(),
            security: None,
            created: now,
            updated: now,
            reporter: None,
            creator: given.seen[*side].us.clone(),
            fields: mapped_fields(given.config, *side).into_iter().map(shown).collect(),
            history: Some(Vec::new()),
            stamp,
        };
        let answer = Answer::Created { id: issue.id.clone(), key: issue.key.clone() };
        self.issue = Sight::Seen(Box::new(issue));
        self.complete = true;
        answer
    }

    fn edit(&mut self, given: &Given<'_>, op: &Op, writes: &BTreeMap<FieldId, FieldWrite>) -> Answer {
        let side = op.side();
        let known = match &self.issue {
            Sight::Seen(issue) => Some((**issue).clone()),
            Sight::NotRead => unread(given, side),
            Sight::Missing | Sight::Forbidden => None,
        };
        let Some(mut issue) = known else { return Answer::NotThere };
        let of_type = given.schemas[side].issue_type(&issue.issue_type);
        let fits = |field: &FieldId| {
            of_type.is_none_or(|t| t.field(field).is_some_and(|known| known.on_edit))
                || given.schemas[side].request_type_field.as_ref() == Some(field)
        };
        let off = writes.keys().filter(|field| !fits(field));
        let off: BTreeMap<FieldId, String> =
            off.map(|field| (field.clone(), OFF_SCREEN.to_owned())).collect();
        if !off.is_empty() {
            return refused(op, off);
        }
        for (field, write) in writes {
            let before = issue.fields.remove(field).unwrap_or(Value::Empty);
            issue.fields.insert(field.clone(), written(before, write));
        }
        issue.updated = issue.updated.plus(1);
        self.issue = Sight::Seen(Box::new(issue.clone()));
        Answer::Edited { issue: Box::new(issue) }
    }
}

const OFF_SCREEN: &str = "Field cannot be set. It is not on the appropriate screen, or unknown.";

fn refused(op: &Op, fields: BTreeMap<FieldId, String>) -> Answer {
    let said: Vec<String> = fields.iter().map(|(field, sentence)| format!("{field}: {sentence}")).collect();
    let trouble = Trouble {
        code: "refused".to_owned(),
        side: op.side(),
        sentence: format!("Jira would refuse it on side {}: {}", op.side(), said.join(" ")),
        remedy: "Correct the mapping or the project's screens so that Jira accepts it.".to_owned(),
    };
    Answer::Refused { trouble, fields }
}

/// An issue that was not looked at, as far as is remembered.
fn unread(given: &Given<'_>, side: Side) -> Option<Issue> {
    let end = given.link.ends[side].as_ref()?;
    Some(Issue {
        id: end.issue.clone(),
        key: end.key.clone(),
        project: given.config.sides[side].project.clone(),
        issue_type: end.issue_type.clone(),
        request_type: None,
        security: None,
        created: end.created,
        updated: end.seen,
        reporter: None,
        creator: None,
        fields: BTreeMap::new(),
        history: None,
        stamp: None,
    })
}

/// A field after a write.
fn written(before: Value, write: &FieldWrite) -> Value {
    fn changed<T: Ord + Clone>(mut set: BTreeSet<T>, add: &BTreeSet<T>, remove: &BTreeSet<T>) -> BTreeSet<T> {
        set.retain(|member| !remove.contains(member));
        set.extend(add.iter().cloned());
        set
    }
    let after = match write {
        FieldWrite::Set { value: Value::Rich(doc) } => Value::Rich(doc.normalise()),
        FieldWrite::Set { value } => value.clone(),
        FieldWrite::Labels { add, remove } => {
            let set = if let Value::Labels(set) = before { set } else { BTreeSet::new() };
            Value::Labels(changed(set, add, remove))
        }
        FieldWrite::Choices { add, remove } => {
            let set = if let Value::Choices(set) = before { set } else { BTreeSet::new() };
            Value::Choices(changed(set, add, remove))
        }
        FieldWrite::People { add, remove } => {
            let mut set = if let Value::People(set) = before { set } else { BTreeSet::new() };
            set.retain(|person| !remove.contains(&person.account));
            let person = |account: &crate::id::AccountId| Person {
                account: account.clone(),
                name: String::new(),
                email: None,
            };
            let there: BTreeSet<_> = set.iter().map(|person| person.account.clone()).collect();
            set.extend(add.difference(&there).map(person));
            Value::People(set)
        }
    };
    if merge::is_empty(&after) { Value::Empty } else { after }
}

/// The call with names in place of ids that are not given yet.
pub(super) fn named(call: HttpCall) -> HttpCall {
    let segment = |part: &str| match part {
        NEW_ISSUE => "{{new issue}}".to_owned(),
        comment if comment.starts_with(NEW_COMMENT) => "{{new comment}}".to_owned(),
        other => other.to_owned(),
    };
    HttpCall { path: call.path.split('/').map(segment).collect::<Vec<_>>().join("/"), ..call }
}
