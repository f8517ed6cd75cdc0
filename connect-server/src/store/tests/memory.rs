use super::fixture::{World, claim_one, end, intent, mark, working};
use super::{both, fixture};
use crate::store::StoreError;
use crate::store::activity::{Entry, Filter, Kind};
use crate::store::conflicts::CONFLICT_KEPT_MS;
use crate::store::links::LinkCounts;
use crate::store::work::Claimed;
use duplex_core::id::{Millis, Side, Sides};
use duplex_core::issue::Value;
use duplex_core::link::{
    CommentPair, Digest, FieldMemory, FieldPair, Intent, IntentKind, Link, LinkState, Parked, Shown, Version,
};
use duplex_core::plan::{Conflict, Element, Found, Note, Trouble};

fn summary() -> FieldPair {
    FieldPair { a: "summary".into(), b: "summary".into() }
}

fn memory(digest: &str) -> FieldMemory {
    FieldMemory { base: agreed(digest), ..FieldMemory::default() }
}

/// What side A showed when both agreed.
pub(super) fn agreed(digest: &str) -> Sides<Option<Shown>> {
    let shown = Shown::Agreed { value: Digest(digest.to_owned()), version: Version::Updated(Millis(3)) };
    Sides::new(Some(shown), None)
}

fn pair(id: &str, copy: Option<&str>) -> CommentPair {
    CommentPair { copy: copy.map(Into::into), ..CommentPair::new(Side::A, &id.into()) }
}

fn trouble(sentence: &str) -> Trouble {
    Trouble {
        code: "field_not_on_screen".to_owned(),
        side: Side::B,
        sentence: sentence.to_owned(),
        remedy: "Put it there".to_owned(),
    }
}

async fn start(world: &World) -> Claimed {
    world.running("s").await;
    world.store.work.mark(vec![mark("1", 5)]).await.unwrap();
    claim_one(&world.store, 5).await.unwrap()
}

async fn record(world: &World, claimed: &Claimed, now: i64, notes: &[Note]) -> Result<(), StoreError> {
    let working = working(&claimed.lease, &claimed.sync);
    world.store.memory.record(Millis(now), working, notes, &[]).await
}

both!(a_link_is_read_as_it_was_recorded, |world| async move {
    let claimed = start(&world).await;
    let notes = [
        Note::End { side: Side::A, end: end("1") },
        Note::End { side: Side::B, end: end("2") },
        Note::Cluster { cluster: "c".into() },
        Note::Field { pair: summary(), memory: memory("old") },
        Note::Field { pair: summary(), memory: memory("new") },
        Note::Comment { pair: pair("20", None) },
        Note::Comment { pair: pair("3", Some("4")) },
        Note::Comment { pair: pair("20", Some("21")) },
    ];
    record(&world, &claimed, 6, &notes).await.unwrap();
    let world = world.crash().await;
    let link = world.store.links.load(&claimed.lease.tenant, &claimed.lease.link).await.unwrap().unwrap();
    assert_eq!(link.ends, Sides::new(Some(end("1")), Some(end("2"))));
    assert_eq!((link.state, link.cluster.unwrap().as_str()), (LinkState::Live, "c"));
    assert_eq!(link.fields, [(summary(), memory("new"))].into());
    assert_eq!(link.comments, [pair("20", Some("21")), pair("3", Some("4"))]);
    let found = world.store.links.find(&"globex".into(), &"2".into()).await.unwrap();
    assert_eq!(found.iter().map(|f| (&f.link, f.side)).collect::<Vec<_>>(), [(&claimed.lease.link, Side::B)]);
    // Nothing is swept before a sweep says so, and no sweep takes it back.
    for (swept, expect) in [(None, 0), (Some(7), 7), (Some(5), 7)] {
        let links = &world.store.links;
        if let Some(at) = swept {
            let marked = [(claimed.lease.link.clone(), Millis(at))];
            links.set_swept(&"acme".into(), Side::A, &marked).await.unwrap();
        }
        let ends =
            links.swept(&"acme".into(), &"s".into(), Side::A, &["1".into(), "9".into()]).await.unwrap();
        assert_eq!(ends, [("1".into(), (claimed.lease.link.clone(), Millis(expect)))].into());
    }
});

both!(links_are_listed_and_counted, |world| async move {
    let one = start(&world).await;
    let notes = [Note::End { side: Side::A, end: end("1") }, Note::End { side: Side::B, end: end("2") }];
    record(&world, &one, 6, &notes).await.unwrap();
    world.store.work.mark(vec![mark("3", 5)]).await.unwrap();
    let two = claim_one(&world.store, 6).await.unwrap();
    record(&world, &two, 6, &[Note::End { side: Side::A, end: end("3") }]).await.unwrap();
    let (acme, s) = ("acme".into(), "s".into());
    let counts = world.store.links.counts(&acme, &s).await.unwrap();
    assert_eq!(counts, LinkCounts { linked: 1, candidates: 1, ..LinkCounts::default() });
    let page = world.store.links.list(&acme, &s, None, 1).await.unwrap();
    assert_eq!((page.len(), &page[0].ends.b), (1, &Some(end("2"))));
    let rest = world.store.links.list(&acme, &s, Some(&page[0].link), 10).await.unwrap();
    assert_eq!((rest.len(), &rest[0].ends), (1, &Sides::new(Some(end("3")), None)));
    record(&world, &two, 7, &[Note::State { state: LinkState::EndGone }]).await.unwrap();
    let counts = world.store.links.counts(&acme, &s).await.unwrap();
    assert_eq!(counts, LinkCounts { linked: 1, end_gone: 1, ..LinkCounts::default() });
});

both!(an_issue_is_an_end_of_one_link_of_a_sync, |world| async move {
    let one = start(&world).await;
    record(&world, &one, 6, &[Note::End { side: Side::B, end: end("2") }]).await.unwrap();
    world.store.work.mark(vec![mark("3", 5)]).await.unwrap();
    let two = claim_one(&world.store, 6).await.unwrap();
    world.store.intents.open(working(&two.lease, &two.sync), &intent("op", 1), None).await.unwrap();
    let notes = [
        Note::Field { pair: summary(), memory: memory("x") },
        Note::End { side: Side::B, end: end("2") },
        Note::Settled { op: "op".into(), happened: true },
    ];
    let error = record(&world, &two, 7, &notes).await.unwrap_err();
    assert!(matches!(error, StoreError::EndTaken { side: Side::B, .. }), "{error:?}");
    let link = world.store.links.load(&"acme".into(), &two.lease.link).await.unwrap().unwrap();
    assert_eq!((link.fields.len(), link.intents.len()), (0, 0));
});

both!(an_outcome_is_recorded_without_the_lease_and_a_base_is_not, |world| async move {
    let slow = start(&world).await;
    world.store.intents.open(working(&slow.lease, &slow.sync), &intent("op", 1), None).await.unwrap();
    let quick = claim_one(&world.store, 5 + fixture::LEASE_MS).await.unwrap();
    let notes = [
        Note::End { side: Side::B, end: end("2") },
        Note::Comment { pair: pair("3", Some("4")) },
        Note::Field { pair: summary(), memory: memory("x") },
        Note::Settled { op: "op".into(), happened: true },
    ];
    assert!(matches!(record(&world, &slow, 7, &notes).await, Err(StoreError::LeaseLost)));
    let link = world.store.links.load(&"acme".into(), &quick.lease.link).await.unwrap().unwrap();
    assert_eq!(link.ends.b, Some(end("2")));
    assert_eq!(link.comments, [pair("3", Some("4"))]);
    assert_eq!((link.fields.len(), link.intents.len()), (0, 0));
    // Once more, after the new holder went on: nothing of it stands in his way.
    record(&world, &quick, 8, &[Note::End { side: Side::B, end: end("5") }]).await.unwrap();
    assert!(matches!(record(&world, &slow, 9, &notes).await, Err(StoreError::LeaseLost)));
    let link = world.store.links.load(&"acme".into(), &quick.lease.link).await.unwrap().unwrap();
    assert_eq!(link.ends.b, Some(end("5")));
});

both!(a_removal_without_the_lease_stays_open_for_whoever_looks, |world| async move {
    let slow = start(&world).await;
    record(&world, &slow, 6, &[Note::Comment { pair: pair("3", Some("4")) }]).await.unwrap();
    let what = IntentKind::DeleteComment { origin: "3".into(), comment: "4".into() };
    let removal = Intent { what, ..intent("op", 1) };
    world.store.intents.open(working(&slow.lease, &slow.sync), &removal, None).await.unwrap();
    let quick = claim_one(&world.store, 5 + fixture::LEASE_MS).await.unwrap();
    let settled = Note::Settled { op: "op".into(), happened: true };
    let notes = [Note::Comment { pair: pair("3", None) }, settled];
    assert!(matches!(record(&world, &slow, 7, &notes).await, Err(StoreError::LeaseLost)));
    let link = world.store.links.load(&"acme".into(), &quick.lease.link).await.unwrap().unwrap();
    assert_eq!((link.comments, link.intents), (vec![pair("3", Some("4"))], vec![removal]));
    // What never happened is known to whoever was refused.
    let refused = Note::Settled { op: "op".into(), happened: false };
    assert!(matches!(record(&world, &slow, 8, &[refused]).await, Err(StoreError::LeaseLost)));
    let link = world.store.links.load(&"acme".into(), &quick.lease.link).await.unwrap().unwrap();
    assert_eq!(link.intents, []);
});

both!(a_link_that_only_has_an_intent_knows_its_issue, |world| async move {
    let claimed = start(&world).await;
    let candidate = world.store.links.claimed(&claimed).await.unwrap();
    assert_eq!(candidate, Link::candidate(&"s".into(), Side::A, "1".into()));
    world.store.intents.open(working(&claimed.lease, &claimed.sync), &intent("op", 1), None).await.unwrap();
    let link = world.store.links.claimed(&claimed).await.unwrap();
    assert_eq!(link, Link { intents: vec![intent("op", 1)], ..candidate });
});

both!(what_is_handed_over_waits_for_the_other_link, |world| async move {
    let claimed = start(&world).await;
    let other = fixture::link("s", Side::B, "9");
    let hand = Note::Hand {
        link: other.clone(),
        op: "op".into(),
        side: Side::A,
        issue: "1".into(),
        key: "K-1".to_owned(),
        cluster: "acme.9".into(),
    };
    record(&world, &claimed, 6, &[hand, Note::Removals { count: 3 }]).await.unwrap();
    let link = world.store.links.claimed(&claimed).await.unwrap();
    assert_eq!(link.removals, 3);
    let asked = claim_one(&world.store, 6).await.unwrap();
    assert_eq!((&asked.lease.link, &asked.hints.a), (&other, &fixture::fields()));
    let found = Found::Issue { id: "1".into(), key: "K-1".to_owned(), cluster: "acme.9".into() };
    let handed = world.store.links.handed(&"acme".into(), &other).await.unwrap();
    assert_eq!(handed, Sides::new([("op".into(), found)].into(), [].into()));
    world.store.work.finish(&asked).await.unwrap();
    let handed = world.store.links.handed(&"acme".into(), &other).await.unwrap();
    assert_eq!(handed, Sides::default());
});

both!(an_element_is_parked_until_it_goes_on, |world| async move {
    let claimed = start(&world).await;
    let element = Element::Comment { origin: Side::A, id: "3".into() };
    let park = |sentence: &str| Note::Park { element: element.clone(), trouble: trouble(sentence) };
    let (acme, s) = ("acme".into(), "s".into());
    record(&world, &claimed, 6, &[park("not there")]).await.unwrap();
    let parked = world.store.parked.list(&acme, &s, 10).await.unwrap();
    assert_eq!(
        (parked.len(), parked[0].at, parked[0].trouble.sentence.as_str()),
        (1, Millis(6), "not there")
    );
    assert!(world.store.parked.ignore(&acme, &claimed.lease.link, &element, &"ann".into()).await.unwrap());
    assert_eq!(world.store.parked.count(&acme, &s).await.unwrap(), 0);
    // The same trouble again is no news; another one is.
    record(&world, &claimed, 7, &[park("not there")]).await.unwrap();
    assert_eq!(world.store.parked.count(&acme, &s).await.unwrap(), 0);
    let link = world.store.links.claimed(&claimed).await.unwrap();
    let code = "field_not_on_screen".to_owned();
    assert_eq!(link.parked, [Parked { element: element.clone(), code, at: Millis(7) }]);
    record(&world, &claimed, 8, &[park("still not there")]).await.unwrap();
    assert_eq!(world.store.parked.count_everywhere().await.unwrap(), 1);
    world.store.work.finish(&claimed).await.unwrap();

    assert!(world.store.parked.retry(Millis(9), &acme, &claimed.lease.link, &element).await.unwrap());
    let again = claim_one(&world.store, 9).await.unwrap();
    assert_eq!((again.hints.a.retry, again.hints.b.retry), (Some(Millis(9)), Some(Millis(9))));
    assert_eq!(again.hints.a.comments, [("3".into(), None)].into());
    record(&world, &again, 10, &[Note::Unpark { element: element.clone() }]).await.unwrap();
    assert!(world.store.parked.of_link(&acme, &claimed.lease.link).await.unwrap().is_empty());
    assert!(!world.store.parked.retry(Millis(11), &acme, &claimed.lease.link, &element).await.unwrap());
    let log = world.store.activity.list(&acme, &s, &Filter::default(), 10).await.unwrap();
    let told: Vec<_> = log.iter().map(|l| (l.at.0, l.entry.kind)).collect();
    assert_eq!(told, [(10, Kind::Unparked), (8, Kind::Parked), (6, Kind::Parked)]);
});

both!(all_parked_elements_are_retried_but_those_that_are_ignored, |world| async move {
    let claimed = start(&world).await;
    let comment = |id: &str| Element::Comment { origin: Side::A, id: id.into() };
    let notes = ["3", "4", "5"].map(|id| Note::Park { element: comment(id), trouble: trouble("no") });
    record(&world, &claimed, 6, &notes).await.unwrap();
    world.store.work.finish(&claimed).await.unwrap();
    let (acme, s) = ("acme".into(), "s".into());
    world.store.parked.ignore(&acme, &claimed.lease.link, &comment("4"), &"ann".into()).await.unwrap();
    assert_eq!(world.store.parked.retry_all(Millis(9), &acme, &s).await.unwrap(), 2);
    let again = claim_one(&world.store, 9).await.unwrap();
    assert_eq!(again.hints.a.comments, [("3".into(), None), ("5".into(), None)].into());
});

both!(the_log_is_filtered_and_paged, |world| async move {
    let claimed = start(&world).await;
    let entry = |kind: Kind, sentence: &str| {
        Entry::of(&claimed.lease.link, kind, Some(Side::B), Some(Element::Issue), sentence.to_owned())
    };
    let (acme, s) = ("acme".into(), "s".into());
    let batch = [entry(Kind::Wrote, "1"), entry(Kind::Skipped, "2"), entry(Kind::Wrote, "3")];
    world.store.activity.append(Millis(7), &acme, &s, &batch).await.unwrap();
    world.store.activity.append(Millis(8), &acme, &s, &[entry(Kind::Wrote, "4")]).await.unwrap();
    let list = |filter: Filter, limit: i64| {
        let activity = world.store.activity.clone();
        async move { activity.list(&"acme".into(), &"s".into(), &filter, limit).await.unwrap() }
    };
    let wrote = Filter { kind: Some(Kind::Wrote), ..Filter::default() };
    let page = list(wrote.clone(), 2).await;
    assert_eq!(page.iter().map(|l| l.entry.sentence.as_str()).collect::<Vec<_>>(), ["4", "3"]);
    assert_eq!(page[0].entry, entry(Kind::Wrote, "4"));
    let rest = list(Filter { before: Some(page[1].id.clone()), ..wrote }, 2).await;
    assert_eq!(rest.iter().map(|l| l.entry.sentence.as_str()).collect::<Vec<_>>(), ["1"]);
    let other = Filter { link: Some("other".into()), ..Filter::default() };
    assert!(list(other, 2).await.is_empty());
    let later = Millis(8 + crate::store::activity::ACTIVITY_KEPT_MS);
    assert_eq!(world.store.activity.prune(later).await.unwrap(), 3);
});

both!(the_value_that_lost_is_kept_sealed_and_not_for_ever, |world| async move {
    use sqlx::Row;
    let claimed = start(&world).await;
    let conflict = Conflict {
        pair: summary(),
        winner: Side::A,
        lost: Value::Text("my words".to_owned()),
        in_part: false,
        at: Sides::default(),
        history: Sides::new(Some("11".into()), None),
    };
    record(&world, &claimed, 6, &[Note::Conflict { conflict: conflict.clone() }]).await.unwrap();
    let row = sqlx::query("SELECT body FROM conflicts").fetch_one(&world.store.db.pool).await.unwrap();
    assert!(!row.get::<String, _>(0).contains("words"));
    let (acme, s) = ("acme".into(), "s".into());
    let kept = world.store.conflicts.list(&acme, &s, 10).await.unwrap();
    assert_eq!(kept.iter().map(|k| &k.conflict).collect::<Vec<_>>(), [&conflict]);
    // What was written over and could be restored is nothing that lost.
    let over = Conflict { winner: Side::B, ..conflict.clone() };
    record(&world, &claimed, 6, &[Note::Conflict { conflict: over.clone() }]).await.unwrap();
    assert_eq!(world.store.conflicts.list(&acme, &s, 10).await.unwrap().len(), 2);
    record(&world, &claimed, 6, &[Note::Stands { conflict: over }]).await.unwrap();
    let kept = world.store.conflicts.list(&acme, &s, 10).await.unwrap();
    assert_eq!(kept.iter().map(|k| &k.conflict).collect::<Vec<_>>(), [&conflict]);
    world.store.conflicts.prune(Millis(6 + CONFLICT_KEPT_MS)).await.unwrap();
    assert_eq!(world.store.conflicts.list(&acme, &s, 10).await.unwrap().len(), 1);
    world.store.conflicts.prune(Millis(7 + CONFLICT_KEPT_MS)).await.unwrap();
    assert!(world.store.conflicts.list(&acme, &s, 10).await.unwrap().is_empty());
});
