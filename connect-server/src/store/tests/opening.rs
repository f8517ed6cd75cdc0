use super::fixture::{World, options};
use super::{both, fixture};
use crate::store::{Options, Store, StoreError};

both!(it_opens_again_as_it_was, |world| async move {
    world.running("s").await;
    let world = world.crash().await;
    assert_eq!(world.store.syncs.all().await.unwrap().len(), 1);
    world.store.ping().await.unwrap();
});

both!(a_database_newer_than_the_program_is_refused, |world| async move {
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT 9000, 'later', success, checksum, 0 FROM _sqlx_migrations LIMIT 1",
    )
    .execute(&world.store.db.pool)
    .await
    .unwrap();
    let error = Store::open(world.url(), options()).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { version: 9000 }), "{error:?}");
    assert!(error.to_string().starts_with("the database is newer than this program"));
});

both!(no_secret_key_is_left_out_or_exchanged, |world: World| async move {
    let open = |keys: &'static str| {
        let options = Options { ring: keys.parse().unwrap(), ..options() };
        let url = world.url().to_owned();
        async move { Store::open(&url, options).await.map(|_| ()) }
    };
    let old = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let both =
        "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,2:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";
    let exchanged = "1:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";
    assert!(matches!(open(exchanged).await, Err(StoreError::KeyChanged { id: 1 })));
    open(both).await.unwrap();
    assert!(matches!(open(old).await, Err(StoreError::KeyMissing { id: 2 })));
    open(both).await.unwrap();
});

#[tokio::test]
async fn another_kind_of_address_is_refused() {
    let error = Store::open("mysql://localhost/duplex", options()).await.unwrap_err();
    assert!(matches!(error, StoreError::Url));
}

/// SQLite itself rolls back what a full disk stopped; the connection must not believe that it is still inside it.
#[tokio::test]
async fn a_database_that_was_full_is_written_to_again() {
    let world = World::sqlite().await;
    world.running("s").await;
    for sql in ["CREATE TABLE ballast (bytes BLOB)", "PRAGMA max_page_count = 1"] {
        sqlx::query(sql).execute(&world.store.db.pool).await.unwrap();
    }
    let mut tx = world.store.db.begin().await.unwrap();
    let filled = sqlx::query("INSERT INTO ballast VALUES (zeroblob(1000000))").execute(&mut *tx).await;
    let said = filled.unwrap_err().to_string();
    assert!(said.contains("full"), "{said}");
    drop(tx);
    let tx = world.store.db.begin().await.expect("a transaction after the one that failed");
    tx.commit().await.unwrap();
    world.store.takes_writes().await.unwrap();
}
