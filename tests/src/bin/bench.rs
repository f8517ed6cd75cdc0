//! `cargo run [--release] -p duplex-tests --bin bench -- intake`: what one server on SQLite takes. Not a proof, a
//! measure: of this machine, with the twin and the senders on it.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use clap::{Parser, Subcommand};
use duplex_server::clock::{Clock, SystemClock};
use duplex_server::egress::Transport;
use duplex_tests::net::Browser;
use duplex_tests::person::{Kind, Person};
use duplex_tests::scenario::Desk;
use duplex_tests::stage::{Plot, Stage};
use http::Request;
use jira_twin::connect::{Claims, qsh, sign_hs256};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Webhooks under way at a time.
const SENDERS: usize = 64;
/// How long they are sent.
const INTAKE_FOR: Duration = Duration::from_secs(10);
/// Issues that the webhooks are about.
const ISSUES: usize = 20;
/// Comments whose way is measured, and the rest between two.
const COMMENTS: usize = 100;
const COMMENT_EVERY: Duration = Duration::from_millis(100);
/// All of them have to be mirrored within this.
const MIRRORED_WITHIN: Duration = Duration::from_secs(60);
const DAY_MS: i64 = 86_400_000;
/// The path of the webhook that is sent.
const HOOK: &str = "/connect/webhooks/issue-updated";

#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    measure: Measure,
}

#[derive(Debug, Subcommand)]
enum Measure {
    /// Durable webhooks per second, the time from a comment to its copy, and memory.
    Intake,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Measure::Intake = Args::parse().measure;
    let build = if cfg!(debug_assertions) { "dev" } else { "release" };
    let stage = Stage::open(Plot::default()).await?;
    stage.mirror("bench", (&stage.acme, "ITA"), (&stage.globex, "ITB"))?;
    let (a, b) = (Desk::at(&stage.acme, "ITA"), Desk::at(&stage.globex, "ITB"));
    stage.acme.person("admin").put("/_twin/limits", json!({"off": true})).await?;
    say(&format!("{build} build, one server on SQLite (synchronous=FULL)"));
    say(&format!("memory at rest: {}", memory(&stage)?));

    let keys = raise(&a).await?;
    let times = mirrored(&a, &b, &keys).await?;
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    say(&format!("comment to copy, {} comments: p50 {} ms, p99 {} ms", times.len(), at(50), at(99)));

    let (taken, refused) = intake(&stage, &a, &keys).await?;
    let rate = taken as f64 / INTAKE_FOR.as_secs_f64();
    say(&format!("webhooks stored, {SENDERS} at a time: {rate:.0}/s ({refused} not taken)"));
    say(&format!("memory afterwards: {}", memory(&stage)?));
    Ok(())
}

async fn raise(desk: &Desk) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for nth in 0..ISSUES {
        keys.push(
            desk.customer.raise(&desk.project, "Get IT Help", &format!("Number {nth}"), "As told.").await?,
        );
    }
    Ok(keys)
}

/// From the creation of a comment to the creation of its copy, each on the sites' own clocks, which are one here; in
/// milliseconds, sorted.
async fn mirrored(a: &Desk, b: &Desk, keys: &[String]) -> Result<Vec<i64>> {
    for nth in 0..COMMENTS {
        a.agent.comment(&keys[nth % keys.len()], Kind::Public, &format!("comment {nth} of many")).await?;
        tokio::time::sleep(COMMENT_EVERY).await;
    }
    let began = Instant::now();
    loop {
        let mut born = Vec::new();
        for key in keys {
            born.extend(comments(&a.agent, key).await?);
        }
        let mut copied: BTreeMap<String, i64> = BTreeMap::new();
        for issue in b.agent.issues(&b.project).await? {
            copied.extend(comments(&b.agent, issue["key"].as_str().context("a key")?).await?);
        }
        if copied.len() == COMMENTS {
            let mut times: Vec<i64> = born
                .iter()
                .filter_map(|(words, at)| Some((copied.get(words)? - at).rem_euclid(DAY_MS)))
                .collect();
            times.sort_unstable();
            return Ok(times);
        }
        ensure!(began.elapsed() < MIRRORED_WITHIN, "{} of {COMMENTS} comments were mirrored", copied.len());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// The numbered comments of an issue, by their words, with the time of day of their creation, in
/// milliseconds.
async fn comments(person: &Person, key: &str) -> Result<BTreeMap<String, i64>> {
    let page = person.get(&format!("/rest/api/3/issue/{key}/comment?maxResults=100")).await?;
    let all = page["comments"].as_array().context("comments")?;
    let numbered = all.iter().filter_map(|comment| {
        let text = duplex_tests::person::plain(&comment["body"]);
        let words = text.lines().last()?.to_owned();
        let at = time_of_day_ms(comment["created"].as_str()?)?;
        words.starts_with("comment ").then_some((words, at))
    });
    Ok(numbered.collect())
}

/// Of `2026-11-23T14:48:04.922+0000`; all of a measure has one zone.
fn time_of_day_ms(stamp: &str) -> Option<i64> {
    let (_, time) = stamp.split_once('T')?;
    let part = |from: usize, to: usize| time.get(from..to)?.parse::<i64>().ok();
    Some(((part(0, 2)? * 60 + part(3, 5)?) * 60 + part(6, 8)?) * 1_000 + part(9, 12)?)
}

/// Signed events as fast as the server takes them: how many it stored, and how many it did not.
async fn intake(stage: &Stage, desk: &Desk, keys: &[String]) -> Result<(u64, u64)> {
    let issue = desk.agent.issue(&keys[0]).await?;
    let project = issue["fields"]["project"]["id"].clone();
    let mut ids = Vec::new();
    for key in keys {
        ids.push(desk.agent.issue(key).await?["id"].clone());
    }
    let (client_key, secret) = stage.shared_secret(&stage.acme).await?;
    let until = Instant::now() + INTAKE_FOR;
    let senders = (0..SENDERS).map(|sender| {
        let (project, url) = (project.clone(), format!("{}{HOOK}", stage.base_url()));
        let id = ids[sender % ids.len()].clone();
        let (client_key, secret) = (client_key.clone(), secret.clone());
        async move {
            let browser = Browser::default();
            let (mut taken, mut refused) = (0, 0);
            while Instant::now() < until {
                let request = event(&url, &client_key, &secret, &project, &id)?;
                match browser.send(request).await {
                    Ok(answer) if answer.status().is_success() => taken += 1,
                    Ok(_) | Err(_) => refused += 1,
                }
            }
            anyhow::Ok((taken, refused))
        }
    });
    let mut sum = (0, 0);
    for counted in futures::future::join_all(senders).await {
        let (taken, refused) = counted?;
        sum = (sum.0 + taken, sum.1 + refused);
    }
    Ok(sum)
}

/// An event that names a state which the server knows already: it is stored, and costs no call to Jira.
fn event(url: &str, client_key: &str, secret: &str, project: &Value, id: &Value) -> Result<Request<Bytes>> {
    let claims =
        Claims { qsh: Some(qsh("POST", HOOK, "")), ..Claims::issued(client_key, SystemClock.now().0) };
    let body = json!({
        "webhookEvent": "jira:issue_updated",
        "issue": {"id": id, "fields": {"project": {"id": project}, "updated": "2020-01-01T00:00:00.000+0000"}},
    });
    Ok(Request::post(url)
        .header("authorization", format!("JWT {}", sign_hs256(&claims, secret)?))
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_string()))?)
}

/// The server's resident memory.
fn memory(stage: &Stage) -> Result<String> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", stage.servers[0].process.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    Ok(line.trim().to_owned())
}

#[expect(clippy::print_stdout, reason = "the numbers are what this is for")]
fn say(words: &str) {
    println!("{words}");
}
