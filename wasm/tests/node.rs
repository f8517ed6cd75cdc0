//! Every function as JavaScript calls it, in Node: what it answers, and that bad input is an `Error` with a path.
#![cfg(target_arch = "wasm32")]

use duplex_wasm::{configuration as wasm, preview as previewer};
use js_sys::{Error, JSON};
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

type Answer = Result<JsValue, wasm_bindgen::JsError>;

fn schema(project: &str, id: &str, request_type: &str) -> Value {
    let field = |id: &str, name: &str, kind: &str| {
        json!({"id": id, "name": name, "kind": kind, "required": id == "summary", "has_default": false,
            "on_create": true, "on_edit": true, "options": []})
    };
    json!({
        "project": project, "key": "HELP", "name": "Help", "service": true,
        "issue_types": [{"id": id, "name": "IT Help", "subtask": false,
            "fields": [field("summary", "Summary", "text"), field("description", "Description", "rich")]}],
        "request_types": [{"id": request_type, "name": "Get IT Help", "issue_type": id}],
        "request_type_field": "customfield_10010",
    })
}

fn schemas() -> Value {
    json!({"a": schema("1", "11", "71"), "b": schema("2", "22", "72")})
}

fn side(site: &str, project: &str, from: &str, to: &str, request_type: &str) -> Value {
    json!({
        "site": site, "project": project,
        "issue_types": [{"from": from, "to": to}],
        "fields": [{"from": "summary", "to": "summary"}, {"from": "description", "to": "description"}],
        "comments": {"enabled": true, "copy": "enriched", "public": "public", "internal": "internal"},
        "defaults": [{"field": "customfield_10010", "value": {"for": "all_issue_types", "value": request_type}}],
    })
}

fn config() -> Value {
    json!({"name": "A and B", "sides": {
        "a": side("acme", "1", "11", "22", "71"),
        "b": side("globex", "2", "22", "11", "72"),
    }})
}

/// An issue of side A with one comment, not mirrored yet.
fn facts() -> Value {
    let doc = |text: &str| {
        json!({"type": "doc", "version": 1,
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
    };
    let mention = json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [
        {"type": "mention", "attrs": {"id": "anna", "text": "@Anna"}}]}]});
    // As JavaScript hands it back: the smallest integer there is.
    let least = -9_223_372_036_854_775_808f64;
    let end = json!({"issue": "100", "key": "", "issue_type": "", "is_request": false, "secured": false,
        "created": least, "seen": least, "history": null, "us": null});
    let issue = json!({"id": "100", "key": "HELP-1", "project": "1", "issue_type": "11", "request_type": "71",
        "security": null, "created": 5, "updated": 5, "reporter": null, "creator": "anna",
        "fields": {"summary": {"type": "text", "value": "Printer"}, "description": {"type": "rich", "value": mention}},
        "history": [], "stamp": null});
    let comment = json!({"seen": {"id": "7", "author": {"account": "anna", "name": "Anna", "email": null},
        "created": 6, "updated": 6, "body": doc("It smokes"), "audience": "customers", "stamp": null}});
    let view = |issue: Value, comments: Value, listed: Value| {
        json!({"us": "app", "clock_ahead_ms": 0, "issue": issue, "in_scope": null, "comments": comments,
            "comments_listed_from": listed, "searched": {}, "wanted_back": {}})
    };
    json!({
        "schemas": schemas(), "sites": {"a": "Acme", "b": "Globex"}, "scope_from": {"a": null, "b": null},
        "link": {"id": "s.a.100", "sync": "s", "origin": "a", "cluster": null, "ends": {"a": end, "b": null},
            "state": "live", "fields": {}, "comments": [], "intents": [], "parked": [], "removals": 0},
        "seen": {"a": view(json!({"seen": issue}), json!({"7": comment}), json!(least)),
            "b": view(json!("not_read"), json!({}), Value::Null)},
        "withheld": {"a": false, "b": false}, "people": {"by_email": {"a": {}, "b": {}}},
        "cluster_taken": false, "now": 1_000, "grace_ms": 60_000,
    })
}

fn js(value: &Value) -> JsValue {
    JsValue::from_str(&value.to_string())
}

fn answered(answer: Answer) -> Value {
    let value = answer.map_err(message).expect("an answer");
    let text = JSON::stringify(&value).expect("plain values").as_string().expect("text");
    serde_json::from_str(&text).expect("JSON")
}

fn message(error: wasm_bindgen::JsError) -> String {
    let error: Error = JsValue::from(error).into();
    error.message().into()
}

/// What is refused is an `Error` whose message begins with the path.
fn refused(answer: Answer, path: &str) {
    let message = answer.map(|_| ()).map_err(message).expect_err(path);
    assert!(message.starts_with(&format!("{path}: ")), "`{message}` does not begin with `{path}`");
}

#[wasm_bindgen_test]
fn a_sound_configuration_has_no_errors() {
    let findings = answered(wasm::check(&js(&config()), &js(&schemas()), &js(&json!({}))));
    let errors = findings.as_array().expect("a list").iter().filter(|f| f["severity"] == "error");
    assert_eq!(errors.count(), 0, "{findings}");
}

#[wasm_bindgen_test]
fn findings_have_their_place() {
    let mut broken = config();
    broken["sides"]["a"]["fields"][1]["from"] = json!("nothing");
    let findings = answered(wasm::check(&js(&broken), &js(&schemas()), &js(&json!({}))));
    assert_eq!(findings[0]["code"], "field_unknown");
    assert_eq!(findings[0]["place"]["tab"], "field_mappings");
    assert_eq!(findings[0]["place"]["row"], 1);
}

#[wasm_bindgen_test]
fn suggestions_have_their_reasons() {
    let types = answered(wasm::suggest_issue_types(&js(&schemas())));
    assert_eq!(types[0]["value"], json!({"a": "11", "b": "22"}));
    assert!(types[0]["reason"].is_string());
    let fields = answered(wasm::suggest_fields(&js(&schemas())));
    assert_eq!(fields.as_array().map(Vec::len), Some(2), "{fields}");
    let defaults = answered(wasm::suggest_defaults(&js(&config()), &js(&schemas()), &js(&json!("b"))));
    assert_eq!(defaults[0]["value"], json!({"issue_type": "22", "value": "72"}));
}

#[wasm_bindgen_test]
fn a_draft_is_compared_with_what_is_published() {
    let mut draft = config();
    draft["sides"]["a"]["comments"]["internal"] = json!("public");
    let compared = answered(wasm::diff(&js(&config()), &js(&draft), &js(&schemas())));
    assert_eq!(compared["changes"].as_array().map(Vec::len), Some(1), "{compared}");
    assert_eq!(compared["widens"]["a"][0]["kind"], "comments");
    assert_eq!(compared["widens"]["b"], json!([]));
    let first = answered(wasm::diff(&js(&Value::Null), &js(&draft), &js(&schemas())));
    assert_eq!(first["changes"], json!([]));
}

#[wasm_bindgen_test]
fn a_sample_is_what_a_copy_looks_like() {
    let sample = |style: &str| {
        let [site, author, text] = ["Acme", "Anna", "Hello"].map(JsValue::from_str);
        answered(wasm::sample_comment(&js(&json!(style)), &site, &author, &text))
    };
    assert_eq!(sample("simple")["content"].as_array().map(Vec::len), Some(1));
    assert_eq!(sample("enriched")["content"][0]["content"][0]["text"], "Anna");
}

#[wasm_bindgen_test]
fn a_preview_shows_calls_losses_and_reasons() {
    let preview = answered(previewer::preview(&js(&config()), &js(&facts())));
    let calls = preview["calls"].as_array().expect("calls");
    let paths: Vec<_> = calls.iter().map(|c| (&c["call"]["method"], &c["call"]["path"])).collect();
    let expected = ["/rest/api/3/issue", "/rest/api/3/issue/{{new issue}}/comment"].map(|path| json!(path));
    assert_eq!(paths, [(&json!("POST"), &expected[0]), (&json!("POST"), &expected[1])], "{preview}");
    assert_eq!(calls[0]["call"]["body"]["fields"]["summary"], "Printer");
    assert_eq!(
        calls[0]["call"]["body"]["properties"][0]["value"],
        json!({"stamp": "{{stamp}}", "op": "{{op}}"})
    );
    assert_eq!(preview["losses"][0]["loss"]["code"], "mention_neutralised", "{preview}");
    assert_eq!(preview["losses"][0]["loss"]["path"], "content[0].content[0]");
    assert_eq!(preview["unread"], json!([]));
}

#[wasm_bindgen_test]
fn what_has_another_shape_is_refused_with_its_path() {
    let with = |mut value: Value, pointer: &str, wrong: Value| {
        *value.pointer_mut(pointer).expect("a place") = wrong;
        js(&value)
    };
    let (schemas, fine) = (js(&schemas()), js(&json!({})));
    let check = |pointer: &str, wrong: Value| wasm::check(&with(config(), pointer, wrong), &schemas, &fine);
    refused(check("/sides/a/fields/1/from", json!(7)), "config.sides.a.fields[1].from");
    refused(check("/sides/b/comments/public", json!("everybody")), "config.sides.b.comments.public");
    refused(check("/sides/b/defaults", json!({})), "config.sides.b.defaults");
    refused(check("/name", Value::Null), "config.name");
    refused(check("/sides/a", json!({"site": "x"})), "config.sides.a");
    refused(check("/sides", json!([])), "config.sides");

    let preview =
        |pointer: &str, wrong: Value| previewer::preview(&js(&config()), &with(facts(), pointer, wrong));
    refused(preview("/now", json!(1e300)), "facts.now");
    refused(preview("/now", json!(0.5)), "facts.now");
    refused(preview("/now", json!(u64::MAX)), "facts.now");
    refused(preview("/link/removals", json!(-1)), "facts.link.removals");
    refused(preview("/seen/a/issue/seen/key", json!(["x"])), "facts.seen.a.issue.seen.key");
    refused(preview("/link/origin", json!("c")), "facts.link.origin");
}

#[wasm_bindgen_test]
fn what_is_no_json_is_refused() {
    let (config, schemas) = (js(&config()), js(&schemas()));
    for wrong in ["", "{", "{\"a\"", "nul", "\u{0}", "\"\\ud800\"", "{\"a\": 1e999}", "[}", "{\"a\":\"é\"x"]
    {
        let wrong = JsValue::from_str(wrong);
        for answer in [
            wasm::check(&wrong, &schemas, &js(&json!({}))),
            wasm::diff(&config, &wrong, &schemas),
            previewer::preview(&config, &wrong),
            wasm::suggest_fields(&wrong),
        ] {
            assert!(!message(answer.expect_err("no JSON")).is_empty());
        }
    }
    for wrong in [JsValue::NULL, JsValue::UNDEFINED, JsValue::from_f64(f64::NAN), JsValue::TRUE] {
        refused(wasm::suggest_issue_types(&wrong), "schemas");
        refused(previewer::preview(&config, &wrong), "facts");
        refused(wasm::sample_comment(&js(&json!("simple")), &wrong, &wrong, &wrong), "site");
    }
}

#[wasm_bindgen_test]
fn what_is_nested_too_deep_is_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let message_of = |answer: Answer| message(answer.expect_err("too deep"));
    assert!(message_of(wasm::suggest_fields(&JsValue::from_str(&deep))).starts_with("schemas: "));
    let nested = format!("{}0{}", "{\"content\":[".repeat(50_000), "]}".repeat(50_000));
    let facts = facts().to_string().replacen("{\"attrs\"", &format!("{{\"deep\":{nested},\"attrs\""), 1);
    assert!(
        !message(previewer::preview(&js(&config()), &JsValue::from_str(&facts)).expect_err("too deep"))
            .is_empty()
    );
}

#[wasm_bindgen_test]
fn strange_values_of_the_right_shape_do_no_harm() {
    let mut strange = facts();
    strange["now"] = json!(i64::MAX);
    strange["grace_ms"] = json!(i64::MIN);
    strange["seen"]["a"]["clock_ahead_ms"] = json!(i64::MIN);
    strange["seen"]["a"]["issue"]["seen"]["fields"]["summary"] =
        json!({"type": "text", "value": "\u{0}".repeat(100_000)});
    strange["seen"]["a"]["issue"]["seen"]["fields"]["description"] =
        json!({"type": "rich", "value": [1, {"type": 7}]});
    strange["seen"]["a"]["comments"]["7"]["seen"]["body"] = json!("no document");
    strange["link"]["ends"]["a"]["issue"] = json!("../../secrets");
    let preview = answered(previewer::preview(&js(&config()), &js(&strange)));
    assert!(preview["calls"].is_array());
}

#[wasm_bindgen_test]
fn it_goes_on_after_an_error() {
    for _ in 0..100 {
        refused(wasm::suggest_fields(&JsValue::from_str("7")), "schemas");
    }
    a_preview_shows_calls_losses_and_reasons();
}
