//! What happens on the site: enough that every resource has something to show.

mod desk;
mod issues;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::site::{APP, Exchange, Site};

/// Plays the story. Afterwards ITA-1 is a request with comments of every audience, SW-1 an ordinary issue.
pub(crate) fn tell(site: &Site) {
    desk::requests(site);
    issues::issues(site);
    issues::comments(site);
    issues::properties(site);
    desk::transitions(site);
    issues::searches(site);
    people_and_rights(site);
    schemas(site);
    desk::participants(site);
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
        "group/member?groupname=jira-service-desk-users&maxResults=1".to_owned(),
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
