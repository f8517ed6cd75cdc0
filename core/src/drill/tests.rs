use super::*;
use crate::config::guide;
use crate::config::{Cell, Config};
use crate::id::{ClusterId, IssueId, OpId};
use crate::plan::Op;

fn seen(asked: Audience, shown: Audience, customer: Option<bool>) -> Sighting {
    Sighting { asked, shown, customer }
}

#[test]
fn doubt_is_a_failure() {
    use Audience::{Customers, Restricted, Team, Unknown};
    use Verdict::{Failed, Passed, PortalNotSeen};
    let good = |customer: Option<bool>| seen(Customers, Customers, customer);
    for (why, internal, public, verdict, says) in [
        ("all well", seen(Team, Team, Some(false)), good(Some(true)), Passed, "and not the internal one"),
        (
            "nobody to ask",
            seen(Team, Team, None),
            good(None),
            PortalNotSeen,
            "flag verified, portal not seen",
        ),
        (
            "seen in the portal",
            seen(Team, Team, Some(true)),
            good(Some(true)),
            Failed,
            "sees the internal canary",
        ),
        ("by its flag", seen(Team, Customers, None), good(None), Failed, "as public"),
        ("by its flag alone", seen(Team, Customers, Some(false)), good(Some(true)), Failed, "as public"),
        ("no flag", seen(Team, Unknown, None), good(None), Failed, "does not say"),
        ("a role", seen(Team, Restricted, None), good(None), Failed, "does not say"),
        (
            "mapped so",
            seen(Customers, Customers, None),
            good(None),
            Failed,
            "maps internal comments to public",
        ),
        (
            "mapped so, and hidden by luck",
            seen(Customers, Customers, Some(false)),
            good(Some(true)),
            Failed,
            "maps internal comments to public",
        ),
        ("a blind customer", seen(Team, Team, Some(false)), good(Some(false)), Failed, "proves nothing"),
        ("nothing is public", seen(Team, Team, None), seen(Customers, Team, None), Failed, "would miss"),
    ] {
        let canaries = Canaries { internal, public };
        for side in Side::BOTH {
            let mut both = Sides::each(|_| Seen::NoPortal);
            both[side] = Seen::Canaries(canaries);
            let report = judge(&both);
            assert_eq!(report.verdict, verdict, "{why}: {report:#?}");
            let line = report.lines.iter().find(|line| line.side == side).unwrap();
            assert!(line.sentence.contains(says), "{why}: {}", line.sentence);
            assert_eq!(line.remedy.is_empty(), verdict == Passed, "{why}: {line:#?}");
        }
    }
}

#[test]
fn one_side_fails_for_both() {
    let team = seen(Audience::Team, Audience::Team, Some(false));
    let public = seen(Audience::Customers, Audience::Customers, Some(true));
    let good = || Seen::Canaries(Canaries { internal: team, public });
    let broken = || Seen::Broken { sentence: "Jira refused.".to_owned(), remedy: "Try again.".to_owned() };
    let blind = Sighting { customer: None, ..team };
    let half = Seen::Canaries(Canaries { internal: blind, public: Sighting { customer: None, ..public } });
    for (a, b, verdict) in [
        (good(), good(), Verdict::Passed),
        (good(), Seen::NoPortal, Verdict::Passed),
        (good(), half, Verdict::PortalNotSeen),
        (good(), broken(), Verdict::Failed),
        (broken(), good(), Verdict::Failed),
    ] {
        assert_eq!(judge(&Sides::new(a, b)).verdict, verdict);
    }
}

#[test]
fn what_a_drill_writes_is_what_the_mirror_would() {
    let (mut config, schemas) = (guide::config(), guide::schemas());
    let op = OpId::new("o1");
    for side in Side::BOTH {
        let Some(Op::CreateIssue { request_type, mark, .. }) = scratch(&config, &schemas, side, &op) else {
            panic!("no scratch issue on side {side}")
        };
        assert!(request_type.is_some(), "no customer would see it");
        assert!(is_of_drill(&mark.cluster) && is_of_drill(&stamp(&op).cluster));
    }
    let internal = |config: &Config| comment(config, Side::B, &IssueId::new("1"), &op, Canary::Internal).1;
    assert_eq!(internal(&config), Audience::Team);
    config.sides.a.comments.internal = Cell::Nothing;
    assert_eq!(internal(&config), Audience::Team);
    config.sides.a.comments.internal = Cell::Public;
    assert_eq!(internal(&config), Audience::Customers, "the map of the side that sends");
    config.sides.a.issue_types.clear();
    assert_eq!(scratch(&config, &schemas, Side::B, &op), None, "nothing arrives there");
    for (cluster, of_drill) in
        [("drill.x", true), ("drills.x", false), ("site.10000", false), ("drill", false)]
    {
        assert_eq!(is_of_drill(&ClusterId::from(cluster)), of_drill, "{cluster}");
    }
}
