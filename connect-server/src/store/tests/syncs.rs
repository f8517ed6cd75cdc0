use super::fixture::{config, mark, place, publish, running, tenant};
use super::{both, fixture};
use crate::store::lines::{EndLine, SyncLine};
use crate::store::projects::Called;
use crate::store::syncs::{Accepted, Invitation, Publish, Publishing, Saved, SentDraft, SyncState};
use crate::store::work::Waiting;
use duplex_core::id::{AccountId, Millis, Side, Sides, SyncId};

both!(a_sync_starts_only_with_a_configuration, |world| async move {
    let syncs = &world.store.syncs;
    let ends = Sides::new(place("acme", "10"), place("globex", "20"));
    let (tenant, sync) = (tenant("acme"), SyncId::from("s"));
    syncs.create(Millis(1), &sync, "first", &ends).await.unwrap();
    assert!(!syncs.start(&tenant, &sync, Sides::default()).await.unwrap());
    publish(&world.store, "acme", "s", 0).await;
    assert!(syncs.start(&tenant, &sync, Sides::new(Some(Millis(9)), None)).await.unwrap());
    let running = syncs.get(&sync).await.unwrap().unwrap();
    assert_eq!((running.state, running.version), (SyncState::Running, 1));
    assert_eq!(running.scope_from, Sides::new(Some(Millis(9)), None));
    syncs.stop(&tenant, &sync).await.unwrap();
    assert_eq!(syncs.get(&sync).await.unwrap().unwrap().state, SyncState::Stopped);
});

both!(routes_lead_to_running_syncs_of_the_project, |world| async move {
    world.running("s").await;
    world.running("t").await;
    world.store.syncs.stop(&tenant("acme"), &"t".into()).await.unwrap();
    let routes = |site: &'static str, project: &'static str| {
        let syncs = world.store.syncs.clone();
        async move {
            let routes = syncs.routes(&site.into(), &project.into()).await.unwrap();
            routes.iter().map(|route| format!("{}{}", route.sync, route.side)).collect::<Vec<_>>()
        }
    };
    assert_eq!(routes("acme", "10").await, ["sA"]);
    assert_eq!(routes("globex", "20").await, ["sB"]);
    assert!(routes("acme", "20").await.is_empty());
    assert_eq!(world.store.syncs.of_site(&"globex".into()).await.unwrap().len(), 2);
});

both!(two_people_do_not_overwrite_each_others_draft, |world| async move {
    let syncs = &world.store.syncs;
    world.running("s").await;
    let (tenant, sync) = (tenant("acme"), SyncId::from("s"));
    let put = |seen: i64, author: &'static str, name: &'static str| {
        let (syncs, tenant, sync) = (syncs.clone(), tenant.clone(), sync.clone());
        async move {
            syncs.put_draft(Millis(3), &tenant, &sync, seen, &author.into(), &config(name)).await.unwrap()
        }
    };
    let Saved::Saved { version } = put(0, "ann", "anns").await else { panic!("nobody else saved") };
    let Saved::Moved { current } = put(0, "bob", "bobs").await else { panic!("ann had saved") };
    let current = current.unwrap();
    assert_eq!(
        (current.version, current.author.as_str(), current.config.name.as_str()),
        (version, "ann", "anns")
    );
    assert!(matches!(put(version, "bob", "both").await, Saved::Saved { .. }));
    assert_eq!(syncs.draft(&tenant, &sync).await.unwrap().unwrap().config.name, "both");
    // A draft that was discarded and made anew is another one.
    syncs.discard_draft(&tenant, &sync).await.unwrap();
    put(0, "ann", "new").await;
    assert!(matches!(put(version, "bob", "late").await, Saved::Moved { .. }));
});

both!(publishing_keeps_a_history_and_refuses_what_was_judged_against_an_older_one, |world| async move {
    let sync = world.running("s").await;
    let author = AccountId::from("ann");
    let put = config("renamed");
    world.store.syncs.put_draft(Millis(3), &sync.tenant, &sync.sync, 0, &author, &put).await.unwrap();
    let publish = |base_version: i64| {
        let (syncs, sync, author, put) =
            (world.store.syncs.clone(), sync.clone(), author.clone(), put.clone());
        async move {
            let publish = Publish { base_version, config: &put, author: &author, accepted_by: None };
            syncs.publish(Millis(4), &sync.tenant, &sync.sync, publish).await.unwrap()
        }
    };
    assert_eq!(publish(0).await, Publishing::Moved { version: 1 });
    assert!(world.store.syncs.draft(&sync.tenant, &sync.sync).await.unwrap().is_some());
    assert_eq!(publish(1).await, Publishing::Published { version: 2 });
    assert!(world.store.syncs.draft(&sync.tenant, &sync.sync).await.unwrap().is_none());
    let history = world.store.syncs.history(&sync.tenant, &sync.sync).await.unwrap();
    let told: Vec<_> =
        history.iter().map(|p| (p.version, p.author.as_str(), p.config.name.as_str())).collect();
    assert_eq!(told, [(2, "ann", "renamed"), (1, "admin", "s")]);
    let published = world.store.syncs.published(&sync.tenant, &sync.sync).await.unwrap().unwrap();
    assert_eq!(published, history[0]);
    assert_eq!(world.store.syncs.get(&sync.sync).await.unwrap().unwrap().name, "renamed");
});

fn sent(id: &str, base_version: i64) -> SentDraft {
    SentDraft {
        tenant: tenant("acme"),
        sync: "s".into(),
        id: id.to_owned(),
        side: Side::B,
        base_version,
        author: "ann".into(),
        at: Millis(3),
        config: config(id),
    }
}

both!(a_sent_draft_waits_for_the_other_side, |world| async move {
    let sync = world.running("s").await;
    let syncs = &world.store.syncs;
    syncs.send_draft(&sent("one", 1)).await.unwrap();
    syncs.send_draft(&sent("two", 1)).await.unwrap();
    assert_eq!(syncs.sent_to(&"globex".into()).await.unwrap(), [sent("two", 1)]);
    assert!(syncs.sent_to(&"acme".into()).await.unwrap().is_empty());
    let partner = AccountId::from("partner");
    let accept = |id: &'static str| {
        let (syncs, sync, partner) = (syncs.clone(), sync.clone(), partner.clone());
        async move { syncs.accept_draft(Millis(5), &sync.tenant, &sync.sync, id, &partner).await.unwrap() }
    };
    // What the admin saw was replaced.
    assert_eq!(accept("one").await, Accepted::Gone);
    assert_eq!(accept("two").await, Accepted::Published { version: 2 });
    let published = syncs.published(&sync.tenant, &sync.sync).await.unwrap().unwrap();
    assert_eq!((published.author.as_str(), published.accepted_by), ("ann", Some(partner.clone())));
    syncs.send_draft(&sent("three", 1)).await.unwrap();
    assert_eq!(accept("three").await, Accepted::Moved { version: 2 });
    syncs.send_draft(&sent("four", 2)).await.unwrap();
    assert!(syncs.decline_draft(&sync.tenant, &sync.sync, "four").await.unwrap());
    assert_eq!(accept("four").await, Accepted::Gone);
});

both!(an_invitation_is_good_once_and_not_for_ever, |world| async move {
    let syncs = &world.store.syncs;
    let invitation = Invitation {
        from: place("acme", "10"),
        name: "with globex".to_owned(),
        author: "ann".into(),
        created: Millis(1),
        expires: Millis(100),
    };
    syncs.invite("token", &invitation).await.unwrap();
    assert_eq!(syncs.invitation(Millis(99), "token").await.unwrap(), Some(invitation.clone()));
    let listed = syncs.invitations_of(Millis(99), &"acme".into()).await.unwrap().remove(0);
    assert_eq!(listed.invitation, invitation);
    assert!(!listed.id.contains("token"));
    let accept = |now: i64, token: &'static str, sync: &'static str| {
        let syncs = syncs.clone();
        async move {
            syncs.accept_invitation(Millis(now), token, &sync.into(), &place("globex", "20")).await.unwrap()
        }
    };
    assert_eq!(accept(100, "token", "s").await, None);
    assert_eq!(accept(99, "other", "s").await, None);
    let made = accept(99, "token", "s").await.unwrap();
    assert_eq!((made.tenant.as_str(), made.name.as_str()), ("acme", "with globex"));
    assert_eq!(made.ends, Sides::new(place("acme", "10"), place("globex", "20")));
    assert_eq!(accept(99, "token", "t").await, None);
    assert_eq!(syncs.all().await.unwrap(), [made]);
    assert!(!syncs.withdraw_invitation(&"acme".into(), &listed.id).await.unwrap(), "accepted already");
});

both!(an_invitation_is_withdrawn_by_its_own_site, |world| async move {
    let syncs = &world.store.syncs;
    let invitation = Invitation {
        from: place("acme", "10"),
        name: "with globex".to_owned(),
        author: "ann".into(),
        created: Millis(1),
        expires: Millis(100),
    };
    syncs.invite("token", &invitation).await.unwrap();
    let id = syncs.invitations_of(Millis(2), &"acme".into()).await.unwrap().remove(0).id;
    for (site, id, done) in
        [("globex", &*id, false), ("acme", "token", false), ("acme", &id, true), ("acme", &id, false)]
    {
        assert_eq!(syncs.withdraw_invitation(&site.into(), id).await.unwrap(), done, "{site} {id}");
    }
    let accepted =
        syncs.accept_invitation(Millis(3), "token", &"s".into(), &place("globex", "20")).await.unwrap();
    assert_eq!(accepted, None);
});

both!(a_deleted_sync_leaves_nothing, |world| async move {
    let sync = world.running("s").await;
    world.running("t").await;
    world.store.work.mark(vec![fixture::mark("1", 1)]).await.unwrap();
    world.store.work.route(Millis(1), 10).await.unwrap();
    world.store.syncs.delete(&sync.tenant, &sync.sync).await.unwrap();
    assert_eq!(world.store.syncs.get(&sync.sync).await.unwrap(), None);
    let left = world.store.work.claim(Millis(1), 1_000, 10).await.unwrap();
    assert_eq!(left.iter().map(|c| c.sync.as_str()).collect::<Vec<_>>(), ["t"]);
});

both!(the_list_shows_how_each_sync_does, |world| async move {
    let store = &world.store;
    for (tenant, sync) in [("acme", "s1"), ("acme", "s2"), ("initech", "s3")] {
        running(store, tenant, sync).await;
    }
    let called = |key: &str| Called { key: key.to_owned(), name: format!("Project {key}") };
    store.projects.remember(Millis(1), &place("acme", "10"), &called("OLD")).await.unwrap();
    store.projects.remember(Millis(2), &place("acme", "10"), &called("ITA")).await.unwrap();
    for issue in ["1", "2"] {
        store.work.mark(vec![mark(issue, 7)]).await.unwrap();
    }
    store.work.route(Millis(8), 100).await.unwrap();
    store.syncs.stop(&tenant("acme"), &"s2".into()).await.unwrap();
    store.pauses.pause(&tenant("globex"), "site", Millis(90)).await.unwrap();

    let shown = |lines: Vec<SyncLine>| -> Vec<String> {
        let show = |line: SyncLine| {
            let key = |end: &EndLine| end.called.as_ref().map_or("-".to_owned(), |called| called.key.clone());
            let paused = line.paused_until.map_or(0, |until| until.0);
            let Waiting { links, oldest } = line.waiting;
            let oldest = oldest.map_or(0, |at| at.0);
            let ends = format!("{}<>{}", key(&line.ends.a), key(&line.ends.b));
            format!("{} {} {ends} {links}/{oldest} paused {paused}", line.sync.sync, line.sync.state.as_str())
        };
        lines.into_iter().map(show).collect()
    };
    let acme = store.lines.of_site(Millis(10), &tenant("acme")).await.unwrap();
    assert_eq!(shown(acme), ["s1 running ITA<>- 2/7 paused 90", "s2 stopped ITA<>- 2/7 paused 90"]);
    let globex = store.lines.of_site(Millis(95), &tenant("globex")).await.unwrap();
    assert_eq!(globex.len(), 3, "the partner's site sees all three");
    assert_eq!(shown(globex)[2], "s3 running -<>- 0/0 paused 0");
    let one = store.lines.of_sync(Millis(10), &"s1".into()).await.unwrap();
    assert_eq!(shown(one.into_iter().collect()), ["s1 running ITA<>- 2/7 paused 90"]);
    assert_eq!(store.lines.of_sync(Millis(10), &"s9".into()).await.unwrap(), None);
});
