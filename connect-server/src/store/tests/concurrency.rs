use super::fixture::{LEASE_MS, World, mark};
use super::{both, fixture};
use crate::store::work::Finished;
use crate::store::{Store, StoreError};
use duplex_core::id::Millis;
use std::collections::BTreeMap;
use tokio::task::JoinSet;

both!(eight_claimers_of_two_processes_never_share_a_link, |world| async move {
    world.running("s").await;
    world.store.work.mark((0..200).map(|n| mark(&n.to_string(), 5)).collect()).await.unwrap();
    while world.store.work.route(Millis(5), 50).await.unwrap() > 0 {}
    let other = world.another().await;
    let mut claimers = JoinSet::new();
    for claimer in 0..8 {
        let store = if claimer % 2 == 0 { world.store.clone() } else { other.clone() };
        claimers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed = store.work.claim(Millis(5), LEASE_MS, 3).await.unwrap();
                if claimed.is_empty() {
                    return mine;
                }
                mine.extend(claimed.into_iter().map(|c| c.lease.link));
            }
        });
    }
    let mut links: Vec<_> = claimers.join_all().await.concat();
    assert_eq!(links.len(), 200);
    links.sort();
    links.dedup();
    assert_eq!(links.len(), 200);
    other.close().await;
});

// Marks come in while workers run. Every mark must be seen by a run that began after it.
both!(marks_during_runs_are_never_lost, |world| async move {
    const KEYS: usize = 5;
    const MARKERS: usize = 4;
    const MARKS: usize = 30;
    world.running("s").await;
    let mut markers = JoinSet::new();
    for marker in 0..MARKERS {
        let store = world.store.clone();
        markers.spawn(async move {
            for round in 0..MARKS {
                let issue = ((marker + round) % KEYS).to_string();
                let id = format!("{}", marker * MARKS + round);
                let hints = fixture::comment(&id, None);
                store.work.mark(vec![crate::store::Mark { hints, ..mark(&issue, 5) }]).await.unwrap();
            }
        });
    }
    let mut workers = JoinSet::new();
    for _ in 0..6 {
        workers.spawn(work(world.store.clone()));
    }
    markers.join_all().await;
    let mut runs = workers.join_all().await.into_iter().flatten().collect::<Vec<_>>();
    runs.extend(drain(&world).await);
    let mut seen: Vec<String> = runs.iter().flat_map(|(_, comments)| comments.clone()).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), MARKERS * MARKS);
});

/// Looks for work until there is none for a while. Returns what each run was told.
async fn work(store: Store) -> Vec<(String, Vec<String>)> {
    let mut runs = Vec::new();
    let mut idle = 0;
    while idle < 20 {
        store.work.route(Millis(5), 3).await.unwrap();
        let claimed = store.work.claim(Millis(5), LEASE_MS, 2).await.unwrap();
        idle = if claimed.is_empty() { idle + 1 } else { 0 };
        for claimed in claimed {
            tokio::task::yield_now().await;
            let comments = claimed.hints.a.comments.keys().map(ToString::to_string).collect();
            runs.push((claimed.lease.link.0.clone(), comments));
            assert_ne!(store.work.finish(&claimed).await.unwrap(), Finished::LeaseLost);
        }
    }
    runs
}

async fn drain(world: &World) -> Vec<(String, Vec<String>)> {
    let runs = work(world.store.clone()).await;
    assert_eq!(world.store.work.waiting_everywhere().await.unwrap().links, 0);
    runs
}

both!(a_marker_that_gives_up_takes_nobody_with_it, |world| async move {
    world.running("s").await;
    let mut markers = JoinSet::new();
    for n in 0..64 {
        let store = world.store.clone();
        markers.spawn(async move {
            let marking = store.work.mark(vec![mark(&n.to_string(), 5)]);
            if n % 4 == 0 {
                // Dropped in the middle, as a request whose sender hung up.
                let _ = tokio::time::timeout(std::time::Duration::from_micros(300), marking).await;
                None
            } else {
                marking.await.unwrap();
                Some(n.to_string())
            }
        });
    }
    let answered: Vec<String> = markers.join_all().await.into_iter().flatten().collect();
    while world.store.work.route(Millis(5), 50).await.unwrap() > 0 {}
    let claimed = world.store.work.claim(Millis(5), LEASE_MS, 100).await.unwrap();
    let links: BTreeMap<String, ()> = claimed.into_iter().map(|c| (c.lease.link.0, ())).collect();
    assert_eq!(answered.len(), 48);
    for issue in answered {
        assert!(
            links.contains_key(&format!("s.a.{issue}")),
            "the mark of issue {issue} was answered and lost"
        );
    }
});

both!(a_database_that_does_not_answer_in_time_is_said_so_and_recovers, |world| async move {
    world.running("s").await;
    let other = world.another().await;
    let mut holder = other.db.begin().await.unwrap();
    let lock = if world.url().starts_with("sqlite") {
        "UPDATE counters SET value = value"
    } else {
        "LOCK TABLE intake"
    };
    sqlx::query(lock).execute(&mut *holder).await.unwrap();
    let mut markers = JoinSet::new();
    for n in 0..3 {
        let store = world.store.clone();
        markers.spawn(async move { store.work.mark(vec![mark(&n.to_string(), 5)]).await });
    }
    for answer in markers.join_all().await {
        assert!(matches!(answer, Err(StoreError::Unmarked)), "{answer:?}");
    }
    holder.rollback().await.unwrap();
    world.store.work.mark(vec![mark("9", 5)]).await.unwrap();
    world.store.work.route(Millis(5), 50).await.unwrap();
    let claimed = world.store.work.claim(Millis(5), LEASE_MS, 9).await.unwrap();
    assert!(claimed.iter().any(|c| c.lease.link.as_str() == "s.a.9"));
    other.close().await;
});
