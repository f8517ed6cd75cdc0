//! What the page asks of the store: names, progress, and what one issue's panel shows.

use super::fixture::{World, claim_one, end, fields, link, mark, tenant, working};
use super::{both, fixture};
use crate::store::activity::{Entry, Kind};
use crate::store::starts::{Begin, Start};
use crate::store::{Class, LinkMark};
use duplex_core::id::{LinkId, Millis, Side, Sides, SyncId};
use duplex_core::plan::Note;
use std::collections::BTreeSet;

async fn linked(world: &World) -> LinkId {
    world.running("s").await;
    world.store.work.mark(vec![mark("1", 5)]).await.unwrap();
    let claimed = claim_one(&world.store, 5).await.unwrap();
    let notes = [Note::End { side: Side::A, end: end("1") }, Note::End { side: Side::B, end: end("2") }];
    let wrote = |side: Side| {
        Entry::of(&claimed.lease.link, Kind::Wrote, Some(side), None, format!("Wrote to side {side}."))
    };
    for (at, side) in [(6, Side::B), (7, Side::A), (8, Side::B)] {
        let working = working(&claimed.lease, &claimed.sync);
        world.store.memory.record(Millis(at), working, &notes, &[wrote(side)]).await.unwrap();
    }
    assert!(world.store.work.waits(&tenant("acme"), &claimed.lease.link).await.unwrap(), "under way");
    world.store.work.finish(&claimed).await.unwrap();
    claimed.lease.link
}

both!(a_link_is_found_by_the_keys_of_its_issues, |world| async move {
    let link = linked(&world).await;
    let (acme, s) = (tenant("acme"), SyncId::from("s"));
    let nobodys = LinkId::from("s.a.9");
    let keys = world.store.links.keys(&acme, &BTreeSet::from([&link, &nobodys])).await.unwrap();
    let both_keys = Sides::new(Some("K-1".to_owned()), Some("K-2".to_owned()));
    assert_eq!(keys, [(link.clone(), both_keys)].into());
    assert!(world.store.links.keys(&tenant("globex"), &BTreeSet::from([&link])).await.unwrap().is_empty());
    for (key, found) in [("K-1", 1), ("k-2", 0), ("K-2", 1), ("K", 0), ("%", 0), ("K-_", 0)] {
        let links = world.store.links.of_key(&acme, &s, key).await.unwrap();
        assert_eq!(links.len(), found, "{key}");
    }
});

both!(a_panel_learns_when_something_was_written_and_whether_something_waits, |world| async move {
    let link = linked(&world).await;
    let acme = tenant("acme");
    let wrote = world.store.activity.last_writes(&acme, &link).await.unwrap();
    assert_eq!(wrote, Sides::new(Some(Millis(7)), Some(Millis(8))));
    assert_eq!(world.store.activity.last_writes(&acme, &"s.a.9".into()).await.unwrap(), Sides::default());
    assert!(!world.store.work.waits(&acme, &link).await.unwrap(), "finished");
});

both!(a_start_is_followed_on_either_side, |world| async move {
    let sync = world.running("s").await;
    let begin = Begin {
        scope_from: Sides::default(),
        there: Sides::new(Millis(5), Millis(4)),
        fast: Millis(9),
        audit: Millis(90),
    };
    let (acme, s, starts) = (tenant("acme"), SyncId::from("s"), &world.store.starts);
    assert_eq!(starts.of_sync(&acme, &s).await.unwrap(), Sides::default());
    assert!(starts.begin(Millis(5), &sync, &begin).await.unwrap());
    let begun = Start { started: Millis(5), total: None, marked: 0, whole: false };
    let whole = Start { started: Millis(6), total: Some(9), marked: 8, whole: true };
    starts.put(&acme, &s, Side::B, whole).await.unwrap();
    assert_eq!(starts.of_sync(&acme, &s).await.unwrap(), Sides::new(Some(begun), Some(whole)));
    assert!(starts.begin(Millis(7), &sync, &begin).await.unwrap());
    let anew = Some(Start { started: Millis(7), ..begun });
    assert_eq!(starts.of_sync(&acme, &s).await.unwrap(), Sides::new(anew, anew));

    let waits = |side: Side, issue: &str, class: Class| LinkMark {
        tenant: tenant("acme"),
        sync: "s".into(),
        link: link("s", side, issue),
        side,
        hints: fields(),
        class,
        at: Millis(8),
    };
    let marks = vec![
        waits(Side::A, "1", Class::Backfill),
        waits(Side::A, "2", Class::Backfill),
        waits(Side::B, "3", Class::Backfill),
        waits(Side::B, "4", Class::People),
    ];
    world.store.work.mark_links(marks).await.unwrap();
    assert_eq!(world.store.work.waiting_backfill(&acme, &s).await.unwrap(), Sides::new(2, 1));
    world.store.syncs.delete(&acme, &s).await.unwrap();
    assert_eq!(starts.of_sync(&acme, &s).await.unwrap(), Sides::default(), "gone with the sync");
});
