//! What happens on the site: enough that every resource has something to show.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::site::{APP, Exchange, Site};

/// Plays the story. Afterwards ITA-1 is a request with comments of every audience, SW-1 an ordinary issue.
pub(crate) fn tell(site: &Site) {
    requests(site);
    issues(site);
    comments(site);
    properties(site);
    transitions(site);
    searches(site);
    people_and_rights(site);
    schemas(site);
    participants(site);
    app_properties(site);
    deletions(site);
}

/// Asks every resource of the table as everyone, for what is there and for what is not.
pub(crate) fn ask_for_everything(site: &Site) {
    let described = |template: &String| crate::DESCRIBED.iter().any(|base| template.starts_with(base));
    for (method, template) in jira_twin::http::operations().filter(|(_, template)| described(template)) {
        let (there, missing) = (filled(site, &template, true), filled(site, &template, false));
        let body = if matches!(method, "POST" | "PUT") { json!({}) } else { Value::Null };
        for who in ["", "customer2", "agent1", "admin", APP] {
            site.ask(who, method, &missing, &body);
            // What one may not do, one may ask for; what one may do is told in the story, each with its right body.
            if method == "GET" || who.is_empty() {
                site.ask(who, method, &there, &body);
            }
        }
        if method == "GET" {
            site.ask("agent1", method, &format!("{there}?startAt=x&maxResults=x&start=x&limit=x"), &body);
            site.ask("agent1", method, &format!("{there}?startAt=1&maxResults=1&start=1&limit=1"), &body);
        }
    }
}

/// A template's path with its parameters named: things that are there, or that are not.
fn filled(site: &Site, template: &str, there: bool) -> String {
    let parts = template.split('/').map(|part| match part {
        "{p}" => if there { "ITA" } else { "NOPE" }.to_owned(),
        "{i}" => if there { "ITA-1" } else { "NOPE-1" }.to_owned(),
        "{c}" => {
            if there {
                first_comment(site)
            } else {
                "99999999".to_owned()
            }
        }
        "{k}" => if there { "stamp" } else { "nothing" }.to_owned(),
        "{a}" => if there { APP } else { "com.example.other" }.to_owned(),
        "{s}" => if there { "Closed" } else { "Nowhere" }.to_owned(),
        "{d}" | "{o}" => if there { "1" } else { "999" }.to_owned(),
        "{t}" if there && template.contains("createmeta") => issue_type(site, "ITA", "Access"),
        "{t}" => if there { "11" } else { "999" }.to_owned(),
        "{id}" if there && template.contains("priority") => "1".to_owned(),
        "{id}" if there && template.contains("issuetype") => issue_type(site, "ITA", "Access"),
        "{id}" if there => {
            site.twin.with_site("acme", |it| it.roles.keys().next().expect("a role").to_string())
        }
        "{id}" => "99999".to_owned(),
        word => {
            assert!(!word.starts_with('{'), "{template}: say here what {word} can be");
            word.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

fn first_comment(site: &Site) -> String {
    site.twin.with_site("acme", |it| it.issue("ITA-1").expect("told").comments[0].id.to_string())
}

fn issue_type(site: &Site, project: &str, name: &str) -> String {
    site.twin.with_site("acme", |it| {
        let types = &it.project(project).expect("seeded").issue_types;
        types.iter().find(|id| it.issue_types[*id].name == name).expect("seeded").clone()
    })
}

fn issue_id(site: &Site, key: &str) -> u64 {
    site.twin.with_site("acme", |it| it.issue_id(key).expect("told"))
}

/// A call that has to work: the story rests on it.
fn done(site: &Site, who: &str, method: &str, path: &str, body: &Value) -> Exchange {
    let exchange = site.ask(who, method, path, body);
    assert!(exchange.status < 300, "{exchange} {path}: {}", exchange.body);
    exchange
}

fn get(site: &Site, who: &str, path: &str) -> Exchange {
    done(site, who, "GET", path, &Value::Null)
}

/// Calls that have to be refused, by status.
fn refused(site: &Site, rows: &[(&str, &str, &str, Value, u16)]) {
    for (who, method, path, body, status) in rows {
        let exchange = site.ask(who, method, path, body);
        assert_eq!(exchange.status, *status, "{exchange} {path}: {}", exchange.body);
    }
}

fn adf(text: &str) -> Value {
    let text = json!([{"type": "text", "text": text}, {"type": "text", "text": "bold", "marks": [{"type": "strong"}]}]);
    json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": text}]})
}

/// The body that creates an ordinary comment.
pub(crate) fn comment(text: &str) -> Value {
    json!({"body": adf(text)})
}

fn requests(site: &Site) {
    let all = "/rest/servicedeskapi/request";
    let body = json!({
        "serviceDeskId": "1",
        "requestTypeId": "11",
        "requestFieldValues": {
            "summary": "Printer on fire",
            "description": "It *burns*.",
            site.field("Urgency"): {"value": "High"},
        },
    });
    done(site, "customer1", "POST", all, &body);
    let others = json!({
        "serviceDeskId": "1",
        "requestTypeId": "12",
        "isAdfRequest": true,
        "requestFieldValues": {"summary": "A screen", "description": adf("wide")},
        "raiseOnBehalfOf": site.account("customer2"),
        "requestParticipants": [site.account("customer1")],
    });
    done(site, "agent1", "POST", all, &others);
    refused(
        site,
        &[
            ("customer1", "POST", all, others, 403),
            ("customer1", "POST", all, json!({"serviceDeskId": "1"}), 400),
            ("", "POST", all, body, 401),
        ],
    );
    let expand = "expand=serviceDesk,requestType,participant,sla,status,attachment,comment,action";
    for who in ["customer1", "customer2", "agent1"] {
        get(site, who, all);
        get(site, who, &format!("{all}?limit=1&requestOwnership=ALL_REQUESTS&{expand}"));
    }
    get(site, "agent1", &format!("{all}/ITA-1?{expand}"));
    for text in ["We are on it", "Thanks"] {
        done(site, "agent1", "POST", &format!("{all}/ITA-1/comment"), &json!({"body": text, "public": true}));
    }
    let internal = done(
        site,
        "agent1",
        "POST",
        &format!("{all}/ITA-1/comment"),
        &json!({"body": "Hm", "public": false}),
    );
    let id = internal.body["id"].as_str().unwrap_or_default().to_owned();
    get(site, "agent1", &format!("{all}/ITA-1/comment?limit=1"));
    get(site, "agent1", &format!("{all}/ITA-1/comment/{id}"));
    get(site, "customer1", &format!("{all}/ITA-1/comment"));
    refused(
        site,
        &[
            ("customer1", "GET", &format!("{all}/ITA-1/comment/{id}"), Value::Null, 404),
            (
                "customer1",
                "POST",
                &format!("{all}/ITA-1/comment"),
                json!({"body": "x", "public": false}),
                403,
            ),
            ("customer2", "GET", &format!("{all}/ITA-1"), Value::Null, 404),
        ],
    );
}

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

fn issues(site: &Site) {
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

fn comments(site: &Site) {
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

fn properties(site: &Site) {
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

fn transitions(site: &Site) {
    let one = "/rest/api/3/issue/ITA-1/transitions";
    let offered = get(site, "agent1", &format!("{one}?expand=transitions.fields"));
    let rows = offered.body["transitions"].as_array().cloned().unwrap_or_default();
    let named = |name: &str| {
        rows.iter().find(|row| row["name"] == name).map(|row| row["id"].clone()).expect("offered")
    };
    done(site, "agent1", "POST", one, &json!({"transition": {"id": named("Start progress")}}));
    let resolve = json!({
        "transition": {"id": named("Resolve this issue")},
        "fields": {"resolution": {"name": "Done"}},
        "update": {"comment": [{"add": comment("done")}]},
    });
    done(site, "agent1", "POST", one, &resolve);
    refused(
        site,
        &[("agent1", "POST", one, resolve, 400), ("", "POST", one, json!({"transition": {"id": "11"}}), 401)],
    );
    let desk = "/rest/servicedeskapi/request/ITA-1";
    let offered = get(site, "customer1", &format!("{desk}/transition"));
    let body =
        json!({"id": offered.body["values"][0]["id"], "additionalComment": {"body": "it burns again"}});
    done(site, "customer1", "POST", &format!("{desk}/transition"), &body);
    get(site, "customer1", &format!("{desk}/status"));
    refused(site, &[("customer1", "POST", &format!("{desk}/transition"), json!({"id": "999"}), 400)]);
}

fn searches(site: &Site) {
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

fn people_and_rights(site: &Site) {
    let group =
        site.twin.with_site("acme", |it| it.group_named("jira-administrators").expect("seeded").id.clone());
    let (agent, customer) = (site.account("agent1"), site.account("customer1"));
    for path in [
        "serverInfo".to_owned(),
        "myself?expand=groups,applicationRoles".to_owned(),
        format!("user?accountId={agent}&expand=groups,applicationRoles"),
        format!("user/bulk?accountId={agent}&accountId={customer}&maxResults=1"),
        "user/search?query=a".to_owned(),
        format!("user/search?accountId={customer}"),
        "user/assignable/search?project=ITA".to_owned(),
        "users/search?maxResults=3".to_owned(),
        "users?maxResults=3".to_owned(),
        "group/bulk?maxResults=2".to_owned(),
        format!("group/member?groupId={group}"),
        "groups/picker?query=jira".to_owned(),
        "mypermissions?permissions=BROWSE_PROJECTS,ADMINISTER&projectKey=ITA".to_owned(),
    ] {
        get(site, "admin", &format!("/rest/api/3/{path}"));
    }
    let check = json!({
        "accountId": agent,
        "globalPermissions": ["ADMINISTER"],
        "projectPermissions": [{"permissions": ["ADD_COMMENTS", "DELETE_ISSUES"], "projects": [10300], "issues": [issue_id(site, "ITA-1")]}],
    });
    done(site, "admin", "POST", "/rest/api/3/permissions/check", &check);
    refused(
        site,
        &[
            ("customer1", "POST", "/rest/api/3/permissions/check", check, 403),
            ("admin", "POST", "/rest/api/3/permissions/check", json!({"globalPermissions": ["FLY"]}), 400),
            ("admin", "GET", "/rest/api/3/user?accountId=nobody", Value::Null, 404),
            ("customer1", "GET", "/rest/api/3/users/search", Value::Null, 403),
        ],
    );
}

fn schemas(site: &Site) {
    let project = site.twin.with_site("acme", |it| it.project("ITA").expect("seeded").id.clone());
    for path in [
        "project/search?maxResults=2&expand=description,lead,issueTypes,url,projectKeys,insight".to_owned(),
        "project/ITA?expand=description,lead,issueTypes,url,projectKeys".to_owned(),
        "project/SW".to_owned(),
        format!("issuetype/project?projectId={project}"),
        "field/search?maxResults=3".to_owned(),
        "priority/search".to_owned(),
    ] {
        get(site, "admin", &format!("/rest/api/3/{path}"));
    }
    for kind in ["IT Help", "Purchase", "Access"] {
        let id = issue_type(site, "ITA", kind);
        get(site, "agent1", &format!("/rest/api/3/issue/createmeta/ITA/issuetypes/{id}"));
    }
    get(site, "agent1", "/rest/servicedeskapi/servicedesk/1/requesttype?limit=1&expand=field");
    get(site, "agent1", "/rest/servicedeskapi/requesttype?limit=2");
    get(site, "agent1", "/rest/servicedeskapi/servicedesk/1/requesttype/11/field?expand=hiddenFields");
}

fn participants(site: &Site) {
    let path = "/rest/servicedeskapi/request/ITA-1/participant";
    let body = json!({"accountIds": [site.account("customer2")]});
    done(site, "customer1", "POST", path, &body);
    get(site, "customer1", path);
    done(site, "customer1", "DELETE", path, &body);
    refused(site, &[("customer1", "POST", path, json!({"accountIds": ["nobody"]}), 400)]);
}

fn app_properties(site: &Site) {
    let all = format!("/rest/atlassian-connect/1/addons/{APP}/properties");
    for key in ["stamp", "other"] {
        assert_eq!(done(site, APP, "PUT", &format!("{all}/{key}"), &json!({"n": 1})).status, 201);
    }
    assert_eq!(done(site, APP, "PUT", &format!("{all}/stamp"), &json!({"n": 2})).status, 200);
    get(site, APP, &all);
    get(site, APP, &format!("{all}/stamp"));
    done(site, APP, "DELETE", &format!("{all}/other"), &Value::Null);
    refused(site, &[(APP, "DELETE", &format!("{all}/other"), Value::Null, 404)]);
}

fn deletions(site: &Site) {
    let rest: BTreeSet<String> =
        site.twin.with_site("acme", |it| it.issues.values().map(|issue| issue.head.key.clone()).collect());
    let last = rest.iter().rfind(|key| key.starts_with("ITB")).expect("told");
    let path = format!("/rest/api/3/issue/{last}");
    refused(site, &[("agent1", "DELETE", &path, Value::Null, 403), ("", "DELETE", &path, Value::Null, 401)]);
    done(site, "admin", "DELETE", &path, &Value::Null);
}
