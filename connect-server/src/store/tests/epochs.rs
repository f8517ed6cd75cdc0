use super::fixture::{LEASE_MS, World, claim_one, end, mark_of, place, running, running_between, working};
use super::{both, fixture};
use crate::secret::Secret;
use crate::store::activity::{Entry, Filter, Kind};
use crate::store::epochs::{Epoch, FoundCopy};
use crate::store::sites::Install;
use crate::store::sweeps::{SweepKey, SweepKind};
use crate::store::syncs::Sync;
use duplex_core::id::{ClusterId, Millis, Side, Sides, SiteId};
use duplex_core::link::{CommentPair, FieldMemory, FieldPair};
use duplex_core::plan::{Found, Note, Rebasing};

async fn site(world: &World) -> SiteId {
    let install = Install {
        client_key: "k".to_owned(),
        base_url: "https://acme.atlassian.net".to_owned(),
        secret: Secret::new("s"),
    };
    world.store.sites.install(Millis(1), &install).await.unwrap().site
}

/// A sync of the site with one pair, that has one field and one comment.
async fn paired(world: &World, site: &SiteId) -> Sync {
    let sync = running(&world.store, site.as_str(), "s").await;
    world.store.work.mark(vec![mark_of(site.as_str(), "10", "1", 5)]).await.unwrap();
    let claimed = claim_one(&world.store, 5).await.unwrap();
    let field = FieldPair { a: "summary".into(), b: "summary".into() };
    let base = super::memory::agreed("x");
    let copied = CommentPair { copy: Some("4".into()), ..CommentPair::new(Side::A, &"3".into()) };
    let notes = [
        Note::End { side: Side::A, end: end("1") },
        Note::End { side: Side::B, end: end("2") },
        Note::Field { pair: field, memory: FieldMemory { base, ..FieldMemory::default() } },
        Note::Comment { pair: copied },
    ];
    let wrote = Entry::of(&claimed.lease.link, Kind::Wrote, Some(Side::B), None, "Created".to_owned());
    let working = working(&claimed.lease, &claimed.sync);
    world.store.memory.record(Millis(1_000), working, &notes, &[wrote]).await.unwrap();
    world.store.work.finish(&claimed).await.unwrap();
    sync
}

both!(an_epoch_is_announced_before_the_site_has_it, |world: World| async move {
    let (site, epochs) = (site(&world).await, &world.store.epochs);
    assert_eq!(epochs.of(&site).await.unwrap(), Epoch { known: 0, next: 0, raised: None });
    assert!(!epochs.written_since(&site, None).await.unwrap());
    paired(&world, &site).await;
    assert!(epochs.written_since(&site, None).await.unwrap());
    assert_eq!(epochs.announce(&site).await.unwrap(), 1);
    assert_eq!(epochs.of(&site).await.unwrap(), Epoch { known: 0, next: 1, raised: None });
    epochs.raised(Millis(2_000), &site, 1).await.unwrap();
    let raised = Epoch { known: 1, next: 1, raised: Some(Millis(2_000)) };
    assert_eq!(epochs.of(&site).await.unwrap(), raised);
    assert!(!epochs.written_since(&site, raised.raised).await.unwrap());
    assert!(epochs.written_since(&site, Some(Millis(1_000))).await.unwrap());
});

both!(after_a_restore_nothing_is_believed_until_it_was_compared, |world: World| async move {
    let (site, store) = (site(&world).await, &world.store);
    let sync = paired(&world, &site).await;
    let link = fixture::link("s", Side::A, "1");
    assert_eq!(store.epochs.restored(Millis(3_000), &site, 40, Millis(4_000)).await.unwrap(), 1);
    assert_eq!(store.epochs.of(&site).await.unwrap(), Epoch { known: 40, next: 40, raised: None });
    assert_eq!(store.syncs.get(&sync.sync).await.unwrap().unwrap().rebasing, Sides::new(true, true));
    let key = SweepKey::sync(&sync.tenant, &sync.sync, SweepKind::Rebase);
    assert_eq!(store.sweeps.get(&key).await.unwrap().unwrap().due, Millis(4_000));
    let log = store.activity.list(&sync.tenant, &sync.sync, &Filter::default(), 1).await.unwrap();
    assert!(log[0].entry.sentence.contains("restored from a backup"), "{log:?}");

    let loaded = store.links.load(&sync.tenant, &link).await.unwrap().unwrap();
    assert!(loaded.rebase && loaded.fields.values().all(|memory| memory.base.a.is_none()));
    assert_eq!(loaded.comments[0].copy, Some("4".into()));
    let open = store.epochs.to_compare(&sync.tenant, &sync.sync, None).await.unwrap();
    assert_eq!(open, std::slice::from_ref(&link));
    assert!(store.epochs.to_compare(&sync.tenant, &sync.sync, Some(&link)).await.unwrap().is_empty());

    store.work.mark(vec![mark_of(site.as_str(), "10", "1", 5_000)]).await.unwrap();
    let claimed = claim_one(store, 5_000 + LEASE_MS).await.unwrap();
    let working = working(&claimed.lease, &claimed.sync);
    store.memory.record(Millis(5_001), working, &[Note::Rebased], &[]).await.unwrap();
    let loaded = store.links.load(&sync.tenant, &link).await.unwrap().unwrap();
    assert!(!loaded.rebase && loaded.fields.values().all(|memory| memory.base.a.is_some()));
    assert!(store.epochs.to_compare(&sync.tenant, &sync.sync, None).await.unwrap().is_empty());
    store.epochs.copies_known(&sync.tenant, &sync.sync, Side::A).await.unwrap();
    assert_eq!(store.syncs.get(&sync.sync).await.unwrap().unwrap().rebasing, Sides::new(false, true));
    assert_eq!(store.epochs.rebasing(&sync.ends[Side::A]).await.unwrap(), Rebasing::Homes);
    assert_eq!(store.epochs.rebasing(&sync.ends[Side::B]).await.unwrap(), Rebasing::Copies);
    store.epochs.copies_known(&sync.tenant, &sync.sync, Side::B).await.unwrap();
    assert_eq!(store.syncs.get(&sync.sync).await.unwrap().unwrap().rebasing, Sides::new(false, false));
    assert_eq!(store.epochs.rebasing(&sync.ends[Side::A]).await.unwrap(), Rebasing::Nothing);
});

both!(a_copy_that_is_found_goes_to_the_link_that_made_it, |world: World| async move {
    let (site, store) = (site(&world).await, &world.store);
    let sync = paired(&world, &site).await;
    let copy = |origin: &str, issue: &str| FoundCopy {
        sync: "s".into(),
        link: fixture::link("s", Side::A, origin),
        op: "op".into(),
        cluster: ClusterId(format!("acme.{origin}")),
        side: Side::B,
        issue: issue.into(),
        key: format!("K-{issue}"),
    };
    store.epochs.hand_back(Millis(6_000), &sync, &[copy("1", "2"), copy("7", "8")]).await.unwrap();
    let handed = store.links.handed(&sync.tenant, &fixture::link("s", Side::A, "1")).await.unwrap();
    assert!(handed.b.is_empty(), "its link knows it");
    let asked = claim_one(store, 6_000).await.unwrap();
    assert_eq!(asked.lease.link, fixture::link("s", Side::A, "7"));
    assert!(store.links.claimed(&asked).await.unwrap().rebase);
    let handed = store.links.handed(&sync.tenant, &asked.lease.link).await.unwrap();
    let found = Found::Issue { id: "8".into(), key: "K-8".to_owned(), cluster: "acme.7".into() };
    assert_eq!(handed.b, [("op".into(), found)].into());
    let place = sync.ends[Side::B].clone();
    let taken = |link: &str| {
        let (cluster, link) = ("acme.7".into(), fixture::link("s", Side::A, link));
        let place = place.clone();
        async move { store.links.cluster_taken(&cluster, &place, &link).await.unwrap() }
    };
    assert_eq!((taken("7").await, taken("9").await), (false, true));
});

both!(a_copy_of_a_sync_that_stands_still_has_its_place, |world: World| async move {
    let (site, store) = (site(&world).await, &world.store);
    let sync = paired(&world, &site).await;
    let still = running(store, site.as_str(), "t").await;
    store.syncs.stop(&still.tenant, &still.sync).await.unwrap();
    let cluster = ClusterId::of_issue(&site, &"7".into());
    let copy = |sync: &str| FoundCopy {
        sync: sync.into(),
        link: fixture::link(sync, Side::A, "7"),
        op: "op".into(),
        cluster: cluster.clone(),
        side: Side::B,
        issue: "8".into(),
        key: "K-8".to_owned(),
    };
    let taken = async || {
        let by = fixture::link("s", Side::A, "9");
        let taken = async |side| store.links.cluster_taken(&cluster, &sync.ends[side], &by).await.unwrap();
        Sides::new(taken(Side::A).await, taken(Side::B).await)
    };
    store.epochs.hand_back(Millis(6_000), &sync, &[copy("deleted")]).await.unwrap();
    assert_eq!(taken().await, Sides::new(false, false));
    store.epochs.hand_back(Millis(6_000), &sync, &[copy("t")]).await.unwrap();
    assert_eq!(taken().await, Sides::new(true, true), "and so has what it was made from");
    // It adopts it once it runs, and not before.
    let link = fixture::link("t", Side::A, "7");
    assert!(store.links.handed(&still.tenant, &link).await.unwrap().b.is_empty());
    assert!(store.links.load(&still.tenant, &link).await.unwrap().unwrap().rebase);
    // Nothing of it outlives its sync.
    store.syncs.delete(&still.tenant, &still.sync).await.unwrap();
    assert_eq!(taken().await, Sides::new(false, false));
});

both!(homes_of_a_sync_that_stands_still_are_looked_up_by_its_neighbours, |world: World| async move {
    let (site, store) = (site(&world).await, &world.store);
    let still = paired(&world, &site).await;
    let ends = Sides::new(still.ends[Side::B].clone(), place(site.as_str(), "30"));
    let next = running_between(store, "t", &ends).await;
    store.epochs.restored(Millis(3_000), &site, 40, Millis(4_000)).await.unwrap();
    store.syncs.stop(&still.tenant, &still.sync).await.unwrap();
    // What came from there by the sync that stands still may go on by the other one, and back.
    let home = &still.ends[Side::A];
    assert_eq!(store.epochs.rebasing(home).await.unwrap(), Rebasing::Homes);
    for side in Side::BOTH {
        store.epochs.copies_known(&next.tenant, &next.sync, side).await.unwrap();
    }
    assert_eq!(store.epochs.rebasing(home).await.unwrap(), Rebasing::Nothing);
});
