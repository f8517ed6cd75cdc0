//! Values and comments on their way to the other side, and stamps as they are believed.

use super::draft::Draft;
use super::{Element, Given};
use crate::adf::Doc;
use crate::config::{CopyStyle, FieldRule};
use crate::explain::Outcome;
use crate::id::{FieldId, IssueTypeId, Side};
use crate::issue::{Comment, Issue, Value};
use crate::link::{Block, FieldPair};
use crate::merge::blocks;
use crate::schema::{FieldKind, FieldSchema};
use crate::stamp::Stamp;
use crate::translate::{self, Way};

/// A value as the other side would have it.
pub(crate) struct Crossing {
    /// `None`: the other side keeps what it has.
    pub(crate) value: Option<Value>,
    pub(crate) losses: Vec<String>,
}

/// Takes a value through its rule; `None` when somebody must be looked up first.
pub(crate) fn field(draft: &mut Draft<'_>, from: Side, rule: &FieldRule, value: &Value) -> Option<Crossing> {
    let given = draft.given;
    let (Some(here), Some(there)) = (schema(given, from, &rule.from), schema(given, from.other(), &rule.to))
    else {
        let losses = vec!["One of the two fields is not in its project any more.".to_owned()];
        return Some(Crossing { value: None, losses });
    };
    let translated = translate::field(value, rule, here, there, &way(given, from));
    if translated.needs.is_empty() {
        let losses = translated.losses.into_iter().map(|loss| loss.sentence).collect();
        return Some(Crossing { value: translated.write, losses });
    }
    draft.say(Element::Issue, Outcome::Reads, "Somebody must be looked up on the other side.");
    draft.plan.needs.extend(translated.needs);
    None
}

/// The copy of a comment as it would be written now. What another sync brought names its author already: its header
/// travels on, and our own account is not named as the author.
pub(crate) fn copy(given: &Given<'_>, from: Side, comment: &Comment) -> translate::Copy {
    let author = comment.author.as_ref().map(|person| person.name.as_str());
    let is_headed = is_ours(given, from, comment)
        && stamp(given, comment).is_some()
        && translate::has_header(&comment.body);
    let style = if is_headed { CopyStyle::Simple } else { given.config.sides[from].comments.copy };
    translate::comment(style, author, &comment.body, &way(given, from))
}

/// The blocks of a side's text as they are remembered. The other side has all of a block that can be carried there, of
/// one that came from its own text (`other`, where it was read), and of one that it had before.
pub(crate) fn blocks(
    given: &Given<'_>,
    side: Side,
    doc: &Doc,
    before: &[Block],
    other: Option<&Value>,
) -> Vec<Block> {
    let across = translate::blocks(doc, &way(given, side));
    let whole = |at: usize| across.get(at).is_some_and(|b| b.losses.is_empty() && b.blocks.len() == 1);
    let arrived: Vec<Block> = match other {
        Some(Value::Rich(text)) => {
            let blocks = translate::blocks(text, &way(given, side.other()));
            let arrived = Doc::of_blocks(blocks.into_iter().flat_map(|b| b.blocks).collect());
            blocks::remember(given.key, &arrived, |_| true)
        }
        _ => Vec::new(),
    };
    let mut remembered = blocks::remember(given.key, doc, whole);
    for block in &mut remembered {
        let mut had = arrived.iter().chain(before).filter(|known| known.carried);
        block.carried |= had.any(|known| known.value == block.value);
    }
    remembered
}

pub(crate) fn way<'a>(given: &Given<'a>, from: Side) -> Way<'a> {
    let read = given.issue(from).map(|issue| issue.key.as_str());
    Way {
        from,
        site: &given.sites[from],
        key: read.or_else(|| given.end(from).map(|end| end.key.as_str())).unwrap_or_default(),
        schemas: given.schemas,
        users: &given.config.sides[from].users,
        people: given.people,
    }
}

/// What the stamp of a comment says, whoever wrote it. To be believed it must be ours as well: [`our_stamp`].
pub(crate) fn stamp(given: &Given<'_>, comment: &Comment) -> Option<Stamp> {
    given.stamps.read(comment.stamp.as_deref()?)
}

/// The comment was written by the account that we write as.
pub(crate) fn is_ours(given: &Given<'_>, side: Side, comment: &Comment) -> bool {
    let us = given.seen[side].us.as_ref();
    us.is_some() && comment.author.as_ref().map(|person| &person.account) == us
}

/// What the stamp of a comment says, if we wrote it.
pub(crate) fn our_stamp(given: &Given<'_>, side: Side, comment: &Comment) -> Option<Stamp> {
    if is_ours(given, side, comment) { stamp(given, comment) } else { None }
}

/// Somebody else than us wrote the version that the comment shows, as far as Jira says who did.
pub(crate) fn edited_by_another(given: &Given<'_>, side: Side, comment: &Comment) -> bool {
    comment.editor.is_some() && given.seen[side].us.is_some() && comment.editor != given.seen[side].us
}

/// What the stamp of an issue says, if we created it.
pub(crate) fn issue_stamp(given: &Given<'_>, side: Side, issue: &Issue) -> Option<Stamp> {
    let us = given.seen[side].us.as_ref();
    let ours = us.is_some() && issue.creator.as_ref() == us;
    issue.stamp.as_deref().filter(|_| ours).and_then(|opaque| given.stamps.read(opaque))
}

/// The field holds a set on both sides and is merged member by member.
pub(crate) fn is_set(given: &Given<'_>, pair: &FieldPair) -> bool {
    Side::BOTH.iter().all(|side| {
        let kind = schema(given, *side, pair.of(*side)).map(|field| field.kind);
        matches!(kind, Some(FieldKind::Labels | FieldKind::Choices | FieldKind::People))
    })
}

pub(crate) fn schema<'a>(given: &Given<'a>, side: Side, field: &FieldId) -> Option<&'a FieldSchema> {
    let project = &given.schemas[side];
    let of_type = issue_type(given, side).and_then(|id| project.issue_type(id)).and_then(|t| t.field(field));
    of_type.or_else(|| project.field(field))
}

fn issue_type<'a>(given: &Given<'a>, side: Side) -> Option<&'a IssueTypeId> {
    match given.issue(side) {
        Some(issue) => Some(&issue.issue_type),
        None => given.end(side).map(|end| &end.issue_type),
    }
}
