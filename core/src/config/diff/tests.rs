use super::*;
use crate::config::guide::{self, issue_type, same};
use crate::config::{ConflictRule, DefaultValue, FieldRule, Otherwise, RuleKind, TableRow, UserRow};
use Side::{A, B};

fn changed(change: impl Fn(&mut Config)) -> Config {
    let mut config = guide::config();
    change(&mut config);
    config
}

fn table(rows: &[(&str, &str)]) -> RuleKind {
    let row = |(from, to): &(&str, &str)| TableRow { from: (*from).to_owned(), to: (*to).to_owned() };
    RuleKind::Table { rows: rows.iter().map(row).collect(), otherwise: Otherwise::Clear }
}

#[test]
fn changes_are_told_in_words() {
    let check = |change: &dyn Fn(&mut Config), sentences: &[&str]| {
        let changes = diff(&guide::config(), &changed(change), Some(&guide::schemas()));
        let told: Vec<&str> = changes.iter().map(|c| c.sentence.as_str()).collect();
        assert_eq!(told, sentences);
    };
    check(&|_| {}, &[]);
    check(&|c| c.name = "Both".to_owned(), &["The name: was Acme and Globex, becomes Both."]);
    check(
        &|c| {
            c.sides.a.issue_types.remove(0);
            c.sides.a.issue_types[0].to = issue_type(B, 2);
        },
        &[
            "The issue type *Purchase*: was to *Purchase*, becomes to *Access*.",
            "The issue type *IT Help* is removed.",
        ],
    );
    check(
        &|c| c.sides.b.fields.push(FieldRule { kind: table(&[("20", "11")]), ..same("priority") }),
        &[
            "The field *Priority* to *Priority* is added: by a table (High to Medium; any other empties it), for all \
           issue types.",
        ],
    );
    check(
        &|c| c.sides.a.fields.reverse(),
        &["The order of the rows (field) is another; the first one counts."],
    );
    check(
        &|c| c.sides.a.defaults[0].value = DefaultValue::AllIssueTypes { value: guide::request_type(A, 0) },
        &[
            "The default value *Customer Request Type*: was Get IT Help for IT Help, Purchase request for Purchase, \
           Request a new account for Access, becomes Get IT Help for all issue types.",
        ],
    );
    check(
        &|c| c.sides.a.comments.internal = Cell::Public,
        &["An internal comment: was internal on the other side, becomes public on the other side."],
    );
    check(
        &|c| c.sides.a.users.table.push(UserRow { from: "1".into(), to: "2".into() }),
        &["The person `1` is added: to `2`."],
    );
    check(
        &|c| c.sides.a.scope.jql = Some("priority = High".to_owned()),
        &["The scope: was the whole project, becomes `priority = High`."],
    );
    check(
        &|c| c.conflicts.push(ConflictRule { a: "summary".into(), b: "summary".into(), wins: Wins::A }),
        &["The conflict rule *Summary* <> *Summary* is added: side A wins."],
    );
}

#[test]
fn without_schemas_ids_are_written() {
    let changes = diff(&guide::config(), &changed(|c| drop(c.sides.a.fields.pop())), None);
    assert_eq!(changes[0].sentence, "The field *description* to *description* is removed.");
    assert_eq!((changes[0].tab, changes[0].side), (Tab::FieldMappings, Some(A)));
}

/// From the guide to the changed guide and back: what each way newly lets out of A.
#[track_caller]
fn widens(change: impl Fn(&mut Config), there: &[WideningKind], back: &[WideningKind]) {
    let (guide, changed) = (guide::config(), changed(change));
    let kinds = |old: &Config, new: &Config, side: Side| -> Vec<WideningKind> {
        widenings(Some(old), new, side, Some(&guide::schemas())).into_iter().map(|w| w.kind).collect()
    };
    assert_eq!(kinds(&guide, &changed, A), there);
    assert_eq!(kinds(&changed, &guide, A), back);
    assert_eq!(kinds(&guide.swapped(), &changed.swapped(), B), there, "swapped");
}

#[test]
fn what_newly_leaves_is_a_widening() {
    use WideningKind::*;
    let jql = |jql: &str| Some(jql.to_owned());
    widens(|c| c.name = "Both".to_owned(), &[], &[]);
    // A scope that narrows the whole project is none; the way back is.
    widens(|c| c.sides.a.scope.jql = jql("priority = High"), &[], &[Scope]);
    widens(|c| c.sides.a.scope.existing = Existing::OnlyNew, &[], &[ExistingIssues]);
    widens(|c| c.sides.a.scope.security_levels.push("1".to_owned()), &[SecurityLevel], &[]);
    widens(|c| drop(c.sides.a.issue_types.remove(0)), &[], &[IssueType]);
    widens(|c| drop(c.sides.a.fields.remove(0)), &[], &[Field]);
    widens(|c| c.sides.a.fields[0].to = "description".into(), &[Field], &[Field]);
    widens(|c| c.sides.a.fields[0].issue_types = Some(vec![issue_type(A, 0)]), &[], &[Field]);
    widens(
        |c| c.sides.a.fields[0].kind = RuleKind::Text { template: "{key}".to_owned() },
        &[Field],
        &[Field],
    );
    widens(|c| c.sides.a.comments.enabled = false, &[], &[Comments, Comments, AuthorNames]);
    widens(|c| c.sides.a.comments.internal = Cell::Public, &[Comments], &[]);
    widens(|c| c.sides.a.comments.internal = Cell::Nothing, &[], &[Comments]);
    widens(|c| c.sides.a.comments.public = Cell::Internal, &[], &[Comments]);
    widens(|c| c.sides.a.comments.copy = CopyStyle::Simple, &[], &[AuthorNames]);
    widens(|c| c.sides.a.users.email = true, &[Emails], &[]);
    widens(|c| c.sides.a.users.account_id = true, &[Accounts], &[]);
    // What belongs to the other side lets nothing out of this one.
    widens(|c| c.sides.b.comments.internal = Cell::Public, &[], &[]);
    widens(|c| c.sides.b.fields.clear(), &[], &[]);
    widens(|c| c.sides.a.defaults.clear(), &[], &[]);
    let all = [Projects, IssueType, IssueType, IssueType, Field, Field, Comments, Comments, AuthorNames];
    widens(|c| c.sides.b.project = "20001".into(), &all, &all);
}

#[test]
fn a_scope_is_not_narrower_because_it_is_another() {
    let with = |jql: &str| changed(|c| c.sides.a.scope.jql = Some(jql.to_owned()));
    let found = widenings(Some(&with("priority = High")), &with("priority = Low"), A, None);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].sentence, "Issues of `priority = Low` leave, not of `priority = High`.");
}

#[test]
fn before_the_first_publish_all_that_leaves_is_new() {
    let found = widenings(None, &guide::config(), A, Some(&guide::schemas()));
    let told: Vec<&str> = found.iter().map(|w| w.sentence.as_str()).collect();
    assert_eq!(
        told,
        [
            "Issues of the type *IT Help* leave.",
            "Issues of the type *Purchase* leave.",
            "Issues of the type *Access* leave.",
            "The field *Summary* leaves to *Summary*: copied, for all issue types.",
            "The field *Description* leaves to *Description*: copied, for all issue types.",
            "Public comments leave: public on the other side.",
            "Internal comments leave: internal on the other side.",
            "The names of the people who comment leave.",
        ]
    );
}
