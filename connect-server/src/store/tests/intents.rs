use super::fixture::{World, claim_one, end, intent, mark, place, publish, working};
use super::{both, fixture};
use crate::store::epochs::FoundCopy;
use crate::store::work::Claimed;
use crate::store::{Opening, Slot};
use duplex_core::id::{ClusterId, Millis, Side};
use duplex_core::link::LinkState;
use duplex_core::plan::Note;

/// A claimed link for issue `issue` of sync `sync`.
async fn claimed(world: &World, sync: &str, issue: &str) -> Claimed {
    world.store.work.mark(vec![mark(issue, 5)]).await.unwrap();
    world.store.work.route(Millis(5), 10).await.unwrap();
    let claimed = world.store.work.claim(Millis(5), 1_000, 10).await.unwrap();
    claimed.into_iter().find(|c| c.sync.as_str() == sync).unwrap()
}

both!(an_intent_is_there_for_the_next_one_to_read, |world| async move {
    world.running("s").await;
    let claimed = claimed(&world, "s", "1").await;
    let working = working(&claimed.lease, &claimed.sync);
    let opened = world.store.intents.open(working, &intent("op", 1), None).await.unwrap();
    assert_eq!(opened, Opening::Opened);
    let world = world.crash().await;
    let link = world.store.links.load(&"acme".into(), &claimed.lease.link).await.unwrap().unwrap();
    assert_eq!((link.origin, &link.intents[..]), (Side::A, &[intent("op", 1)][..]));
    assert_eq!(world.store.intents.open_everywhere().await.unwrap(), 1);
});

both!(an_intent_is_refused_when_the_ground_has_moved, |world| async move {
    let sync = world.running("s").await;
    let claimed = claimed(&world, "s", "1").await;
    let open = |version: i64| {
        let (world, claimed) = (world.store.clone(), claimed.clone());
        async move {
            let working = working(&claimed.lease, &claimed.sync);
            world.intents.open(working, &intent("op", version), None).await.unwrap()
        }
    };
    publish(&world.store, "acme", "s", 1).await;
    assert_eq!(open(1).await, Opening::ConfigChanged);
    world.store.syncs.stop(&sync.tenant, &sync.sync).await.unwrap();
    assert_eq!(open(2).await, Opening::Stopped);
    world.store.syncs.start(&sync.tenant, &sync.sync, sync.scope_from).await.unwrap();
    let taken_over = claim_one(&world.store, 2_000).await.unwrap();
    assert_eq!(taken_over.lease.link, claimed.lease.link);
    assert_eq!(open(2).await, Opening::LeaseLost);
    assert_eq!(world.store.links.load(&sync.tenant, &claimed.lease.link).await.unwrap(), None);
});

both!(nothing_is_sent_for_an_unlinked_pair, |world| async move {
    world.running("s").await;
    let claimed = claimed(&world, "s", "1").await;
    let link = &claimed.lease.link;
    assert!(!world.store.choices.unlink(&"acme".into(), &"s".into(), link).await.unwrap());
    let open = |op: &'static str| {
        let (store, claimed) = (world.store.clone(), claimed.clone());
        async move {
            let working = working(&claimed.lease, &claimed.sync);
            store.intents.open(working, &intent(op, 1), None).await.unwrap()
        }
    };
    assert_eq!(open("op-1").await, Opening::Opened);
    assert!(world.store.choices.unlink(&"acme".into(), &"s".into(), link).await.unwrap());
    assert_eq!(open("op-2").await, Opening::Stopped);
    let link = world.store.links.load(&"acme".into(), link).await.unwrap().unwrap();
    assert_eq!((link.state, link.intents), (LinkState::Unlinked, vec![intent("op-1", 1)]));
});

both!(a_cluster_has_one_issue_per_project, |world| async move {
    let sync = world.running("s").await;
    world.running("t").await;
    let (one, two) = (claimed(&world, "s", "1").await, claimed(&world, "t", "2").await);
    let cluster = ClusterId::from("c");
    let slot = Slot::issue(&cluster, Some(&place("acme", "10")), &place("globex", "20"));
    let open = |claimed: &Claimed, op: &'static str| {
        let (store, claimed, slot) = (world.store.clone(), claimed.clone(), slot.clone());
        async move {
            let working = working(&claimed.lease, &claimed.sync);
            store.intents.open(working, &intent(op, 1), Some(&slot)).await.unwrap()
        }
    };
    assert_eq!(open(&one, "op-1").await, Opening::Opened);
    assert_eq!(open(&two, "op-2").await, Opening::SlotTaken);
    // The link itself may try again, and is not in its own way.
    assert_eq!(open(&one, "op-3").await, Opening::Opened);
    let taken = |place: crate::store::Place, link: &Claimed| {
        let (store, cluster, link) = (world.store.clone(), cluster.clone(), link.lease.link.clone());
        async move { store.links.cluster_taken(&cluster, &place, &link).await.unwrap() }
    };
    assert!(taken(place("globex", "20"), &two).await);
    assert!(taken(place("acme", "10"), &two).await);
    assert!(!taken(place("globex", "20"), &one).await);
    // What never happened gives its place back.
    let notes = [Note::Settled { op: "op-3".into(), happened: false }];
    world.store.memory.record(Millis(6), working(&one.lease, &sync.sync), &notes, &[]).await.unwrap();
    assert_eq!(open(&two, "op-2").await, Opening::Opened);
    assert_eq!(open(&one, "op-4").await, Opening::SlotTaken);
});

both!(a_copy_that_is_found_has_the_place_of_an_older_write, |world| async move {
    let (sync, cluster) = (world.running("s").await, ClusterId::from("c"));
    let one = claimed(&world, "s", "1").await;
    let working = working(&one.lease, &one.sync);
    let slot = Slot::issue(&cluster, Some(&sync.ends[Side::A]), &sync.ends[Side::B]);
    let opened = world.store.intents.open(working, &intent("op-1", 1), Some(&slot)).await.unwrap();
    assert_eq!(opened, Opening::Opened);
    let copy = FoundCopy {
        sync: sync.sync.clone(),
        link: one.lease.link.clone(),
        op: "op-2".into(),
        cluster: cluster.clone(),
        side: Side::B,
        issue: "8".into(),
        key: "K-8".to_owned(),
    };
    world.store.epochs.hand_back(Millis(5), &sync, &[copy]).await.unwrap();
    // The older one never happened, and the place is not free for all that.
    let notes = [Note::Settled { op: "op-1".into(), happened: false }];
    world.store.memory.record(Millis(6), working, &notes, &[]).await.unwrap();
    let another = fixture::link("t", Side::A, "2");
    assert!(world.store.links.cluster_taken(&cluster, &sync.ends[Side::B], &another).await.unwrap());
});

both!(the_origins_own_place_is_taken, |world| async move {
    world.running("s").await;
    world.running("t").await;
    let (one, two) = (claimed(&world, "s", "1").await, claimed(&world, "t", "2").await);
    let (acme, globex) = (("acme".into(), "1".into()), ("globex".into(), "9".into()));
    let cluster = ClusterId::from("c");
    let there = Slot::comment(&cluster, Some((&acme.0, &acme.1)), (&globex.0, &globex.1));
    let back = Slot::comment(&cluster, None, (&acme.0, &acme.1));
    let open = |claimed: &Claimed, op: &'static str, slot: &Slot| {
        let (store, claimed, slot) = (world.store.clone(), claimed.clone(), slot.clone());
        async move {
            let working = working(&claimed.lease, &claimed.sync);
            store.intents.open(working, &intent(op, 1), Some(&slot)).await.unwrap()
        }
    };
    assert_eq!(open(&one, "op-1", &there).await, Opening::Opened);
    for claimed in [&one, &two] {
        assert_eq!(open(claimed, "op-2", &back).await, Opening::SlotTaken);
    }
});

both!(what_a_link_of_another_tenant_finds_standing_stays_its_makers, |world| async move {
    fixture::running(&world.store, "initech", "s").await;
    world.running("t").await;
    let finder = claimed(&world, "t", "2").await;
    world.store.work.mark(vec![fixture::mark_of("initech", "10", "1", 5)]).await.unwrap();
    world.store.work.route(Millis(5), 10).await.unwrap();
    let maker = world.store.work.claim(Millis(5), 1_000, 10).await.unwrap().pop().unwrap();
    assert_ne!(maker.lease.tenant, finder.lease.tenant);

    let finds = working(&finder.lease, &finder.sync);
    let ends = [Note::End { side: Side::A, end: end("2") }, Note::End { side: Side::B, end: end("7") }];
    world.store.memory.record(Millis(5), finds, &ends, &[]).await.unwrap();
    let cluster = ClusterId::from("c");
    let (link, op) = (maker.lease.link.clone(), "op-1".into());
    let standing = Note::Standing { side: Side::B, cluster: cluster.clone(), link, op, first: false };
    world.store.memory.record(Millis(6), finds, &[standing], &[]).await.unwrap();

    // It may make it anew; nobody else may.
    let there = Slot::comment(&cluster, None, (&"globex".into(), &"7".into()));
    for (of, opening) in [(&finder, Opening::SlotTaken), (&maker, Opening::Opened)] {
        let working = working(&of.lease, &of.sync);
        assert_eq!(
            world.store.intents.open(working, &intent("op-2", 1), Some(&there)).await.unwrap(),
            opening
        );
    }
});

both!(a_place_is_whose_copy_stands_there_and_not_whose_write_may_never_have_happened, |world| async move {
    world.running("s").await;
    let finding = world.running("t").await;
    let (tried, made) = (claimed(&world, "s", "1").await, claimed(&world, "t", "2").await);
    for (happened, tries, makes) in [
        (None, Opening::SlotTaken, Opening::Opened),
        (Some(false), Opening::SlotTaken, Opening::Opened),
        (Some(true), Opening::Opened, Opening::SlotTaken),
    ] {
        let cluster = ClusterId(format!("c-{happened:?}"));
        let slot = Slot::issue(&cluster, None, &place("globex", "20"));
        let open = |of: &Claimed, op: String| {
            let (store, of, slot) = (world.store.clone(), of.clone(), slot.clone());
            async move {
                let working = working(&of.lease, &of.sync);
                store.intents.open(working, &intent(&op, 1), Some(&slot)).await.unwrap()
            }
        };
        let settle = |happened: bool| {
            let (store, of) = (world.store.clone(), tried.clone());
            let op = format!("op-1-{happened:?}").as_str().into();
            async move {
                let working = working(&of.lease, &of.sync);
                let settled = Note::Settled { op, happened };
                store.memory.record(Millis(6), working, &[settled], &[]).await.unwrap();
            }
        };
        // The database was restored, and so was a write whose outcome nobody had heard of yet.
        let op = format!("op-1-{:?}", happened.unwrap_or(false));
        assert_eq!(open(&tried, op).await, Opening::Opened);
        if happened == Some(true) {
            settle(true).await;
        }
        let copy = FoundCopy {
            sync: made.sync.clone(),
            link: made.lease.link.clone(),
            op: "op-2".into(),
            cluster: cluster.clone(),
            side: Side::B,
            issue: "7".into(),
            key: "K-7".to_owned(),
        };
        world.store.epochs.hand_back(Millis(6), &finding, &[copy]).await.unwrap();
        if happened == Some(false) {
            settle(false).await;
        }
        assert_eq!(open(&tried, format!("op-3-{happened:?}")).await, tries, "{happened:?}");
        assert_eq!(open(&made, format!("op-4-{happened:?}")).await, makes, "{happened:?}");
    }
});

both!(what_was_copied_from_a_copy_leaves_that_copys_place_to_its_maker, |world| async move {
    world.running("s").await;
    world.running("t").await;
    let (maker, hop) = (claimed(&world, "s", "1").await, claimed(&world, "t", "2").await);
    let hops = working(&hop.lease, &hop.sync);
    let ends = [Note::End { side: Side::A, end: end("2") }, Note::End { side: Side::B, end: end("7") }];
    world.store.memory.record(Millis(5), hops, &ends, &[]).await.unwrap();
    let there = ("acme".into(), "2".into());
    for (first, opening) in [(false, Opening::Opened), (true, Opening::SlotTaken)] {
        let cluster = ClusterId(format!("c-{first}"));
        let (link, op) = (hop.lease.link.clone(), format!("op-1-{first}").as_str().into());
        let standing = Note::Standing { side: Side::B, cluster: cluster.clone(), link, op, first };
        world.store.memory.record(Millis(6), hops, &[standing], &[]).await.unwrap();
        let slot = Slot::comment(&cluster, None, (&there.0, &there.1));
        let makers = working(&maker.lease, &maker.sync);
        let intent = intent(&format!("op-2-{first}"), 1);
        assert_eq!(world.store.intents.open(makers, &intent, Some(&slot)).await.unwrap(), opening, "{first}");
    }
});
