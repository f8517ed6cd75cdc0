//! The scratch issue and its canaries, as operations: the same calls that the mirror makes.

use crate::adf::Doc;
use crate::audience::Audience;
use crate::config::{Cell, Config};
use crate::id::{
    ClusterId, CommentId, FieldId, IssueId, IssueTypeId, LinkId, OpId, RequestTypeId, Side, Sides, SyncId,
};
use crate::issue::Value;
use crate::ordered::{BTreeMap, BTreeSet};
use crate::plan::{Mark, Op};
use crate::schema::{FieldKind, FieldSchema, ProjectSchema};
use crate::stamp::Stamp;

/// Stands for the sync and the link in stamps of a drill, and before the names of its clusters: what carries it is
/// nobody's origin and nobody's copy.
const DRILL: &str = "drill";

const SUMMARY: &str = "Duplex leak drill";
const DESCRIPTION: &str = "Made by Duplex, to see that internal comments stay internal. It is deleted within a minute; \
                           if it is still here, it can be deleted by hand.";
/// 2030-01-01, for fields that want a day.
const SOME_DAY: &str = "2030-01-01";
const SOME_TIME_MS: i64 = 1_893_456_000_000;

/// One of the two comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canary {
    Internal,
    Public,
}

/// Whether a cluster is of a drill: nothing of it is ever mirrored.
#[must_use]
pub fn is_of_drill(cluster: &ClusterId) -> bool {
    cluster.as_str().split_once('.').is_some_and(|(first, _)| first == DRILL)
}

/// What the scratch issue and the canaries of one operation carry.
#[must_use]
pub fn stamp(op: &OpId) -> Stamp {
    let mark = mark(op);
    Stamp {
        sync: SyncId::new(DRILL),
        link: LinkId::new(DRILL),
        op: op.clone(),
        cluster: mark.cluster,
        ceiling: mark.ceiling,
    }
}

fn mark(op: &OpId) -> Mark {
    Mark { cluster: ClusterId(format!("{DRILL}.{op}")), ceiling: Audience::Team }
}

/// A request on `side` as the mirror would make one there, with what its project requires. `None`: no issue type that
/// arrives there has a request type, so that no customer could see one.
#[must_use]
pub fn scratch(config: &Config, schemas: &Sides<ProjectSchema>, side: Side, op: &OpId) -> Option<Op> {
    let schema = &schemas[side];
    let arriving = config.sides[side.other()].issue_types.iter().map(|rule| &rule.to);
    let (issue_type, request_type) = arriving
        .filter_map(|issue_type| Some((issue_type.clone(), request_type(config, schema, side, issue_type)?)))
        .next()?;
    let known = schema.issue_type(&issue_type).map_or(&[][..], |it| &it.fields);
    let needed = known.iter().filter(|field| field.on_create && field.required && !field.has_default);
    let mut fields: BTreeMap<FieldId, Value> =
        needed.filter_map(|field| Some((field.id.clone(), anything(field)?))).collect();
    fields.insert("summary".into(), Value::Text(SUMMARY.to_owned()));
    if known.iter().any(|field| field.id.as_str() == "description" && field.on_create) {
        fields.insert("description".into(), Value::Rich(Doc::from_text(DESCRIPTION)));
    }
    Some(Op::CreateIssue {
        side,
        project: config.sides[side].project.clone(),
        issue_type,
        request_type: Some(request_type),
        fields,
        mark: mark(op),
    })
}

/// The default one, else any of this issue type.
fn request_type(
    config: &Config,
    schema: &ProjectSchema,
    side: Side,
    issue_type: &IssueTypeId,
) -> Option<RequestTypeId> {
    let field = schema.request_type_field.as_ref()?;
    let rules = config.sides[side].defaults.iter().filter(|rule| rule.field == *field);
    let default = rules.filter_map(|rule| rule.value_for(issue_type)).next().map(RequestTypeId::new);
    let any = || schema.request_types.iter().find(|it| it.issue_type == *issue_type).map(|it| it.id.clone());
    default.or_else(any)
}

/// Some value that Jira takes; what people would write there matters to nobody on a scratch issue.
fn anything(field: &FieldSchema) -> Option<Value> {
    let first = || field.options.first().cloned();
    match field.kind {
        FieldKind::Text => Some(Value::Text(SUMMARY.to_owned())),
        FieldKind::Rich => Some(Value::Rich(Doc::from_text(DESCRIPTION))),
        FieldKind::Number => Some(Value::Number(0.into())),
        FieldKind::Date => Some(Value::Date(SOME_DAY.to_owned())),
        FieldKind::DateTime => Some(Value::DateTime(crate::id::Millis(SOME_TIME_MS))),
        FieldKind::Choice => first().map(Value::Choice),
        FieldKind::Choices => first().map(|one| Value::Choices(BTreeSet::from([one]))),
        FieldKind::Labels => Some(Value::Labels(BTreeSet::from([DRILL.to_owned()]))),
        FieldKind::Person | FieldKind::People | FieldKind::RequestType | FieldKind::Other => None,
    }
}

/// A canary on the scratch issue. The internal one is written as the mirror writes copies of internal comments there:
/// where the other side maps them to public ones, so is the canary.
#[must_use]
pub fn comment(config: &Config, side: Side, issue: &IssueId, op: &OpId, canary: Canary) -> (Op, Audience) {
    let rules = &config.sides[side.other()].comments;
    let (audience, text) = match canary {
        Canary::Internal if rules.enabled && rules.internal == Cell::Public => {
            (Audience::Customers, "Duplex leak drill: copies of internal comments are written like this one.")
        }
        Canary::Internal => (Audience::Team, "Duplex leak drill: this comment is internal."),
        Canary::Public => (Audience::Customers, "Duplex leak drill: this comment is public."),
    };
    let op = Op::AddComment {
        side,
        issue: issue.clone(),
        origin: CommentId::new(DRILL),
        body: Doc::from_text(text),
        audience,
        mark: mark(op),
    };
    (op, audience)
}

/// Takes a canary away.
#[must_use]
pub fn removal(side: Side, issue: &IssueId, comment: &CommentId) -> Op {
    Op::DeleteComment { side, issue: issue.clone(), comment: comment.clone(), origin: CommentId::new(DRILL) }
}
