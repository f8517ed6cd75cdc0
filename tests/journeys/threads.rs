//! Many comments, comments that look alike, and copies that people touch.

use crate::tale::{HOUR_MS, comment, mirrored, quiet, thread};
use anyhow::Result;
use duplex_tests::person::Kind;
use duplex_tests::world::World;

#[tokio::test]
async fn the_same_words_twice_are_two_comments() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Echo").await?;
    let long = "as I said before, ".repeat(10);
    for words in ["Me too", "Me too", &format!("{long} one"), &format!("{long} two")] {
        a.agent.comment(&key, Kind::Public, words).await?;
    }
    a.agent.comment(&key, Kind::Internal, "Me too").await?;
    world.settle().await?;
    let kinds: Vec<Kind> = b.agent.comments(&copy).await?.iter().map(|comment| comment.kind).collect();
    assert_eq!(kinds, [Kind::Public, Kind::Public, Kind::Public, Kind::Public, Kind::Internal]);
    assert!(comment(&b, &copy, "before,  one").await?.text.ends_with("one"));
    quiet(&mut world).await
}

#[tokio::test]
async fn a_hundred_and_one_comments_keep_their_order() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "A long day").await?;
    world.twin.with(|state| state.limits.off = true);
    for number in 0..101 {
        let kind = if number % 2 == 0 { Kind::Internal } else { Kind::Public };
        a.agent.comment(&key, kind, &format!("Number {number:03}")).await?;
    }
    world.settle().await?;
    let here: Vec<_> = a.agent.comments(&key).await?.into_iter().map(|c| (c.kind, c.text)).collect();
    let there = b.agent.comments(&copy).await?;
    assert_eq!(there.len(), 101);
    for (copy, (kind, words)) in there.iter().zip(&here) {
        assert!(copy.kind == *kind && copy.text.contains(words.as_str()), "{copy:?} {words}");
    }
    quiet(&mut world).await
}

#[tokio::test]
async fn a_copy_that_a_person_edits_goes_its_own_way() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Improved").await?;
    let id = a.agent.comment(&key, Kind::Public, "Origin").await?;
    world.settle().await?;
    let copied = comment(&b, &copy, "Origin").await?;
    b.site.person("admin").edit_comment(&copy, &copied.id, "Improved by hand").await?;
    world.settle().await?;
    a.agent.edit_comment(&key, &id, "Origin, edited").await?;
    world.settle().await?;
    assert_eq!(thread(&b, &copy).await?, ["public: Improved by hand"]);
    assert_eq!(thread(&a, &key).await?, ["public: Origin, edited"]);
    quiet(&mut world).await
}

#[tokio::test]
async fn a_copy_that_a_person_deletes_stays_away() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Unwanted").await?;
    let id = a.agent.comment(&key, Kind::Public, "Origin").await?;
    a.agent.comment(&key, Kind::Public, "Another").await?;
    world.settle().await?;
    let copied = comment(&b, &copy, "Origin").await?;
    b.site.person("admin").delete_comment(&copy, &copied.id).await?;
    world.settle().await?;
    a.agent.edit_comment(&key, &id, "Origin, edited").await?;
    world.settle().await?;
    world.pass(25 * HOUR_MS).await?;
    assert_eq!(b.agent.comments(&copy).await?.len(), 1);
    assert_eq!(thread(&a, &key).await?, ["public: Origin, edited", "public: Another"]);
    quiet(&mut world).await
}
