use super::*;
use crate::issue::Value;
use crate::link::DigestKey;
use crate::plan::FieldWrite;
use Standing::{Changed, New, Ours, Same, Unread, Unsure};

const ALL: [Standing; 6] = [Unread, Unsure, New, Same, Ours, Changed];

fn case(a: Standing, b: Standing, ways: Ways) -> Case {
    Case {
        standing: Sides::new(a, b),
        ways,
        means_same: false,
        empty: Sides::new(false, false),
        untouched: None,
        preferred: Side::B,
        settle: false,
        remapped: false,
    }
}

fn short(verdict: Verdict) -> String {
    match verdict {
        Verdict::Keep(_) => "-".to_owned(),
        Verdict::Remember => "agree".to_owned(),
        Verdict::Carry { from, conflict } => format!("{from}>{}", if conflict { "!" } else { "" }),
        Verdict::Look(side) => format!("?{side}"),
        Verdict::Ask => "ask".to_owned(),
    }
}

/// The whole table: a row per standing of A, a column per standing of B.
fn table(ways: Ways) -> String {
    let head: String = ALL.iter().map(|b| format!("{:>8}", format!("{b:?}"))).collect();
    let rows = ALL.iter().map(|a| {
        let cells: String =
            ALL.iter().map(|b| format!("{:>8}", short(settle(&case(*a, *b, ways))))).collect();
        format!("{:<8}{cells}\n", format!("{a:?}"))
    });
    format!("{:<8}{head}\n{}", "A \\ B", rows.collect::<String>())
}

#[test]
fn two_ways() {
    assert_eq!(
        table(Ways::Both),
        "\
A \\ B     Unread  Unsure     New    Same    Ours Changed
Unread         -       -      B>       -   agree      B>
Unsure         -       -      ?A       -   agree      ?A
New           A>      ?B     ask      A>      A>     B>!
Same           -       -      B>       -   agree      B>
Ours       agree   agree      B>   agree   agree      B>
Changed       A>      ?B     B>!      A>      A>     B>!
"
    );
}

#[test]
fn one_way_from_a() {
    assert_eq!(
        table(Ways::From(Side::A)),
        "\
A \\ B     Unread  Unsure     New    Same    Ours Changed
Unread         -       -       -       -   agree       -
Unsure         -       -       -       -   agree       -
New           A>      ?B     ask      A>      A>     A>!
Same           -       -       -       -   agree       -
Ours       agree   agree       -   agree   agree       -
Changed       A>      ?B     A>!      A>      A>     A>!
"
    );
}

#[test]
fn the_table_is_the_same_from_either_end() {
    let turned = |verdict| match verdict {
        Verdict::Carry { from, conflict } => Verdict::Carry { from: from.other(), conflict },
        Verdict::Look(side) => Verdict::Look(side.other()),
        same @ (Verdict::Keep(_) | Verdict::Remember | Verdict::Ask) => same,
    };
    for (a, b) in ALL.iter().flat_map(|a| ALL.iter().map(move |b| (*a, *b))) {
        for (ways, other) in [(Ways::Both, Ways::Both), (Ways::From(Side::A), Ways::From(Side::B))] {
            let here = case(a, b, ways);
            let there = Case { preferred: Side::A, ..case(b, a, other) };
            assert_eq!(settle(&here), turned(settle(&there)), "{a:?} {b:?} {ways:?}");
        }
    }
}

#[test]
fn what_means_the_same_is_never_written() {
    for (a, b) in ALL.iter().flat_map(|a| ALL.iter().map(move |b| (*a, *b))) {
        let read = |s| !matches!(s, Unread | Unsure);
        if read(a) && read(b) {
            let verdict = settle(&Case { means_same: true, ..case(a, b, Ways::Both) });
            assert!(!matches!(verdict, Verdict::Carry { .. } | Verdict::Ask), "{a:?} {b:?}: {verdict:?}");
        }
    }
}

#[test]
fn without_a_base() {
    let first = case(New, New, Ways::Both);
    let rows = [
        ("both empty", Case { empty: Sides::new(true, true), ..first }, "agree"),
        ("A is empty", Case { empty: Sides::new(true, false), ..first }, "B>"),
        ("B is empty", Case { empty: Sides::new(false, true), ..first }, "A>"),
        ("we made B", Case { untouched: Some(Side::B), ..first }, "A>"),
        (
            "we made B of an empty A",
            Case { untouched: Some(Side::B), empty: Sides::new(true, false), ..first },
            "A>",
        ),
        ("the two differ", first, "ask"),
        ("the policy may choose", Case { settle: true, ..first }, "B>!"),
        (
            "one way, the target is empty",
            Case { ways: Ways::From(Side::A), empty: Sides::new(false, true), ..first },
            "A>",
        ),
        (
            "one way, the source is empty",
            Case { ways: Ways::From(Side::A), empty: Sides::new(true, false), ..first },
            "agree",
        ),
        (
            "one way, we made the source",
            Case { ways: Ways::From(Side::B), untouched: Some(Side::B), ..first },
            "ask",
        ),
    ];
    for (name, case, expected) in rows {
        assert_eq!(short(settle(&case)), expected, "{name}");
    }
}

fn labels(text: &str) -> Value {
    Value::Labels(text.split_whitespace().map(str::to_owned).collect())
}

/// Merges labels that were `shared`, and prints what is written to A and to B.
fn merged(shared: &str, a: &str, b: &str) -> String {
    let key = DigestKey::new(b"key");
    let pairs: Vec<_> = shared
        .split_whitespace()
        .map(|l| digest(&key, &labels(l)))
        .map(|d| Sides::new(d.clone(), d))
        .collect();
    let (a, b) = (labels(a), labels(b));
    let merged = sets::merge(&key, Sides::new(&a, &b), &pairs, |_, member| Some(member.clone()));
    let told = |side: Side| match merged.changes[side].as_ref().map(|c| &c.write) {
        Some(FieldWrite::Labels { add, remove }) => {
            let words = add.iter().map(|l| format!("+{l}")).chain(remove.iter().map(|l| format!("-{l}")));
            words.collect::<Vec<_>>().join(" ")
        }
        Some(FieldWrite::Set { .. } | FieldWrite::Choices { .. } | FieldWrite::People { .. }) => {
            "?".to_owned()
        }
        None => "-".to_owned(),
    };
    format!("A {} / B {}", told(Side::A), told(Side::B))
}

#[test]
fn sets_member_by_member() {
    let rows = [
        ("", "", "", "A - / B -"),
        ("", "x", "", "A - / B +x"),
        ("", "x", "x", "A - / B -"),
        ("", "x", "y", "A +y / B +x"),
        ("x", "", "x", "A - / B -x"),
        ("x", "", "", "A - / B -"),
        ("x y", "x z", "y z", "A -x / B -y"),
        ("x", "x n", "m", "A +m -x / B +n"),
    ];
    for (shared, a, b, expected) in rows {
        assert_eq!(merged(shared, a, b), expected, "shared {shared:?}, A {a:?}, B {b:?}");
    }
}

#[test]
fn a_changed_mapping_is_translated_anew_when_people_ask() {
    let cases = [
        (Same, Same, Ways::From(Side::A), "A>"),
        (Same, Changed, Ways::From(Side::A), "A>!"),
        (Changed, Same, Ways::From(Side::A), "A>"),
        // The case prefers B; what stands on A may be a person's.
        (Same, Same, Ways::Both, "B>!"),
        (Changed, Same, Ways::Both, "A>"),
        (Ours, Changed, Ways::Both, "B>"),
        (Changed, Changed, Ways::Both, "B>!"),
        (New, New, Ways::Both, "ask"),
    ];
    for (a, b, ways, expect) in cases {
        let asked = Case { remapped: true, ..case(a, b, ways) };
        assert_eq!(short(settle(&asked)), expect, "{a:?} {b:?} {ways:?}");
        let agrees = Case { means_same: true, ..asked };
        assert_eq!(short(settle(&agrees)), "agree", "{a:?} {b:?} {ways:?}");
    }
}
