//! Compares what stands on both sides with what people know to be true.

use super::TEAM_ONLY;
use super::script::{Nth, tag};
use super::town::{Issue, Town};
use crate::person::{Kind, plain};
use anyhow::{Context, Result};
use duplex_core::id::{Side, Sides};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A comment as it has to stand somewhere: who reads it, and its text with the header of a copy.
type Line = (Kind, String);

/// Everything that is not as it has to be; empty when both sides are equal and nothing is missing, doubled or leaked.
pub(super) async fn differences(town: &Town) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut found = Sides::new(BTreeMap::new(), BTreeMap::new());
    for side in Side::BOTH {
        found[side] = issues(town, side, &mut wrong).await?;
    }
    for (nth, issue) in &town.issues {
        let (Some(a), Some(b)) = (found.a.get(nth), found.b.get(nth)) else { continue };
        fields(*nth, issue, Sides::new(a, b), &mut wrong);
        for side in Side::BOTH {
            comments(town, *nth, side, &found[side][nth], &mut wrong).await?;
        }
    }
    for side in Side::BOTH {
        leaks(town, side, &mut wrong).await?;
    }
    Ok(wrong)
}

/// The issues of a side by their tags: each once, and none that nobody made.
async fn issues(town: &Town, side: Side, wrong: &mut Vec<String>) -> Result<BTreeMap<Nth, Value>> {
    let desk = &town.desks[side];
    let mut found: BTreeMap<Nth, Value> = BTreeMap::new();
    for issue in desk.agent.issues(&desk.project).await? {
        let summary = issue["fields"]["summary"].as_str().unwrap_or_default().to_owned();
        let nth = town.issues.keys().find(|nth| summary.starts_with(&tag(**nth)));
        match nth {
            None => wrong.push(format!("{side}: nobody made {} \"{summary}\"", issue["key"])),
            Some(nth) if found.contains_key(nth) => {
                wrong.push(format!("{side}: {} stands twice, again as {}", tag(*nth), issue["key"]));
            }
            Some(nth) => drop(found.insert(*nth, issue)),
        }
    }
    for nth in town.issues.keys().filter(|nth| !found.contains_key(nth)) {
        wrong.push(format!("{side}: {} is missing", tag(*nth)));
    }
    Ok(found)
}

/// Both sides show the same, and it is the last thing that somebody wrote on one of them.
fn fields(nth: Nth, issue: &Issue, seen: Sides<&Value>, wrong: &mut Vec<String>) {
    let said = |what: &str, side: Side, seen: &str, known: &Sides<Option<String>>| {
        let lasts: Vec<&String> = Side::BOTH.into_iter().filter_map(|side| known[side].as_ref()).collect();
        let fine = lasts.iter().any(|last| last.as_str() == seen);
        (!fine).then(|| format!("{side}: {} has the {what} {seen:?}, last written: {lasts:?}", tag(nth)))
    };
    let texts = seen.map(|issue| {
        let fields = &issue["fields"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&fields["summary"]), plain(&fields["description"]), text(&fields["issuetype"]["name"]))
    });
    if texts.a != texts.b {
        wrong.push(format!("{}: A shows {:?}, B shows {:?}", tag(nth), texts.a, texts.b));
    }
    for side in Side::BOTH {
        let (summary, description, kind) = &texts[side];
        wrong.extend(said("summary", side, summary, &issue.summary));
        wrong.extend(said("description", side, description, &issue.description));
        if kind != issue.kind {
            wrong.push(format!("{side}: {} is a {kind}, made as {}", tag(nth), issue.kind));
        }
    }
}

/// Every comment that was made and not taken back stands there once, for its readers, and nothing else does.
async fn comments(town: &Town, nth: Nth, side: Side, issue: &Value, wrong: &mut Vec<String>) -> Result<()> {
    let mut balance: BTreeMap<Line, i64> = BTreeMap::new();
    for line in expected(town, nth, side) {
        *balance.entry(line).or_default() += 1;
    }
    let key = issue["key"].as_str().context("a key")?;
    for seen in town.desks[side].agent.comments(key).await? {
        *balance.entry((seen.kind, seen.text)).or_default() -= 1;
    }
    for ((kind, text), count) in balance {
        let what = match count {
            0 => continue,
            1.. => "missing",
            _ => "too many",
        };
        wrong.push(format!("{side}: {} on {} ({key}), {what}: {kind:?} {text:?}", count.abs(), tag(nth)));
    }
    Ok(())
}

fn expected(town: &Town, nth: Nth, side: Side) -> Vec<Line> {
    let standing = town.comments.values().filter(|comment| comment.issue == nth && !comment.gone);
    let line = |comment: &super::town::Comment| {
        if comment.side == side {
            return (comment.kind, comment.words.clone());
        }
        // Where there is no portal, nobody outside the team reads a comment, whatever its flag says.
        let customers =
            comment.kind == Kind::Public && town.issues.get(&nth).is_some_and(|issue| issue.request);
        let site = town.desks[comment.side].site.base_url.trim_start_matches("http://");
        let text = format!("{} ({site}):\n{}", comment.author, comment.words);
        (if customers { Kind::Public } else { Kind::Internal }, text)
    };
    standing.map(line).collect()
}

/// What is for the team alone was never, at no moment, readable in a portal.
async fn leaks(town: &Town, side: Side, wrong: &mut Vec<String>) -> Result<()> {
    let desk = &town.desks[side];
    let all = desk.site.person("admin").get("/_twin/comments").await?;
    for comment in all.as_array().context("all comments")? {
        let text = comment["text"].as_str().unwrap_or_default();
        if comment["everInPortal"] == json!(true) && text.contains(TEAM_ONLY) {
            wrong.push(format!("{side}: LEAK on {}: {text:?}", comment["issue"]));
        }
    }
    Ok(())
}
