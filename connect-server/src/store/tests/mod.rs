//! One suite, both databases: SQLite always, PostgreSQL where `DUPLEX_TEST_POSTGRES_URL` names a server (a schema of
//! its own per test).

mod choices;
mod concurrency;
mod drills;
mod epochs;
mod fairness;
mod fixture;
mod intents;
mod measure;
mod memory;
mod opening;
mod page;
mod proofs;
mod rotation;
mod sites;
mod sweeps;
mod syncs;
mod work;

/// Runs a story on each store: `both!(name, |world| async move { .. })`.
macro_rules! both {
    ($name:ident, $story:expr) => {
        mod $name {
            use super::*;

            #[tokio::test]
            async fn sqlite() {
                let world = fixture::World::sqlite().await;
                let story: fn(fixture::World) -> _ = $story;
                story(world).await;
            }

            #[tokio::test]
            async fn postgres() {
                let Some(world) = fixture::World::postgres().await else { return };
                let story: fn(fixture::World) -> _ = $story;
                story(world).await;
            }
        }
    };
}
use both;
