//! Issues as agents and the app work on them.

use serde_json::{Value, json};

use super::{adf, comment, done, first_comment, get, issue_id, refused};
use crate::site::{APP, Exchange, Site};

/// Fields of an issue in which every kind of field has a value.
fn rich_fields(site: &Site, summary: &str) -> Value {
    json!({
        "project": {"key": "ITA"},
        "issuetype": {"name": "Purchase"},
        "summary": summary,
        "description": adf("Twenty-seven inches"),
        "environment": adf("An office"),
        "labels": ["b", "a"],
        "priority": {"name": "High"},
        "duedate": "2026-12-24",
        "components": [{"name": "Hardware"}],
        "assignee": {"accountId": site.account("agent2")},
        "reporter": {"accountId": site.account("customer1")},
        site.field("Request Type"): "12",
        site.field("Organizations"): [1],
        site.field("Request participants"): [{"accountId": site.account("customer2")}],
        site.field("Urgency"): {"value": "Low"},
        site.field("Affected services"): [{"value": "Network"}, {"value": "E-mail"}],
        site.field("Seats"): 3,
        site.field("Needed by"): "2026-12-01",
        site.field("Asset tag"): "T-7",
        site.field("Business justification"): adf("None"),
        site.field("Approver"): {"accountId": site.account("agent1")},
        site.field("Outage start"): "2026-11-23T09:30:00.000+0000",
    })
}

pub(super) fn issues(site: &Site) {
    let all = "/rest/api/3/issue";
    let rich = json!({"fields": rich_fields(site, "A screen"), "properties": [{"key": "stamp", "value": {"op": 1}}]});
    let key = done(site, "agent1", "POST", all, &rich).body["key"].as_str().unwrap_or_default().to_owned();
    let plain = |project: &str, kind: &str| json!({"fields": {"project": {"key": project}, "issuetype": {"name": kind}, "summary": "Plain"}});
    done(site, APP, "POST", all, &plain("SW", "Task"));
    let bulk = json!({"issueUpdates": [plain("ITB", "Access"), plain("NOPE", "Access")]});
    done(site, "agent1", "POST", &format!("{all}/bulk"), &bulk);
    let one = format!("{all}/{key}");
    get(site, "agent1", &one);
    get(
        site,
        "agent1",
        &format!(
            "{one}?properties=*all&fields=*all&expand=names,schema,changelog,renderedFields,transitions,operations,editmeta"
        ),
    );
    done(
        site,
        "agent2",
        "PUT",
        &one,
        &json!({"fields": {"summary": "A wide screen"}, "update": {"labels": [{"add": "c"}]}}),
    );
    done(
        site,
        "agent2",
        "PUT",
        &format!("{one}?returnIssue=true&expand=changelog"),
        &json!({"fields": {"description": null}}),
    );
    done(site, "agent1", "PUT", &format!("{one}/assignee"), &json!({"accountId": null}));
    done(site, "agent1", "PUT", &format!("{one}/assignee"), &json!({"accountId": site.account("agent1")}));
    done(
        site,
        "agent1",
        "PUT",
        "/rest/api/3/issue/ITA-1",
        &json!({"fields": {"summary": "Printer was on fire"}}),
    );
    get(site, "agent1", &format!("{one}/editmeta"));
    let log = get(site, "agent1", &format!("{one}/changelog?maxResults=1"));
    let ids: Vec<u64> =
        log.body["values"][0]["id"].as_str().and_then(|id| id.parse().ok()).into_iter().collect();
    done(site, "agent1", "POST", &format!("{one}/changelog/list"), &json!({"changelogIds": ids}));
    done(
        site,
        "agent1",
        "POST",
        "/rest/api/3/changelog/bulkfetch",
        &json!({"issueIdsOrKeys": [key, "ITA-1"], "maxResults": 2}),
    );
    let fetch = json!({"issueIdsOrKeys": [key, "NOPE-1"], "fields": ["*all"], "properties": ["stamp"], "expand": ["names"]});
    done(site, "agent1", "POST", &format!("{all}/bulkfetch"), &fetch);
    refused(
        site,
        &[
            ("", "POST", all, plain("ITA", "Access"), 401),
            ("agent1", "POST", all, json!({"fields": {"summary": 7}}), 400),
            (
                "agent1",
                "POST",
                &format!("{all}/bulk"),
                json!({"issueUpdates": [plain("NOPE", "Access")]}),
                400,
            ),
            ("agent1", "PUT", &one, json!({"fields": {"status": {"name": "Closed"}}}), 400),
            (
                "agent1",
                "PUT",
                &format!("{one}?overrideScreenSecurity=true"),
                json!({"fields": {"summary": "x"}}),
                403,
            ),
            ("customer1", "PUT", &one, json!({"fields": {"summary": "x"}}), 404),
            ("agent1", "POST", &format!("{all}/bulkfetch"), json!({"issueIdsOrKeys": []}), 400),
            ("agent1", "POST", "/rest/api/3/changelog/bulkfetch", json!({"issueIdsOrKeys": []}), 400),
        ],
    );
}

pub(super) fn comments(site: &Site) {
    let all = "/rest/api/3/issue/ITA-1/comment";
    let internal =
        json!([{"key": "sd.public.comment", "value": {"internal": true}}, {"key": "stamp", "value": 1}]);
    let made = [
        comment("public"),
        json!({"body": adf("internal"), "properties": internal}),
        json!({"body": adf("restricted"), "visibility": {"type": "role", "value": "Service Desk Team"}}),
        json!({"body": adf("restricted"), "visibility": {"type": "group", "value": "jira-service-desk-users"}}),
    ];
    let id = |exchange: Exchange| exchange.body["id"].as_str().unwrap_or_default().to_owned();
    let ids: Vec<String> = made.iter().map(|body| id(done(site, "agent1", "POST", all, body))).collect();
    done(site, APP, "POST", &format!("{all}?expand=properties"), &made[1]);
    get(site, "agent1", &format!("{all}?expand=properties,renderedBody&orderBy=-created&maxResults=2"));
    get(site, "admin", all);
    for id in &ids {
        get(site, "agent1", &format!("{all}/{id}?expand=properties"));
    }
    done(site, "agent1", "PUT", &format!("{all}/{}", ids[1]), &comment("still internal"));
    let numbers: Vec<u64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    done(site, "agent1", "POST", "/rest/api/3/comment/list?expand=properties", &json!({"ids": numbers}));
    let properties = format!("/rest/api/3/comment/{}/properties", ids[0]);
    let stamp = format!("{properties}/stamp");
    let set =
        |expected: u16| assert_eq!(done(site, "agent1", "PUT", &stamp, &json!({"n": 1})).status, expected);
    set(201);
    set(200);
    get(site, "agent1", &properties);
    get(site, "agent1", &stamp);
    done(site, "agent1", "DELETE", &stamp, &Value::Null);
    refused(
        site,
        &[
            ("", "POST", all, comment("x"), 401),
            ("agent1", "POST", all, json!({"body": {"type": "nonsense"}}), 400),
            (
                "agent1",
                "POST",
                all,
                json!({"body": adf("x"), "visibility": {"type": "role", "value": "Nobody"}}),
                400,
            ),
            ("agent1", "POST", "/rest/api/3/comment/list", json!({"ids": []}), 400),
            ("agent2", "DELETE", &format!("{all}/{}", ids[0]), Value::Null, 400),
            ("agent2", "PUT", &format!("{all}/{}", ids[0]), comment("not mine"), 400),
            ("agent1", "DELETE", &stamp, Value::Null, 404),
        ],
    );
    done(
        site,
        "agent1",
        "PUT",
        &format!("/rest/api/3/comment/{}/properties/stamp", first_comment(site)),
        &json!(1),
    );
    done(site, "agent1", "DELETE", &format!("{all}/{}", ids[0]), &Value::Null);
}

pub(super) fn properties(site: &Site) {
    let all = "/rest/api/3/issue/ITA-1/properties";
    let stamp = format!("{all}/stamp");
    assert_eq!(done(site, "agent1", "PUT", &stamp, &json!({"n": 1})).status, 201);
    assert_eq!(done(site, "agent1", "PUT", &stamp, &json!({"n": 2})).status, 200);
    done(site, "agent1", "PUT", &format!("{all}/other"), &json!("text"));
    get(site, "agent1", all);
    get(site, "agent1", &stamp);
    done(site, "agent1", "DELETE", &format!("{all}/other"), &Value::Null);
    let long = json!("x".repeat(40_000));
    refused(site, &[("agent1", "PUT", &stamp, long, 400), ("", "PUT", &stamp, json!(1), 401)]);
}

pub(super) fn searches(site: &Site) {
    let search = "/rest/api/3/search/jql";
    get(site, "agent1", &format!("{search}?jql=project%20%3D%20ITA&maxResults=1"));
    get(
        site,
        "agent1",
        &format!(
            "{search}?jql=project%20%3D%20ITA&fields=*all&expand=names,schema,renderedFields,changelog,transitions,operations,editmeta"
        ),
    );
    let body = json!({
        "jql": "project = ITA AND issue.property[stamp].n = 2 ORDER BY created DESC",
        "fields": ["summary", "comment"],
        "properties": ["stamp"],
        "expand": "names,schema",
        "reconcileIssues": [issue_id(site, "ITA-1")],
    });
    done(site, "agent1", "POST", search, &body);
    done(site, "agent1", "POST", "/rest/api/3/search/approximate-count", &json!({"jql": "project = ITA"}));
    let queries =
        json!({"issueIds": [issue_id(site, "ITA-1")], "jqls": ["project = ITA", "colour = red", "nonsense"]});
    done(site, "agent1", "POST", "/rest/api/3/jql/match", &queries);
    refused(
        site,
        &[
            ("agent1", "POST", search, json!({"jql": "colour = red"}), 400),
            ("agent1", "POST", search, json!({"jql": ""}), 400),
            ("agent1", "POST", "/rest/api/3/search/approximate-count", json!({"jql": "colour = red"}), 400),
        ],
    );
}
