//! What the stories look at.

use anyhow::{Context, Result, ensure};
use duplex_tests::person::{Kind, SeenComment, plain};
use duplex_tests::scenario::Desk;
use duplex_tests::world::World;
use jira_twin::ledger::Entry;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A quarter of an hour, in milliseconds: more than two sweeps.
pub(crate) const QUARTER_MS: i64 = 15 * 60_000;
/// An hour, in milliseconds.
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// The one issue of a desk with this summary.
pub(crate) async fn only(desk: &Desk, summary: &str) -> Result<String> {
    let found = desk.agent.find(&desk.project, summary).await?;
    ensure!(found.len() == 1, "{} of \"{summary}\" in {}: {found:?}", found.len(), desk.project);
    Ok(found[0].clone())
}

/// How many issues a desk has.
pub(crate) async fn count(desk: &Desk) -> Result<usize> {
    Ok(desk.agent.issues(&desk.project).await?.len())
}

/// Raises a request at `from` and answers its key and its copy's at `to`.
pub(crate) async fn mirrored(
    world: &mut World,
    from: &Desk,
    to: &Desk,
    summary: &str,
) -> Result<(String, String)> {
    let key = from.customer.raise(&from.project, "Get IT Help", summary, "Since this morning.").await?;
    world.settle().await?;
    Ok((key, only(to, summary).await?))
}

/// The comments of an issue, one line each: `public: words`, in the order of creation.
pub(crate) async fn thread(desk: &Desk, key: &str) -> Result<Vec<String>> {
    Ok(desk.agent.comments(key).await?.iter().map(line).collect())
}

fn line(comment: &SeenComment) -> String {
    let kind = match comment.kind {
        Kind::Public => "public",
        Kind::Internal => "internal",
    };
    format!("{kind}: {}", comment.text.replace('\n', " | "))
}

/// The one comment that contains these words.
pub(crate) async fn comment(desk: &Desk, key: &str, words: &str) -> Result<SeenComment> {
    let all = desk.agent.comments(key).await?;
    let mut found: Vec<_> = all.iter().filter(|comment| comment.text.contains(words)).cloned().collect();
    ensure!(found.len() == 1, "{} times \"{words}\" on {key}: {all:#?}", found.len());
    found.pop().context("one")
}

/// A field of an issue.
pub(crate) async fn field(desk: &Desk, key: &str, field: &str) -> Result<Value> {
    Ok(desk.agent.issue(key).await?["fields"][field].clone())
}

/// An issue's summary and the plain text of its description.
pub(crate) async fn told(desk: &Desk, key: &str) -> Result<(String, String)> {
    let fields = &desk.agent.issue(key).await?["fields"];
    Ok((fields["summary"].as_str().unwrap_or_default().to_owned(), plain(&fields["description"])))
}

/// Type and request type of an issue, by name.
pub(crate) async fn kind_of(desk: &Desk, key: &str) -> Result<(String, String)> {
    let name = request_type_field(desk).await?;
    let fields = &desk.agent.issue(key).await?["fields"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok((text(&fields["issuetype"]["name"]), text(&fields[name.as_str()]["requestType"]["name"])))
}

/// The id of the desk's request type field.
pub(crate) async fn request_type_field(desk: &Desk) -> Result<String> {
    field_id(desk, "Request Type").await
}

/// A field's id by its name.
pub(crate) async fn field_id(desk: &Desk, name: &str) -> Result<String> {
    let fields = desk.agent.get("/rest/api/3/field").await?;
    let found = fields.as_array().and_then(|all| all.iter().find(|field| field["name"] == json!(name)));
    Ok(found.and_then(|field| field["id"].as_str()).with_context(|| format!("field {name}"))?.to_owned())
}

/// Nothing is left to do: after a look or two of the sweeps, an hour brings no write, and no read but theirs. The one
/// thing that a sweep leaves behind after writes is the app's own property: the site's epoch.
pub(crate) async fn quiet(world: &mut World) -> Result<()> {
    let mark = world.mark();
    world.pass(QUARTER_MS).await?;
    let writes: Vec<_> = world.calls_since(mark).into_iter().filter(|call| call.write).collect();
    let epochs: Vec<_> = world.calls_since(mark).into_iter().filter(is_epoch).collect();
    ensure!(writes.is_empty(), "written after the end: {}", tally(&writes));
    ensure!(epochs.len() <= world.sites.len(), "more than once per site: {}", tally(&epochs));
    let mark = world.mark();
    world.pass(HOUR_MS).await?;
    let calls = world.calls_since(mark);
    let other: Vec<_> =
        calls.iter().filter(|call| !call.template.ends_with("/search/jql")).cloned().collect();
    ensure!(other.is_empty(), "asked in a quiet hour: {}", tally(&other));
    Ok(())
}

/// The app tells the site the database's epoch, in a property of its own that people don't see.
pub(crate) fn is_epoch(call: &Entry) -> bool {
    call.method == "PUT" && call.path.ends_with("/properties/duplex.epoch")
}

/// Calls, counted by method and path.
pub(crate) fn tally(calls: &[Entry]) -> String {
    let mut counts: BTreeMap<String, (usize, u64)> = BTreeMap::new();
    for call in calls {
        let status = call.status.map_or("lost".to_owned(), |status| status.to_string());
        let count =
            counts.entry(format!("{} {} {} {status}", call.site, call.method, call.template)).or_default();
        count.0 += 1;
        count.1 += call.points;
    }
    let lines =
        counts.iter().map(|(call, (times, points))| format!("\n  {times} x {call} ({points} points)"));
    lines.collect()
}
