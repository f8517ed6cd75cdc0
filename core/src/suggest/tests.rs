use super::*;
use crate::check::{Facts, check};
use crate::config::guide::{self, issue_type, request_type};
use crate::config::{DefaultRule, DefaultValue, IssueTypeRule, RuleKind, TableRow};
use crate::issue::Choice;
use Side::{A, B};

/// `a <> b: score, reason`.
fn told_types(schemas: &Sides<ProjectSchema>) -> Vec<String> {
    let name = |side: Side, id: &IssueTypeId| schemas[side].issue_type_words(id);
    let told = |s: &Suggestion<Sides<IssueTypeId>>| {
        format!("{} <> {}: {}, {}", name(A, &s.value.a), name(B, &s.value.b), s.score, s.reason)
    };
    issue_types(schemas).iter().map(told).collect()
}

fn rename(schemas: &mut Sides<ProjectSchema>, names: [&str; 3]) {
    for (issue_type, name) in schemas.b.issue_types.iter_mut().zip(names) {
        issue_type.name = name.to_owned();
    }
}

#[test]
fn issue_types_pair_by_name_then_by_likeness() {
    let mut schemas = guide::schemas();
    assert_eq!(
        told_types(&schemas),
        [
            "IT Help <> IT Help: 100, the same name",
            "Purchase <> Purchase: 100, the same name",
            "Access <> Access: 100, the same name",
        ]
    );
    rename(&mut schemas, ["it-help", "Purchases", "Outage"]);
    assert_eq!(
        told_types(&schemas),
        [
            "IT Help <> it-help: 99, the same name but for case, spaces and signs",
            "Purchase <> Purchases: 97, similar names, 97 of 100",
        ]
    );
    // The same name goes before a similar one, and nothing is used twice.
    rename(&mut schemas, ["Purchase", "Purchases", "Help, IT"]);
    let pairs = told_types(&schemas);
    assert_eq!(pairs.len(), 2);
    assert!(pairs[0].starts_with("Purchase <> Purchase: 100"), "{pairs:?}");
    assert!(pairs[1].starts_with("IT Help <> Help, IT: 98"), "{pairs:?}");
}

#[test]
fn a_subtask_pairs_with_a_subtask() {
    let mut schemas = guide::schemas();
    schemas.b.issue_types[1].subtask = true;
    assert_eq!(issue_types(&schemas).len(), 2);
}

#[test]
fn fields_pair_by_id_or_by_name_and_kind() {
    let schemas = guide::schemas();
    let told: Vec<String> = fields(&schemas)
        .iter()
        .filter_map(|s| Some(format!("{}: {}, {}", s.value.rules.a.as_ref()?.from, s.score, s.reason)))
        .collect();
    let own = |id: &str| format!("{id}: 100, Jira's own field on both sides");
    assert_eq!(
        told,
        [
            own("summary"),
            own("description"),
            own("priority"),
            own("labels"),
            own("duedate"),
            own("reporter"),
            "customfield_1001: 100, the same name, both a single choice".to_owned(),
            "customfield_1002: 100, the same name, both a number".to_owned(),
        ]
    );
}

#[test]
fn options_that_differ_in_writing_become_rows() {
    let mut schemas = guide::schemas();
    for issue_type in &mut schemas.b.issue_types {
        let option = |id: &str, name: &str| Choice { id: id.to_owned(), name: name.to_owned() };
        let priority = issue_type.fields.iter_mut().find(|f| f.id.as_str() == "priority").unwrap();
        priority.options = vec![option("20", "HIGH"), option("21", "Medium"), option("29", "Trivial")];
        priority.on_create = false;
        let impact = issue_type.fields.iter_mut().find(|f| f.name == "Impact").unwrap();
        (impact.on_create, impact.on_edit) = (false, false);
    }
    let suggestions = fields(&schemas);
    let of = |id: &str| {
        let is = |s: &&Suggestion<FieldSuggestion>| {
            s.value.rules.a.iter().chain(&s.value.rules.b).any(|r| r.from.as_str() == id)
        };
        suggestions.iter().find(is).unwrap()
    };
    let row = |from: &str, to: &str| TableRow { from: from.to_owned(), to: to.to_owned() };
    let priority = of("priority");
    let kind = &priority.value.rules.a.as_ref().unwrap().kind;
    let RuleKind::Table { rows, .. } = kind else { panic!("{kind:?}") };
    assert_eq!(rows, &[row("10", "20"), row("11", "21")]);
    assert_eq!(priority.reason, "Jira's own field on both sides; 2 options match by name");
    // What is on no screen there is offered one way.
    assert_eq!(of("customfield_2001").value.rules.a, None);
}

#[test]
fn request_types_are_the_only_one_the_same_or_the_nearest() {
    let mut schemas = guide::schemas();
    let other = |id: &str, name: &str| RequestTypeSchema {
        id: id.into(),
        name: name.to_owned(),
        issue_type: issue_type(B, 0),
    };
    let told = |schemas: &Sides<ProjectSchema>| -> Vec<String> {
        let of = |s: Suggestion<DefaultRow>| format!("{}: {}, {}", s.value.value, s.score, s.reason);
        defaults(&guide::config(), schemas, B).into_iter().map(of).collect()
    };
    assert_eq!(told(&schemas)[0], format!("{}: 100, the only request type of *IT Help*", request_type(B, 0)));
    schemas.b.request_types.insert(0, other("90", "Report an outage"));
    assert_eq!(
        told(&schemas)[0],
        format!("{}: 95, both projects have a request type of this name", request_type(B, 0))
    );
    schemas.b.request_types[1].name = "IT support help".to_owned();
    assert!(told(&schemas)[0].ends_with("its name is the nearest to *IT Help*"));
    assert!(told(&schemas)[0].starts_with(&request_type(B, 0)));
    assert_eq!(told(&schemas).len(), 3);
}

/// The guide, click for click: all that is suggested is taken, and `check` has nothing to say.
#[test]
fn the_guide_is_made_of_suggestions() {
    let schemas = guide::schemas();
    let mut config = guide::config();
    for side in Side::BOTH {
        let part = &mut config.sides[side];
        (part.issue_types, part.fields, part.defaults) = (Vec::new(), Vec::new(), Vec::new());
    }
    for pair in issue_types(&schemas) {
        for side in Side::BOTH {
            let rule = IssueTypeRule { from: pair.value[side].clone(), to: pair.value[side.other()].clone() };
            config.sides[side].issue_types.push(rule);
        }
    }
    for field in fields(&schemas).into_iter().take(2) {
        let Sides { a, b } = field.value.rules;
        config.sides.a.fields.extend(a);
        config.sides.b.fields.extend(b);
    }
    for side in Side::BOTH {
        let rows = defaults(&config, &schemas, side).into_iter().map(|s| s.value).collect();
        let rule = DefaultRule {
            field: guide::request_type_field(side),
            value: DefaultValue::PerIssueType { rows },
        };
        config.sides[side].defaults.push(rule);
    }
    assert_eq!(config, guide::config());
    assert_eq!(check(&config, &schemas, &Facts::default()), Vec::new());
}

#[test]
fn suggestions_are_the_same_from_the_other_end() {
    let mut schemas = guide::schemas();
    rename(&mut schemas, ["Purchase", "Purchases", "Access request"]);
    let mut there: Vec<_> = issue_types(&schemas).into_iter().map(|s| s.value).collect();
    let mut back: Vec<_> =
        issue_types(&schemas.clone().swapped()).into_iter().map(|s| s.value.swapped()).collect();
    there.sort();
    back.sort();
    assert_eq!(there, back);
}
