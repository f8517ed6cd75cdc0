use serde_json::{Value, json};

use super::{Acme, Answer, refused};

#[test]
fn people_sign_in_with_their_token() {
    let acme = Acme::new();
    assert_eq!(acme.get("agent1", "/rest/api/3/myself")["displayName"], "Anna Agent (Acme)");
    assert_eq!(acme.get("", "/rest/api/2/serverInfo")["deploymentType"], "Cloud");
    let other = acme.twin.with_site("globex", |site| site.user_named("agent1").unwrap().account_id.clone());
    assert_ne!(acme.account("agent1"), other, "account ids differ between sites");
}

#[test]
fn permissions_follow_roles() {
    let acme = Acme::new();
    let rows = [
        ("admin", "ITA", "ADMINISTER_PROJECTS", true),
        ("agent1", "ITA", "ADMINISTER_PROJECTS", false),
        ("agent1", "ITA", "EDIT_ISSUES", true),
        ("agent1", "SW", "EDIT_ISSUES", true),
        ("agent1", "SW", "SERVICEDESK_AGENT", false),
        ("admin", "ITA", "ADMINISTER", true),
    ];
    for (who, project, key, have) in rows {
        let path = format!("/rest/api/3/mypermissions?projectKey={project}&permissions={key}");
        assert_eq!(acme.get(who, &path)["permissions"][key]["havePermission"], have, "{who} {project} {key}");
    }
    let unknown =
        acme.check("agent1", "GET", "/rest/api/3/mypermissions?permissions=LAUNCH_ROCKETS", Value::Null);
    let errors = json!({"errorMessages": [], "errors": {"LAUNCH_ROCKETS": "Unrecognized permission"}});
    assert_eq!(unknown, Answer(400, errors));
    let none = acme.check("agent1", "GET", "/rest/api/3/mypermissions", Value::Null);
    assert_eq!(none, Answer(400, refused("The 'permissions' query parameter is required.")));
}

#[test]
fn an_admin_asks_what_others_may_do() {
    let acme = Acme::new();
    let project: u64 = acme.get("admin", "/rest/api/3/project/ITA")["id"].as_str().unwrap().parse().unwrap();
    let body = json!({
        "accountId": acme.account("agent1"),
        "globalPermissions": ["ADMINISTER"],
        "projectPermissions": [{"permissions": ["EDIT_ISSUES", "DELETE_ISSUES"], "projects": [project]}],
    });
    let answer = acme.post("admin", "/rest/api/3/permissions/check", body.clone());
    assert_eq!(answer["globalPermissions"], json!([]));
    assert_eq!(
        answer["projectPermissions"][0],
        json!({"permission": "EDIT_ISSUES", "projects": [project], "issues": []})
    );
    assert_eq!(answer["projectPermissions"][1]["projects"], json!([]));
    assert_eq!(acme.check("agent2", "POST", "/rest/api/3/permissions/check", body).0, 403);
}

#[test]
fn people_and_projects_are_found() {
    let acme = Acme::new();
    assert_eq!(acme.get("agent1", "/rest/api/3/user/search?query=carla")[0]["accountType"], "customer");
    let assignable = acme.get("agent1", "/rest/api/3/user/assignable/search?project=ITA&query=");
    assert_eq!(assignable.as_array().unwrap().len(), 3);
    let nobody = acme.check("agent1", "GET", "/rest/api/3/user/assignable/search", Value::Null);
    assert_eq!(nobody, Answer(400, refused("No project, issue key or issue ID was provided")));
    let projects = acme.get("agent1", "/rest/api/3/project/search?typeKey=service_desk&maxResults=3");
    assert_eq!((&projects["total"], &projects["isLast"]), (&json!(4), &json!(false)));
    let groups = acme.get("agent1", "/rest/api/3/group/bulk?groupName=jira-service-desk-users");
    assert_eq!(groups["total"], 1);
}

#[test]
fn createmeta_says_what_is_required_and_allowed() {
    let acme = Acme::new();
    let types = acme.get("agent1", "/rest/api/3/issue/createmeta/ITA/issuetypes");
    let id = types["issueTypes"][0]["id"].as_str().unwrap();
    let meta =
        acme.get("agent1", &format!("/rest/api/3/issue/createmeta/ITA/issuetypes/{id}?maxResults=200"));
    let field =
        |name: &str| meta["fields"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone();
    assert_eq!(field("Summary")["required"], true);
    assert_eq!(field("Urgency")["allowedValues"][0]["value"], "Critical");
    assert_eq!(field("Request Type")["schema"]["custom"], "com.atlassian.servicedesk:vp-origin");
    assert_eq!(
        acme.check("customer1", "GET", "/rest/api/3/issue/createmeta/ITA/issuetypes", Value::Null).0,
        400
    );
}

#[test]
fn sites_share_no_ids() {
    let acme = Acme::new();
    let ids = |name: &str| -> Vec<String> {
        acme.twin.with_site(name, |site| {
            let custom =
                site.fields.values().filter(|it| it.custom_number().is_some()).map(|it| it.id.clone());
            let types = site.issue_types.keys().map(|id| format!("type {id}"));
            let projects = site.projects.keys().map(|id| format!("project {id}"));
            let desks = site.projects.values().filter_map(|it| it.service_desk.as_ref());
            let requests =
                desks.flat_map(|desk| desk.request_types.iter().map(|it| format!("request {}", it.id)));
            let people =
                site.users.keys().cloned().chain(site.users.values().map(|it| it.display_name.clone()));
            custom.chain(types).chain(projects).chain(requests).chain(people).collect()
        })
    };
    let globex = ids("globex");
    let shared: Vec<String> = ids("acme").into_iter().filter(|id| globex.contains(id)).collect();
    assert_eq!(shared, Vec::<String>::new());
}

#[test]
fn a_sites_clock_may_be_wrong() {
    let acme = Acme::new();
    acme.twin.with_site("acme", |site| site.clock_skew_ms = 90_000);
    assert_eq!(acme.get("", "/rest/api/3/serverInfo")["serverTime"], "2026-11-23T10:01:30.000+0000");
    let key = acme.issue("SW", "Task");
    let issue = acme.get("agent1", &format!("/rest/api/3/issue/{key}"));
    assert_eq!(issue["fields"]["created"], "2026-11-23T10:01:30.000+0000");
}
