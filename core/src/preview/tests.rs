//! Facts on their way out of the server, and what a preview makes of them.

use super::*;
use crate::config::guide;
use crate::id::{ClusterId, FieldId, HistoryId, IssueId, OpId, SyncId};
use crate::issue::{Issue, Value};
use crate::link::{Digest, End, FieldMemory, FieldPair, Shown, Version};
use crate::merge;
use crate::plan::Sight;
use crate::stamp::Stamp;

/// The sync's own, which must not leave the server.
fn secret() -> (DigestKey, Ring) {
    (DigestKey::new(b"the sync's own"), Ring::new(BTreeMap::from([(7, b"the server's own".to_vec())])))
}

fn issue(side: Side, summary: &str) -> Issue {
    let text = |field: &str, value: Value| (FieldId::new(field), value);
    Issue {
        id: IssueId::new(format!("10{}", side.as_str())),
        key: format!("KEY-{side}"),
        project: guide::schemas()[side].project.clone(),
        issue_type: guide::issue_type(side, 0),
        request_type: Some(crate::id::RequestTypeId(guide::request_type(side, 0))),
        security: None,
        created: Millis(1),
        updated: Millis(2),
        reporter: None,
        creator: None,
        fields: BTreeMap::from([
            text("summary", Value::Text(summary.to_owned())),
            text("description", Value::Empty),
        ]),
        history: Some(Vec::new()),
        stamp: None,
    }
}

fn view(issue: Issue) -> View {
    View {
        us: Some("app".into()),
        issue: Sight::Seen(Box::new(issue)),
        comments_listed_from: Some(Millis(i64::MIN)),
        ..View::default()
    }
}

fn pair(field: &str) -> FieldPair {
    FieldPair { a: field.into(), b: field.into() }
}

/// A linked pair whose sides agreed on `Printer`, as the server has it; `a` and `b` are the summaries now.
fn facts(a: &str, b: &str) -> PreviewFacts {
    let (key, _) = secret();
    let shown = |value: &Value| {
        let value = merge::digest(&key, value);
        Some(Shown::Agreed { value, version: Version::History(HistoryId::new("5")) })
    };
    let memory = |value: Value| FieldMemory {
        base: Sides::each(|_| shown(&value)),
        rule: Some(Digest("as it was".to_owned())),
        ..FieldMemory::default()
    };
    let issues = Sides::new(issue(Side::A, a), issue(Side::B, b));
    let mut link = Link::candidate(&SyncId::new("s"), Side::A, issues.a.id.clone());
    for side in Side::BOTH {
        let issue = &issues[side];
        link.ends[side] = Some(End {
            key: issue.key.clone(),
            issue_type: issue.issue_type.clone(),
            is_request: true,
            history: Some(HistoryId::new("5")),
            ..End::unread(issue.id.clone())
        });
    }
    link.fields.insert(pair("summary"), memory(Value::Text("Printer".to_owned())));
    link.fields.insert(pair("description"), memory(Value::Empty));
    PreviewFacts {
        schemas: guide::schemas(),
        sites: Sides::new("Acme".to_owned(), "Globex".to_owned()),
        scope_from: Sides::default(),
        link,
        seen: issues.map(view),
        withheld: Sides::default(),
        people: People::default(),
        cluster_taken: false,
        now: Millis(1_000),
        grace_ms: 60_000,
    }
}

fn shown_to(facts: PreviewFacts, sides: Sides<bool>) -> PreviewFacts {
    let (key, stamps) = secret();
    facts.for_viewer(&guide::config(), sides, &key, &stamps)
}

fn calls(facts: &PreviewFacts) -> Vec<String> {
    let preview = preview(&guide::config(), facts);
    let words = |call: &Call| {
        let body = call.call.body.as_ref().map(|body| body["fields"]["summary"].to_string());
        format!("{} {} {} {}", call.side, call.call.method.as_str(), call.call.path, body.unwrap_or_default())
    };
    preview.calls.iter().map(words).collect()
}

const BOTH: Sides<bool> = Sides { a: true, b: true };
const OWN: Sides<bool> = Sides { a: true, b: false };

#[test]
fn what_both_remember_is_still_known_under_another_key() {
    let same = shown_to(facts("Printer", "Printer"), BOTH);
    assert_eq!(calls(&same), [""; 0]);
    let here = shown_to(facts("Scanner", "Printer"), BOTH);
    assert_eq!(calls(&here), ["B PUT /rest/api/3/issue/10b \"Scanner\""]);
    let there = shown_to(facts("Printer", "Plotter"), BOTH);
    assert_eq!(calls(&there), ["A PUT /rest/api/3/issue/10a \"Plotter\""]);
}

#[test]
fn no_hash_of_what_is_in_sight_leaves_as_the_server_made_it() {
    let (key, _) = secret();
    let theirs = merge::digest(&key, &Value::Text("Printer".to_owned()));
    let text = |facts: &PreviewFacts| serde_json::to_string(facts).unwrap();
    assert!(text(&facts("Printer", "Printer")).contains(&theirs.0));
    assert!(!text(&shown_to(facts("Printer", "Printer"), BOTH)).contains(&theirs.0));
    // What nobody sees any more stays a hash under a key that nobody has.
    assert!(text(&shown_to(facts("Scanner", "Plotter"), BOTH)).contains(&theirs.0));
}

#[test]
fn of_a_withheld_side_there_is_nothing() {
    let mut full = facts("Scanner", "Salaries");
    full.people.by_email.a.insert("partner@globex.example".to_owned(), None);
    full.people.by_email.b.insert("own@acme.example".to_owned(), None);
    let own = shown_to(full, OWN);
    let text = serde_json::to_string(&own).unwrap();
    for word in ["Salaries", "partner@globex.example"] {
        assert!(!text.contains(word), "{word}");
    }
    assert!(text.contains("own@acme.example"));
    // The keyed hash of a partner's text can't be guessed with the preview's key either.
    let (ours, _) = own_keys();
    assert!(!text.contains(&merge::digest(&ours, &Value::Text("Salaries".to_owned())).0));
    assert_eq!(calls(&own), ["B PUT /rest/api/3/issue/10b \"Scanner\""]);
}

#[test]
fn what_the_partner_alone_knows_is_said_to_be_his() {
    let mut unknown = facts("Scanner", "Salaries");
    unknown.link.fields.clear();
    let preview = preview(&guide::config(), &shown_to(unknown, OWN));
    assert_eq!(preview.calls, []);
    assert!(preview.unread.iter().all(|read| side_of(read) == Side::B) && !preview.unread.is_empty());
    let said: Vec<&str> = preview.lines.iter().map(|line| line.why.as_str()).collect();
    assert!(said.contains(&"Not shown: it belongs to the partner."), "{said:?}");
}

#[test]
fn stamps_are_known_and_can_not_be_forged_with_what_leaves() {
    let (_, theirs) = secret();
    let stamp = Stamp {
        sync: SyncId::new("another"),
        link: crate::id::LinkId::new("another.a.1"),
        op: OpId::new("op"),
        cluster: ClusterId::new("acme.1"),
        ceiling: crate::audience::Audience::Team,
    };
    let mut stamped = facts("Printer", "Printer");
    if let Sight::Seen(issue) = &mut stamped.seen.a.issue {
        issue.stamp = theirs.sign(&stamp).ok();
    }
    if let Sight::Seen(issue) = &mut stamped.seen.b.issue {
        issue.stamp = Some("forged".to_owned());
    }
    let out = shown_to(stamped, BOTH);
    let (_, ours) = own_keys();
    let of = |side: Side| match &out.seen[side].issue {
        Sight::Seen(issue) => issue.stamp.clone(),
        Sight::NotRead | Sight::Missing | Sight::Forbidden => None,
    };
    assert_eq!(of(Side::A).and_then(|text| ours.read(&text)), Some(stamp));
    assert_eq!(of(Side::A).and_then(|text| theirs.read(&text)), None);
    assert_eq!(of(Side::B), None);
}

#[test]
fn the_server_reads_until_a_preview_is_complete() {
    let (key, stamps) = secret();
    let full = facts("Scanner", "Printer");
    let mut known = full.clone();
    known.seen = Sides::each(|side| View { us: full.seen[side].us.clone(), ..View::default() });
    let mut reads = Vec::new();
    for _ in 0..5 {
        let open = needs(&guide::config(), &known, &key, &stamps);
        for read in &open {
            let side = side_of(read);
            if let Read::Issue { .. } = read {
                known.seen[side].issue = full.seen[side].issue.clone();
            } else {
                assert_eq!(read, &Read::AllComments { side });
                known.seen[side].comments_listed_from = Some(Millis(i64::MIN));
            }
        }
        reads.extend(open);
    }
    assert_eq!(reads.len(), 4, "two issues and two lists: {reads:?}");
    assert_eq!(known, full);
}

#[test]
fn facts_survive_javascript() {
    let text = serde_json::to_string(&facts("Printer", "Printer")).unwrap();
    let least = i64::MIN.to_string();
    assert!(text.contains(&least));
    // JavaScript's nearest number.
    let back: PreviewFacts = serde_json::from_str(&text.replace(&least, "-9223372036854776000")).unwrap();
    assert_eq!(back, facts("Printer", "Printer"));
}

#[test]
fn a_field_on_no_screen_is_a_loss_and_a_refusal() {
    let mut hidden = shown_to(facts("Scanner", "Printer"), BOTH);
    for issue_type in &mut hidden.schemas.b.issue_types {
        for field in issue_type.fields.iter_mut().filter(|f| f.id == FieldId::new("summary")) {
            (field.on_create, field.on_edit) = (false, false);
        }
    }
    let preview = preview(&guide::config(), &hidden);
    assert!(preview.calls[0].refused.is_some(), "{:?}", preview.calls);
    assert_eq!(preview.losses[0].loss.code, crate::translate::LossCode::FieldNotOnScreen);
}
