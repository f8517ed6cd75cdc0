use super::fixture::{World, intent, mark, place, working};
use super::{both, fixture};
use crate::secret::Secret;
use crate::store::customers::TestCustomer;
use crate::store::drills::{Beginning, DRILLS_KEPT_MAX};
use crate::store::{Opening, Slot};
use duplex_core::drill::{Report, Verdict, stamp};
use duplex_core::id::{AccountId, Millis, OpId, Side, SiteId};
use duplex_core::link::LinkState;

fn tenant() -> SiteId {
    "acme".into()
}

fn failed() -> Report {
    Report { verdict: Verdict::Failed, lines: Vec::new() }
}

impl World {
    async fn begin(&self, now: i64) -> Result<i64, Millis> {
        let author = AccountId::new("admin");
        let beginning = Beginning { version: 1, author: &author, until: Millis(now + 100) };
        self.store.drills.begin(Millis(now), &tenant(), &"s".into(), beginning).await.unwrap()
    }

    /// Whether the drill may still make an issue.
    async fn intends(&self, now: i64, number: i64, op: &str) -> bool {
        let what = (Side::A, &OpId::new(op));
        self.store.drills.intend(Millis(now), &tenant(), &"s".into(), number, what).await.unwrap()
    }

    async fn left(&self) -> Vec<String> {
        let left = self.store.drills.left(&tenant(), &"s".into()).await.unwrap();
        left.into_iter()
            .map(|it| format!("{} {}", it.op, it.made.map_or("?".to_owned(), |(_, key)| key)))
            .collect()
    }
}

both!(of_two_drills_one_writes, |world| async move {
    world.running("s").await;
    let first = world.begin(1_000).await.unwrap();
    assert_eq!(world.begin(1_099).await, Err(Millis(1_100)), "under way");
    assert!(world.intends(1_099, first, "one").await);
    assert!(!world.intends(1_100, first, "late").await, "it counts as dead");
    let second = world.begin(1_100).await.unwrap();
    assert!(!world.intends(1_101, first, "late").await);
    assert!(world.intends(1_101, second, "two").await);
    let ended = async |number| {
        let end = (&failed(), Millis(1_130));
        world.store.drills.end(Millis(1_102), &tenant(), &"s".into(), number, end).await.unwrap()
    };
    assert!(!ended(first).await, "another one began");
    assert!(ended(second).await);
    assert!(!ended(second).await, "twice");
    assert!(!world.intends(1_103, second, "late").await);
    assert_eq!(world.begin(1_129).await, Err(Millis(1_130)), "they lie apart");
    assert_eq!(world.left().await, ["one ?", "two ?"]);
});

both!(the_newest_counts, |world| async move {
    world.running("s").await;
    let (id, drills) = ("s".into(), &world.store.drills);
    assert_eq!(drills.last(&tenant(), &id).await.unwrap(), None);
    let number = world.begin(1_000).await.unwrap();
    drills.end(Millis(1_001), &tenant(), &id, number, (&failed(), Millis(1_001))).await.unwrap();
    let last = drills.last(&tenant(), &id).await.unwrap().unwrap();
    assert_eq!((last.report, last.ended, last.skipped), (Some(failed()), Some(Millis(1_001)), false));
    let by = AccountId::new("somebody");
    let under_way = world.begin(1_002).await.unwrap();
    drills.skip(Millis(1_002), &tenant(), &id, (7, &by)).await.unwrap();
    let last = drills.last(&tenant(), &id).await.unwrap().unwrap();
    assert_eq!((last.version, last.author, last.skipped, last.report), (7, by.clone(), true, None));
    assert_eq!(world.begin(1_003).await, Err(Millis(1_102)), "{under_way} is under way all the same");
    for n in 0..2 * DRILLS_KEPT_MAX {
        drills.skip(Millis(2_000 + n), &tenant(), &id, (7, &by)).await.unwrap();
    }
    let kept: i64 = sqlx::Row::get(
        &sqlx::query("SELECT COUNT(*) FROM drills").fetch_one(&world.store.db.pool).await.unwrap(),
        0,
    );
    assert_eq!(kept, DRILLS_KEPT_MAX);
});

both!(what_may_be_left_is_known_until_it_is_gone, |world| async move {
    let sync = world.running("s").await;
    let number = world.begin(1_000).await.unwrap();
    for op in ["one", "two", "three"] {
        assert!(world.intends(1_001, number, op).await);
    }
    let drills = &world.store.drills;
    let (id, now) = (&sync.sync, Millis(1_001));
    drills.made(now, &tenant(), id, (Side::A, &"two".into()), (&"10001".into(), "ITA-1")).await.unwrap();
    drills.never_made(&tenant(), id, &"one".into()).await.unwrap();
    let world = world.crash().await;
    let drills = &world.store.drills;
    assert_eq!(world.left().await, ["three ?", "two ITA-1"]);
    drills.made(now, &tenant(), id, (Side::A, &"one".into()), (&"10002".into(), "ITA-2")).await.unwrap();
    assert_eq!(world.left().await, ["one ITA-2", "three ?", "two ITA-1"], "who gave it up was wrong");
    drills.deleted(&tenant(), id, &"one".into(), (&sync.ends.a, &"10002".into())).await.unwrap();
    assert_eq!(world.left().await, ["three ?", "two ITA-1"]);
    world.store.syncs.delete(&tenant(), &sync.sync).await.unwrap();
    assert!(world.left().await.is_empty(), "nobody asks for a deleted sync's");
});

both!(a_customers_token_is_sealed_for_his_site, |world| async move {
    let customer = |token: &str| TestCustomer {
        account: "c".into(),
        email: "c@acme.example".to_owned(),
        token: Secret::new(token),
    };
    let (customers, acme) = (&world.store.customers, tenant());
    assert_eq!(customers.get(&acme).await.unwrap(), None);
    customers.put(&acme, &customer("before")).await.unwrap();
    customers.put(&acme, &customer("his-token")).await.unwrap();
    assert_eq!(customers.get(&acme).await.unwrap(), Some(customer("his-token")));
    let row = sqlx::query("SELECT token FROM test_customers").fetch_one(&world.store.db.pool).await.unwrap();
    assert!(!sqlx::Row::get::<String, _>(&row, 0).contains("his-token"), "it lies open");
    sqlx::query("UPDATE test_customers SET site = 'globex'").execute(&world.store.db.pool).await.unwrap();
    assert!(customers.get(&"globex".into()).await.is_err(), "moved to another tenant");
    assert!(customers.remove(&"globex".into()).await.unwrap());
    assert!(!customers.remove(&"globex".into()).await.unwrap());
});

both!(nothing_of_a_drill_is_ever_copied, |world| async move {
    world.running("s").await;
    world.store.work.mark(vec![mark("1", 5)]).await.unwrap();
    world.store.work.route(Millis(5), 10).await.unwrap();
    let claimed = world.store.work.claim(Millis(5), 1_000, 10).await.unwrap().remove(0);
    let cluster = stamp(&"op".into()).cluster;
    let slot = Slot::issue(&cluster, Some(&place("acme", "10")), &place("globex", "20"));
    let working = working(&claimed.lease, &claimed.sync);
    for op in ["one", "two"] {
        let opened = world.store.intents.open(working, &intent(op, 1), Some(&slot)).await.unwrap();
        assert_ne!(opened, Opening::Opened, "{op}");
    }
    let link = world.store.links.load(&tenant(), &claimed.lease.link).await.unwrap().unwrap();
    assert_eq!(
        (link.state, link.intents.len()),
        (LinkState::Unlinked, 0),
        "it is no pair, and tries no more"
    );
});
