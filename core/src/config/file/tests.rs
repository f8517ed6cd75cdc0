use super::*;
use crate::check::Code;
use crate::config::guide;
use crate::config::{Config, ConflictRule, FieldRule, Otherwise, RuleKind, TableRow, UserRow};
use crate::id::{AccountId, Side, Sides};
use std::collections::BTreeMap;

const GUIDE: &str = include_str!("../../../examples/guide.toml");

fn names() -> Sides<Names> {
    let people = |email: &str, id: &str| BTreeMap::from([(email.to_owned(), AccountId::from(id))]);
    Sides::new(
        Names {
            site: "site-acme".into(),
            host: "acme.atlassian.net".to_owned(),
            people: people("anna@acme.example", "a1"),
        },
        Names {
            site: "site-globex".into(),
            host: "globex.atlassian.net".to_owned(),
            people: people("bob@globex.example", "b1"),
        },
    )
}

/// Out to the text and back in.
fn round_trip(config: &Config) {
    let form = FileForm::from_config(config, &guide::schemas(), &names());
    let text = form.to_toml().unwrap();
    let read = parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(read, form, "{text}");
    assert_eq!(read.resolve(&guide::schemas(), &names()).as_ref(), Ok(config), "{text}");
}

fn rich() -> Config {
    let mut config = guide::config();
    let a = &mut config.sides.a;
    let row = |from: &str, to: &str| TableRow { from: from.to_owned(), to: to.to_owned() };
    a.fields.push(FieldRule {
        kind: RuleKind::Table {
            rows: vec![row("10", "21"), row("11", "20")],
            otherwise: Otherwise::Use { to: "22".to_owned() },
        },
        issue_types: Some(vec![guide::issue_type(Side::A, 1)]),
        ..guide::same("priority")
    });
    a.fields.push(FieldRule {
        kind: RuleKind::Text { template: "{field}: {value}\n\"{key}\"".to_owned() },
        to: "description".into(),
        ..guide::same("duedate")
    });
    a.users.table.push(UserRow { from: "a1".into(), to: "b1".into() });
    a.users.fallback = Some("b1".into());
    a.scope.jql = Some("priority != \"Very low\"".to_owned());
    a.scope.security_levels.push("10000".to_owned());
    config.conflicts.push(ConflictRule { a: "summary".into(), b: "summary".into(), wins: Wins::B });
    config
}

#[test]
fn the_example_is_the_guide() {
    let form = parse(GUIDE).unwrap();
    assert_eq!(form.resolve(&guide::schemas(), &names()), Ok(guide::config()));
}

#[test]
fn configurations_round_trip() {
    round_trip(&guide::config());
    round_trip(&rich());
    round_trip(&rich().swapped().swapped());
}

#[test]
fn the_written_form_reads_well() {
    let form = FileForm::from_config(&rich(), &guide::schemas(), &names());
    let text = form.to_toml().unwrap();
    let (side_a, _) = text.split_once("\n[side.b]").unwrap();
    insta::assert_snapshot!(side_a, @r##"
    name = "Acme and Globex"

    [side.a]
    site = "acme.atlassian.net"
    project = "HELP"
    issue_types = [
      { from = "IT Help", to = "IT Help" },
      { from = "Purchase", to = "Purchase" },
      { from = "Access", to = "Access" },
    ]
    fields = [
      { from = "Summary", to = "Summary" },
      { from = "Description", to = "Description" },
      { from = "Priority", to = "Priority", issue_types = ["Purchase"], table = [{ from = "High", to = "Medium" }, { from = "Medium", to = "High" }], otherwise = { use = "Low" } },
      { from = "Due date", to = "Description", text = """
    {field}: {value}
    "{key}"""" },
    ]
    defaults = [
      { field = "Customer Request Type", per_issue_type = [
        { issue_type = "IT Help", value = "Get IT Help" },
        { issue_type = "Purchase", value = "Purchase request" },
        { issue_type = "Access", value = "Request a new account" },
      ] },
    ]

    [side.a.scope]
    jql = 'priority != "Very low"'
    existing = "all"
    security_levels = ["10000"]

    [side.a.comments]
    enabled = true
    copy = "enriched"
    public = "public"
    internal = "internal"

    [side.a.users]
    table = [
      { from = "a1", to = "b1" },
    ]
    account_id = false
    email = false
    fallback = "b1"
    "##);
}

#[test]
fn a_file_that_does_not_parse_names_the_key_and_the_line() {
    let check = |from: &str, to: &str, path: &str, further: isize, part: &str| {
        let (before, _) = GUIDE.split_once(from).unwrap();
        let line = (before.matches('\n').count() + 1).checked_add_signed(further).unwrap();
        let error = parse(&GUIDE.replacen(from, to, 1)).unwrap_err();
        assert_eq!((error.path.as_str(), error.line), (path, Some(line)), "{error}");
        assert!(error.sentence.contains(part), "{error}");
    };
    check("enabled = true", "enabled = \"yes\"", "side.a.comments.enabled", 0, "expected a boolean");
    check("enabled = true", "enable = true", "side.a.comments.enable", 0, "expected one of `enabled`");
    check("public = \"public\"", "public = \"all\"", "side.a.comments.public", 0, "`internal`");
    check("email = false", "email = false\nemail = true", "email", 1, "duplicate key");
    let summary = "{ from = \"Summary\", to = \"Summary\" }";
    check(summary, "{ from = \"Summary\" }", "side.a.fields[0]", 0, "missing field `to`");
    let both = "{ from = \"Summary\", to = \"Summary\", table = [], text = \"x\" }";
    // What two keys say together is told with the line of the list.
    check(summary, both, "side.a.fields[0]", -1, "not both");
    let alone = "{ from = \"Summary\", to = \"Summary\", otherwise = \"keep\" }";
    check(summary, alone, "side.a.fields[0]", -1, "goes with `table`");
    let wrong = "{ from = \"Summary\", to = \"Summary\", colour = 1 }";
    check(summary, wrong, "side.a.fields[0].colour", 0, "unknown field");
    check("name = \"Acme", "name = Acme", ".", 0, "");
}

#[test]
fn hostile_files_are_errors() {
    for text in ["", "\u{0}", "[[[[", "name = 1", &"[".repeat(100_000), &"#".repeat(CONFIG_BYTES_MAX + 1)] {
        assert!(parse(text).is_err());
    }
}

#[test]
fn names_that_are_not_found_are_all_told() {
    let text = GUIDE
        .replacen("to = \"IT Help\"", "to = \"Bug\"", 1)
        .replacen("from = \"Description\"", "from = \"Beschreibung\"", 1)
        .replacen("value = \"Get IT Help\"", "value = \"Get help\"", 1)
        .replacen("globex.atlassian.net", "other.atlassian.net", 1)
        .replacen("\"DESK\"", "\"DESKS\"", 1)
        .replacen("table = []", "table = [{ from = \"x@acme.example\", to = \"bob@globex.example\" }]", 1);
    let findings = parse(&text).unwrap().resolve(&guide::schemas(), &names()).unwrap_err();
    let told: Vec<String> = findings.iter().map(|f| format!("{} {}", f.sentence, f.remedy)).collect();
    insta::assert_snapshot!(told.join("\n"), @r##"
    `side.a.issue_types[0].to`: DESK (side B) has no issue type `Bug`. Allowed are `IT Help`, `Purchase`, `Access`.
    `side.a.fields[1].from`: HELP (side A) has no field `Beschreibung`. Allowed are `Customer Request Type`, `Summary`, `Description`, `Priority`, `Labels`, `Due date`, `Reporter`, `Impact`, `Cost`, `Checklist`.
    `side.a.users.table[0].from`: nobody on the site of side A is known by the e-mail `x@acme.example`. Write the account id: sites may hide e-mails.
    `side.a.defaults[0].per_issue_type[0].value`: HELP (side A) has no *Customer Request Type* named `Get help`. Allowed are `Get IT Help`, `Purchase request`, `Request a new account`.
    `side.b.site`: side B is on the site `globex.atlassian.net`, not on `other.atlassian.net`. Write `globex.atlassian.net`.
    `side.b.project`: side B is the project DESK, not `DESKS`. Write `DESK`.
    "##);
    assert!(findings.iter().all(|f| f.code == Code::NameUnknown));
}

#[test]
fn people_may_be_written_by_email() {
    let text = GUIDE
        .replacen("table = []", "table = [{ from = \"Anna@acme.example\", to = \"b2\" }]", 1)
        .replacen("# fallback", "fallback", 1);
    let form = parse(&text).unwrap();
    let emails = form.emails();
    assert_eq!(emails.a.into_iter().collect::<Vec<_>>(), ["anna@acme.example"]);
    assert_eq!(emails.b.into_iter().collect::<Vec<_>>(), ["bob@globex.example"]);
    let users = form.resolve(&guide::schemas(), &names()).unwrap().sides.a.users;
    assert_eq!(users.table, [UserRow { from: "a1".into(), to: "b2".into() }]);
    assert_eq!(users.fallback, Some("b1".into()));
}

#[test]
fn a_name_with_two_meanings_is_written_as_an_id() {
    let mut schemas = guide::schemas();
    for issue_type in &mut schemas.a.issue_types {
        issue_type
            .fields
            .iter_mut()
            .filter(|f| f.id.as_str() == "labels")
            .for_each(|f| f.name = "Summary".into());
    }
    let findings = parse(GUIDE).unwrap().resolve(&schemas, &names()).unwrap_err();
    let codes: Vec<Code> = findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, [Code::NameAmbiguous, Code::NameAmbiguous]);
    assert_eq!(findings[0].remedy, "Write the id: `summary` or `labels`.");
    let form = FileForm::from_config(&guide::config(), &schemas, &names());
    assert_eq!(form.side.a.fields[0].from, "summary");
    assert_eq!(form.resolve(&schemas, &names()), Ok(guide::config()));
}
