use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Field, JqlIssue, JqlSite, JqlValue, parse};

/// 2026-11-23T10:00:00Z
const NOW_MS: i64 = 1_795_428_000_000;
const MINUTE_MS: i64 = 60_000;

struct Ticket {
    key: &'static str,
    fields: BTreeMap<Field, JqlValue>,
    properties: BTreeMap<String, Value>,
}

impl JqlIssue for Ticket {
    fn value(&self, field: &Field) -> JqlValue {
        self.fields.get(field).cloned().unwrap_or(JqlValue::Empty)
    }

    fn property(&self, key: &str) -> Option<&Value> {
        self.properties.get(key)
    }
}

struct Desk;

impl JqlSite for Desk {
    fn has_field(&self, field: &Field) -> bool {
        !matches!(field, Field::Named(name) if name != "urgency")
    }

    fn has_value(&self, field: &Field, value: &str) -> bool {
        let closed: &[(Field, &[&str])] = &[
            (Field::Project, &["ita", "it support", "10000", "itb"]),
            (Field::Key, &["ita-1", "ita-2", "itb-10", "1001"]),
            (Field::Status, &["to do", "done"]),
        ];
        let known = closed.iter().find(|(it, _)| it == field).map(|(_, known)| *known);
        known.is_none_or(|known| known.contains(&value.to_lowercase().as_str()))
    }

    fn current_user(&self) -> Option<String> {
        Some("acc-agent1".into())
    }

    fn members_of(&self, group: &str) -> Option<Vec<String>> {
        (group == "agents").then(|| vec!["acc-agent1".into(), "acc-agent2".into()])
    }

    fn now_ms(&self) -> i64 {
        NOW_MS
    }
}

fn terms(names: &[&str]) -> JqlValue {
    JqlValue::Terms(vec![names.iter().map(|name| (*name).to_owned()).collect()])
}

fn ticket(key: &'static str, id: &str, minutes_ago: i64, more: &[(Field, JqlValue)]) -> Ticket {
    let (project, number) = key.split_once('-').expect("a key has a number");
    let at = JqlValue::Instant(NOW_MS - minutes_ago * MINUTE_MS);
    let names = vec![id.to_owned(), key.to_owned()];
    let mut fields = BTreeMap::from([
        (Field::Key, JqlValue::Ranked { names, rank: number.parse().expect("a number") }),
        (Field::Project, terms(&["10000", project, "IT Support"])),
        (Field::Created, at.clone()),
        (Field::Updated, at),
    ]);
    fields.extend(more.iter().cloned());
    Ticket { key, fields, properties: BTreeMap::new() }
}

fn tickets() -> Vec<Ticket> {
    let labels = JqlValue::Terms(vec![vec!["vip".into()], vec!["printer".into()]]);
    let mut all = vec![
        ticket(
            "ITA-1",
            "1001",
            60,
            &[
                (Field::Status, terms(&["1", "To Do"])),
                (Field::Summary, JqlValue::Text("Printer is on fire".into())),
                (Field::Assignee, terms(&["acc-agent1", "Anna Agent"])),
                (Field::Labels, labels),
                (Field::Priority, JqlValue::Ranked { names: vec!["1".into(), "High".into()], rank: 1 }),
            ],
        ),
        ticket(
            "ITA-2",
            "1002",
            5,
            &[
                (Field::Status, terms(&["2", "Done"])),
                (Field::Summary, JqlValue::Text("New laptop".into())),
                (Field::Named("urgency".into()), terms(&["Later"])),
                (Field::Priority, JqlValue::Ranked { names: vec!["3".into(), "Low".into()], rank: 3 }),
            ],
        ),
        ticket("ITB-10", "1003", 3000, &[(Field::Custom(10042), JqlValue::Number(7.0))]),
    ];
    all[1].properties.insert("duplex".into(), json!({"sync": "s1", "link": {"n": 3}, "tags": ["a", "b"]}));
    all
}

/// A query and the keys it selects, in order.
fn check(jql: &str, expected: &[&str]) {
    let all = tickets();
    let query = parse(jql).unwrap_or_else(|error| panic!("{jql}: {error}"));
    query.check(&Desk).unwrap_or_else(|error| panic!("{jql}: {error}"));
    let keys: Vec<&str> = query.select(&all, &Desk).iter().map(|ticket| ticket.key).collect();
    assert_eq!(keys, expected, "{jql}");
}

fn refused(jql: &str, message: &str) {
    let error = parse(jql).and_then(|query| query.check(&Desk).and_then(|()| query.require_bounds()));
    assert_eq!(error.map_err(|error| error.to_string()), Err(message.to_owned()), "{jql}");
}

#[test]
fn conditions_select() {
    check("project = ITA", &["ITA-2", "ITA-1"]);
    check("project = \"IT Support\" AND status != Done", &["ITA-1"]);
    check("project in (ITA, ITB) order by key asc", &["ITA-1", "ITA-2", "ITB-10"]);
    check("key = ITA-2", &["ITA-2"]);
    check("id in (1001, ITB-10) ORDER BY created", &["ITB-10", "ITA-1"]);
    check("issuekey >= ITA-2", &["ITA-2"]);
    check("status in (\"To Do\") or cf[10042] > 6.5", &["ITA-1", "ITB-10"]);
    check("not (status = Done or status = \"To Do\")", &["ITB-10"]);
    check("status not in (Done)", &["ITA-1"]);
    check("assignee = currentUser()", &["ITA-1"]);
    check("assignee in membersOf(agents)", &["ITA-1"]);
    check("assignee is EMPTY AND project = ITA", &["ITA-2"]);
    check("assignee is not empty", &["ITA-1"]);
    check("assignee in (EMPTY, currentUser()) order by key", &["ITA-1", "ITA-2", "ITB-10"]);
    check("resolution = Unresolved and project = ITA", &["ITA-2", "ITA-1"]);
    check("resolution != Unresolved", &[]);
    check("labels = vip and labels in (printer)", &["ITA-1"]);
    check("summary ~ \"fire printer\"", &["ITA-1"]);
    check("summary ~ 'lap*'", &["ITA-2"]);
    check("summary ~ '\"on fire\"' && summary !~ laptop", &["ITA-1"]);
    check("Urgency = later", &["ITA-2"]);
    check("project = ITA order by priority desc", &["ITA-2", "ITA-1"]);
}

#[test]
fn times_select() {
    check("updated >= -5m", &["ITA-2"]);
    check("updated > -5m", &[]);
    check("updated >= \"-1h\"", &["ITA-2", "ITA-1"]);
    check(&format!("updated >= {} AND updated < {NOW_MS}", NOW_MS - 10 * MINUTE_MS), &["ITA-2"]);
    check("created < \"2026-11-22 12:00\"", &["ITB-10"]);
    check("created >= 2026/11/23", &["ITA-2", "ITA-1"]);
    check("created >= startOfDay()", &["ITA-2", "ITA-1"]);
    check("created <= endOfDay(-1d)", &["ITB-10"]);
    check("created <= now() order by updated DESC, key ASC", &["ITA-2", "ITA-1", "ITB-10"]);
}

#[test]
fn properties_select() {
    check("issue.property[duplex].sync = s1", &["ITA-2"]);
    check("issue.property[duplex].link.n >= 3", &["ITA-2"]);
    check("issue.property[\"duplex\"].tags = b", &["ITA-2"]);
    check("issue.property[duplex].sync is empty order by key", &["ITA-1", "ITB-10"]);
    check("issue.property[duplex].sync = s2", &[]);
}

#[test]
fn refusals_use_jiras_words() {
    refused("project = NOPE", "The value 'NOPE' does not exist for the field 'project'.");
    refused("key = ITA-99", "An issue with key 'ITA-99' does not exist for field 'key'.");
    refused("colour = red", "Field 'colour' does not exist or you do not have permission to view it.");
    refused("project = ITA AND", "Error in the JQL Query: Expecting a field name at the end of the query.");
    refused(
        "project = ITA status = Done",
        "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'status'.",
    );
    refused("(project = ITA", "Error in the JQL Query: Expecting ')' before the end of the query.");
    refused("summary = x", "The operator '=' is not supported by the 'summary' field.");
    refused("status ~ x", "The operator '~' is not supported by the 'status' field.");
    refused(
        "assignee in membersOf(ghosts)",
        "Function 'membersOf' can not generate a list of usernames for group 'ghosts'; the group does not exist.",
    );
    refused("created = luckyDay()", "Unable to find JQL function 'luckyday()'.");
    refused("summary ~ \"open", "Error in the JQL Query: The quoted string 'open' has not been completed.");
    refused("", "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.");
    refused(
        "order by created",
        "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
    );
    refused(&"not ".repeat(200), "Error in the JQL Query: The query is nested too deeply.");
}
