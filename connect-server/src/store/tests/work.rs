use super::fixture::{LEASE_MS, claim_one, comment, end, fields, link, mark, mark_of, working};
use super::{both, fixture};
use crate::store::work::{Finished, Waiting};
use crate::store::{Class, Mark};
use duplex_core::id::{Millis, Side, Sides};
use duplex_core::plan::{Hints, Note};

both!(an_event_becomes_work_of_the_link_it_would_have, |world| async move {
    world.running("s").await;
    world.store.work.mark(vec![mark("1", 5)]).await.unwrap();
    let claimed = claim_one(&world.store, 5).await.unwrap();
    assert_eq!(claimed.lease.link, link("s", Side::A, "1"));
    assert_eq!(claimed.hints, Sides::new(fields(), Hints::default()));
    assert_eq!((claimed.attempts, claimed.class, claimed.marked), (1, Class::People, Millis(5)));
    assert_eq!(claim_one(&world.store, 6).await, None);
    assert_eq!(world.store.work.finish(&claimed).await.unwrap(), Finished::Done);
    assert_eq!(world.store.work.waiting_everywhere().await.unwrap(), Waiting::default());
});

both!(both_ends_of_a_link_are_one_work, |world| async move {
    let sync = world.running("s").await;
    world.store.work.mark(vec![mark("1", 5)]).await.unwrap();
    let claimed = claim_one(&world.store, 5).await.unwrap();
    let notes =
        [Side::A, Side::B].map(|side| Note::End { side, end: end(if side == Side::A { "1" } else { "2" }) });
    world.store.memory.record(Millis(6), working(&claimed.lease, &sync.sync), &notes, &[]).await.unwrap();
    world.store.work.finish(&claimed).await.unwrap();

    let other = Mark { hints: comment("7", Some(3)), ..mark_of("globex", "20", "2", 8) };
    world.store.work.mark(vec![mark("1", 7), other]).await.unwrap();
    let claimed = claim_one(&world.store, 8).await.unwrap();
    assert_eq!(claimed.lease.link, link("s", Side::A, "1"));
    assert_eq!(claimed.hints, Sides::new(fields(), comment("7", Some(3))));
});

both!(an_issue_is_marked_in_every_sync_of_its_project, |world| async move {
    world.running("s").await;
    world.running("t").await;
    world.store.work.mark(vec![mark("1", 5), mark_of("acme", "99", "2", 5)]).await.unwrap();
    assert_eq!(world.store.work.route(Millis(5), 10).await.unwrap(), 2);
    let claimed = world.store.work.claim(Millis(5), LEASE_MS, 10).await.unwrap();
    let links: Vec<_> = claimed.iter().map(|c| c.lease.link.as_str()).collect();
    assert_eq!(links, ["s.a.1", "t.a.1"]);
});

both!(marks_of_one_issue_widen_each_other, |world| async move {
    world.running("s").await;
    let hint = |hints: Hints| Mark { hints, ..mark("1", 5) };
    // Some in one commit, some in the intake, some after routing.
    world.store.work.mark(vec![hint(comment("7", Some(3))), hint(comment("7", Some(9)))]).await.unwrap();
    world.store.work.mark(vec![hint(comment("8", Some(4)))]).await.unwrap();
    world.store.work.route(Millis(5), 10).await.unwrap();
    world.store.work.mark(vec![hint(comment("8", None)), hint(fields())]).await.unwrap();
    let claimed = claim_one(&world.store, 5).await.unwrap();
    let expect = Hints {
        fields: true,
        comments: [("7".into(), Some(Millis(9))), ("8".into(), None)].into(),
        ..Hints::default()
    };
    assert_eq!(claimed.hints.a, expect);
    assert_eq!(claimed.generation, 2);
});

both!(very_many_hints_become_the_widest_one, |world| async move {
    world.running("s").await;
    for round in 0..80 {
        let marks =
            (0..20).map(|n| Mark { hints: comment(&format!("{}", round * 20 + n), None), ..mark("1", 5) });
        world.store.work.mark(marks.collect()).await.unwrap();
    }
    let claimed = claim_one(&world.store, 5).await.unwrap();
    assert!(claimed.hints.a.all_comments && claimed.hints.a.fields);
});

both!(a_mark_during_a_run_is_run_again_with_what_was_added, |world| async move {
    world.running("s").await;
    world.store.work.mark(vec![mark("1", 5)]).await.unwrap();
    let first = claim_one(&world.store, 5).await.unwrap();
    world.store.work.mark(vec![Mark { hints: comment("7", Some(3)), ..mark("1", 6) }]).await.unwrap();
    assert_eq!(claim_one(&world.store, 6).await, None);
    assert_eq!(world.store.work.finish(&first).await.unwrap(), Finished::Again);
    let second = claim_one(&world.store, 6).await.unwrap();
    assert_eq!(second.hints.a, comment("7", Some(3)));
    assert_eq!(world.store.work.finish(&second).await.unwrap(), Finished::Done);
    assert_eq!(claim_one(&world.store, 7).await, None);
});

both!(a_retry_keeps_all_hints_and_counts, |world| async move {
    let sync = world.running("s").await;
    world.store.work.mark(vec![mark("1", 5)]).await.unwrap();
    let first = claim_one(&world.store, 5).await.unwrap();
    assert!(world.store.work.retry(&first.lease, Millis(50), "jira rests").await.unwrap());
    assert_eq!(claim_one(&world.store, 49).await, None);
    assert_eq!(world.store.work.next_due().await.unwrap(), Some(Millis(50)));
    let again = claim_one(&world.store, 50).await.unwrap();
    assert_eq!((again.attempts, &again.hints), (2, &first.hints));
    let waiting = world.store.work.waiting(&sync.tenant, &sync.sync).await.unwrap();
    assert_eq!(waiting, Waiting { links: 1, oldest: Some(Millis(5)) });
});

both!(a_lease_that_ran_out_is_taken_over_and_fenced, |world| async move {
    let sync = world.running("s").await;
    let work = &world.store.work;
    work.mark(vec![mark("1", 5)]).await.unwrap();
    let slow = claim_one(&world.store, 5).await.unwrap();
    assert!(work.extend(&slow.lease, Millis(2 * LEASE_MS)).await.unwrap());
    assert_eq!(claim_one(&world.store, 5 + LEASE_MS).await, None);
    let quick = claim_one(&world.store, 2 * LEASE_MS).await.unwrap();
    assert!(quick.lease.token > slow.lease.token);
    assert!(!work.lease_holds(&slow.lease).await.unwrap());
    assert!(work.lease_holds(&quick.lease).await.unwrap());
    assert!(!work.extend(&slow.lease, Millis(9 * LEASE_MS)).await.unwrap());
    assert!(!work.retry(&slow.lease, Millis(0), "late").await.unwrap());
    assert_eq!(work.finish(&slow).await.unwrap(), Finished::LeaseLost);
    let notes = [Note::End { side: Side::A, end: end("1") }];
    world.store.memory.record(Millis(6), working(&slow.lease, &sync.sync), &notes, &[]).await.unwrap_err();
    assert_eq!(world.store.links.load(&sync.tenant, &slow.lease.link).await.unwrap(), None);
    world.store.memory.record(Millis(6), working(&quick.lease, &sync.sync), &notes, &[]).await.unwrap();
    assert_eq!(work.finish(&quick).await.unwrap(), Finished::Done);
});

both!(what_was_marked_and_claimed_survives_a_crash, |world| async move {
    world.running("s").await;
    world.store.work.mark(vec![mark("1", 5), mark("2", 6)]).await.unwrap();
    claim_one(&world.store, 6).await.unwrap();
    world.store.work.mark(vec![mark("3", 6)]).await.unwrap();
    let world = world.crash().await;
    world.store.work.route(Millis(6), 10).await.unwrap();
    let now = world.store.work.claim(Millis(7), LEASE_MS, 10).await.unwrap();
    assert_eq!(now.iter().map(|c| c.lease.link.as_str()).collect::<Vec<_>>(), ["s.a.2", "s.a.3"]);
    let later = world.store.work.claim(Millis(6 + LEASE_MS), LEASE_MS, 10).await.unwrap();
    assert_eq!(later.iter().map(|c| c.lease.link.as_str()).collect::<Vec<_>>(), ["s.a.1"]);
});

both!(work_of_a_stopped_sync_and_of_a_paused_site_waits, |world| async move {
    let sync = world.running("s").await;
    world.store.work.mark(vec![mark("1", 5)]).await.unwrap();
    world.store.work.route(Millis(5), 10).await.unwrap();
    world.store.syncs.stop(&sync.tenant, &sync.sync).await.unwrap();
    assert_eq!(claim_one(&world.store, 5).await, None);
    world.store.syncs.start(&sync.tenant, &sync.sync, Sides::default()).await.unwrap();
    world.store.pauses.pause(&"globex".into(), "site", Millis(100)).await.unwrap();
    world.store.pauses.pause(&"globex".into(), "site", Millis(50)).await.unwrap();
    assert_eq!(claim_one(&world.store, 99).await, None);
    assert_eq!(world.store.work.next_due().await.unwrap(), Some(Millis(100)));
    assert!(claim_one(&world.store, 100).await.is_some());
});

both!(no_marks_is_no_commit, |world| async move {
    world.store.work.mark(Vec::new()).await.unwrap();
    assert_eq!(world.store.work.route(Millis(5), 10).await.unwrap(), 0);
    assert_eq!(world.store.work.next_due().await.unwrap(), None);
});

both!(a_database_that_takes_no_writes_says_so, |world| async move {
    world.store.ping().await.unwrap();
    world.store.takes_writes().await.unwrap();
    sqlx::query("ALTER TABLE counters RENAME TO counters_gone").execute(&world.store.db.pool).await.unwrap();
    world.store.ping().await.unwrap();
    assert!(world.store.takes_writes().await.is_err());
});
