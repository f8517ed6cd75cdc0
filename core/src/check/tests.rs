//! Every finding has a row: what is done to the guide's configuration, and what `check` then says.

use super::*;
use crate::config::guide::{self, issue_type, request_type, request_type_field, same};
use crate::config::{
    Cell, ConflictRule, DefaultRow, DefaultRule, DefaultValue, IssueTypeRule, Otherwise, RuleKind, TableRow,
    UserRow, Wins,
};
use crate::schema::{FieldKind, FieldSchema};
use Severity::{Error, Info, Warning};
use Side::{A, B};

/// Everything that `check` looks at.
#[derive(Clone)]
struct Case {
    config: Config,
    schemas: Sides<ProjectSchema>,
    facts: Facts,
}

impl Case {
    fn guide() -> Self {
        Self { config: guide::config(), schemas: guide::schemas(), facts: Facts::default() }
    }

    fn findings(&self) -> Vec<Finding> {
        check(&self.config, &self.schemas, &self.facts)
    }

    fn swapped(self) -> Self {
        let others = self.facts.others.into_iter().map(OtherSync::swapped).collect();
        Self {
            config: self.config.swapped(),
            schemas: self.schemas.swapped(),
            facts: Facts { missing: self.facts.missing.swapped(), others },
        }
    }

    /// Changes a field in all issue types of a side.
    fn field(&mut self, side: Side, id: &str, change: impl Fn(&mut FieldSchema)) {
        for issue_type in &mut self.schemas[side].issue_types {
            issue_type.fields.iter_mut().filter(|f| f.id.as_str() == id).for_each(&change);
        }
    }

    fn rules(&mut self, side: Side) -> &mut Vec<FieldRule> {
        &mut self.config.sides[side].fields
    }

    fn default(&mut self, side: Side, field: &str, value: &str) {
        let value = DefaultValue::AllIssueTypes { value: value.to_owned() };
        self.config.sides[side].defaults.push(DefaultRule { field: field.into(), value });
    }

    /// The guide's request-type defaults of a side.
    fn request_types(&mut self, side: Side) -> &mut Vec<DefaultRow> {
        match &mut self.config.sides[side].defaults[0].value {
            DefaultValue::PerIssueType { rows } => rows,
            DefaultValue::AllIssueTypes { .. } => panic!("the guide sets them per issue type"),
        }
    }
}

fn table(rows: &[(&str, &str)]) -> RuleKind {
    let row = |(from, to): &(&str, &str)| TableRow { from: (*from).to_owned(), to: (*to).to_owned() };
    RuleKind::Table { rows: rows.iter().map(row).collect(), otherwise: Otherwise::Keep }
}

fn priority(kind: RuleKind) -> FieldRule {
    FieldRule { kind, ..same("priority") }
}

/// That the change brings the finding, that the guide is without it, and that it swaps with the sides.
fn row(code: Code, severity: Severity, tab: Tab, side: Option<Side>, change: impl Fn(&mut Case)) {
    let is = |f: &&Finding| (f.code, f.severity, f.place.tab, f.place.side) == (code, severity, tab, side);
    assert!(Case::guide().findings().iter().all(|f| f.code != code), "the guide has {code:?}");
    let mut case = Case::guide();
    change(&mut case);
    let findings = case.findings();
    let found = findings.iter().find(is);
    let found = found.unwrap_or_else(|| panic!("{code:?} is missing from {findings:#?}"));
    assert!(found.sentence.ends_with('.') && found.remedy.ends_with('.'), "{found:#?}");
    assert_eq!(bare(&case.clone().swapped().findings(), false), bare(&findings, true), "{code:?}");
}

/// Findings without their words, which name sides.
pub(super) fn bare(findings: &[Finding], swap: bool) -> Vec<(Severity, Code, Place)> {
    let place = |f: &Finding| if swap { f.place.clone().swapped() } else { f.place.clone() };
    let mut bare: Vec<_> = findings.iter().map(|f| (f.severity, f.code, place(f))).collect();
    bare.sort();
    bare.dedup();
    bare
}

#[test]
fn the_guide_has_no_findings() {
    assert_eq!(Case::guide().findings(), Vec::new());
}

#[test]
fn projects() {
    use Code::*;
    row(SameProject, Error, Tab::Projects, None, |c| {
        c.config.sides.b.site = c.config.sides.a.site.clone();
        c.config.sides.b.project = c.config.sides.a.project.clone();
    });
    row(TooLarge, Error, Tab::Projects, None, |c| c.config.name = "x".repeat(40_000));
    row(PermissionMissing, Error, Tab::Projects, Some(B), |c| {
        c.facts.missing.b.push("ADD_COMMENTS".to_owned())
    });
    row(OverlappingSync, Error, Tab::Scope, Some(A), |c| {
        c.facts.others.push(OtherSync::of(&Case::guide().config));
    });
    row(OverlappingSync, Error, Tab::Scope, Some(B), |c| {
        let mut other = Case::guide().config;
        other.sides.a.issue_types.clear();
        other.sides.b.scope.jql = Some("priority = High OR priority = Low".to_owned());
        c.config.sides.b.scope.jql = Some("priority = Medium".to_owned());
        c.facts.others.push(OtherSync::of(&other));
    });
}

#[test]
fn other_syncs_that_share_no_issue_are_fine() {
    let mut other = Case::guide().config;
    other.sides.a.scope.jql = Some("priority = High".to_owned());
    other.sides.b.issue_types.clear();
    let mut case = Case::guide();
    case.config.sides.a.scope.jql = Some("priority != High".to_owned());
    case.facts.others.push(OtherSync::of(&other));
    assert_eq!(case.findings(), Vec::new());
}

#[test]
fn a_permission_that_nothing_needs_may_be_missing() {
    let mut case = Case::guide();
    case.config.sides.a.comments.enabled = false;
    case.facts.missing.b.push("ADD_COMMENTS".to_owned());
    assert!(case.findings().iter().all(|f| f.code != Code::PermissionMissing));
}

#[test]
fn issue_types() {
    use Code::*;
    row(NoIssueTypes, Error, Tab::IssueTypes, None, |c| {
        c.config.sides.a.issue_types.clear();
        c.config.sides.b.issue_types.clear();
    });
    row(IssueTypeUnknown, Error, Tab::IssueTypes, Some(A), |c| {
        c.config.sides.a.issue_types[0].from = "99".into();
    });
    row(TargetTypeMissing, Error, Tab::IssueTypes, Some(A), |c| {
        c.schemas.b.issue_types.remove(1);
    });
    row(IssueTypeMappedTwice, Error, Tab::IssueTypes, Some(B), |c| {
        let to = issue_type(A, 2);
        c.config.sides.b.issue_types.push(IssueTypeRule { from: issue_type(B, 0), to });
    });
}

#[test]
fn field_mappings() {
    use Code::*;
    let tab = Tab::FieldMappings;
    row(FieldUnknown, Error, tab, Some(A), |c| c.rules(A)[0].from = "customfield_9".into());
    row(TargetFieldMissing, Error, tab, Some(A), |c| c.rules(A)[0].to = "customfield_9".into());
    row(FieldMappedTwice, Error, tab, Some(B), |c| c.rules(B).push(same("summary")));
    row(FieldNotOnType, Warning, tab, Some(A), |c| {
        c.schemas.b.issue_types[0].fields.retain(|f| f.id.as_str() != "description");
    });
    row(FieldNotOnCreateScreen, Warning, tab, Some(A), |c| {
        c.field(B, "description", |f| f.on_create = false)
    });
    row(FieldNotOnEditScreen, Warning, tab, Some(B), |c| c.field(A, "description", |f| f.on_edit = false));
    row(FieldNotOnEditScreen, Error, tab, Some(A), |c| {
        c.field(B, "description", |f| (f.on_create, f.on_edit) = (false, false));
    });
    row(KindNotCarried, Error, tab, Some(A), |c| {
        c.rules(A).push(FieldRule { to: "labels".into(), ..same("duedate") });
    });
    let conflict = |a: &str| ConflictRule { a: a.into(), b: a.into(), wins: Wins::A };
    row(ConflictRuleUnused, Warning, tab, None, move |c| {
        c.rules(B).pop();
        c.config.conflicts.push(conflict("description"));
    });
    row(ConflictRuleRepeated, Warning, tab, None, move |c| {
        c.config.conflicts.extend([conflict("summary"), conflict("summary")]);
    });
}

#[test]
fn a_kind_that_is_not_carried_comes_with_what_is() {
    let mut case = Case::guide();
    case.rules(A).push(FieldRule { to: "labels".into(), ..same("duedate") });
    let findings = case.findings();
    let finding = findings.iter().find(|f| f.code == Code::KindNotCarried).unwrap();
    assert_eq!(
        finding.remedy,
        "It can be mapped by copying to a date, a line of text or rich text; by a table to a single choice, a \
         multiple choice, a request type, labels, a person, several people, a number, a date, a line of text or rich \
         text; by a text template to a line of text or rich text."
    );
}

#[test]
fn tables() {
    use Code::*;
    let tab = Tab::FieldMappings;
    let all = || table(&[("10", "20"), ("11", "21"), ("12", "22")]);
    let with = |c: &mut Case, kind: RuleKind| c.rules(A).push(priority(kind));
    row(TableOptionUnknown, Error, tab, Some(A), |c| with(c, table(&[("10", "99")])));
    row(TableOptionUnknown, Warning, tab, Some(A), |c| with(c, table(&[("99", "20")])));
    row(TableOptionUnknown, Error, tab, Some(A), |c| {
        c.rules(A).push(FieldRule { from: "summary".into(), ..priority(table(&[("urgent", "99")])) });
    });
    row(TableRowRepeated, Warning, tab, Some(A), |c| with(c, table(&[("10", "20"), ("10", "21")])));
    row(TableOptionsUnmapped, Info, tab, Some(A), |c| with(c, table(&[("10", "20")])));
    row(TableManyToOne, Info, tab, Some(A), |c| {
        with(c, table(&[("10", "20"), ("11", "20"), ("12", "22")]));
        c.rules(B).push(priority(table(&[("20", "10"), ("22", "12")])));
    });
    row(TableDoesNotMapBack, Warning, tab, Some(A), |c| {
        with(c, all());
        c.rules(B).push(priority(table(&[("20", "10"), ("21", "12"), ("22", "12")])));
    });
    row(TableDoesNotMapBack, Warning, tab, Some(A), |c| {
        with(c, table(&[("10", "21"), ("11", "20"), ("12", "22")]));
        c.rules(B).push(priority(RuleKind::Passthrough));
    });
    let mut straight = Case::guide();
    straight.rules(A).push(priority(table(&[("", "21"), ("10", "20"), ("11", "21"), ("12", "22")])));
    straight.rules(B).push(priority(table(&[("20", "10"), ("21", "11"), ("22", "12")])));
    assert_eq!(straight.findings(), Vec::new());
}

#[test]
fn required_fields() {
    use Code::*;
    let tab = Tab::DefaultValues;
    row(RequiredFieldUnmapped, Error, tab, Some(B), |c| c.field(B, "duedate", |f| f.required = true));
    row(RequiredFieldUnmapped, Error, tab, Some(A), |c| {
        c.rules(B).remove(0);
    });
    row(RequiredFieldMayBeEmpty, Warning, tab, Some(B), |c| {
        c.field(B, "description", |f| f.required = true);
    });
    let mut given = Case::guide();
    given.field(B, "duedate", |f| f.required = true);
    given.default(B, "duedate", "2026-12-24");
    assert_eq!(given.findings(), Vec::new());
}

#[test]
fn default_values() {
    use Code::*;
    let tab = Tab::DefaultValues;
    row(RequestTypeDefaultMissing, Error, tab, Some(B), |c| {
        c.request_types(B).remove(0);
    });
    row(RequestTypeOnlyMapped, Warning, tab, Some(B), |c| {
        c.config.sides.b.defaults.clear();
        let (from, to) = (request_type_field(A), request_type_field(B));
        c.rules(A).push(FieldRule { from, to, kind: RuleKind::Passthrough, issue_types: None });
    });
    row(NoRequestType, Warning, tab, Some(A), |c| {
        c.schemas.a.request_types.remove(2);
        c.request_types(A).remove(2);
    });
    row(RequestTypeUnknown, Error, tab, Some(A), |c| c.request_types(A)[0].value = "99".to_owned());
    row(RequestTypeOfAnotherType, Error, tab, Some(A), |c| {
        c.request_types(A)[0].value = request_type(A, 1);
    });
    row(IssueTypeUnknown, Error, tab, Some(A), |c| c.request_types(A)[0].issue_type = "99".into());
    row(DefaultFieldUnknown, Error, tab, Some(A), |c| c.default(A, "customfield_9", "x"));
    row(DefaultFieldNotOnCreateScreen, Error, tab, Some(A), |c| {
        c.field(A, "labels", |f| f.on_create = false);
        c.default(A, "labels", "mirrored");
    });
    row(DefaultOptionUnknown, Error, tab, Some(A), |c| c.default(A, "priority", "99"));
    row(DefaultRepeated, Warning, tab, Some(A), |c| {
        c.default(A, "labels", "one");
        c.default(A, "labels", "two");
    });
    row(DefaultUnused, Info, tab, Some(A), |c| {
        c.config.sides.b.issue_types.remove(0);
    });
    row(DefaultUnused, Info, tab, Some(A), |c| {
        c.config.sides.b.issue_types.clear();
        c.default(A, "labels", "one");
    });
}

#[test]
fn default_values_have_the_form_of_their_field() {
    for (field, fine, wrong) in [
        ("summary", "No summary", "two\nlines"),
        ("description", "None.", " "),
        ("duedate", "2026-11-23", "tomorrow"),
        ("labels", "mirrored vip", " "),
        ("customfield_1002", "12.5", "twelve"),
        ("priority", "10", "High"),
    ] {
        let mut case = Case::guide();
        case.default(A, field, fine);
        assert!(!refuses(&case.findings()), "{field}: {:#?}", case.findings());
        let mut case = Case::guide();
        case.default(A, field, wrong);
        assert!(refuses(&case.findings()), "{field} = {wrong}");
    }
    row(Code::DefaultMalformed, Error, Tab::DefaultValues, Some(A), |c| {
        c.default(A, "customfield_1003", "x")
    });
}

#[test]
fn comments() {
    use Code::*;
    let tab = Tab::Comments;
    row(AudienceWidened, Warning, tab, Some(A), |c| c.config.sides.a.comments.internal = Cell::Public);
    row(AudienceNarrowed, Info, tab, Some(B), |c| c.config.sides.b.comments.public = Cell::Internal);
    row(InternalStaysHome, Warning, tab, Some(A), |c| c.schemas.b.service = false);
    row(SourceHasNoCustomers, Info, tab, Some(B), |c| c.schemas.b.service = false);
    row(CommentsOneWay, Info, tab, Some(A), |c| c.config.sides.b.comments.enabled = false);
}

#[test]
fn users() {
    use Code::*;
    let tab = Tab::Users;
    let pair = |from: &str, to: &str| UserRow { from: from.into(), to: to.into() };
    row(AccountMalformed, Error, tab, Some(A), move |c| {
        c.config.sides.a.users.table.push(pair("anna@acme.example", "5b10"));
    });
    row(AccountMalformed, Error, tab, Some(B), |c| c.config.sides.b.users.fallback = Some("".into()));
    row(UserRepeated, Warning, tab, Some(A), move |c| {
        c.config.sides.a.users.table.extend([pair("1", "2"), pair("1", "3")]);
    });
    row(PeopleNotFound, Warning, tab, Some(A), |c| c.rules(A).push(same("reporter")));
}

#[test]
fn scopes() {
    use Code::*;
    let tab = Tab::Scope;
    row(ScopeMalformed, Error, tab, Some(A), |c| c.config.sides.a.scope.jql = Some(" ".to_owned()));
    row(SecurityLevelsLeave, Warning, tab, Some(B), |c| {
        c.config.sides.b.scope.security_levels.push("10".to_owned());
    });
    row(SecurityLevelUnknown, Warning, tab, Some(B), |c| {
        let levels = c.schemas.b.issue_types[0].fields[2].options.clone();
        c.schemas.b.issue_types[0].fields.push(FieldSchema {
            id: "security".into(),
            name: "Security level".to_owned(),
            kind: FieldKind::Choice,
            required: false,
            has_default: false,
            on_create: true,
            on_edit: true,
            options: levels,
        });
        c.config.sides.b.scope.security_levels.push("99".to_owned());
    });
}
