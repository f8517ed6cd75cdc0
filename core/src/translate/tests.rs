#![expect(clippy::needless_pass_by_value, reason = "tables read better with values than with references")]

use super::*;
use crate::adf::{Doc, paragraph, text};
use crate::config::{CopyStyle, Otherwise, TableRow, UserRow};
use crate::id::{AccountId, Millis};
use crate::issue::{Choice, Person};
use crate::schema::{FieldKind as Kind, RequestTypeSchema};
use serde_json::json;

/// What the rows of the tables share: a project per side, and nobody mapped.
pub(super) struct World {
    schemas: Sides<ProjectSchema>,
    pub(super) users: UserRules,
    pub(super) people: People,
}

impl World {
    pub(super) fn new() -> Self {
        let request_types = |ids: &[(&str, &str)]| {
            let types = ids.iter().map(|(id, name)| RequestTypeSchema {
                id: (*id).into(),
                name: (*name).to_owned(),
                issue_type: "1".into(),
            });
            types.collect::<Vec<_>>()
        };
        let project = |id: &str, request_types| ProjectSchema {
            project: id.into(),
            key: id.to_owned(),
            name: format!("Project {id}"),
            service: true,
            issue_types: Vec::new(),
            request_types,
            request_type_field: Some("customfield_10010".into()),
        };
        Self {
            schemas: Sides::new(
                project("A", request_types(&[("1", "Get IT Help")])),
                project("B", request_types(&[("21", "Get IT help"), ("22", "Other")])),
            ),
            users: UserRules::default(),
            people: People::default(),
        }
    }

    pub(super) fn way(&self, from: Side) -> Way<'_> {
        Way {
            from,
            site: "Acme",
            key: "A-1",
            schemas: &self.schemas,
            users: &self.users,
            people: &self.people,
        }
    }
}

fn schema(kind: Kind, options: &[(&str, &str)]) -> FieldSchema {
    FieldSchema {
        id: "f".into(),
        name: "Field".to_owned(),
        kind,
        required: false,
        has_default: false,
        on_create: true,
        on_edit: true,
        options: options.iter().map(|(id, name)| choice(id, name)).collect(),
    }
}

fn rule(kind: RuleKind) -> FieldRule {
    FieldRule { from: "f".into(), to: "f".into(), kind, issue_types: None }
}

fn table(rows: &[(&str, &str)], otherwise: Otherwise) -> RuleKind {
    let rows = rows.iter().map(|(from, to)| TableRow { from: (*from).to_owned(), to: (*to).to_owned() });
    RuleKind::Table { rows: rows.collect(), otherwise }
}

fn template(text: &str) -> RuleKind {
    RuleKind::Text { template: text.to_owned() }
}

fn choice(id: &str, name: &str) -> Choice {
    Choice { id: id.to_owned(), name: name.to_owned() }
}

fn one(id: &str, name: &str) -> Value {
    Value::Choice(choice(id, name))
}

fn some(choices: &[(&str, &str)]) -> Value {
    Value::Choices(choices.iter().map(|(id, name)| choice(id, name)).collect())
}

fn line(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn labels(all: &[&str]) -> Value {
    Value::Labels(all.iter().map(|l| (*l).to_owned()).collect())
}

fn doc(blocks: serde_json::Value) -> Doc {
    Doc(json!({ "type": "doc", "version": 1, "content": blocks })).normalise()
}

fn anna() -> Person {
    Person {
        account: "anna-a".into(),
        name: "Anna Agent".to_owned(),
        email: Some("Anna@Acme.example".to_owned()),
    }
}

fn codes(losses: &[Loss]) -> Vec<LossCode> {
    losses.iter().map(|loss| loss.code).collect()
}

/// A value from A to B.
fn check(
    value: Value,
    kind: RuleKind,
    to: (Kind, &[(&str, &str)]),
    write: Option<Value>,
    losses: &[LossCode],
) {
    let world = World::new();
    let seen =
        field(&value, &rule(kind), &schema(Kind::Other, &[]), &schema(to.0, to.1), &world.way(Side::A));
    assert_eq!(seen.write, write, "{value:?}");
    assert_eq!(codes(&seen.losses), losses, "{value:?}");
    assert!(seen.needs.is_empty());
}

const COLOURS: &[(&str, &str)] = &[("10", "Red"), ("11", "Green"), ("12", "green")];

#[test]
fn passthrough() {
    use LossCode::*;
    let pass = || RuleKind::Passthrough;
    let rich = || Value::Rich(Doc::from_text("one\n\ntwo").normalise());
    check(line("x"), pass(), (Kind::Text, &[]), Some(line("x")), &[]);
    check(Value::Empty, pass(), (Kind::Choice, COLOURS), Some(Value::Empty), &[]);
    check(rich(), pass(), (Kind::Rich, &[]), Some(rich()), &[]);
    check(rich(), pass(), (Kind::Text, &[]), Some(line("one two")), &[]);
    check(line("one\n\ntwo"), pass(), (Kind::Rich, &[]), Some(rich()), &[]);
    check(
        line(&"x".repeat(300)),
        pass(),
        (Kind::Text, &[]),
        Some(line(&format!("{}…", "x".repeat(254)))),
        &[TextCut],
    );
    check(one("1", "red"), pass(), (Kind::Choice, COLOURS), Some(one("10", "Red")), &[]);
    check(one("1", "Green"), pass(), (Kind::Choice, COLOURS), Some(one("11", "Green")), &[]);
    check(one("1", "GREEN"), pass(), (Kind::Choice, COLOURS), None, &[OptionUnmapped]);
    check(one("10", "Blue"), pass(), (Kind::Choice, COLOURS), None, &[OptionUnmapped]);
    check(one("1", "Red"), pass(), (Kind::Choices, COLOURS), Some(some(&[("10", "Red")])), &[]);
    check(one("1", "Red"), pass(), (Kind::Text, &[]), Some(line("Red")), &[]);
    check(line("Red"), pass(), (Kind::Choice, COLOURS), Some(one("10", "Red")), &[]);
    check(
        some(&[("1", "Red"), ("2", "Blue")]),
        pass(),
        (Kind::Choices, COLOURS),
        Some(some(&[("10", "Red")])),
        &[OptionUnmapped],
    );
    check(some(&[("2", "Blue")]), pass(), (Kind::Choices, COLOURS), None, &[OptionUnmapped]);
    check(some(&[]), pass(), (Kind::Choices, COLOURS), Some(Value::Empty), &[]);
    check(some(&[("1", "Red"), ("2", "Green")]), pass(), (Kind::Choice, COLOURS), None, &[ValuesDropped]);
    check(one("1", "Get IT Help"), pass(), (Kind::RequestType, &[]), Some(one("21", "Get IT help")), &[]);
    check(labels(&["x", "y"]), pass(), (Kind::Labels, &[]), Some(labels(&["x", "y"])), &[]);
    check(labels(&["x", "y"]), pass(), (Kind::Text, &[]), Some(line("x, y")), &[]);
    check(Value::Number(5.into()), pass(), (Kind::Number, &[]), Some(Value::Number(5.into())), &[]);
    check(Value::Number(5.into()), pass(), (Kind::Date, &[]), None, &[KindNotCarried]);
    check(Value::DateTime(Millis(0)), pass(), (Kind::Text, &[]), Some(line("1970-01-01T00:00:00Z")), &[]);
    check(Value::Person(anna()), pass(), (Kind::Text, &[]), Some(line("Anna Agent")), &[]);
    check(Value::Person(anna()), pass(), (Kind::Person, &[]), None, &[PersonUnknown]);
    check(Value::Other("x".to_owned()), pass(), (Kind::Text, &[]), None, &[KindNotCarried]);
    check(Value::Other("x".to_owned()), pass(), (Kind::Other, &[]), None, &[KindNotCarried]);
}

#[test]
fn tables() {
    use LossCode::*;
    let rows = &[("1", "10"), ("1", "11"), ("2", "10"), ("9", "99")];
    let keep = || table(rows, Otherwise::Keep);
    check(one("1", "rot"), keep(), (Kind::Choice, COLOURS), Some(one("10", "Red")), &[]);
    check(one("3", "blau"), keep(), (Kind::Choice, COLOURS), None, &[OptionUnmapped]);
    check(one("9", "alt"), keep(), (Kind::Choice, COLOURS), None, &[OptionGone]);
    check(one("3", "blau"), table(rows, Otherwise::Clear), (Kind::Choice, COLOURS), Some(Value::Empty), &[]);
    let green = || table(rows, Otherwise::Use { to: "11".to_owned() });
    check(one("3", "blau"), green(), (Kind::Choice, COLOURS), Some(one("11", "Green")), &[]);
    check(
        some(&[("1", "a"), ("2", "b")]),
        keep(),
        (Kind::Choices, COLOURS),
        Some(some(&[("10", "Red")])),
        &[],
    );
    check(some(&[("1", "a"), ("2", "b")]), keep(), (Kind::Choice, COLOURS), Some(one("10", "Red")), &[]);
    check(
        some(&[("1", "a"), ("3", "c")]),
        green(),
        (Kind::Choices, COLOURS),
        Some(some(&[("10", "Red"), ("11", "Green")])),
        &[],
    );
    check(Value::Empty, keep(), (Kind::Choice, COLOURS), Some(Value::Empty), &[]);
    check(
        Value::Empty,
        table(&[("", "11")], Otherwise::Keep),
        (Kind::Choice, COLOURS),
        Some(one("11", "Green")),
        &[],
    );
    let types = || table(&[("1", "22")], Otherwise::Keep);
    check(one("1", "Get IT Help"), types(), (Kind::RequestType, &[]), Some(one("22", "Other")), &[]);
    let words = || table(&[("low", "5")], Otherwise::Keep);
    check(line("low"), words(), (Kind::Number, &[]), Some(Value::Number(5.into())), &[]);
    check(labels(&["low"]), words(), (Kind::Labels, &[]), Some(labels(&["5"])), &[]);
    check(line("low"), table(&[("low", "?")], Otherwise::Keep), (Kind::Number, &[]), None, &[KindNotCarried]);
}

#[test]
fn templates() {
    let to = |text: &str| Some(line(text));
    let text = (Kind::Text, &[][..]);
    check(line("x"), template("{field}: {value} ({key}, {site})"), text, to("Field: x (A-1, Acme)"), &[]);
    check(line("{key}"), template("{value}{"), text, to("{key}{"), &[]);
    check(line("x"), template("{nothing} {value"), text, to("{nothing} {value"), &[]);
    check(Value::Empty, template("Was: {value}"), text, Some(Value::Empty), &[]);
    check(line("x"), template("{value}"), (Kind::Choice, COLOURS), None, &[LossCode::KindNotCarried]);
    let rich = |text: &str| Value::Rich(Doc::from_text(text).normalise());
    check(
        rich("body"),
        template("From {site}:\n{value}\nEnd"),
        (Kind::Rich, &[]),
        Some(rich("From Acme:\n\nbody\n\nEnd")),
        &[],
    );
}

#[test]
fn people_are_found_by_table_account_email_and_fallback() {
    let mut world = World::new();
    let find = |world: &World| {
        let to = schema(Kind::Person, &[]);
        field(&Value::Person(anna()), &rule(RuleKind::Passthrough), &to, &to, &world.way(Side::A))
    };
    let account = |seen: Translated| match seen.write {
        Some(Value::Person(person)) => Some(person.account.0),
        _ => None,
    };
    world.users.fallback = Some("bot".into());
    assert_eq!(account(find(&world)).as_deref(), Some("bot"));

    world.users.email = true;
    let email = "anna@acme.example".to_owned();
    let asked = find(&world);
    assert_eq!(asked.write, None);
    assert_eq!(asked.needs, BTreeSet::from([Read::Person { side: Side::B, email: email.clone() }]));
    world.people.by_email.b.insert(email.clone(), None);
    assert_eq!(account(find(&world)).as_deref(), Some("bot"));
    world.people.by_email.b.insert(email, Some("anna-b".into()));
    assert_eq!(account(find(&world)).as_deref(), Some("anna-b"));

    world.users.account_id = true;
    assert_eq!(account(find(&world)).as_deref(), Some("anna-a"));
    world.users.table.push(UserRow { from: "anna-a".into(), to: "anna-t".into() });
    assert_eq!(account(find(&world)).as_deref(), Some("anna-t"));
}

#[test]
fn a_target_keeps_its_value_when_several_mean_the_same() {
    let world = World::new();
    let source = schema(Kind::Choice, &[("1", "Low"), ("2", "High")]);
    let target = schema(Kind::Choice, &[("10", "Minor"), ("11", "Trivial"), ("12", "Major")]);
    let back = rule(table(&[("10", "1"), ("11", "1"), ("12", "2")], Otherwise::Keep));
    let keeps =
        |current: Value, back| keeps(&current, &one("1", "Low"), back, &source, &target, &world.way(Side::B));
    assert!(keeps(one("11", "Trivial"), Some(&back)));
    assert!(!keeps(one("12", "Major"), Some(&back)));
    assert!(!keeps(Value::Empty, Some(&back)));
    assert!(!keeps(one("11", "Trivial"), None));
}

/// One block of rich text from A to B.
fn crosses(block: serde_json::Value, arrives: serde_json::Value, losses: &[LossCode]) {
    let world = World::new();
    let to = schema(Kind::Rich, &[]);
    let value = Value::Rich(doc(json!([block])));
    let seen = field(&value, &rule(RuleKind::Passthrough), &to, &to, &world.way(Side::A));
    assert_eq!(seen.write, Some(Value::Rich(doc(arrives))));
    assert_eq!(codes(&seen.losses), losses);
}

fn para(content: serde_json::Value) -> serde_json::Value {
    json!({ "type": "paragraph", "content": content })
}

#[test]
fn what_belongs_to_one_site_becomes_words() {
    use LossCode::*;
    let note = |note: &str| json!([paragraph(vec![text(note)])]);
    let mention = json!({ "type": "mention", "attrs": { "id": "anna-a", "text": "@Anna \u{202e}Agent" } });
    crosses(para(json!([text("Ask "), mention])), note("Ask @Anna Agent"), &[MentionNeutralised]);
    let media = |alt: &str| json!({ "type": "media", "attrs": { "type": "file", "id": "m", "collection": "c", "alt": alt } });
    crosses(
        json!({ "type": "mediaSingle", "content": [media("a.png")] }),
        note("[image: a.png]"),
        &[MediaDropped],
    );
    crosses(json!({ "type": "mediaSingle", "content": [media("")] }), note("[image]"), &[MediaDropped]);
    crosses(
        json!({ "type": "mediaSingle", "content": [media(""), { "type": "caption", "content": [text("how")] }] }),
        note("[image] how"),
        &[MediaDropped],
    );
    crosses(
        json!({ "type": "mediaGroup", "content": [media("a.txt"), media("b.txt")] }),
        note("[attachment: a.txt] [attachment: b.txt]"),
        &[MediaDropped, MediaDropped],
    );
    let inline = json!({ "type": "mediaInline", "attrs": { "id": "m", "collection": "c", "type": "file" } });
    crosses(para(json!([inline])), note("[attachment]"), &[MediaDropped]);
    crosses(json!({ "type": "extension", "attrs": { "text": "Chart" } }), note("Chart"), &[ContentDropped]);
    crosses(json!({ "type": "futureBlock" }), note("[futureBlock]"), &[ContentDropped]);
    crosses(
        json!({ "type": "bodiedExtension", "content": [para(json!([text("in")]))] }),
        note("in"),
        &[ContentDropped],
    );
    let bad = json!({ "type": "text", "text": "x", "marks": [{ "type": "link", "attrs": { "href": "javascript:x" } }] });
    crosses(para(json!([bad])), note("x"), &[LinkNeutralised]);
    let card = json!({ "type": "inlineCard", "attrs": { "url": "javascript:x" } });
    crosses(para(json!([card])), note("javascript:x"), &[LinkNeutralised]);
}

#[test]
fn what_every_site_knows_is_kept() {
    let inline = json!([
        { "type": "emoji", "attrs": { "shortName": ":tada:" } },
        { "type": "status", "attrs": { "text": "OK", "color": "green" } },
        { "type": "date", "attrs": { "timestamp": "0" } },
        { "type": "inlineCard", "attrs": { "url": "https://x.example" } },
        crate::adf::link("x", "https://x.example"),
    ]);
    let cell = json!({ "type": "tableCell", "content": [para(inline.clone())] });
    for block in [
        para(inline.clone()),
        json!({ "type": "heading", "attrs": { "level": 2 }, "content": inline }),
        json!({ "type": "panel", "attrs": { "panelType": "info" }, "content": [para(inline.clone())] }),
        json!({ "type": "expand", "attrs": { "title": "More" }, "content": [para(inline)] }),
        json!({ "type": "table", "content": [{ "type": "tableRow", "content": [cell] }] }),
        json!({ "type": "codeBlock", "attrs": { "language": "rust" }, "content": [text("fn x() {}")] }),
        json!({ "type": "rule" }),
    ] {
        crosses(block.clone(), json!([block]), &[]);
    }
}

#[test]
fn a_mention_of_a_mapped_person_stays_and_a_fallback_is_never_mentioned() {
    let mut world = World::new();
    world.users.fallback = Some("bot".into());
    world.users.table.push(UserRow { from: "anna-a".into(), to: "anna-b".into() });
    let mention = |id: &str| json!({ "type": "mention", "attrs": { "id": id, "text": "@Anna" } });
    let body = doc(json!([para(json!([mention("anna-a"), text(" "), mention("carl-a")]))]));
    let copy = comment(CopyStyle::Simple, None, &body, &world.way(Side::A));
    assert_eq!(copy.body, doc(json!([para(json!([mention("anna-b"), text(" @Anna")]))])));
    assert_eq!(codes(&copy.losses), [LossCode::MentionNeutralised]);
    assert_eq!(copy.losses[0].path, "content[0].content[2]");
}

fn header(style: CopyStyle, author: Option<&str>, site: &str, reads: &str) {
    let world = World::new();
    let way = Way { site, ..world.way(Side::A) };
    let copy = comment(style, author, &Doc::from_text("hello"), &way);
    assert_eq!(copy.body.plain_text(), reads);
    assert_eq!(copy.body.normalise(), copy.body);
    assert_eq!(copy.losses, []);
}

#[test]
fn an_enriched_copy_says_who_wrote_it_and_where() {
    header(CopyStyle::Enriched, Some("Anna Agent"), "Acme", "Anna Agent (Acme):\nhello");
    header(CopyStyle::Simple, Some("Anna Agent"), "Acme", "hello");
    header(CopyStyle::Enriched, None, "Acme", "Someone (Acme):\nhello");
    header(
        CopyStyle::Enriched,
        Some("\u{202e}An\u{200b}na\n\u{7}Agent "),
        "\u{2066}",
        "Anna Agent (other site):\nhello",
    );
    let long = "x".repeat(1_000);
    header(CopyStyle::Enriched, Some(&long), "Acme", &format!("{} (Acme):\nhello", "x".repeat(120)));
}

#[test]
fn the_author_is_bold() {
    let world = World::new();
    let copy = comment(CopyStyle::Enriched, Some("Anna"), &Doc::from_text("hello"), &world.way(Side::A));
    let first = &copy.body.blocks()[0];
    assert_eq!(first, &doc(json!([para(json!([crate::adf::strong("Anna"), text(" (Acme):")]))])).blocks()[0]);
}

#[test]
fn a_copy_that_grows_over_the_limit_is_cut() {
    let world = World::new();
    let body = Doc::from_text(&"x".repeat(32_600));
    let copy = comment(CopyStyle::Enriched, Some("Anna"), &body, &world.way(Side::A));
    assert_eq!(codes(&copy.losses), [LossCode::TextCut]);
    assert!(copy.body.plain_text().ends_with("[cut]") && copy.body.length().json <= crate::adf::LIMIT_UNITS);
}

#[test]
fn a_document_edited_as_a_copy_comes_home_around_what_could_not_be_carried() {
    let world = World::new();
    let p = |words: &str| para(json!([text(words)]));
    let image = json!({ "type": "mediaSingle", "content": [
        { "type": "media", "attrs": { "type": "file", "id": "m", "collection": "c", "alt": "a.png" } }] });
    let own = doc(json!([p("one"), image, p("two")]));
    let home_of =
        |edited: serde_json::Value| home(&own, &doc(edited), &world.way(Side::A), &world.way(Side::B));
    let is = |blocks: serde_json::Value| Home::Doc { doc: doc(blocks), losses: Vec::new() };
    let note = p("[image: a.png]");
    assert_eq!(home_of(json!([p("one"), note, p("two")])), is(json!([p("one"), image, p("two")])));
    assert_eq!(
        home_of(json!([p("ONE"), note, p("two"), p("new")])),
        is(json!([p("ONE"), image, p("two"), p("new")]))
    );
    assert_eq!(home_of(json!([p("new"), note])), is(json!([p("new"), image])));
    assert_eq!(
        home_of(json!([p("one"), p("[image: a.png]!"), p("two")])),
        Home::Conflict { blocks: vec![1] }
    );
    assert_eq!(home_of(json!([p("one"), p("two")])), Home::Conflict { blocks: vec![1] });
}

#[test]
fn values_are_the_same_for_people_whatever_they_are_called_now() {
    assert!(same(&one("1", "Low"), &one("1", "Lowest")));
    assert!(!same(&one("1", "Low"), &one("2", "Low")));
    assert!(same(&Value::Empty, &Value::Rich(Doc::from_text(""))));
    assert!(same(&Value::Empty, &labels(&[])));
    let renamed = Person { name: "Anna Other".to_owned(), email: None, ..anna() };
    assert!(same(&Value::Person(anna()), &Value::Person(renamed)));
    assert!(!same(&line("a"), &line("b")));
    let five: serde_json::Number = "5.0".parse().unwrap();
    assert!(same(&Value::Number(5.into()), &Value::Number(five)));
}

#[test]
fn the_first_row_of_a_person_counts() {
    let mut world = World::new();
    for to in ["first", "second"] {
        world.users.table.push(UserRow { from: "anna-a".into(), to: AccountId::new(to) });
    }
    let to = schema(Kind::People, &[]);
    let seen = field(&Value::Person(anna()), &rule(RuleKind::Passthrough), &to, &to, &world.way(Side::A));
    let first = Person { account: "first".into(), name: String::new(), email: None };
    assert!(same(&seen.write.unwrap(), &Value::People(BTreeSet::from([first]))));
}
