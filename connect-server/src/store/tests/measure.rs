//! What the store costs, and that a run is the same each time. The figures stand in `DECISION.md`; the measures run by
//! `cargo nextest run -p duplex-server --lib --run-ignored only measure`. Their bounds fail only when something is wrong.

use super::fixture::{World, claim_one, end, intent, mark, options, working};
use crate::store::{Options, Slot, Store};
use duplex_core::id::{ClusterId, Millis, Side};
use duplex_core::plan::Note;
use std::time::Duration;
use tokio::task::JoinSet;

#[expect(clippy::disallowed_methods, reason = "a measure is about the machine's time")]
fn stopwatch() -> impl Fn() -> Duration {
    let began = std::time::Instant::now();
    move || began.elapsed()
}

/// One simulated change costs about nine calls: mark, route, claim, load, open, record, finish, and what surrounds it.
async fn changes(store: &Store, count: i64) -> String {
    let mut trace = String::new();
    for n in 0..count {
        let now = 10 + n;
        store.work.mark(vec![mark(&(n % 7).to_string(), now)]).await.unwrap();
        let claimed = claim_one(store, now).await.unwrap();
        let link = store.links.load(&claimed.lease.tenant, &claimed.lease.link).await.unwrap();
        let working = working(&claimed.lease, &claimed.sync);
        let op = format!("op-{n}");
        let (home, target) = (("acme".into(), "1".into()), ("globex".into(), "2".into()));
        let cluster = ClusterId::new(&op);
        let slot = Slot::comment(&cluster, Some((&home.0, &home.1)), (&target.0, &target.1));
        store.intents.open(working, &intent(&op, 1), Some(&slot)).await.unwrap();
        let notes = [
            Note::End { side: Side::A, end: end(&(n % 7).to_string()) },
            Note::Settled { op: op.as_str().into(), happened: true },
        ];
        store.memory.record(Millis(now), working, &notes, &[]).await.unwrap();
        store.work.finish(&claimed).await.unwrap();
        trace += &format!("{claimed:?} {link:?}\n");
    }
    trace
}

#[tokio::test(flavor = "current_thread")]
async fn the_same_run_twice_is_the_same_trace() {
    let mut traces = Vec::new();
    for _ in 0..2 {
        let world = World::sqlite().await;
        world.running("s").await;
        traces.push(changes(&world.store, 40).await);
    }
    assert_eq!(traces[0], traces[1]);
}

#[tokio::test(flavor = "current_thread")]
#[ignore = "a measure of the machine too"]
async fn three_hundred_calls_of_a_simulated_run() {
    let mut worlds = vec![("sqlite, not synced", World::sqlite().await)];
    worlds.extend(World::postgres().await.map(|world| ("postgres", world)));
    for (name, world) in worlds {
        world.running("s").await;
        let elapsed = stopwatch();
        changes(&world.store, 43).await;
        let took = elapsed();
        eprintln!("{name}: 43 changes, about 300 store calls: {took:?}");
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measure of the machine too"]
async fn marks_of_64_senders_share_commits() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("synced.db").display());
    let synced = Store::open(&url, Options { synced: true, ..options() }).await.unwrap();
    let mut stores = vec![("sqlite, synced", synced, None)];
    if let Some(world) = World::postgres().await {
        stores.push(("postgres", world.store.clone(), Some(world)));
    }
    for (name, store, _world) in stores {
        const SENDERS: u32 = 64;
        const MARKS: u32 = 50;
        let elapsed = stopwatch();
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let store = store.clone();
            senders.spawn(async move {
                for n in 0..MARKS {
                    store.work.mark(vec![mark(&((sender * MARKS + n) % 500).to_string(), 5)]).await.unwrap();
                }
            });
        }
        senders.join_all().await;
        let rate = f64::from(SENDERS * MARKS) / elapsed().as_secs_f64();
        eprintln!("{name}: {rate:.0} marks/s from {SENDERS} senders");
        assert!(rate > 200.0, "{name}: {rate:.0} marks/s");
    }
}
