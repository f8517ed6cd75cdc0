use serde_json::json;

use super::*;

const URI: &str = "https://app.example/base/atlassian-connect.json";

fn good() -> Value {
    json!({
        "key": "com.example.app", "name": "App", "baseUrl": "https://app.example/base/",
        "authentication": {"type": "jwt"}, "scopes": ["project_admin", "ACT_AS_USER"],
        "lifecycle": {"installed": "/installed", "uninstalled": "https://app.example/base/gone"},
        "apiMigrations": {"signed-install": true, "context-qsh": true},
        "modules": {
            "webhooks": [{"event": "comment_created", "url": "/hook", "filter": "project = ITA"}],
            "adminPages": [{"key": "admin", "url": "/admin?x=1", "name": {"value": "Admin"}, "location": "admin"}],
            "jiraIssueContents": [{"key": "panel", "name": {"value": "P"}, "target": {"type": "web_panel", "url": "/panel"}}],
            "jiraEntityProperties": [{"key": "props", "name": {"value": "Props"}, "entityType": "issue",
                "keyConfigurations": [{"propertyKey": "x", "extractions": [{"objectName": "a.b", "type": "string", "alias": "ab"}]}]}],
        },
    })
}

#[test]
fn a_good_descriptor_is_read() {
    let read = Descriptor::parse(&good(), URI).expect("good");
    assert_eq!(read.base_url, "https://app.example/base");
    let scopes: Vec<&str> = read.scopes.iter().map(String::as_str).collect();
    assert_eq!(scopes, ["ACT_AS_USER", "DELETE", "PROJECT_ADMIN", "READ", "WRITE"]);
    assert_eq!(read.lifecycle.uninstalled.as_deref(), Some("/gone"));
    assert_eq!(read.webhooks[0].filter.as_deref(), Some("project = ITA"));
    let pages: Vec<&str> = read.pages.iter().map(|page| page.url.as_str()).collect();
    assert_eq!(pages, ["/admin?x=1", "/panel"]);
    assert_eq!(read.address("/admin"), "https://app.example/base/admin");
}

/// Sets the value at a JSON pointer (removes it for `null`) and expects these words in the refusal.
fn refused(pointer: &str, value: Value, words: &str) {
    let mut json = good();
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    let parent = json.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    if value.is_null() {
        parent.remove(last)
    } else {
        parent.insert(last.to_owned(), value)
    };
    let error = Descriptor::parse(&json, URI).expect_err(pointer).to_string();
    assert!(error.contains(words), "{pointer}: {error}");
}

#[test]
fn what_jira_refuses() {
    refused("/key", Value::Null, "'key' is missing");
    refused("/key", json!("a b"), "does not match");
    refused("/baseUrl", Value::Null, "'baseUrl' is missing");
    refused("/baseUrl", json!("ftp://app.example/base"), "http:// or https://");
    refused("/baseUrl", json!("https://other.example"), "does not begin with its baseUrl");
    refused("/baseUrl", json!("https://app.example/ba"), "does not begin with its baseUrl");
    refused("/authentication", Value::Null, "'authentication.type' is missing");
    refused("/authentication", json!({"type": "oauth"}), "unknown authentication type");
    refused("/lifecycle", Value::Null, "requires the 'installed'");
    refused("/lifecycle/installed", json!("https://evil.example/x"), "not below the baseUrl");
    refused("/lifecycle/instaled", json!("/x"), "unknown lifecycle callback 'instaled'");
    refused("/scopes", json!(["RULE"]), "unknown scope");
    refused("/shape", json!(1), "unknown property 'shape'");
    refused("/modules/jiraToasters", json!([]), "unknown module type 'jiraToasters'");
    refused("/modules/webhooks", json!([{"event": "comment_made", "url": "/x"}]), "unknown webhook event");
    refused("/modules/webhooks", json!([{"event": "comment_created"}]), "webhook comment_created url");
    refused(
        "/modules/webhooks",
        json!([{"event": "comment_created", "url": "/x", "filter": "project ="}]),
        "filter",
    );
    refused(
        "/modules/generalPages",
        json!([{"key": "admin", "url": "/x", "name": {"value": "Two"}}]),
        "used twice",
    );
    refused(
        "/modules/generalPages",
        json!([{"key": "a b", "url": "/x", "name": {"value": "Two"}}]),
        "module key",
    );
    refused("/modules/generalPages", json!([{"key": "general", "url": "/x"}]), "name.value");
    refused(
        "/modules/jiraEntityProperties",
        json!([{"key": "p", "name": {"value": "P"}, "entityType": "cat"}]),
        "entityType",
    );
}
