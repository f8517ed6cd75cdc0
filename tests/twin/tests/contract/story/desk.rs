//! Requests as customers and agents meet them.

use serde_json::{Value, json};

use super::{adf, comment, done, get, refused};
use crate::site::Site;

pub(super) fn requests(site: &Site) {
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
    get(site, "agent1", &format!("{all}/ITA-1/comment?limit=1&internal=false"));
    get(site, "agent1", &format!("{all}/ITA-1/comment/{id}"));
    get(site, "agent1", &format!("{all}/ITA-1/comment/{id}?expand=renderedBody"));
    get(site, "agent1", &format!("{all}/ITA-1"));
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

pub(super) fn participants(site: &Site) {
    let path = "/rest/servicedeskapi/request/ITA-1/participant";
    let body = json!({"accountIds": [site.account("customer2")]});
    done(site, "customer1", "POST", path, &body);
    get(site, "customer1", path);
    done(site, "customer1", "DELETE", path, &body);
    refused(site, &[("customer1", "POST", path, json!({"accountIds": ["nobody"]}), 400)]);
}

pub(super) fn transitions(site: &Site) {
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
