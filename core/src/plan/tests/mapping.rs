//! What becomes of a pair whose field rules were changed after it was made.

use super::fixture::*;
use super::world::World;
use crate::config::{FieldRule, RuleKind};
use crate::id::Side::{A, B};
use crate::id::*;
use crate::issue::Value;
use crate::plan::mapping::Mappings;
use crate::plan::*;

/// A linked pair, of which the summary is carried from A alone and in other words from now on.
fn remapped() -> World {
    let mut world = World::linked();
    world.config.sides.b.fields.retain(|rule| rule.from != "summary".into());
    let rule = world.config.sides.a.fields.iter_mut().find(|rule| rule.from == "summary".into());
    rule.expect("the summary is mapped").kind = RuleKind::Text { template: "[{site}] {value}".to_owned() };
    world
}

fn in_line(world: &World) -> bool {
    let mapping = world.link.mapping.as_ref().expect("a pair has a mapping");
    Mappings::of(&world.config, &key()).has(mapping)
}

fn ask_anew(world: &mut World) {
    world.hints = Sides::each(|_| Hints { remap: true, ..Hints::default() });
    world.settle();
    world.echo();
}

#[test]
fn a_changed_mapping_is_counted_and_done_only_when_people_ask() {
    let mut world = remapped();
    assert!(!in_line(&world));
    let before = world.value(B, "summary");
    world.audit();
    assert_eq!((world.value(B, "summary"), in_line(&world)), (before, false), "nothing is done by itself");

    ask_anew(&mut world);
    assert_eq!(world.value(B, "summary"), words("[Acme] Printer"));
    assert!(in_line(&world) && world.conflicts().is_empty());

    let writes = world.writes;
    ask_anew(&mut world);
    assert_eq!(world.writes, writes, "asked again, there is nothing to do");
}

#[test]
fn what_a_person_wrote_on_the_receiving_side_is_kept_when_it_is_overwritten() {
    let mut world = remapped();
    world.edit(B, "summary", words("by hand"));
    world.settle();
    ask_anew(&mut world);
    assert_eq!(world.value(B, "summary"), words("[Acme] Printer"));
    let lost: Vec<_> = world.conflicts().into_iter().map(|conflict| conflict.lost).collect();
    assert_eq!(lost, [words("by hand")]);
}

#[test]
fn a_newly_mapped_field_fills_the_empty_side_else_asks() {
    let newly = |world: &mut World| {
        let rule = FieldRule {
            from: "environment".into(),
            to: "environment".into(),
            kind: RuleKind::Passthrough,
            issue_types: None,
        };
        world.config.sides.a.fields.push(rule);
        assert!(!in_line(world));
        ask_anew(world);
        assert!(in_line(world), "what waits for a person is no mapping that was forgotten");
    };
    let mut world = World::linked();
    for schema in [&mut world.schemas.a, &mut world.schemas.b] {
        for issue_type in &mut schema.issue_types {
            let mut field = issue_type.field(&"summary".into()).expect("a summary").clone();
            field.id = "environment".into();
            issue_type.fields.push(field);
        }
    }
    for jira in [&mut world.jira.a, &mut world.jira.b] {
        let issue = jira.issue.as_mut().expect("an issue");
        issue.fields.insert("environment".into(), Value::Empty);
    }
    let mut both = world.clone();
    world.edit(A, "environment", words("office"));
    newly(&mut world);
    assert_eq!(world.value(B, "environment"), words("office"));

    both.edit(A, "environment", words("office"));
    both.edit(B, "environment", words("home"));
    newly(&mut both);
    assert_eq!(both.value(B, "environment"), words("home"));
    assert_eq!(both.parked(), ["newly_mapped_differs"]);
}

#[test]
fn a_rule_for_other_issue_types_changes_nothing_for_this_pair() {
    let mut world = World::linked();
    for rule in &mut world.config.sides.a.fields {
        let types = world.config.sides.a.issue_types.iter().map(|it| it.from.clone());
        rule.issue_types = Some(types.collect());
    }
    assert!(in_line(&world), "the same rules, named type by type");
}
