//! Invitations that are guessed, used again, too late, or fought over.

use crate::scene::Scene;
use anyhow::{Result, ensure};
use http::Method;
use serde_json::{Value, json};

const ADMIN_A: (&str, &str) = ("acme", "admin");
const ADMIN_B: (&str, &str) = ("globex", "admin");
const ADMIN_C: (&str, &str) = ("initech", "admin");
const WEEK_MS: i64 = 7 * 24 * 3_600_000;

impl Scene {
    /// A fresh invitation from ITC of acme.
    async fn invite(&self) -> Result<String> {
        let body = json!({"name": "Joined", "project": self.project("acme", "ITC")});
        let made = self.done(ADMIN_A, Method::POST, "/invitations", Some(&body)).await?;
        Ok(made["token"].as_str().expect("a token").to_owned())
    }

    fn accept(&self, site: &str, token: &str) -> Value {
        json!({"token": token, "project": self.project(site, "ITC")})
    }

    async fn refuses(&self, why: &str, who: (&str, &str), token: &str, expect: &str) -> Result<()> {
        let body = self.accept(who.0, token);
        let attempt = self.page(who, Method::POST, "/invitations/accept", Some(&body)).await?;
        self.refused(why, attempt, expect).await?;
        Ok(())
    }
}

#[tokio::test]
async fn an_invitation_is_not_guessed_and_its_keeper_does_not_give_it_away() -> Result<()> {
    let scene = Scene::open().await?;
    let token = scene.invite().await?;
    let (head, tail) = token.split_at(token.len() - 1);
    let other = if tail == "A" { "B" } else { "A" };
    for guess in ["", "x", "%", "' OR '1'='1", "*", head, &format!("{head}{other}"), &token.to_lowercase()] {
        scene.refuses("a guess", ADMIN_B, guess, "404 not_found").await?;
        let inspect =
            scene.page(ADMIN_B, Method::POST, "/invitations/inspect", Some(&json!({"token": guess}))).await?;
        scene.refused("a guess", inspect, "404 not_found").await?;
    }
    // The database keeps a hash: who reads it, or shows it, has no invitation.
    let rows = scene.world.rows().await?.join("\n");
    ensure!(!rows.contains(&token), "the token lies in the database");
    let kept = rows.lines().find(|row| row.starts_with("invitations|")).expect("a row");
    let hash = kept.split('\'').find(|part| part.len() == 64).expect("a hash").to_owned();
    scene.refuses("the hash of the token", ADMIN_B, &hash, "404 not_found").await?;
    let list = scene.done(ADMIN_A, Method::GET, "/invitations", None).await?.to_string();
    ensure!(!list.contains(&token), "it is shown again: {list}");
    let others = scene.done(ADMIN_B, Method::GET, "/invitations", None).await?;
    ensure!(others == json!([]), "another site is shown it: {others}");
    Ok(())
}

#[tokio::test]
async fn an_invitation_is_good_once_for_one_admin_and_for_a_while() -> Result<()> {
    let scene = Scene::open().await?;
    let token = scene.invite().await?;
    scene.refuses("no admin", ("globex", "agent1"), &token, "403 forbidden").await?;
    scene.refuses("the inviting project itself", ADMIN_A, &token, "422 same_project").await?;
    let inspected =
        scene.page(ADMIN_C, Method::POST, "/invitations/inspect", Some(&json!({"token": token}))).await?;
    scene.refused("only looked at", inspected, "200").await?;
    let body = scene.accept("globex", &token);
    scene.done(ADMIN_B, Method::POST, "/invitations/accept", Some(&body)).await?;
    scene.refuses("again", ADMIN_B, &token, "404 not_found").await?;
    scene.refuses("by another", ADMIN_C, &token, "404 not_found").await?;
    let late = scene.invite().await?;
    scene.world.jump(WEEK_MS + 1_000);
    scene.refuses("too late", ADMIN_B, &late, "404 not_found").await?;
    Ok(())
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_gets_it() -> Result<()> {
    let scene = Scene::open().await?;
    for round in 0..10 {
        let token = scene.invite().await?;
        let before = scene.world.store.syncs.all().await?.len();
        let knock = async |who: (&str, &str)| {
            let body = scene.accept(who.0, &token);
            let request = scene.page(who, Method::POST, "/invitations/accept", Some(&body)).await?;
            anyhow::Ok(scene.knock(request).await?.said())
        };
        let (b, c) = tokio::join!(knock(ADMIN_B), knock(ADMIN_C));
        let mut said = [b?, c?];
        said.sort();
        ensure!(said == ["201", "404 not_found"], "round {round}: {said:?}");
        ensure!(scene.world.store.syncs.all().await?.len() == before + 1, "round {round}");
    }
    Ok(())
}
