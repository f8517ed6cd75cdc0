use serde_json::{Value, json};

use super::{Acme, Answer, refused};

const PATH: &str = "/rest/api/3/search/jql";

fn keys(found: &Value) -> Vec<&str> {
    found["issues"].as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap()).collect()
}

#[test]
fn search_lags_behind_and_reads_fresh_what_is_reconciled() {
    let acme = Acme::with_lag(3_000);
    let key = acme.issue("ITA", "Access");
    let id: u64 =
        acme.get("agent1", &format!("/rest/api/3/issue/{key}"))["id"].as_str().unwrap().parse().unwrap();
    let search = |more: Value| {
        let mut body = json!({"jql": "project = ITA", "fields": ["summary"]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        acme.post("agent1", PATH, body)
    };
    assert_eq!(search(json!({})), json!({"issues": [], "isLast": true}));
    assert_eq!(keys(&search(json!({"reconcileIssues": [id]}))), ["ITA-1"]);
    acme.clock.advance(3_000);
    assert_eq!(keys(&search(json!({}))), ["ITA-1"]);
    acme.put("agent1", &format!("/rest/api/3/issue/{key}"), json!({"fields": {"summary": "Changed"}}));
    assert_eq!(search(json!({}))["issues"][0]["fields"]["summary"], "Plain");
    assert_eq!(search(json!({"reconcileIssues": [id]}))["issues"][0]["fields"]["summary"], "Changed");
    acme.clock.advance(3_000);
    assert_eq!(search(json!({}))["issues"][0]["fields"]["summary"], "Changed");
}

#[test]
fn pages_follow_their_token() {
    let acme = Acme::new();
    for _ in 0..3 {
        acme.issue("ITA", "Access");
        acme.clock.advance(1);
    }
    let ask = |token: Value| json!({"jql": "project = ITA ORDER BY created ASC", "fields": ["key"], "maxResults": 2, "nextPageToken": token});
    let first = acme.post("agent1", PATH, ask(Value::Null));
    assert_eq!((keys(&first), &first["isLast"]), (vec!["ITA-1", "ITA-2"], &json!(false)));
    let second = acme.post("agent1", PATH, ask(first["nextPageToken"].clone()));
    assert_eq!((keys(&second), &second["isLast"]), (vec!["ITA-3"], &json!(true)));
    let bad = acme.check("agent1", "POST", PATH, ask(json!("bogus")));
    assert_eq!(bad, Answer(400, refused("The provided next page token is invalid or expired.")));
}

#[test]
fn a_query_finds_by_fields_times_and_properties() {
    let acme = Acme::new();
    let request = acme.request();
    let plain = acme.issue("ITB", "Access");
    acme.put("agent1", &format!("/rest/api/3/issue/{plain}/properties/stamp"), json!({"sync": "s1"}));
    let rows = [
        ("project = ITA", vec![request.as_str()]),
        ("project in (ITA, ITB) AND \"Request Type\" = \"Get IT Help\"", vec![&request]),
        ("reporter = currentUser() and created >= -1h", vec![&plain]),
        ("updated >= 1795428000000 order by key desc", vec![&plain, &request]),
        ("updated > 1795428000000", vec![]),
        ("issue.property[stamp].sync = s1", vec![&plain]),
        ("project = ITA and resolution is EMPTY", vec![&request]),
        ("project = ITA and resolution = Unresolved", vec![&request]),
        ("text ~ burns", vec![&request]),
        ("priority = Medium and statusCategory != Done and labels is empty and project = ITB", vec![&plain]),
    ];
    for (jql, expected) in rows {
        let found = acme.post("agent1", PATH, json!({"jql": jql, "fields": ["key"]}));
        assert_eq!(keys(&found), expected, "{jql}");
    }
    assert_eq!(
        acme.post("agent1", "/rest/api/3/search/approximate-count", json!({"jql": "project = ITA"})),
        json!({"count": 1})
    );
    let ids: Vec<u64> = acme.twin.with_site("acme", |site| site.issues.keys().copied().collect());
    let matched = acme.post(
        "agent1",
        "/rest/api/3/jql/match",
        json!({"issueIds": ids, "jqls": ["project = ITB", "project = NOWHERE"]}),
    );
    assert_eq!(matched["matches"][0]["matchedIssues"], json!([ids[1]]));
    assert_eq!(matched["matches"][1]["errors"], json!(["Invalid JQL: project = NOWHERE"]));
}

#[test]
fn refusals_are_in_jiras_words() {
    let acme = Acme::new();
    let invalid = "Invalid request payload. Refer to the REST API documentation and try again.";
    let rows = [
        (
            json!({"jql": ""}),
            refused(
                "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
            ),
        ),
        (
            json!({"jql": "project = ITA", "maxResults": 0}),
            refused("The max results parameter has to be between 1 and 5,000."),
        ),
        (
            json!({"jql": "project = ITA", "maxResults": 5001}),
            refused("The max results parameter has to be between 1 and 5,000."),
        ),
        (json!({"jql": "project = ITA", "startAt": 0}), json!({"errorMessages": [invalid]})),
        (
            json!({"jql": "project = NOWHERE"}),
            refused("The value 'NOWHERE' does not exist for the field 'project'."),
        ),
    ];
    for (body, answer) in rows {
        assert_eq!(acme.check("agent1", "POST", PATH, body.clone()), Answer(400, answer), "{body}");
    }
    assert_eq!(
        acme.check("", "POST", PATH, json!({"jql": "project = NOWHERE"})),
        Answer(200, json!({"issues": [], "isLast": true}))
    );
    assert_eq!(acme.check("agent1", "GET", "/rest/api/3/search?jql=x", Value::Null).0, 410);
}

#[test]
fn search_alone_gives_ids_and_nobody_finds_what_he_may_not_see() {
    let acme = Acme::new();
    acme.issue("ITA", "Access");
    let found = acme.get("agent1", "/rest/api/3/search/jql?jql=project%20%3D%20ITA");
    let issue = &found["issues"][0];
    assert_eq!(issue.as_object().unwrap().keys().collect::<Vec<_>>(), ["id"]);
    let hidden =
        acme.check("customer1", "GET", "/rest/api/3/search/jql?jql=created%20%3E%20-1d", Value::Null);
    assert_eq!(hidden, Answer(200, json!({"issues": [], "isLast": true})));
}
