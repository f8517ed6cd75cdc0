use serde_json::{Value, json};

use super::{Acme, adf};

#[test]
fn a_customer_raises_a_request_and_sees_only_what_is_public() {
    let acme = Acme::new();
    let key = acme.request();
    let issue = acme.get("agent1", &format!("/rest/api/2/issue/{key}"));
    assert_eq!(issue["fields"]["issuetype"]["name"], "IT Help");
    assert_eq!(issue["fields"]["description"], "It *burns*.");
    assert_eq!(issue["fields"]["reporter"]["accountType"], "customer");

    let comments = format!("/rest/servicedeskapi/request/{key}/comment");
    acme.post("agent1", &comments, json!({"body": "We are on it", "public": true}));
    acme.post("agent1", &comments, json!({"body": "Call the fire brigade", "public": false}));
    acme.post("customer1", &comments, json!({"body": "Thanks"}));
    let seen = |who: &str, filter: &str| -> Vec<String> {
        let page = acme.get(who, &format!("{comments}{filter}"));
        page["values"].as_array().unwrap().iter().map(|it| it["body"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(seen("customer1", ""), ["We are on it", "Thanks"]);
    assert_eq!(seen("customer1", "?public=false"), Vec::<String>::new());
    assert_eq!(seen("agent1", ""), ["We are on it", "Call the fire brigade", "Thanks"]);
    assert_eq!(seen("agent1", "?public=false"), ["Call the fire brigade"]);
    assert_eq!(acme.check("customer1", "POST", &comments, json!({"body": "x", "public": false})).0, 403);
}

#[test]
fn a_request_is_for_its_reporter_participants_and_organization() {
    let acme = Acme::new();
    let key = acme.request();
    let path = format!("/rest/servicedeskapi/request/{key}");
    assert_eq!(acme.check("customer2", "GET", &path, Value::Null).0, 404);
    let participant = json!({"accountIds": [acme.account("customer2")]});
    assert_eq!(acme.post("customer1", &format!("{path}/participant"), participant.clone())["size"], 1);
    assert_eq!(acme.check("customer2", "GET", &path, Value::Null).0, 200);
    assert_eq!(acme.check("customer1", "DELETE", &format!("{path}/participant"), participant).0, 200);
    assert_eq!(acme.check("customer2", "GET", &path, Value::Null).0, 404);
    let organizations = acme.field("Organizations");
    let shared = json!({"fields": {organizations: [2]}});
    acme.put("agent1", &format!("/rest/api/3/issue/{key}"), shared);
    assert_eq!(acme.check("customer2", "GET", &path, Value::Null).0, 200);
    assert_eq!(
        acme.get("customer2", "/rest/servicedeskapi/request")["size"],
        0,
        "neither owned nor participated"
    );
    assert_eq!(
        acme.get("customer2", "/rest/servicedeskapi/request?requestOwnership=ORGANIZATION")["size"],
        1
    );
}

#[test]
fn an_agent_raises_for_a_customer() {
    let acme = Acme::new();
    let body = json!({
        "serviceDeskId": "1",
        "requestTypeId": "13",
        "isAdfRequest": true,
        "requestFieldValues": {"summary": "Account", "description": adf("please")},
        "raiseOnBehalfOf": acme.account("customer2"),
    });
    let raised = acme.post("agent1", "/rest/servicedeskapi/request", body.clone());
    assert_eq!(raised["reporter"]["displayName"], "Dan Customer (Acme)");
    assert_eq!(raised["currentStatus"]["statusCategory"], "NEW");
    assert_eq!(acme.check("customer1", "POST", "/rest/servicedeskapi/request", body).0, 403);
    let incomplete = json!({"serviceDeskId": "1", "requestTypeId": "13", "requestFieldValues": {}});
    assert_eq!(acme.check("customer1", "POST", "/rest/servicedeskapi/request", incomplete).0, 400);
}

#[test]
fn the_portal_says_what_can_be_asked_for() {
    let acme = Acme::new();
    let desks = acme.get("customer1", "/rest/servicedeskapi/servicedesk");
    assert_eq!(desks["size"], 4);
    assert_eq!(desks["values"][0]["projectKey"], "ITA");
    let types = acme.get("customer1", "/rest/servicedeskapi/servicedesk/1/requesttype?limit=2");
    assert_eq!(
        (types["isLastPage"].clone(), types["values"][0]["name"].clone()),
        (json!(false), json!("Get IT Help"))
    );
    let fields = acme.get("customer1", "/rest/servicedeskapi/servicedesk/1/requesttype/11/field");
    assert_eq!(fields["requestTypeFields"][0]["fieldId"], "summary");
    assert_eq!(acme.get("agent1", "/rest/servicedeskapi/servicedesk/ITA/requesttypegroup")["size"], 2);
    assert_eq!(acme.check("customer1", "GET", "/rest/servicedeskapi/servicedesk/99", Value::Null).0, 404);
}

#[test]
fn a_customer_takes_the_transitions_meant_for_customers() {
    let acme = Acme::new();
    let key = acme.request();
    let path = format!("/rest/servicedeskapi/request/{key}/transition");
    let offered = acme.get("customer1", &path);
    assert_eq!(offered["size"], 1);
    let id = &offered["values"][0]["id"];
    acme.post("customer1", &path, json!({"id": id, "additionalComment": {"body": "solved itself"}}));
    let statuses = acme.get("customer1", &format!("/rest/servicedeskapi/request/{key}/status"));
    let names: Vec<&Value> = statuses["values"].as_array().unwrap().iter().map(|it| &it["status"]).collect();
    assert_eq!(names, ["Resolved", "Waiting for support"]);
    assert_eq!(acme.get("customer1", &format!("/rest/servicedeskapi/request/{key}/comment"))["size"], 1);
}
