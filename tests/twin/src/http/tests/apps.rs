use http::Method;
use serde_json::{Value, json};

use super::super::call::{Call, Query};
use super::super::routes;
use super::{Acme, Answer, START_MS, adf};
use crate::Caller;
use crate::model::AppAccount;

const ACCOUNT: &str = "557058:app";

impl Acme {
    /// One request of the app `duplicator`, as it is once its token was verified.
    fn as_app(&self, scopes: &[&str], method: &Method, path: &str, body: &Value) -> Answer {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.twin.with_site("acme", |site| {
            let app = AppAccount { key: "duplicator".to_owned(), scopes };
            site.add_app_account(ACCOUNT, "Duplicator", app);
            let (plain, query) = path.split_once('?').unwrap_or((path, ""));
            let call = Call {
                api: routes::api_of(plain),
                caller: Caller::App { key: "duplicator".to_owned(), account: ACCOUNT.to_owned() },
                query: Query::parse(query),
                path: plain,
                body: &body,
                now_ms: START_MS,
                trace: Some("trace-7".to_owned()),
                site,
            };
            let reply = routes::dispatch(call, method);
            Answer(reply.status.as_u16(), reply.body.unwrap_or_default())
        })
    }
}

#[test]
fn an_app_does_what_its_scopes_allow_in_every_project() {
    let acme = Acme::new();
    let key = acme.request();
    let issue = format!("/rest/api/3/issue/{key}");
    let comment = format!("{issue}/comment");
    let body = json!({"body": adf("hello")});
    let rows: [(&[&str], Method, &str, Value, u16); 9] = [
        (&[], Method::GET, &issue, Value::Null, 403),
        (&["READ"], Method::GET, &issue, Value::Null, 200),
        (&["READ"], Method::POST, &comment, body.clone(), 403),
        (&["READ", "WRITE"], Method::POST, &comment, body, 201),
        (&["READ"], Method::POST, "/rest/api/3/issue/bulkfetch", json!({"issueIdsOrKeys": [key]}), 403),
        (
            &["READ", "WRITE"],
            Method::POST,
            "/rest/api/3/issue/bulkfetch",
            json!({"issueIdsOrKeys": [key]}),
            200,
        ),
        (&["READ", "WRITE"], Method::DELETE, &issue, Value::Null, 403),
        // No scope opens what the published API closes to Connect apps.
        (&["ADMIN"], Method::POST, "/rest/api/3/changelog/bulkfetch", json!({"issueIdsOrKeys": [key]}), 403),
        (&["READ", "WRITE", "DELETE"], Method::DELETE, &issue, Value::Null, 204),
    ];
    for (scopes, method, path, body, status) in rows {
        assert_eq!(acme.as_app(scopes, &method, path, &body).0, status, "{scopes:?} {method} {path}");
    }
}

#[test]
fn what_an_app_writes_is_its_own_and_carries_its_trace() {
    let acme = Acme::new();
    let fields = json!({"project": {"key": "ITB"}, "issuetype": {"name": "Access"}, "summary": "Copy"});
    let body = json!({"fields": fields, "properties": [{"key": "stamp", "value": "s"}]});
    let created = acme.as_app(&["READ", "WRITE"], &Method::POST, "/rest/api/3/issue", &body);
    assert_eq!(created.0, 201);
    let (actors, traces): (Vec<String>, Vec<Option<String>>) = acme.twin.with_site("acme", |site| {
        site.events.iter().map(|event| (event.actor.clone(), event.trace.clone())).unzip()
    });
    assert_eq!(actors, [ACCOUNT, ACCOUNT], "the issue, and its property");
    assert_eq!(traces, [Some("trace-7".to_owned()), Some("trace-7".to_owned())]);
    assert_eq!(acme.get("agent1", "/rest/api/3/issue/ITB-1")["fields"]["creator"]["accountType"], "app");
}

#[test]
fn only_an_administering_app_overrides_screens() {
    let acme = Acme::new();
    let key = acme.issue("ITA", "Access");
    let path = format!("/rest/api/3/issue/{key}?overrideScreenSecurity=true");
    let body = json!({"fields": {"resolution": {"name": "Done"}}});
    assert_eq!(acme.check("admin", "PUT", &path, body.clone()).0, 403, "no app");
    assert_eq!(acme.as_app(&["READ", "WRITE"], &Method::PUT, &path, &body).0, 403);
    assert_eq!(acme.as_app(&["READ", "WRITE", "ADMIN"], &Method::PUT, &path, &body).0, 204);
}

#[test]
fn an_app_keeps_properties_that_nobody_else_reads() {
    let acme = Acme::new();
    let path = "/rest/atlassian-connect/1/addons/duplicator/properties/epoch";
    let value = json!({"n": 1});
    let rows = [
        (Method::GET, path, Value::Null, 404),
        (Method::PUT, path, value.clone(), 201),
        (Method::PUT, path, value.clone(), 200),
        (Method::GET, path, Value::Null, 200),
        (Method::GET, "/rest/atlassian-connect/1/addons/other/properties/epoch", Value::Null, 404),
        (Method::DELETE, path, Value::Null, 204),
        (Method::GET, path, Value::Null, 404),
    ];
    for (method, path, body, status) in rows {
        assert_eq!(acme.as_app(&[], &method, path, &body).0, status, "{method} {path}");
    }
    assert_eq!(acme.check("admin", "GET", path, Value::Null).0, 401);
}
