//! Values through the rules of their fields.

#![expect(clippy::needless_pass_by_value, reason = "tables read better with values than with references")]

use super::*;

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
fn the_first_row_of_a_person_counts() {
    let mut world = World::new();
    for to in ["first", "second"] {
        world.users.table.push(UserRow { from: "anna-a".into(), to: AccountId::new(to) });
    }
    let to = schema(Kind::People, &[]);
    let seen = field(&Value::Person(anna()), &rule(RuleKind::Passthrough), &to, &to, &world.way(Side::A));
    let first = Person { account: "first".into(), email: None, ..anna() };
    assert_eq!(seen.write, Some(Value::People(BTreeSet::from([first]))));
}
