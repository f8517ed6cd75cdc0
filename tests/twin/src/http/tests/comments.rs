use serde_json::{Value, json};

use super::{Acme, Answer, adf, refused, refused_field};

fn internal() -> Value {
    json!([{"key": "sd.public.comment", "value": {"internal": true}}])
}

#[test]
fn jsd_public_is_false_only_for_an_internal_comment_of_a_request() {
    let acme = Acme::new();
    let request = acme.request();
    let unrequested = acme.issue("ITA", "Access");
    let task = acme.issue("SW", "Task");
    let as_text = json!([{"key": "sd.public.comment", "value": {"internal": "true"}}]);
    let rows = [
        (&request, Value::Null, true),
        (&request, internal(), false),
        (&request, as_text, true),
        (&unrequested, internal(), true),
        (&task, internal(), true),
    ];
    for (key, properties, public) in rows {
        let body = json!({"body": adf("hello"), "properties": properties});
        let comment = acme.post("agent1", &format!("/rest/api/3/issue/{key}/comment"), body);
        assert_eq!(comment["jsdPublic"], public, "{key} {properties}");
        assert_eq!(comment.get("properties"), None, "properties come only with expand");
    }
}

#[test]
fn a_comment_is_edited_and_keeps_its_properties() {
    let acme = Acme::new();
    let key = acme.request();
    let path = format!("/rest/api/3/issue/{key}/comment");
    let made = acme.post("agent1", &path, json!({"body": adf("one"), "properties": internal()}));
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    acme.clock.advance(2_000);
    let edited = acme.put("agent1", &format!("{one}?expand=properties"), json!({"body": adf("two")}));
    assert_eq!(edited["body"]["content"][0]["content"][0]["text"], "two");
    assert_eq!(edited["properties"], internal());
    assert_eq!(edited["created"], "2026-11-23T10:00:00.000+0000");
    assert_eq!(edited["updated"], "2026-11-23T10:00:02.000+0000");
    assert_eq!(acme.check("agent2", "PUT", &one, json!({"body": adf("x")})).0, 400, "not his");
    assert_eq!(acme.check("agent2", "DELETE", &one, Value::Null).0, 400, "not his");
    assert_eq!(acme.check("agent1", "DELETE", &one, Value::Null), Answer(204, Value::Null));
    assert_eq!(acme.check("agent1", "GET", &one, Value::Null).0, 404);
}

#[test]
fn turning_the_flag_later_changes_rest_and_not_the_portal() {
    let acme = Acme::new();
    let key = acme.request();
    let made = acme.post("agent1", &format!("/rest/api/3/issue/{key}/comment"), json!({"body": adf("seen")}));
    let id = made["id"].as_str().unwrap();
    acme.put(
        "agent1",
        &format!("/rest/api/3/comment/{id}/properties/sd.public.comment"),
        json!({"internal": true}),
    );
    let shown = acme.get("agent1", &format!("/rest/api/3/issue/{key}/comment/{id}"));
    assert_eq!(shown["jsdPublic"], false);
    let portal = acme.get("customer1", &format!("/rest/servicedeskapi/request/{key}/comment"));
    assert_eq!(portal["size"], 1);
    let ever = acme.twin.with_site("acme", |site| {
        site.find_comment(id.parse().unwrap())
            .map(|(_, comment)| (comment.was_ever_public(), comment.audience.len()))
    });
    assert_eq!(ever, Some((true, 2)));
}

#[test]
fn a_restricted_comment_is_for_its_role_alone() {
    let acme = Acme::new();
    let key = acme.request();
    let path = format!("/rest/api/3/issue/{key}/comment");
    let body = json!({"body": adf("for admins"), "visibility": {"type": "role", "value": "Administrators"}});
    let made = acme.post("admin", &path, body);
    assert_eq!(made["visibility"]["value"], "Administrators");
    assert_eq!(made["jsdPublic"], true, "the flag knows nothing of restrictions");
    assert_eq!(acme.get("admin", &path)["total"], 1);
    assert_eq!(acme.get("agent1", &path)["total"], 0);
    assert_eq!(acme.get("customer1", &format!("/rest/servicedeskapi/request/{key}/comment"))["size"], 0);
}

#[test]
fn comments_are_paged_ordered_and_listed_by_ids() {
    let acme = Acme::new();
    let key = acme.issue("SW", "Task");
    let path = format!("/rest/api/2/issue/{key}/comment");
    let ids: Vec<u64> = (0..3)
        .map(|number| {
            let made = acme.post("agent1", &path, json!({"body": format!("number *{number}*")}));
            made["id"].as_str().unwrap().parse().unwrap()
        })
        .collect();
    let page = acme.get("agent1", &format!("{path}?orderBy=-created&maxResults=1"));
    assert_eq!((&page["total"], &page["comments"][0]["body"]), (&json!(3), &json!("number *2*")));
    let listed = acme.post(
        "agent1",
        "/rest/api/3/comment/list?expand=properties",
        json!({"ids": [ids[2], 1, ids[0]]}),
    );
    assert_eq!(listed["total"], 2);
    assert_eq!(listed["values"][0]["id"], ids[0].to_string());
    assert_eq!(listed["values"][0]["properties"], json!([]));
}

#[test]
fn refusals_are_in_jiras_words() {
    let acme = Acme::new();
    let key = acme.issue("SW", "Task");
    let v3 = format!("/rest/api/3/issue/{key}/comment");
    let v2 = format!("/rest/api/2/issue/{key}/comment");
    let long = "x".repeat(32_768);
    let rows = [
        ("POST", &v3, json!({"body": "plain"}), refused_field("comment", "Comment body is not valid!")),
        (
            "POST",
            &v3,
            json!({"body": {"type": "doc", "version": 1, "content": [{"type": "nonsense"}]}}),
            refused("INVALID_INPUT"),
        ),
        ("POST", &v3, json!({}), refused_field("comment", "Comment body can not be empty!")),
        ("POST", &v2, json!({"body": " "}), refused_field("comment", "Comment body can not be empty!")),
        (
            "POST",
            &v2,
            json!({"body": long}),
            refused_field(
                "comment",
                "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
            ),
        ),
        (
            "GET",
            &format!("{v3}?orderBy=author"),
            Value::Null,
            refused("The field to order by should be one of [created]. Instead, it was: author."),
        ),
    ];
    for (method, path, body, answer) in rows {
        assert_eq!(acme.check("agent1", method, path, body), Answer(400, answer), "{method} {path}");
    }
}
