use super::fixture::{LEASE_MS, World, mark, mark_of, running};
use super::{both, fixture};
use crate::store::{Class, Mark};
use duplex_core::id::Millis;

/// Claims `limit` links and names them.
async fn claim(world: &World, limit: usize) -> Vec<String> {
    let claimed = world.store.work.claim(Millis(9), LEASE_MS, limit).await.unwrap();
    claimed.into_iter().map(|c| c.lease.link.0).collect()
}

both!(what_is_not_allowed_now_waits, |world| async move {
    world.running("s").await;
    let of = |issue: &str, class: Class| Mark { class, ..mark(issue, 1) };
    world
        .store
        .work
        .mark(vec![of("1", Class::Backfill), of("2", Class::People), of("3", Class::Hiding)])
        .await
        .unwrap();
    world.store.work.route(Millis(9), 100).await.unwrap();
    for (class, links) in
        [(Class::Hiding, vec!["s.a.3"]), (Class::People, vec!["s.a.2"]), (Class::Backfill, vec!["s.a.1"])]
    {
        let claimed = world.store.work.claim_up_to(class, Millis(9), LEASE_MS, 9).await.unwrap();
        assert_eq!(claimed.iter().map(|c| c.lease.link.as_str()).collect::<Vec<_>>(), links);
    }
});

both!(hiding_goes_first_then_people_then_backfill, |world| async move {
    world.running("s").await;
    let of = |issue: &str, class: Class, at: i64| Mark { class, ..mark(issue, at) };
    let marks = vec![
        of("1", Class::Backfill, 1),
        of("2", Class::People, 3),
        of("3", Class::People, 2),
        of("4", Class::Hiding, 4),
    ];
    world.store.work.mark(marks).await.unwrap();
    // A person touches what the backfill had marked.
    world.store.work.mark(vec![of("5", Class::Backfill, 1)]).await.unwrap();
    world.store.work.mark(vec![of("5", Class::People, 5)]).await.unwrap();
    world.store.work.route(Millis(9), 100).await.unwrap();
    let mut order = Vec::new();
    while let Some(link) = claim(&world, 1).await.pop() {
        order.push(link);
    }
    assert_eq!(order, ["s.a.4", "s.a.5", "s.a.3", "s.a.2", "s.a.1"]);
});

/// A big tenant with a thousand waiting links, and a small one that has two.
async fn big_and_small(world: &World) {
    running(&world.store, "acme", "big").await;
    running(&world.store, "tiny", "small").await;
    let big = (0..1000).map(|n| mark(&format!("{n:04}"), 1));
    let small = (0..2).map(|n| mark_of("tiny", "10", &format!("{n}"), 5));
    world.store.work.mark(big.chain(small).collect()).await.unwrap();
    while world.store.work.route(Millis(9), 500).await.unwrap() > 0 {}
}

both!(a_small_tenant_does_not_wait_for_a_big_one, |world| async move {
    big_and_small(&world).await;
    let first = claim(&world, 4).await;
    assert_eq!(first, ["big.a.0000", "big.a.0001", "small.a.0", "small.a.1"]);
    assert_eq!(claim(&world, 4).await.len(), 4);
});

both!(tenants_alternate_when_one_link_is_claimed_at_a_time, |world| async move {
    big_and_small(&world).await;
    let mut order = Vec::new();
    for _ in 0..5 {
        order.extend(claim(&world, 1).await);
    }
    assert_eq!(order, ["big.a.0000", "small.a.0", "big.a.0001", "small.a.1", "big.a.0002"]);
});

both!(what_work_really_cost_counts, |world| async move {
    big_and_small(&world).await;
    world.store.work.charge(&"acme".into(), 10).await.unwrap();
    assert_eq!(claim(&world, 1).await, ["small.a.0"]);
    assert_eq!(claim(&world, 1).await, ["small.a.1"]);
    assert_eq!(claim(&world, 1).await, ["big.a.0000"]);
    // The small one comes back after a rest: it does not get all turns that it left out.
    for _ in 0..20 {
        claim(&world, 1).await;
    }
    let back = (5..9).map(|n| mark_of("tiny", "10", &format!("{n}"), 5)).collect();
    world.store.work.mark(back).await.unwrap();
    world.store.work.route(Millis(9), 10).await.unwrap();
    let mut order = Vec::new();
    for _ in 0..4 {
        order.extend(claim(&world, 1).await.into_iter().map(|link| link[..3].to_owned()));
    }
    assert_eq!(order.iter().filter(|tenant| *tenant == "big").count(), 2, "{order:?}");
});
