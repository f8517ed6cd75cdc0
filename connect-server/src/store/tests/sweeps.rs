use super::{both, fixture};
use crate::store::pauses::{HOUR_MS, Spent};
use crate::store::sweeps::{Progress, SweepKey, SweepKind, ensure};
use duplex_core::id::Millis;

both!(a_sweep_goes_on_where_it_stood, |world| async move {
    let sweeps = &world.store.sweeps;
    let key = SweepKey::site(&"acme".into(), SweepKind::Fast);
    ensure(&sweeps.db.pool, &key, Millis(7), Millis(10)).await.unwrap();
    ensure(&sweeps.db.pool, &key, Millis(6), Millis(1)).await.unwrap();
    assert_eq!(sweeps.get(&key).await.unwrap().unwrap().watermark, Some(Millis(7)));
    assert!(sweeps.claim(Millis(9), 100, 5).await.unwrap().is_empty());
    let lost = sweeps.claim(Millis(10), 100, 5).await.unwrap().pop().unwrap();
    let stands =
        Progress { started: Some(Millis(8)), page: Some("p2".to_owned()), done: 50, total: Some(80) };
    assert!(sweeps.progress(&lost, &stands, Millis(200)).await.unwrap());
    assert!(sweeps.claim(Millis(199), 100, 5).await.unwrap().is_empty());

    let claim = sweeps.claim(Millis(200), 100, 5).await.unwrap().pop().unwrap();
    assert_eq!(claim.sweep.progress, stands);
    assert!(!sweeps.progress(&lost, &Progress::default(), Millis(900)).await.unwrap());
    assert!(sweeps.release(&claim, Millis(220), Some("jira rests")).await.unwrap());
    assert_eq!(sweeps.next_due().await.unwrap(), Some(Millis(220)));
    let claim = sweeps.claim(Millis(220), 100, 5).await.unwrap().pop().unwrap();
    assert_eq!((&claim.sweep.progress, claim.sweep.trouble.as_deref()), (&stands, Some("jira rests")));
    assert_eq!(claim.sweep.attempts, 1);
    assert!(sweeps.finish(&claim, Some(Millis(8)), Some(Millis(500))).await.unwrap());
    let sweep = sweeps.get(&key).await.unwrap().unwrap();
    assert_eq!(
        (sweep.watermark, sweep.due, &sweep.progress),
        (Some(Millis(8)), Millis(500), &Progress::default())
    );
    assert_eq!((sweep.attempts, sweep.trouble), (0, None));
});

both!(a_sweep_that_was_begun_anew_is_no_longer_the_old_claims, |world| async move {
    let sweeps = &world.store.sweeps;
    let key = SweepKey::sync(&"acme".into(), &"s".into(), SweepKind::ResyncA);
    sweeps.begin(&key, Some("priority = High"), Millis(1)).await.unwrap();
    let old = sweeps.claim(Millis(1), 100, 5).await.unwrap().pop().unwrap();
    sweeps.begin(&key, None, Millis(2)).await.unwrap();
    assert!(!sweeps.finish(&old, None, None).await.unwrap());
    let new = sweeps.claim(Millis(2), 100, 5).await.unwrap().pop().unwrap();
    assert_eq!((old.sweep.jql.as_deref(), new.sweep.jql.as_deref()), (Some("priority = High"), None));
    assert!(sweeps.finish(&new, None, None).await.unwrap());
    assert_eq!(sweeps.get(&key).await.unwrap(), None);
});

both!(points_are_counted_by_the_hour, |world| async move {
    let pauses = &world.store.pauses;
    let (acme, globex) = ("acme".into(), "globex".into());
    pauses.spend(Millis(HOUR_MS - 1), &acme, 7).await.unwrap();
    pauses.spend(Millis(HOUR_MS), &acme, 2).await.unwrap();
    pauses.spend(Millis(2 * HOUR_MS - 1), &acme, 3).await.unwrap();
    pauses.spend(Millis(HOUR_MS), &globex, 10).await.unwrap();
    assert_eq!(pauses.spent(Millis(HOUR_MS), &acme).await.unwrap(), Spent { site: 5, everywhere: 15 });
    assert_eq!(pauses.spent(Millis(9 * HOUR_MS), &acme).await.unwrap(), Spent::default());
    pauses.prune(Millis(100 * HOUR_MS)).await.unwrap();
    assert_eq!(pauses.spent(Millis(HOUR_MS), &acme).await.unwrap(), Spent::default());
});

both!(what_a_process_learnt_is_booked_at_once, |world| async move {
    let pauses = &world.store.pauses;
    let (acme, globex) = ("acme".into(), "globex".into());
    pauses.spend(Millis(1), &acme, 7).await.unwrap();
    let points = [(acme, 5), (globex, 2)].into();
    let rests = [("acme".into(), Millis(50))].into();
    pauses.book(Millis(2), &points, &rests).await.unwrap();
    let acme = "acme".into();
    assert_eq!(pauses.spent(Millis(3), &acme).await.unwrap(), Spent { site: 12, everywhere: 14 });
    assert_eq!(pauses.of(Millis(3), &acme).await.unwrap(), [("site".to_owned(), Millis(50))].into());
});

both!(a_pause_is_seen_by_all_processes, |world| async move {
    let other = world.another().await;
    world.store.pauses.pause(&"acme".into(), "POST comment", Millis(50)).await.unwrap();
    let seen = other.pauses.of(Millis(49), &"acme".into()).await.unwrap();
    assert_eq!(seen, [("POST comment".to_owned(), Millis(50))].into());
    assert!(other.pauses.of(Millis(50), &"acme".into()).await.unwrap().is_empty());
    other.close().await;
});
