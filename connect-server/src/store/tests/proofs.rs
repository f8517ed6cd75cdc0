use super::{both, fixture};
use crate::store::proofs::Proof;
use duplex_core::id::Millis;

fn proof(client_key: &str, issued: i64, token: &str, body: &str) -> Proof {
    let text = str::to_owned;
    Proof {
        client_key: text(client_key),
        issued: Millis(issued),
        token_hash: text(token),
        body_hash: text(body),
    }
}

both!(what_the_installer_said_before_counts_no_more, |world| async move {
    for (why, given, counts) in [
        ("the first", proof("acme", 100_000, "t1", "one"), true),
        ("the same sent again", proof("acme", 100_000, "t1", "one"), true),
        ("the same token with something else", proof("acme", 100_000, "t1", "two"), false),
        ("another site", proof("globex", 1_000, "t1", "two"), true),
        ("a later one", proof("acme", 200_000, "t2", "two"), true),
        ("the first again", proof("acme", 100_000, "t1", "one"), false),
        ("by a clock that is a little behind", proof("acme", 197_000, "t3", "three"), true),
        ("by a clock that is far behind", proof("acme", 190_000, "t4", "four"), false),
        ("what counted last", proof("acme", 197_000, "t3", "three"), true),
    ] {
        assert_eq!(world.store.proofs.take(&given).await.unwrap(), counts, "{why}");
    }
});
