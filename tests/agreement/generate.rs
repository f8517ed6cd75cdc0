//! Issues as people write them: of every type, with fields of every kind, rich texts, comments for customers and for
//! the team; and what people do to them later.

use anyhow::Result;
use duplex_core::id::{Side, Sides};
use duplex_tests::guide;
use duplex_tests::person::{Kind, Person};
use duplex_tests::scenario::Desk;
use duplex_tests::world::World;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.0.next_u32()).unwrap_or_default() % n
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Both ways, of every kind of field; *Urgency* leaves A by a table that knows half of it.
const FIELDS: [&str; 12] = [
    "Priority",
    "Labels",
    "Components",
    "Due date",
    "Environment",
    "Affected services",
    "Needed by",
    "Business justification",
    "Approver",
    "Outage start",
    "Urgency",
    "Seats",
];

/// The guide's sync with more fields, and people who are known by their e-mail.
pub(crate) fn config(file: &str) -> String {
    let rows = |part: &str, side: &str| {
        let mut part = part.to_owned();
        for name in FIELDS {
            let row = match (name, side) {
                ("Urgency", "a") => {
                    r#"{ from = "Urgency", to = "Urgency", table = [{ from = "Critical", to = "High" }, { from = "Low", to = "Low" }] }"#.to_owned()
                }
                ("Seats", "a") => {
                    r#"{ from = "Seats", to = "Asset tag", text = "{field}: {value} ({key}, {site})" }"#.to_owned()
                }
                ("Seats", _) => r#"{ from = "Seats", to = "Seats" }"#.to_owned(),
                (name, _) => format!("{{ from = \"{name}\", to = \"{name}\" }}"),
            };
            part = guide::field(&part, &row);
        }
        format!("{part}\n[side.{side}.users]\nemail = true\n")
    };
    let file = guide::changed(file, "a", |part| rows(part, "a"));
    guide::changed(&file, "b", |part| rows(part, "b"))
}

/// The ids of a site's fields by name.
pub(crate) struct Fields(BTreeMap<String, String>);

impl Fields {
    pub(crate) async fn of(desk: &Desk) -> Result<Self> {
        let all = desk.site.person("admin").get("/rest/api/3/field").await?;
        let named =
            |field: &Value| Some((field["name"].as_str()?.to_owned(), field["id"].as_str()?.to_owned()));
        Ok(Self(all.as_array().into_iter().flatten().filter_map(named).collect()))
    }

    fn id(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }
}

/// Writes an issue with its comments. Answers its key.
pub(crate) async fn issue(
    world: &World,
    chance: &mut Chance,
    desk: &Desk,
    fields: &Fields,
    n: usize,
) -> Result<String> {
    let summary =
        format!("{} {n}", chance.of(&["The VPN does not connect", "A second screen", "ünïcödé 🙂 & <b>"]));
    let key = if chance.one_in(2) {
        let (kind, _) = TYPES[chance.below(TYPES.len())];
        let key =
            desk.customer.raise(&desk.project, kind, &summary, "Please *help* me.\n\nIt is urgent.").await?;
        world.jump(1_000);
        desk.agent.edit(&key, values(world, chance, desk, fields, 3).await?).await?;
        key
    } else {
        let (_, kind) = TYPES[chance.below(TYPES.len())];
        let values = values(world, chance, desk, fields, 2).await?;
        desk.agent.create(&desk.project, kind, &summary, values).await?
    };
    for _ in 0..chance.below(4) {
        comment(world, chance, desk, &key).await?;
    }
    Ok(key)
}

/// Request types and the issue types that they make.
const TYPES: [(&str, &str); 3] =
    [("Get IT Help", "IT Help"), ("Purchase request", "Purchase"), ("Request a new account", "Access")];

/// Some fields with values, each with a chance of one in `sparse`.
async fn values(
    world: &World,
    chance: &mut Chance,
    desk: &Desk,
    fields: &Fields,
    sparse: usize,
) -> Result<Value> {
    let mut values = Map::new();
    if chance.one_in(2) {
        values.insert("description".to_owned(), rich(world, chance, desk).await?);
    }
    for name in FIELDS {
        if chance.one_in(sparse) {
            values.insert(fields.id(name), value(world, chance, desk, name).await?);
        }
    }
    Ok(Value::Object(values))
}

async fn value(world: &World, chance: &mut Chance, desk: &Desk, name: &str) -> Result<Value> {
    Ok(match name {
        "Priority" => json!({"name": chance.of(&["Highest", "High", "Low"])}),
        "Labels" => json!(some(chance, &["vpn", "urgent", "new-hire", "blau"])),
        "Components" => {
            some(chance, &["Hardware", "Software"]).into_iter().map(|name| json!({"name": name})).collect()
        }
        "Due date" | "Needed by" => json!(chance.of(&["2026-12-24", "2027-02-28", "2028-02-29"])),
        "Environment" | "Business justification" => rich(world, chance, desk).await?,
        "Affected services" => some(chance, &["E-mail", "Network", "Printing"])
            .into_iter()
            .map(|name| json!({"value": name}))
            .collect(),
        "Approver" => json!({"accountId": who(chance, desk).account().await?}),
        "Outage start" => json!(chance.of(&["2026-11-23T10:00:00.000+0000", "2024-02-29T23:59:59.000+0100"])),
        "Urgency" => json!({"value": chance.of(&["Critical", "High", "Medium", "Low"])}),
        _ => chance.of(&[1, 12, 2_500]).into(),
    })
}

fn some<'t>(chance: &mut Chance, all: &[&'t str]) -> Vec<&'t str> {
    all.iter().copied().filter(|_| chance.one_in(2)).collect()
}

/// Agents of both names work at every site; the admin does, too.
fn who(chance: &mut Chance, desk: &Desk) -> Person {
    desk.site.person(chance.of(&["agent1", "agent2", "admin"]))
}

/// A text of some blocks, with what can't be carried among them.
async fn rich(_world: &World, chance: &mut Chance, desk: &Desk) -> Result<Value> {
    let person = who(chance, desk);
    let mention = json!({"type": "mention", "attrs": {
        "id": person.account().await?, "text": format!("@{}", person.display_name().await?)}});
    let text = |words: &str| json!({"type": "text", "text": words});
    let line = |content: Vec<Value>| json!({"type": "paragraph", "content": content});
    let blocks: Vec<Value> = (0..=chance.below(4))
        .map(|_| match chance.below(10) {
            0 => line(vec![text("Ask "), mention.clone(), text(" about it.")]),
            1 => json!({"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [
                {"type": "media", "attrs": {"type": "file", "id": "6e7c7f2c-dd7a-499c-bceb-6f32bfbf30b5",
                    "collection": "", "alt": "screen.png"}}]}),
            2 => json!({"type": "panel", "attrs": {"panelType": "warning"}, "content": [line(vec![text("Careful.")])]}),
            3 => json!({"type": "table", "content": [{"type": "tableRow", "content": [
                {"type": "tableHeader", "content": [line(vec![text("Host")])]},
                {"type": "tableCell", "content": [line(vec![text("vpn1")])]}]}]}),
            4 => json!({"type": "bulletList", "content": [
                {"type": "listItem", "content": [line(vec![text("first")])]},
                {"type": "listItem", "content": [line(vec![mention.clone()])]}]}),
            5 => json!({"type": "codeBlock", "attrs": {"language": "shell"}, "content": [text("ping 10.0.0.1")]}),
            6 => json!({"type": "extension", "attrs": {
                "extensionType": "com.example.app", "extensionKey": "chart", "text": "A chart"}}),
            7 => line(vec![json!({"type": "status", "attrs": {"text": "OPEN", "color": "blue"}}), text(" since "),
                json!({"type": "date", "attrs": {"timestamp": "1795428000000"}})]),
            8 => json!({"type": "heading", "attrs": {"level": 2}, "content": [text("What happened")]}),
            _ => line(vec![json!({"type": "text", "text": "See the page", "marks": [
                {"type": "strong"}, {"type": "link", "attrs": {"href": "https://example.com/?a=1&b=ü"}}]})]),
        })
        .collect();
    Ok(json!({"type": "doc", "version": 1, "content": blocks}))
}

/// Somebody comments: a customer in the portal, or an agent for all, for the team, or for a role.
async fn comment(world: &World, chance: &mut Chance, desk: &Desk, key: &str) -> Result<()> {
    world.jump(1_000);
    match chance.below(6) {
        0 => desk.agent.comment(key, Kind::Public, "Have you tried\nto turn it off?").await.map(drop),
        1 => desk.agent.comment(key, Kind::Internal, "This customer again.").await.map(drop),
        2 => desk.agent.comment_for_role(key, "Administrators", "Salaries.").await.map(drop),
        3 => {
            // Only who raised a request may reply to it.
            let words = "It still does not work.";
            desk.customer.reply(key, words).await.map(drop).or(Ok(()))
        }
        internal => {
            let mut body = json!({"body": rich(world, chance, desk).await?});
            if internal == 4 {
                body["properties"] = json!([{"key": "sd.public.comment", "value": {"internal": true}}]);
            }
            desk.agent.post(&format!("/rest/api/3/issue/{key}/comment"), body).await.map(drop)
        }
    }
}

/// What people do to a mirrored issue, on either side.
pub(crate) async fn changes(
    world: &World,
    chance: &mut Chance,
    desks: &Sides<Desk>,
    fields: &Sides<Fields>,
    keys: &Sides<String>,
) -> Result<()> {
    for _ in 0..=chance.below(4) {
        let side = if chance.one_in(2) { Side::A } else { Side::B };
        let (desk, key) = (&desks[side], &keys[side]);
        world.jump(1_000);
        match chance.below(6) {
            0 => {
                desk.agent
                    .edit(key, json!({"summary": format!("Changed on {side} {}", chance.below(100))}))
                    .await?
            }
            1 => {
                let values = values(world, chance, desk, &fields[side], 3).await?;
                desk.agent.edit(key, values).await?;
            }
            2 | 3 => comment(world, chance, desk, key).await?,
            change => change_comment(chance, desk, key, change == 4).await?,
        }
    }
    Ok(())
}

/// A comment is edited, shown to others or deleted, be it an original or a copy.
async fn change_comment(chance: &mut Chance, desk: &Desk, key: &str, edit: bool) -> Result<()> {
    let all = desk.agent.comments(key).await?;
    if all.is_empty() {
        return Ok(());
    }
    let one = &all[chance.below(all.len())];
    let admin = desk.site.person("admin");
    if edit {
        admin.edit_comment(key, &one.id, "Edited since.").await
    } else if chance.one_in(2) {
        let kind = if one.kind == Kind::Public { Kind::Internal } else { Kind::Public };
        admin.show_comment(key, &one.id, kind).await
    } else {
        admin.delete_comment(key, &one.id).await
    }
}
