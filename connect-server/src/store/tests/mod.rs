use super::db::{Db, next};
#[tokio::test(flavor = "current_thread")]
async fn spike() {
    let dir = tempfile::tempdir().unwrap();
    let mut urls = vec![
        ("file off".to_owned(), format!("sqlite://{}/a.db", dir.path().display()), false),
        ("file full".to_owned(), format!("sqlite://{}/b.db", dir.path().display()), true),
        ("memory".to_owned(), "sqlite::memory:".to_owned(), false),
    ];
    if let Ok(pg) = std::env::var("DUPLEX_TEST_POSTGRES_URL") {
        urls.push(("pg".into(), pg, true));
    }
    for (name, url, synced) in urls {
        let t = std::time::Instant::now();
        let db = Db::connect(&url, synced).await.unwrap();
        db.migrate().await.unwrap();
        println!("{name}: open {:?}", t.elapsed());
        let t = std::time::Instant::now();
        let n = 1000;
        let mut ok = 0;
        for i in 0..n {
            let mut tx = db.begin().await.unwrap();
            next(&mut tx, "lease", 1).await.unwrap();
            sqlx::query("INSERT INTO work (tenant, link, sync, hints_a, hints_b, generation, class, due, marked, attempts) VALUES ($1,$2,'s','{}','{}',1,1,$3,$3,0) ON CONFLICT (tenant, link) DO UPDATE SET generation = work.generation + 1, due = CASE WHEN excluded.due < work.due THEN excluded.due ELSE work.due END")
              .bind("t").bind(format!("l{}", i % 50)).bind(i64::from(i)).execute(&mut *tx).await.unwrap();
            ok += sqlx::query("SELECT generation FROM work WHERE tenant=$1 AND link=$2")
                .bind("t")
                .bind("l1")
                .fetch_optional(&mut *tx)
                .await
                .unwrap()
                .is_some() as i32;
            tx.commit().await.unwrap();
        }
        let e = t.elapsed();
        println!(
            "{name}: {n} tx of 3 statements {:?} = {:.0} tx/s, 300 calls {:?} {ok}",
            e,
            f64::from(n) / e.as_secs_f64(),
            e * 300 / 1000
        );
        let t = std::time::Instant::now();
        for _ in 0..n {
            sqlx::query("SELECT generation FROM work WHERE tenant=$1 AND link=$2")
                .bind("t")
                .bind("l1")
                .fetch_optional(&db.pool)
                .await
                .unwrap();
        }
        println!("{name}: {n} reads {:?}", t.elapsed());
    }
}
