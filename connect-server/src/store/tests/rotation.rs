use super::both;
use super::fixture::{self, World, options};
use crate::clock::SeededChance;
use crate::secret::Secret;
use crate::store::customers::TestCustomer;
use crate::store::rotation::ROWS_PER_SLICE_MAX;
use crate::store::sites::Install;
use crate::store::{Options, Store, StoreError};
use duplex_core::audience::Audience;
use duplex_core::id::{Millis, SiteId};
use duplex_core::stamp::Stamp;
use sqlx::Row;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const OLD: &str = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const NEW: &str = "2:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";
const NEWER: &str = "3:CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCA=";

/// So many sites need three slices for each of their columns.
const SITES: i64 = 2 * ROWS_PER_SLICE_MAX + 20;

/// A server that was started with these keys, and makes ids of its own.
async fn with(world: &World, keys: &[&str]) -> Result<Store, StoreError> {
    static SEED: AtomicU64 = AtomicU64::new(100);
    let chance = Arc::new(SeededChance::new(SEED.fetch_add(1, Ordering::Relaxed)));
    let ring = keys.join(",").parse().unwrap();
    Store::open(world.url(), Options { ring, chance, ..options() }).await
}

fn install(n: i64, secret: &str) -> Install {
    let base_url = format!("https://site-{n}.atlassian.net");
    Install { client_key: format!("key-{n}"), base_url, secret: Secret::new(format!("{secret}-{n}")) }
}

/// Sites that were installed twice, so that each has two secrets.
async fn settle(store: &Store, sites: std::ops::Range<i64>) {
    for n in sites {
        store.sites.install(Millis(1), &install(n, "before")).await.unwrap();
        store.sites.install(Millis(2), &install(n, "now")).await.unwrap();
    }
    let site = SiteId::from("of-the-customer");
    store.customers.put(&site, &customer()).await.unwrap();
}

fn customer() -> TestCustomer {
    let email = "customer@acme.example".to_owned();
    TestCustomer { account: "c".into(), email, token: Secret::new("his-token") }
}

async fn all_open(store: &Store, count: i64) {
    assert_eq!(store.customers.get(&"of-the-customer".into()).await.unwrap(), Some(customer()));
    let sites = store.sites.all().await.unwrap();
    assert_eq!(i64::try_from(sites.len()).unwrap(), count);
    for site in sites {
        let n = site.client_key.strip_prefix("key-").unwrap();
        assert_eq!(site.secret.expose(), format!("now-{n}"));
        assert_eq!(site.previous.unwrap().0.expose(), format!("before-{n}"));
    }
}

async fn sealed_with(store: &Store, key: &str) -> i64 {
    let sql = "SELECT SUM(CASE WHEN secret LIKE $1 THEN 1 ELSE 0 END + CASE WHEN previous_secret LIKE $1 THEN 1 ELSE 0 END)";
    let sql = format!("SELECT CAST(n AS BIGINT) FROM ({sql} AS n FROM sites) AS counted");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(format!("{key}.%")).fetch_one(&store.db.pool).await;
    row.unwrap().get(0)
}

async fn finish(store: &Store) -> Vec<u32> {
    while store.rotation.slice().await.unwrap() > 0 {}
    store.rotation.retire().await.unwrap()
}

both!(an_old_key_goes_when_all_is_sealed_anew, |world: World| async move {
    settle(&world.store, 0..SITES).await;
    let stamp = Stamp {
        sync: "s".into(),
        link: "l".into(),
        op: "o".into(),
        cluster: "c".into(),
        ceiling: Audience::Team,
    };
    let signed = world.store.keys().stamps().sign(&stamp).unwrap();
    let digest = |store: &Store| store.keys().digest_key(&"t".into(), &"s".into()).digest(&"text");
    let before = digest(&world.store);

    let both = with(&world, &[OLD, NEW]).await.unwrap();
    assert!(matches!(with(&world, &[NEW]).await, Err(StoreError::KeyMissing { id: 1 })), "it is needed");
    assert_eq!(both.rotation.slice().await.unwrap(), usize::try_from(ROWS_PER_SLICE_MAX).unwrap());
    assert_eq!(both.rotation.retire().await.unwrap(), [0_u32; 0], "not yet");
    assert_eq!(sealed_with(&both, "2").await, ROWS_PER_SLICE_MAX);

    // It dies here; another run goes on where it was, and a server with both keys is at work meanwhile.
    drop(both);
    let both = with(&world, &[OLD, NEW]).await.unwrap();
    all_open(&both, SITES).await;
    settle(&both, SITES..SITES + 1).await;
    assert_eq!(finish(&both).await, [1]);
    assert_eq!((sealed_with(&both, "1").await, sealed_with(&both, "2").await), (0, 2 * (SITES + 1)));
    assert_eq!(finish(&both).await, [1], "again, and nothing else happens");

    let new = with(&world, &[NEW]).await.unwrap();
    all_open(&new, SITES + 1).await;
    assert_eq!(digest(&new), before, "no base is lost");
    assert_eq!(new.keys().stamps().read(&signed), Some(stamp.clone()), "no stamp is lost");

    let newer = with(&world, &[NEW, NEWER]).await.unwrap();
    assert_eq!(finish(&newer).await, [2]);
    let newer = with(&world, &[NEWER]).await.unwrap();
    assert_eq!(newer.keys().stamps().read(&signed), Some(stamp), "nor by the next rotation");
    assert_eq!(digest(&newer), before);
});

both!(a_key_that_was_used_behind_the_rotations_back_is_still_asked_for, |world: World| async move {
    let both = with(&world, &[OLD, NEW]).await.unwrap();
    assert_eq!(finish(&both).await, [1]);
    // A server that nobody has started anew seals on with the key it knows.
    settle(&world.store, 0..1).await;
    let error = with(&world, &[NEW]).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, StoreError::KeyMissing { id: 1 }), "{error:?}");
    assert!(error.to_string().contains("duplex rotate-key"), "{error}");
    assert_eq!(finish(&both).await, [1]);
    all_open(&with(&world, &[NEW]).await.unwrap(), 1).await;
});

both!(two_rotations_at_once_do_no_harm, |world: World| async move {
    settle(&world.store, 0..SITES).await;
    let (one, two) = (with(&world, &[OLD, NEW]).await.unwrap(), with(&world, &[OLD, NEW]).await.unwrap());
    let (first, second) = tokio::join!(finish(&one), finish(&two));
    assert!(first == [1] || second == [1], "{first:?} {second:?}");
    all_open(&with(&world, &[NEW]).await.unwrap(), SITES).await;
});

both!(one_key_alone_is_not_rotated, |world: World| async move {
    settle(&world.store, 0..1).await;
    assert_eq!(finish(&world.store).await, [0_u32; 0]);
    all_open(&world.store, 1).await;
});

both!(what_can_not_be_opened_stops_it_and_nothing_is_lost, |world: World| async move {
    settle(&world.store, 0..2).await;
    let spoil = "UPDATE sites SET secret = '1.AAAA.AAAA' WHERE client_key = 'key-1'";
    sqlx::query(spoil).execute(&world.store.db.pool).await.unwrap();
    let both = with(&world, &[OLD, NEW]).await.unwrap();
    assert!(matches!(both.rotation.slice().await, Err(StoreError::Secret(_))));
    assert_eq!(both.rotation.retire().await.unwrap(), [0_u32; 0], "the old key stays needed");
    let good = both.sites.by_client_key("key-0").await.unwrap().unwrap();
    assert_eq!(good.secret.expose(), "now-0");
});
