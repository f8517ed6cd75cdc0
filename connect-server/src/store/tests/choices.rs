use super::fixture::{claim_one, end, intent, mark, place, working};
use super::{both, fixture};
use crate::store::{Opening, Slot, StoreError};
use duplex_core::config::{Config, FieldRule, RuleKind, Scope, SideConfig};
use duplex_core::id::{ClusterId, Millis, Side, Sides};
use duplex_core::link::{CommentPair, CommentState, Digest, DigestKey, FieldMemory, FieldPair, LinkState};
use duplex_core::plan::mapping::Mappings;
use duplex_core::plan::{Element, Note, Trouble};

both!(what_is_gone_is_made_again_from_the_twin, |world| async move {
    world.running("s").await;
    world.store.work.mark(vec![mark("1", 5)]).await.unwrap();
    let claimed = claim_one(&world.store, 5).await.unwrap();
    let (acme, cluster) = ("acme".into(), ClusterId::from("c"));
    let working = working(&claimed.lease, &claimed.sync);
    let (home, target) = (place("acme", "10"), place("globex", "20"));
    let slot = Slot::issue(&cluster, Some(&home), &target);
    assert_eq!(
        world.store.intents.open(working, &intent("op", 1), Some(&slot)).await.unwrap(),
        Opening::Opened
    );
    let pair = |origin, id: &str, copy: &str| CommentPair {
        copy: Some(copy.into()),
        ..CommentPair::new(origin, &id.into())
    };
    let trouble = Trouble {
        code: "end_gone".to_owned(),
        side: Side::A,
        sentence: "Gone.".to_owned(),
        remedy: "Choose.".to_owned(),
    };
    let summary = FieldPair { a: "summary".into(), b: "summary".into() };
    let notes = [
        Note::End { side: Side::A, end: end("1") },
        Note::End { side: Side::B, end: end("2") },
        Note::Cluster { cluster: cluster.clone() },
        Note::Field { pair: summary, memory: FieldMemory::default() },
        Note::Comment { pair: pair(Side::A, "3", "4") },
        Note::Comment { pair: pair(Side::B, "5", "6") },
        Note::Settled { op: "op".into(), happened: true },
    ];
    let memory = &world.store.memory;
    memory.record(Millis(6), working, &notes, &[]).await.unwrap();
    let link = world.store.links.load(&acme, &claimed.lease.link).await.unwrap().unwrap();
    let recreate =
        async || world.store.choices.recreate(Millis(8), &acme, &link, Side::A, &home).await.unwrap();
    assert!(!recreate().await, "nothing is gone yet");
    let gone = [Note::State { state: LinkState::EndGone }, Note::Park { element: Element::Issue, trouble }];
    memory.record(Millis(7), working, &gone, &[]).await.unwrap();
    assert!(recreate().await);

    let again = world.store.links.load(&acme, &link.id).await.unwrap().unwrap();
    assert_eq!((again.origin, again.state, again.id.clone()), (Side::B, LinkState::Live, link.id.clone()));
    assert_eq!(again.ends, Sides::new(None, Some(end("2"))));
    assert_eq!((again.fields.len(), again.parked.len()), (0, 0));
    assert_eq!(again.comments[0].state, CommentState::Gone);
    assert_eq!((&again.comments[1].copy, &again.comments[1].past), (&None, &vec!["6".into()]));
    let late = memory.record(Millis(9), working, &notes, &[]).await;
    assert!(matches!(late, Err(StoreError::LeaseLost)), "whoever had it has it no more");

    let next = claim_one(&world.store, 9).await.unwrap();
    assert!(next.hints.b.all_comments && next.hints.b.fields);
    let working = fixture::working(&next.lease, &next.sync);
    let slot = Slot::issue(&cluster, None, &home);
    assert_eq!(
        world.store.intents.open(working, &intent("op-2", 1), Some(&slot)).await.unwrap(),
        Opening::Opened
    );
});

both!(links_are_counted_and_listed_by_the_rules_they_are_in_line_with, |world| async move {
    world.running("s").await;
    let key = DigestKey::new(b"key");
    let side = |kind: RuleKind| SideConfig {
        site: "acme".into(),
        project: "10".into(),
        scope: Scope::default(),
        issue_types: Vec::new(),
        fields: vec![FieldRule { from: "summary".into(), to: "summary".into(), kind, issue_types: None }],
        comments: Default::default(),
        users: Default::default(),
        defaults: Vec::new(),
    };
    let config = |kind: RuleKind| Config {
        name: "s".to_owned(),
        sides: Sides::each(|_| side(kind.clone())),
        conflicts: Vec::new(),
    };
    let old = Mappings::of(&config(RuleKind::Passthrough), &key);
    let new = Mappings::of(&config(RuleKind::Text { template: "{value}".to_owned() }), &key);
    let mapping = |mappings: &Mappings| mappings.every().next().expect("one at least");
    let mut links = Vec::new();
    for (number, mappings) in ["1", "3", "5"].iter().zip([&old, &new, &old]) {
        world.store.work.mark(vec![mark(number, 5)]).await.unwrap();
        let claimed = claim_one(&world.store, 5).await.unwrap();
        let notes =
            [Note::End { side: Side::A, end: end(number) }, Note::Mapped { mapping: mapping(mappings) }];
        let working = working(&claimed.lease, &claimed.sync);
        world.store.memory.record(Millis(6), working, &notes, &[]).await.unwrap();
        links.push(claimed.lease.link);
    }
    let (acme, s) = ("acme".into(), "s".into());
    let store = &world.store.links;
    let mut counts = Vec::new();
    for mappings in [&old, &new] {
        counts.push(store.count_mapped_otherwise(&acme, &s, mappings).await.unwrap());
    }
    assert_eq!(counts, [1, 2]);
    let page = store.mapped_otherwise(&acme, &s, &new, None).await.unwrap();
    assert_eq!((page.links, page.last), (vec![links[0].clone(), links[2].clone()], None));
    let rest = store.mapped_otherwise(&acme, &s, &new, Some(&links[0])).await.unwrap();
    assert_eq!(rest.links, [links[2].clone()]);
    assert!(!old.has(&Sides::each(|_| Digest("other".to_owned()))));
});
