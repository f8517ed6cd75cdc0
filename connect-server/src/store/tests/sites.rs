use super::{both, fixture};
use crate::secret::Secret;
use crate::store::sites::{Install, PREVIOUS_SECRET_MS, SiteState};
use duplex_core::id::Millis;
use sqlx::Row;

fn install(secret: &str) -> Install {
    Install {
        client_key: "key-1".to_owned(),
        base_url: "https://acme.atlassian.net".to_owned(),
        secret: Secret::new(secret),
    }
}

both!(a_new_install_rotates_the_secret_and_webhooks_take_the_old_one_for_a_while, |world| async move {
    let sites = &world.store.sites;
    let first = sites.install(Millis(100), &install("one")).await.unwrap();
    let again = sites.install(Millis(200), &install("two")).await.unwrap();
    assert_eq!(again.site, first.site);
    let known = sites.by_client_key("key-1").await.unwrap().unwrap();
    assert_eq!(known, again);
    assert_eq!(known.secret.expose(), "two");
    let taken = |now| known.webhook_secrets(Millis(now)).map(Secret::expose).collect::<Vec<_>>();
    assert_eq!(taken(200 + PREVIOUS_SECRET_MS - 1), ["two", "one"]);
    assert_eq!(taken(200 + PREVIOUS_SECRET_MS), ["two"]);
});

both!(a_repeated_callback_rotates_nothing, |world| async move {
    let sites = &world.store.sites;
    sites.install(Millis(100), &install("one")).await.unwrap();
    sites.install(Millis(200), &install("two")).await.unwrap();
    let site = sites.install(Millis(300), &install("two")).await.unwrap();
    let (previous, until) = site.previous.unwrap();
    assert_eq!((previous.expose(), until), ("one", Millis(200 + PREVIOUS_SECRET_MS)));
});

both!(what_is_known_of_a_site_survives_a_new_install, |world| async move {
    let sites = &world.store.sites;
    let site = sites.install(Millis(100), &install("one")).await.unwrap().site;
    sites.set_app_account(&site, &"app".into()).await.unwrap();
    sites.set_clock_ahead(&site, -2_000).await.unwrap();
    sites.set_state(&site, SiteState::Uninstalled).await.unwrap();
    assert_eq!(sites.get(&site).await.unwrap().unwrap().state, SiteState::Uninstalled);
    let again = sites.install(Millis(200), &install("two")).await.unwrap();
    assert_eq!(again.state, SiteState::Installed);
    assert_eq!(again.app_account, Some("app".into()));
    assert_eq!(again.clock_ahead_ms, -2_000);
    assert_eq!(sites.all().await.unwrap(), [again]);
});

both!(no_secret_lies_open_in_the_database, |world| async move {
    world.store.sites.install(Millis(1), &install("hush")).await.unwrap();
    world.store.sites.install(Millis(2), &install("hush-again")).await.unwrap();
    let row = sqlx::query("SELECT secret, previous_secret FROM sites")
        .fetch_one(&world.store.db.pool)
        .await
        .unwrap();
    let text = format!("{} {}", row.get::<String, _>(0), row.get::<String, _>(1));
    assert!(!text.contains("hush"), "{text}");
});
