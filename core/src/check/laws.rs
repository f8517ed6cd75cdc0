//! What holds for every configuration, however odd.

use super::tests::bare;
use super::*;
use crate::config::diff::{diff, widenings};
use crate::config::file::{FileForm, Names, parse};
use crate::config::{
    Cell, CommentRules, ConflictRule, CopyStyle, DefaultRow, DefaultRule, DefaultValue, Existing, Otherwise,
    RuleKind, Scope, TableRow, UserRow, UserRules, Wins, guide, parse_json,
};
use crate::ordered::{BTreeMap, BTreeSet};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// What a configuration is made of: what the guide's projects offer, and where `strange`, what they don't.
#[derive(Clone, Copy)]
struct Stuff {
    side: Side,
    strange: bool,
}

impl Stuff {
    fn away(self) -> Self {
        Self { side: self.side.other(), ..self }
    }

    fn pick(self, known: Vec<String>) -> BoxedStrategy<String> {
        let strange = prop_oneof!["[a-zA-Z0-9 @\"'{}\\\\]{0,6}", Just("99".to_owned())];
        if self.strange {
            prop_oneof![4 => select(known), 1 => strange].boxed()
        } else {
            select(known).boxed()
        }
    }

    fn schema(self) -> ProjectSchema {
        guide::schemas()[self.side].clone()
    }

    fn issue_type(self) -> impl Strategy<Value = IssueTypeId> {
        self.pick(self.schema().issue_types.into_iter().map(|t| t.id.0).collect()).prop_map(IssueTypeId)
    }

    fn field(self) -> BoxedStrategy<FieldId> {
        let schema = self.schema();
        let fields = schema.issue_types[0].fields.iter().map(|f| f.id.0.clone());
        let all = fields.chain(schema.request_type_field.map(|id| id.0)).collect();
        self.pick(all).prop_map(FieldId).boxed()
    }

    /// An option of the field, or a text.
    fn value(self, field: &FieldId) -> BoxedStrategy<String> {
        let choices: Vec<String> = self.schema().choices(field).into_iter().map(|c| c.id).collect();
        if choices.is_empty() { "[a-zA-Z0-9 \"'{}\n\\\\]{0,12}".boxed() } else { self.pick(choices) }
    }

    fn account(self) -> impl Strategy<Value = crate::id::AccountId> {
        let known = vec!["5b10ac8d".to_owned(), "712020:ab-cd".to_owned()];
        self.pick(known).prop_map(crate::id::AccountId)
    }
}

fn field_rule(stuff: Stuff) -> impl Strategy<Value = FieldRule> {
    let pair = (stuff.field(), stuff.away().field());
    pair.prop_flat_map(move |(from, to)| {
        let row = (stuff.value(&from), stuff.away().value(&to)).prop_map(|(from, to)| TableRow { from, to });
        let otherwise = prop_oneof![
            Just(Otherwise::Keep),
            Just(Otherwise::Clear),
            stuff.away().value(&to).prop_map(|to| Otherwise::Use { to })
        ];
        let kind = prop_oneof![
            Just(RuleKind::Passthrough),
            (vec(row, 0..4), otherwise).prop_map(|(rows, otherwise)| RuleKind::Table { rows, otherwise }),
            "[a-z {}\"'\n\\\\]{0,12}".prop_map(|template| RuleKind::Text { template }),
        ];
        (kind, option::of(vec(stuff.issue_type(), 0..3))).prop_map(move |(kind, issue_types)| FieldRule {
            from: from.clone(),
            to: to.clone(),
            kind,
            issue_types,
        })
    })
}

fn default_rule(stuff: Stuff) -> impl Strategy<Value = DefaultRule> {
    stuff.field().prop_flat_map(move |field| {
        let row = (stuff.issue_type(), stuff.value(&field));
        let row = row.prop_map(|(issue_type, value)| DefaultRow { issue_type, value });
        let value = prop_oneof![
            stuff.value(&field).prop_map(|value| DefaultValue::AllIssueTypes { value }),
            vec(row, 0..4).prop_map(|rows| DefaultValue::PerIssueType { rows }),
        ];
        value.prop_map(move |value| DefaultRule { field: field.clone(), value })
    })
}

fn scope() -> impl Strategy<Value = Scope> {
    let jql = prop_oneof!["[a-z =()\"']{0,12}", Just("priority = High".to_owned())];
    let existing = select(vec![Existing::All, Existing::OnlyNew]);
    (option::of(jql), existing, vec("[0-9]{1,3}", 0..2)).prop_map(|(jql, existing, security_levels)| Scope {
        jql,
        existing,
        security_levels,
    })
}

fn comments() -> impl Strategy<Value = CommentRules> {
    let cell = || select(vec![Cell::Public, Cell::Internal, Cell::Nothing]);
    let copy = select(vec![CopyStyle::Enriched, CopyStyle::Simple]);
    (any::<bool>(), copy, cell(), cell()).prop_map(|(enabled, copy, public, internal)| CommentRules {
        enabled,
        copy,
        public,
        internal,
    })
}

fn users(stuff: Stuff) -> impl Strategy<Value = UserRules> {
    let row = (stuff.account(), stuff.account()).prop_map(|(from, to)| UserRow { from, to });
    (vec(row, 0..3), any::<bool>(), any::<bool>(), option::of(stuff.account()))
        .prop_map(|(table, account_id, email, fallback)| UserRules { table, account_id, email, fallback })
}

fn side(side: Side, strange: bool) -> impl Strategy<Value = SideConfig> {
    let stuff = Stuff { side, strange };
    let pair =
        (stuff.issue_type(), stuff.away().issue_type()).prop_map(|(from, to)| IssueTypeRule { from, to });
    let guide = guide::config().sides[side].clone();
    (
        vec(pair, 0..4),
        vec(field_rule(stuff), 0..4),
        vec(default_rule(stuff), 0..3),
        scope(),
        comments(),
        users(stuff),
    )
        .prop_map(move |(issue_types, fields, defaults, scope, comments, users)| SideConfig {
            issue_types,
            fields,
            defaults,
            scope,
            comments,
            users,
            ..guide.clone()
        })
}

fn config(strange: bool) -> impl Strategy<Value = Config> {
    let conflict = (
        Stuff { side: Side::A, strange }.field(),
        Stuff { side: Side::B, strange }.field(),
        select(vec![Wins::Newest, Wins::A, Wins::B]),
    );
    let conflict = conflict.prop_map(|(a, b, wins)| ConflictRule { a, b, wins });
    let name = "[a-zA-Z \"'\\\\\u{e9}]{0,12}";
    (name, side(Side::A, strange), side(Side::B, strange), vec(conflict, 0..3))
        .prop_map(|(name, a, b, conflicts)| Config { name, sides: Sides::new(a, b), conflicts })
}

/// What leaves side A, thing by thing.
fn leaving(config: &Config) -> BTreeSet<String> {
    let part = &config.sides.a;
    let mut leaving = BTreeSet::new();
    for issue_type in part.issue_types.iter().map(|r| &r.from) {
        leaving.insert(format!("issues {issue_type}"));
        for rule in part.fields.iter().filter(|r| r.is_for(issue_type)) {
            leaving.insert(format!("fields {issue_type} {} {}", rule.from, rule.to));
        }
    }
    for (which, cell) in [("public", part.comments.public), ("internal", part.comments.internal)] {
        let readers: &[&str] = match (part.comments.enabled, cell) {
            (false, _) | (true, Cell::Nothing) => &[],
            (true, Cell::Internal) => &["team"],
            (true, Cell::Public) => &["team", "customers"],
        };
        leaving.extend(readers.iter().map(|reader| format!("{which} comments to {reader}")));
    }
    leaving
}

fn names() -> Sides<Names> {
    let config = guide::config();
    Sides::each(|side| Names {
        site: config.sides[side].site.clone(),
        host: format!("127.0.0.1:810{}", side as usize + 1),
        people: BTreeMap::new(),
    })
}

fn facts(other: &Config, missing: Vec<String>) -> Facts {
    Facts { missing: Sides::new(missing, Vec::new()), others: vec![OtherSync::of(other)] }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn swapping_the_sides_swaps_the_findings(
        config in config(true),
        other in config(true),
        missing in vec(select(vec!["ADD_COMMENTS".to_owned(), "ODD".to_owned()]), 0..3),
    ) {
        let schemas = guide::schemas();
        let facts = facts(&other, missing);
        let swapped = Facts {
            missing: facts.missing.clone().swapped(),
            others: facts.others.iter().cloned().map(OtherSync::swapped).collect(),
        };
        let there = check(&config, &schemas, &facts);
        let back = check(&config.swapped(), &schemas.swapped(), &swapped);
        prop_assert_eq!(bare(&there, true), bare(&back, false));
    }

    #[test]
    fn files_round_trip(config in config(false)) {
        let schemas = guide::schemas();
        let form = FileForm::from_config(&config, &schemas, &names());
        let text = form.to_toml().unwrap();
        let read = parse(&text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert_eq!(&read, &form);
        let resolved = read.resolve(&schemas, &names());
        prop_assert_eq!(resolved, Ok(config), "{}", text);
    }

    #[test]
    fn json_round_trips(config in config(true)) {
        prop_assert_eq!(parse_json(&serde_json::to_string(&config).unwrap()), Ok(config));
    }

    #[test]
    fn a_difference_is_seen_and_nothing_else(one in config(true), other in config(true)) {
        let schemas = guide::schemas();
        prop_assert_eq!(diff(&one, &one, Some(&schemas)), Vec::new());
        prop_assert_eq!(diff(&one, &other, None).is_empty(), one == other);
    }

    #[test]
    fn publishing_the_same_again_widens_nothing(config in config(true)) {
        for side in Side::BOTH {
            prop_assert_eq!(widenings(Some(&config), &config, side, None), Vec::new());
        }
    }

    /// What leaves a side belongs to it: the other side's part can't widen it.
    #[test]
    fn only_a_sides_own_part_widens_what_leaves_it(one in config(true), other in config(true)) {
        let mixed = Config { sides: Sides::new(one.sides.a.clone(), other.sides.b), ..one.clone() };
        prop_assert_eq!(widenings(Some(&one), &mixed, Side::A, None), Vec::new());
    }

    /// Where nothing widens, all that leaves now left before, and to nobody more.
    #[test]
    fn without_a_widening_nothing_more_leaves(config in config(false), keep in vec(any::<bool>(), 16), other in config(false)) {
        let mut narrower = config.clone();
        let part = &mut narrower.sides.a;
        let mut keeps = keep.iter().copied().cycle();
        part.fields.retain(|_| keeps.next() != Some(false));
        part.issue_types.retain(|_| keeps.next() != Some(false));
        if keep[15] {
            part.comments = other.sides.a.comments.clone();
        }
        for new in [&narrower, &other] {
            let widened = !widenings(Some(&config), new, Side::A, None).is_empty();
            prop_assert!(widened || leaving(new).is_subset(&leaving(&config)), "{:#?}", new.sides.a);
        }
    }

    #[test]
    fn no_text_breaks_the_readers(text in "[\\[\\]{}=\",.a-z0-9 \n]{0,60}") {
        let _ = parse(&text);
        let _ = parse_json(&text);
        let _ = crate::config::scope::complaint(&text);
        let _ = crate::config::scope::disjoint(&text, &text);
    }
}
