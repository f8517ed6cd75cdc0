//! An issue that people made on one side and that is not on the other yet.

use super::draft::Draft;
use super::fields::{Field, elements};
use super::{Element, FieldAfter, Given, Mark, Note, Op, Read, Rebasing, Sight, Step, carry, ends};
use crate::config::scope;
use crate::explain::Outcome;
use crate::id::{ClusterId, FieldId, IssueTypeId, RequestTypeId, Side};
use crate::issue::{Choice, Issue, Value};
use crate::link::{FieldPair, LinkState, Shown};
use crate::merge;
use crate::ordered::{BTreeMap, BTreeSet};
use crate::schema::{FieldKind, FieldSchema};

/// How long a creation rests before it is looked whether the copies of a restored database are known, in milliseconds.
const REBASE_WAIT_MS: i64 = 30_000;

/// Creates the copy, or says why there is none. `false`: the issue is no origin, so this link must not hold it as its
/// end; the link that made it does.
pub(crate) fn plan(draft: &mut Draft<'_>) -> bool {
    let given = draft.given;
    if given.rebasing == Rebasing::Copies {
        wait(draft);
        return true;
    }
    let from = given.link.origin;
    let issue = match &given.seen[from].issue {
        Sight::Seen(issue) => issue,
        Sight::Missing => {
            draft.say(Element::Issue, Outcome::Nothing, "It was deleted before it was mirrored.");
            draft.unpark(&Element::Issue);
            return true;
        }
        Sight::NotRead | Sight::Forbidden => return true,
    };
    let Some(cluster) = cluster(draft, from, issue) else { return false };
    let comes_back =
        || cluster != own(given, from, issue) && cluster.is_of(&given.config.sides[from.other()].site);
    if given.rebasing == Rebasing::Homes && comes_back() {
        wait(draft);
        return true;
    }
    match refusal(draft, from, issue) {
        Some(Refusal::Because(why)) => {
            draft.say(Element::Issue, Outcome::Nothing, &why);
            draft.note(Note::Skip { element: Element::Issue, why });
        }
        Some(Refusal::Asks) => {}
        None => create(draft, from, issue, cluster),
    }
    true
}

fn wait(draft: &mut Draft<'_>) {
    let why = "Copies from before the database was restored are looked up.";
    draft.say(Element::Issue, Outcome::Waits, why);
    draft.wait_until(draft.given.now.plus(REBASE_WAIT_MS));
}

/// The cluster of an issue that people made.
fn own(given: &Given<'_>, from: Side, issue: &Issue) -> ClusterId {
    ClusterId::of_issue(&given.config.sides[from].site, &issue.id)
}

enum Refusal {
    Because(String),
    /// Whether it is refused must be read first.
    Asks,
}

/// The cluster that the issue belongs to; `None` when it is itself a copy that this sync made.
fn cluster(draft: &mut Draft<'_>, from: Side, issue: &Issue) -> Option<ClusterId> {
    let given = draft.given;
    match carry::issue_stamp(given, from, issue) {
        // What is made again from its twin comes of the link that made the twin.
        Some(stamp) if stamp.sync == given.link.sync && stamp.link != given.link.id => {
            let why = "It is the copy that another link of this synchronization made.";
            draft.say(Element::Issue, Outcome::Nothing, why);
            draft.note(Note::State { state: LinkState::Unlinked });
            draft.note(Note::Hand {
                link: stamp.link,
                op: stamp.op,
                side: from,
                issue: issue.id.clone(),
                key: issue.key.clone(),
                cluster: stamp.cluster,
            });
            draft.note(Note::Skip { element: Element::Issue, why: why.to_owned() });
            None
        }
        Some(stamp) => Some(stamp.cluster),
        None => Some(own(given, from, issue)),
    }
}

/// Why the issue stays where it is.
fn refusal(draft: &mut Draft<'_>, from: Side, issue: &Issue) -> Option<Refusal> {
    let given = draft.given;
    let because = |why: &str| Some(Refusal::Because(why.to_owned()));
    if given.cluster_taken {
        return because("The other project has an issue of the same origin already.");
    }
    if given.config.issue_type(from, &issue.issue_type).is_none() {
        return because("Its issue type is not mapped.");
    }
    if ends::stays_for_security(given, from, issue) {
        return because("It stands under a security level whose issues do not leave this side.");
    }
    if given.scope_from[from].is_some_and(|start| issue.created < start) {
        return because("It is older than the start, and only new issues are mirrored.");
    }
    match in_scope(given, from, issue) {
        Some(true) => None,
        Some(false) => because("It lies outside the scope of its side."),
        None => {
            draft.need(
                Element::Issue,
                Read::InScope { side: from },
                "Whether it lies in scope is for Jira to say.",
            );
            Some(Refusal::Asks)
        }
    }
}

fn in_scope(given: &Given<'_>, from: Side, issue: &Issue) -> Option<bool> {
    match &given.config.sides[from].scope.jql {
        None => Some(true),
        Some(jql) => scope::judge(issue, &given.schemas[from], jql).or(given.seen[from].in_scope),
    }
}

fn create(draft: &mut Draft<'_>, from: Side, issue: &Issue, cluster: ClusterId) {
    let (given, to) = (draft.given, from.other());
    let Some(issue_type) = given.config.issue_type(from, &issue.issue_type).cloned() else { return };
    let before = draft.plan.needs.len();
    let filled = fill(draft, from, &issue_type);
    if draft.plan.needs.len() > before {
        return;
    }
    let Filled { mut fields, after, losses, request_type } = filled;
    let request_type = request_type.or_else(|| default_request_type(given, to, &issue_type));
    if given.schemas[to].service && request_type.is_none() {
        let why = format!(
            "Side {to} has no default request type for this issue type, so nobody would see it in the portal."
        );
        draft.say(Element::Issue, Outcome::Nothing, &why);
        return draft.note(Note::Skip { element: Element::Issue, why });
    }
    defaults(given, to, &issue_type, &mut fields);
    let mut why = vec![format!("It was created on side {from}.")];
    if issue.request_type.is_none() && request_type.is_some() {
        why.push("It has no request type there; the default one is used here.".to_owned());
    }
    why.extend(losses);
    draft.step(
        Element::Issue,
        Step {
            op: Op::CreateIssue {
                side: to,
                project: given.config.sides[to].project.clone(),
                issue_type,
                request_type: request_type.filter(|_| given.schemas[to].service),
                fields,
                mark: Mark { cluster, ceiling: crate::audience::Audience::Customers },
            },
            why: why.join(" "),
            fields: after,
            comment: None,
            removal: false,
            stands: Vec::new(),
        },
    );
}

#[derive(Default)]
struct Filled {
    fields: BTreeMap<FieldId, Value>,
    after: BTreeMap<FieldPair, FieldAfter>,
    losses: BTreeSet<String>,
    request_type: Option<RequestTypeId>,
}

/// All mapped fields as the new issue will have them, and what is remembered of them.
fn fill(draft: &mut Draft<'_>, from: Side, issue_type: &IssueTypeId) -> Filled {
    let (given, to) = (draft.given, from.other());
    let mut filled = Filled::default();
    for (pair, rules) in elements(given) {
        let field = Field::of(given, pair, rules);
        let (Some(rule), Some(value)) = (rules[from], field.values[from]) else { continue };
        let target = field.pair.of(to).clone();
        if !fits_the_create_screen(given, to, issue_type, &target) {
            // Jira would refuse the whole issue. Without a base the field counts as newly mapped, and fills the
            // empty side once the issue is there.
            filled
                .losses
                .insert(format!("{target} is not on the create screen there; it is set afterwards."));
            continue;
        }
        let Some(crossed) = carry::field(draft, from, rule, value) else { continue };
        filled.losses.extend(crossed.losses);
        let sent = crossed
            .value
            .filter(|v| !merge::is_empty(v))
            .or_else(|| default_value(given, to, issue_type, &target));
        let digest = field.digest(sent.as_ref().unwrap_or(&Value::Empty));
        let memory = field.created(from, sent.as_ref());
        filled.after.insert(field.pair.clone(), FieldAfter { from, sent: digest, changed: None, memory });
        match sent {
            Some(Value::Choice(choice)) if given.schemas[to].request_type_field.as_ref() == Some(&target) => {
                filled.request_type = Some(RequestTypeId(choice.id));
            }
            Some(value) => {
                filled.fields.insert(target, value);
            }
            None => {}
        }
    }
    filled
}

/// Whether a new issue of this type can be created with the field. The request type always can.
fn fits_the_create_screen(given: &Given<'_>, to: Side, issue_type: &IssueTypeId, field: &FieldId) -> bool {
    let schema = &given.schemas[to];
    schema.request_type_field.as_ref() == Some(field)
        || schema.issue_type(issue_type).and_then(|t| t.field(field)).is_some_and(|known| known.on_create)
}

impl Field<'_> {
    /// What is remembered of the field once the issue is created with `sent`.
    fn created(&self, from: Side, sent: Option<&Value>) -> crate::link::FieldMemory {
        let mut memory = crate::link::FieldMemory { rule: Some(self.fingerprint()), ..Default::default() };
        let Some(value) = self.values[from] else { return memory };
        let version = super::fields::version(self.given, from);
        memory.base[from] = Some(Shown::Agreed { value: self.digest(value), version });
        for (side, shown, other) in [(from, Some(value), sent), (from.other(), sent, Some(value))] {
            if let Some(Value::Rich(doc)) = shown {
                memory.blocks[side] = carry::blocks(self.given, side, doc, &[], other);
            }
        }
        memory
    }
}

/// Default values of fields that no mapping fills.
fn defaults(given: &Given<'_>, to: Side, issue_type: &IssueTypeId, fields: &mut BTreeMap<FieldId, Value>) {
    for rule in &given.config.sides[to].defaults {
        if given.schemas[to].request_type_field.as_ref() != Some(&rule.field)
            && !fields.contains_key(&rule.field)
            && let Some(value) = default_value(given, to, issue_type, &rule.field)
        {
            fields.insert(rule.field.clone(), value);
        }
    }
}

fn default_request_type(given: &Given<'_>, to: Side, issue_type: &IssueTypeId) -> Option<RequestTypeId> {
    let field = given.schemas[to].request_type_field.as_ref()?;
    default_text(given, to, issue_type, field).map(RequestTypeId::new)
}

fn default_text<'a>(
    given: &Given<'a>,
    to: Side,
    issue_type: &IssueTypeId,
    field: &FieldId,
) -> Option<&'a str> {
    given.config.sides[to]
        .defaults
        .iter()
        .filter(|rule| &rule.field == field)
        .find_map(|rule| rule.value_for(issue_type))
}

fn default_value(given: &Given<'_>, to: Side, issue_type: &IssueTypeId, field: &FieldId) -> Option<Value> {
    let text = default_text(given, to, issue_type, field)?;
    let schema = &given.schemas[to];
    let known = schema.issue_type(issue_type).and_then(|t| t.field(field)).or_else(|| schema.field(field));
    known.and_then(|known| value_of(known, text))
}

/// A default's text as a value of the field: an option by id or name, or the text itself.
fn value_of(field: &FieldSchema, text: &str) -> Option<Value> {
    let option = || field.options.iter().find(|o| o.id == text || o.name == text).cloned();
    match field.kind {
        FieldKind::Text => Some(Value::Text(text.to_owned())),
        FieldKind::Rich => Some(Value::Rich(crate::adf::Doc::from_text(text))),
        FieldKind::Number => text.parse().ok().map(Value::Number),
        FieldKind::Date => Some(Value::Date(text.to_owned())),
        FieldKind::Choice => option().map(Value::Choice),
        FieldKind::Choices => option().map(|o| Value::Choices(BTreeSet::from([o]))),
        FieldKind::Labels => Some(Value::Labels(text.split_whitespace().map(str::to_owned).collect())),
        FieldKind::RequestType => Some(Value::Choice(Choice { id: text.to_owned(), name: String::new() })),
        FieldKind::DateTime | FieldKind::Person | FieldKind::People | FieldKind::Other => None,
    }
}
