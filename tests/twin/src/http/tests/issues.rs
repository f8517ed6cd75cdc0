use serde_json::{Value, json};

use super::{Acme, Answer, adf, refused, refused_field};

#[test]
fn an_issue_is_created_read_edited_and_deleted() {
    let acme = Acme::new();
    let created = acme.post(
        "agent1",
        "/rest/api/3/issue",
        json!({
            "fields": {
                "project": {"key": "ITA"},
                "issuetype": {"name": "Purchase"},
                "summary": "  A new screen ",
                "description": adf("Twenty-seven inches"),
                "labels": ["b", "a", "b"],
                "priority": {"name": "High"},
                acme.field("Urgency"): {"value": "Low"},
                acme.field("Affected services"): [{"value": "Network"}, {"value": "E-mail"}],
                acme.field("Seats"): 3,
                acme.field("Request Type"): "12",
            },
            "properties": [{"key": "stamp", "value": {"op": 1}}],
        }),
    );
    assert_eq!(created["key"], "ITA-1");
    let issue = acme.get("agent1", "/rest/api/3/issue/ITA-1?properties=stamp&expand=names");
    let fields = &issue["fields"];
    assert_eq!(fields["summary"], "A new screen", "trimmed, as Jira does");
    assert_eq!(fields["labels"], json!(["a", "b"]));
    assert_eq!(fields["status"]["name"], "Waiting for support");
    assert_eq!(fields["reporter"]["displayName"], "Anna Agent (Acme)");
    assert_eq!(fields[acme.field("Request Type")]["requestType"]["name"], "Purchase request");
    assert_eq!(fields[acme.field("Request Type")]["currentStatus"]["status"], "Waiting for support");
    assert_eq!(fields[acme.field("Urgency")]["value"], "Low");
    assert_eq!(fields["created"], "2026-11-23T10:00:00.000+0000");
    assert_eq!(issue["properties"], json!({"stamp": {"op": 1}}));
    assert_eq!(issue["names"][acme.field("Seats")], "Seats");
    assert_eq!(acme.get("agent1", "/rest/api/2/issue/ITA-1")["fields"]["description"], "Twenty-seven inches");

    acme.clock.advance(1_000);
    let edit = json!({"fields": {"summary": "A newer screen"}, "update": {"labels": [{"add": "c"}, {"remove": "a"}]}});
    assert_eq!(acme.check("agent2", "PUT", "/rest/api/3/issue/ITA-1", edit), Answer(204, Value::Null));
    let more = json!({"fields": {"description": null}});
    let shown = acme.put(
        "agent2",
        "/rest/api/3/issue/ITA-1?returnIssue=true&expand=changelog&fields=summary,labels,updated",
        more,
    );
    assert_eq!(shown["fields"]["labels"], json!(["b", "c"]));
    assert_eq!(shown["fields"]["updated"], "2026-11-23T10:00:01.000+0000");
    let histories = shown["changelog"]["histories"].as_array().unwrap();
    assert_eq!(histories.len(), 2);
    assert_eq!(histories[0]["items"][0]["field"], "description", "newest first");
    assert_eq!(histories[0]["items"][0]["fromString"], "Twenty-seven inches");
    assert_eq!(histories[1]["author"]["displayName"], "Ben Agent (Acme)");

    let oldest_first = acme.get("agent1", "/rest/api/3/issue/ITA-1/changelog?maxResults=1");
    assert_eq!(oldest_first["total"], 2);
    assert_eq!(oldest_first["isLast"], false);
    assert_eq!(oldest_first["values"][0]["items"][0]["field"], "labels");

    assert_eq!(
        acme.check("agent1", "DELETE", "/rest/api/3/issue/ITA-1", Value::Null).0,
        403,
        "agents cannot delete"
    );
    assert_eq!(
        acme.check("admin", "DELETE", "/rest/api/3/issue/ITA-1", Value::Null),
        Answer(204, Value::Null)
    );
    assert_eq!(acme.check("admin", "GET", "/rest/api/3/issue/ITA-1", Value::Null).0, 404);
}

#[test]
fn an_edit_that_changes_nothing_leaves_no_trace() {
    let acme = Acme::new();
    let key = acme.issue("ITA", "Access");
    acme.clock.advance(5_000);
    acme.put("agent1", &format!("/rest/api/3/issue/{key}"), json!({"fields": {"summary": "Plain"}}));
    let issue = acme.get("agent1", &format!("/rest/api/3/issue/{key}?expand=changelog"));
    assert_eq!(issue["changelog"]["total"], 0);
    assert_eq!(issue["fields"]["updated"], issue["fields"]["created"]);
}

#[test]
fn refusals_are_in_jiras_words() {
    let acme = Acme::new();
    let key = acme.issue("ITA", "Access");
    let create = "/rest/api/3/issue";
    let edit = format!("/rest/api/3/issue/{key}");
    let transitions = format!("{edit}/transitions");
    let fields = |fields: Value| json!({"fields": fields});
    let access = |more: Value| {
        let mut all = json!({"project": {"key": "ITA"}, "issuetype": {"name": "Access"}});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields(all)
    };
    let long = "x".repeat(32_768);
    let rows: Vec<(&str, &str, &str, Value, u16, Value)> = vec![
        (
            "agent1",
            "GET",
            "/rest/api/3/issue/NOPE-1",
            Value::Null,
            404,
            refused("Issue does not exist or you do not have permission to see it."),
        ),
        (
            "customer1",
            "GET",
            &edit,
            Value::Null,
            404,
            refused("Issue does not exist or you do not have permission to see it."),
        ),
        ("agent1", "POST", create, Value::Null, 400, refused("No Issue Create payload supplied")),
        (
            "agent1",
            "POST",
            create,
            fields(json!({})),
            400,
            refused_field("project", "Specify a valid project ID or key"),
        ),
        (
            "agent1",
            "POST",
            create,
            fields(json!({"project": {"key": "ITA"}})),
            400,
            refused_field("issuetype", "Specify an issue type"),
        ),
        (
            "agent1",
            "POST",
            create,
            access(json!({})),
            400,
            refused_field("summary", "You must specify a summary of the issue."),
        ),
        (
            "agent1",
            "POST",
            create,
            access(json!({"summary": "a\nb"})),
            400,
            refused_field("summary", "The summary is invalid because it contains newline characters."),
        ),
        (
            "agent1",
            "POST",
            create,
            access(json!({"summary": "s", "fixVersions": []})),
            400,
            refused_field(
                "fixVersions",
                "Field 'fixVersions' cannot be set. It is not on the appropriate screen, or unknown.",
            ),
        ),
        (
            "agent1",
            "PUT",
            &edit,
            fields(json!({"status": {"name": "Done"}})),
            400,
            refused_field(
                "status",
                "Field 'status' cannot be set. It is not on the appropriate screen, or unknown.",
            ),
        ),
        (
            "agent1",
            "PUT",
            &edit,
            fields(json!({"description": adf(&long)})),
            400,
            refused_field(
                "description",
                "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
            ),
        ),
        (
            "agent1",
            "PUT",
            &edit,
            fields(json!({"description": {"type": "nonsense"}})),
            400,
            refused("INVALID_INPUT"),
        ),
        (
            "agent1",
            "PUT",
            &edit,
            fields(json!({"labels": ["two words"]})),
            400,
            refused_field("labels", "The label 'two words' contains spaces which is invalid."),
        ),
        (
            "agent1",
            "PUT",
            &edit,
            fields(json!({acme.field("Urgency"): {"value": "Nope"}})),
            400,
            refused_field(&acme.field("Urgency"), "Option value 'Nope' is not valid"),
        ),
        ("agent1", "POST", &transitions, json!({}), 400, refused("Missing 'transition' identifier")),
        (
            "agent1",
            "GET",
            "/rest/api/3/project/NOPEZZQ",
            Value::Null,
            404,
            refused("No project could be found with key 'NOPEZZQ'."),
        ),
    ];
    for (who, method, path, body, status, answer) in rows {
        assert_eq!(acme.check(who, method, path, body), Answer(status, answer), "{who} {method} {path}");
    }
}

#[test]
fn what_is_not_json_or_no_endpoint_is_answered_by_the_framework() {
    let acme = Acme::new();
    let key = acme.issue("ITA", "Access");
    let Answer(status, body) =
        acme.check("agent1", "GET", &format!("/rest/api/3/issue/{key}/no-such-thing"), Value::Null);
    assert_eq!(status, 404);
    assert_eq!(body["detail"], format!("No endpoint GET /rest/api/3/issue/{key}/no-such-thing."));
    let Answer(status, body) =
        acme.check("agent1", "GET", &format!("/rest/api/3/issue/{key}/comment?maxResults=x"), Value::Null);
    assert_eq!(status, 400);
    assert_eq!(body["detail"], "Failed to convert 'maxResults' with value: 'x'");
    assert_eq!(acme.check("", "GET", "/rest/api/3/myself", Value::Null).0, 401);
}

#[test]
fn many_are_created_at_once_and_the_bad_ones_named() {
    let acme = Acme::new();
    let good = json!({"fields": {"project": {"key": "SW"}, "issuetype": {"name": "Task"}, "summary": "One"}});
    let Answer(status, body) = acme.check(
        "agent1",
        "POST",
        "/rest/api/3/issue/bulk",
        json!({"issueUpdates": [good, {"fields": {}}]}),
    );
    assert_eq!(status, 201);
    assert_eq!(body["issues"].as_array().unwrap().len(), 1);
    assert_eq!(body["errors"][0]["failedElementNumber"], 1);
    assert_eq!(body["errors"][0]["elementErrors"]["errors"]["project"], "Specify a valid project ID or key");
    let none =
        acme.check("agent1", "POST", "/rest/api/3/issue/bulk", json!({"issueUpdates": [{"fields": {}}]}));
    assert_eq!(none.0, 400);
}

#[test]
fn bulkfetch_gives_ascending_ids_and_names_what_is_missing() {
    let acme = Acme::new();
    let (first, second) = (acme.issue("ITA", "Access"), acme.issue("ITB", "Access"));
    let body = json!({"issueIdsOrKeys": [second, "NOPE-1", first], "fields": ["summary"]});
    let found = acme.post("agent1", "/rest/api/3/issue/bulkfetch", body);
    assert_eq!(found["issues"][0]["key"], "ITA-1");
    assert_eq!(found["issues"][1]["key"], "ITB-1");
    assert_eq!(found["issueErrors"][0]["id"], "NOPE-1");
    let unknown =
        acme.check("agent1", "POST", "/rest/api/3/issue/bulkfetch", json!({"issueIdsOrKeys": ["1"], "x": 1}));
    let message = "Invalid request payload. Refer to the REST API documentation and try again.";
    assert_eq!(unknown, Answer(400, json!({"errorMessages": [message]})));
}

#[test]
fn transitions_move_the_status_and_resolve() {
    let acme = Acme::new();
    let key = acme.issue("ITA", "Access");
    let path = format!("/rest/api/3/issue/{key}/transitions");
    let open = acme.get("agent1", &path);
    let start = json!({"transition": {"id": "11"}, "fields": {"summary": "x"}});
    let refusal = "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown.";
    assert_eq!(acme.check("agent1", "POST", &path, start), Answer(400, refused_field("summary", refusal)));
    let resolve =
        open["transitions"].as_array().unwrap().iter().find(|it| it["name"] == "Resolve this issue").unwrap();
    assert_eq!(resolve["hasScreen"], true);
    let duplicate =
        json!({"transition": {"id": resolve["id"]}, "fields": {"resolution": {"name": "Duplicate"}}});
    acme.post("agent1", &path, duplicate);
    let issue =
        acme.get("agent1", &format!("/rest/api/3/issue/{key}?fields=status,resolution,resolutiondate"));
    assert_eq!(issue["fields"]["status"]["statusCategory"]["key"], "done");
    assert_eq!(issue["fields"]["resolution"]["name"], "Duplicate");
    let again = acme.check("agent1", "POST", &path, json!({"transition": {"id": resolve["id"]}}));
    assert_eq!(again.0, 400);
    assert_eq!(
        acme.get("agent1", &format!("{path}?transitionId=999")),
        json!({"expand": "transitions", "transitions": []})
    );
}

#[test]
fn properties_are_set_read_and_deleted() {
    let acme = Acme::new();
    let key = acme.issue("ITA", "Access");
    let path = format!("/rest/api/3/issue/{key}/properties/a.b");
    let rows = [
        ("PUT", json!({"x": 1}), 201),
        ("PUT", json!({"x": 2}), 200),
        ("GET", Value::Null, 200),
        ("DELETE", Value::Null, 204),
        ("GET", Value::Null, 404),
        ("DELETE", Value::Null, 404),
    ];
    for (method, body, status) in rows {
        assert_eq!(acme.check("agent1", method, &path, body).0, status, "{method}");
    }
}

#[test]
fn a_security_level_hides_an_issue_from_agents_who_did_not_report_it() {
    let acme = Acme::new();
    let key = acme.issue("ITA", "Access");
    acme.put(
        "admin",
        &format!("/rest/api/3/issue/{key}"),
        json!({"fields": {"security": {"name": "Confidential"}}}),
    );
    assert_eq!(acme.check("agent1", "GET", &format!("/rest/api/3/issue/{key}"), Value::Null).0, 200);
    assert_eq!(acme.check("agent2", "GET", &format!("/rest/api/3/issue/{key}"), Value::Null).0, 404);
}
