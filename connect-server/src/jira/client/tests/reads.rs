//! The typed calls: what they ask, and what they read.

use super::*;
use duplex_core::audience::Audience;
use duplex_core::id::{CommentId, FieldId, IssueId, ProjectId};
use duplex_core::issue::{Choice, Value as Shown};
use duplex_core::payload::{HttpCall, Method};
use duplex_core::schema::{FieldKind, ProjectSchema, RequestTypeSchema};
use std::collections::BTreeSet;

fn kinds() -> crate::jira::wire::FieldKinds {
    crate::jira::wire::FieldKinds::of(&ProjectSchema {
        project: "10000".into(),
        key: "HELP".into(),
        name: "Help".into(),
        service: true,
        issue_types: vec![],
        request_types: vec![],
        request_type_field: Some("customfield_10010".into()),
    })
}

fn issue(id: &str) -> Value {
    json!({
        "id": id, "key": format!("HELP-{id}"), "self": "https://acme.atlassian.net/rest/api/3/issue/1",
        "fields": {
            "project": {"id": "10000", "key": "HELP"}, "issuetype": {"id": "10001", "name": "IT Help"},
            "created": "2026-11-23T13:30:00.000+0000", "updated": "2026-11-23T14:30:00.001+0100",
            "reporter": {"accountId": "cust", "displayName": "Carl"}, "creator": {"accountId": "app"},
            "security": null, "summary": "Printer", "description": null,
            "customfield_10010": {"requestType": {"id": "7", "name": "Get IT Help"}, "currentStatus": {}},
        },
        "properties": {"duplex.stamp": {"stamp": "opaque", "op": "o1"}},
    })
}

fn comment(id: u32) -> Value {
    json!({
        "id": id.to_string(), "author": {"accountId": "5b", "displayName": "Anna"}, "jsdPublic": true,
        "body": {"type": "doc", "version": 1, "content": []}, "properties": [],
        "created": 1_000_i64 + i64::from(id), "updated": 2_000,
    })
}

fn wanted() -> BTreeSet<FieldId> {
    ["summary", "description", "customfield_9"].map(FieldId::from).into()
}

#[tokio::test]
async fn an_issue_is_read_with_its_stamp_and_history() {
    let mut shown = issue("10001");
    let group = |id: &str, field: &str| {
        json!({"id": id, "created": "2026-11-23T13:30:00.000+0000", "author": {"accountId": "5b"},
            "items": [{"field": field, "fieldId": field, "from": null, "fromString": "a", "to": null, "toString": "b"}]})
    };
    shown["changelog"] = json!({"histories": [group("1000", "summary"), group("999", "labels")], "total": 2});
    let (jira, site) = giving([shown]);
    let (kinds, fields) = (kinds(), wanted());
    let issue = jira
        .issue(&"10001".into(), IssueAsk { kinds: &kinds, fields: &fields, history: true })
        .await
        .unwrap();
    assert_eq!(
        asked(&site),
        [
            "GET /rest/api/3/issue/10001?fields=created%2Ccreator%2Ccustomfield_10010%2Ccustomfield_9%2Cdescription\
          %2Cissuetype%2Cproject%2Creporter%2Csecurity%2Csummary%2Cupdated&properties=duplex.stamp&expand=changelog"
        ]
    );
    assert_eq!((issue.key.as_str(), issue.updated), ("HELP-10001", NOW.plus(1)));
    assert_eq!(issue.request_type.unwrap().as_str(), "7");
    assert_eq!((issue.stamp.as_deref(), issue.creator.unwrap().as_str()), (Some("opaque"), "app"));
    let history = issue.history.unwrap();
    assert_eq!(history.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["999", "1000"]);
    assert_eq!(issue.fields[&"summary".into()], Shown::Text("Printer".into()));
    assert_eq!(issue.fields[&"description".into()], Shown::Empty);
    // A field that the issue does not have is not empty: emptiness would be carried over.
    assert_eq!(issue.fields.get(&"customfield_9".into()), None);
}

#[tokio::test]
async fn an_answer_that_is_not_as_published_names_the_place() {
    let (kinds, fields) = (kinds(), wanted());
    let ask = IssueAsk { kinds: &kinds, fields: &fields, history: false };
    let check = async |place: &str, value: Value, expected: &str| {
        let mut shown = issue("10001");
        *shown.pointer_mut(place).unwrap() = value;
        let error =
            giving([json!({"issues": [shown]})]).0.bulk_fetch(&["10001".into()], ask).await.unwrap_err();
        let JiraError::Garbled { path, .. } = error else { panic!("{error}") };
        assert_eq!(path, expected);
    };
    check("/id", json!("HELP-1"), "/issues/0/id").await;
    check("/fields/updated", json!(null), "/issues/0/fields/updated").await;
    check("/fields/project", json!("HELP"), "/issues/0/fields/project/id").await;
    check("/fields/customfield_10010", json!("help/get-it-help"), "/issues/0/fields/customfield_10010").await;
}

#[tokio::test]
async fn many_issues_are_fetched_at_once() {
    let (jira, site) = giving([json!({
        "issues": [issue("10001")], "issueErrors": [{"id": "10002", "errorMessage": "gone"}]
    })]);
    let (kinds, fields) = (kinds(), BTreeSet::new());
    let ask = IssueAsk { kinds: &kinds, fields: &fields, history: false };
    let ids: Vec<IssueId> = (10001..10201).map(|n| IssueId(n.to_string())).collect();
    let fetched = jira.bulk_fetch(&ids, ask).await.unwrap();
    assert_eq!((fetched.issues.len(), fetched.missing), (1, ["10002".into()].into()));
    assert_eq!(asked(&site)[0].matches("\"10").count(), BULK_MAX);
    assert_eq!(jira.spent().points, 2);
    assert_eq!(jira.bulk_fetch(&[], ask).await.unwrap(), Fetched::default());
}

#[tokio::test]
async fn comments_are_read_by_id_newest_and_all() {
    let (jira, site) = giving([
        json!({"values": [comment(7)], "total": 1}),
        json!({"comments": [comment(9), comment(8)], "total": 5}),
        json!({"comments": [comment(1), comment(2)], "total": 3}),
        json!({"comments": [comment(2), comment(3)], "total": 3}),
    ]);
    let found = jira.comments_by_ids(&["7".into(), "8".into()], Some(true)).await.unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), [&CommentId::from("7")]);
    assert_eq!(found[&"7".into()].audience, Audience::Customers);
    let (newest, whole) = jira.newest_comments(&"1".into(), 2, Some(true)).await.unwrap();
    assert_eq!((newest[0].id.as_str(), whole), ("9", false));
    let all = jira.all_comments(&"1".into(), Some(false)).await.unwrap();
    assert_eq!(all.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    assert_eq!(
        asked(&site),
        [
            r#"POST /rest/api/3/comment/list?expand=properties {"ids":[7,8]}"#,
            "GET /rest/api/3/issue/1/comment?orderBy=-created&startAt=0&maxResults=2&expand=properties",
            "GET /rest/api/3/issue/1/comment?orderBy=created&startAt=0&maxResults=100&expand=properties",
            "GET /rest/api/3/issue/1/comment?orderBy=created&startAt=1&maxResults=100&expand=properties",
        ]
    );
}

/// Lists as pages of `(comment ids, total)`, and the ids that come of them.
#[tokio::test]
async fn a_list_that_moves_while_it_is_read_is_read_anew() {
    let check = async |pages: &[(&[u32], Option<u32>)], expected: Result<&[&str], ()>| {
        let answer = |(ids, total): &(&[u32], Option<u32>)| json!({"comments": ids.iter().map(|id| comment(*id)).collect::<Vec<_>>(), "total": total});
        let (jira, site) = giving(pages.iter().map(answer));
        let all = jira.all_comments(&"1".into(), Some(true)).await.map_err(|_| ());
        let ids = all.as_ref().map(|all| all.iter().map(|c| c.id.as_str()).collect::<Vec<_>>());
        assert_eq!(ids.as_deref().map_err(|&()| ()), expected, "{pages:?}");
        assert_eq!(asked(&site).len(), pages.len(), "{pages:?}");
    };
    check(&[(&[], Some(0))], Ok(&[])).await;
    check(&[(&[1, 2], Some(2))], Ok(&["1", "2"])).await;
    check(&[(&[1, 2], Some(3)), (&[2, 3], Some(3))], Ok(&["1", "2", "3"])).await;
    // 1 was deleted and 5 added between the pages: without the overlap, 3 would be missing.
    check(
        &[(&[1, 2], Some(4)), (&[3, 4], Some(4)), (&[2, 3], Some(4)), (&[3, 4, 5], Some(4))],
        Ok(&["2", "3", "4", "5"]),
    )
    .await;
    check(&[(&[1, 2], Some(3)), (&[2], Some(3))], Ok(&["1", "2"])).await;
    let moving: (&[u32], Option<u32>) = (&[1, 2], Some(9));
    check(&[moving; 6], Err(())).await;
    check(&[(&[1], None)], Err(())).await;
}

#[tokio::test]
async fn a_token_follows_the_sites_clock() {
    let (jira, site) = super::jira(vec![
        said(200, &[("date", "Mon, 23 Nov 2026 14:30:00 GMT")], "{}"),
        said(200, &[], "{}"),
    ]);
    for _ in 0..2 {
        jira.call(&Call::get("/", Cost::Plain)).await.unwrap();
    }
    let times = site.issued.lock().unwrap().clone();
    assert_eq!(times[1] - times[0], 3_600);
}

#[tokio::test]
async fn a_search_goes_page_by_page() {
    let (jira, site) = giving([
        json!({"issues": [issue("10001")], "nextPageToken": "t2", "isLast": false}),
        json!({"issues": [], "nextPageToken": "t3", "isLast": true}),
        json!({"matches": [{"matchedIssues": [10001], "errors": []}]}),
        json!({"matches": [{"matchedIssues": [], "errors": ["Invalid JQL"]}]}),
        json!({"count": 153}),
    ]);
    let mut search =
        Search { jql: "project = 1".into(), page: None, max: 50, reconcile: vec!["10009".into()] };
    let page = jira.search(&search).await.unwrap();
    assert_eq!((page.issues[0].id.as_str(), page.issues[0].stamp.as_deref()), ("10001", Some("opaque")));
    search.page = page.next;
    assert_eq!(jira.search(&search).await.unwrap(), SearchPage { issues: vec![], next: None });
    assert!(asked(&site)[0].contains(r#""reconcileIssues":[10009]"#) && asked(&site)[1].contains(r#""t2""#));
    assert_eq!(jira.jql_match(&["10001".into()], "x = 1").await.unwrap(), ["10001".into()].into());
    let refused = jira.jql_match(&["10001".into()], "x =").await.unwrap_err();
    assert_eq!(refused.to_string(), "refused with 400: Invalid JQL");
    assert_eq!(jira.approximate_count("x = 1").await.unwrap(), 153);
}

#[tokio::test]
async fn a_project_is_described_whole() {
    let field = |id: &str, schema: Value, more: Value| {
        let mut field = json!({"fieldId": id, "key": id, "name": id, "required": false, "operations": ["set"], "schema": schema});
        for (name, value) in more.as_object().unwrap() {
            field[name] = value.clone();
        }
        field
    };
    let (jira, site) = giving([
        json!({"id": "10000", "key": "HELP", "name": "Help", "projectTypeKey": "service_desk"}),
        json!([
            {"id": "summary", "name": "Summary", "schema": {"type": "string", "system": "summary"}},
            {"id": "issuekey", "name": "Key"},
            {"id": "customfield_10010", "name": "Request Type", "schema": {"type": "sd-customerrequesttype",
                "custom": "com.atlassian.servicedesk:vp-origin"}},
        ]),
        json!({"values": [{"id": "1", "projectId": "9"}], "isLastPage": false, "start": 0, "limit": 1}),
        json!({"values": [{"id": "2", "projectId": "10000"}], "isLastPage": true}),
        json!({"values": [{"id": "7", "name": "Get IT Help", "issueTypeId": "10001"}], "isLastPage": true}),
        json!({"issueTypes": [{"id": "10001", "name": "IT Help", "subtask": false}], "startAt": 0, "total": 1}),
        json!({"fields": [
            field("project", json!({"type": "project", "system": "project"}), json!({"required": true})),
            field("summary", json!({"type": "string", "system": "summary"}), json!({"required": true})),
            field("priority", json!({"type": "priority", "system": "priority"}),
                json!({"hasDefaultValue": true, "allowedValues": [{"id": "1", "name": "High"}]})),
        ], "startAt": 0, "total": 3}),
    ]);
    let schema = jira.project_schema(&"10000".into()).await.unwrap();
    assert!(schema.service && schema.request_type_field == Some("customfield_10010".into()));
    assert_eq!(
        schema.request_types,
        [RequestTypeSchema { id: "7".into(), name: "Get IT Help".into(), issue_type: "10001".into() }]
    );
    let priority = schema.field(&"priority".into()).unwrap();
    assert_eq!((priority.kind, priority.has_default), (FieldKind::Choice, true));
    assert_eq!(priority.options, [Choice { id: "1".into(), name: "High".into() }]);
    assert!(schema.field(&"summary".into()).unwrap().required);
    assert_eq!(schema.field(&"project".into()), None);
    assert_eq!(asked(&site)[3], "GET /rest/servicedeskapi/servicedesk?start=1&limit=50");
    assert_eq!(asked(&site).len(), 7);
}

#[tokio::test]
async fn rights_and_lacks_are_told() {
    let (jira, site) = giving([json!({
        "globalPermissions": [],
        "projectPermissions": [{"permission": "ADMINISTER_PROJECTS", "projects": [10000], "issues": []}],
    })]);
    let rights = jira.rights(&"5b".into(), &["10000".into(), "10001".into()]).await.unwrap();
    let administers = |id: &str| rights.administers(&ProjectId::from(id));
    assert!(administers("10000") && !administers("10001"));
    assert_eq!(
        asked(&site),
        [
            r#"POST /rest/api/3/permissions/check {"accountId":"5b","globalPermissions":["ADMINISTER"],"projectPermissions":[{"permissions":["ADMINISTER_PROJECTS"],"projects":[10000,10001]}]}"#
        ]
    );

    let all = |without: &str| {
        let keys = [
            "BROWSE_PROJECTS",
            "CREATE_ISSUES",
            "EDIT_ISSUES",
            "ADD_COMMENTS",
            "EDIT_OWN_COMMENTS",
            "DELETE_OWN_COMMENTS",
            "SERVICEDESK_AGENT",
        ];
        let grants = keys.map(|key| (key.to_owned(), json!({"havePermission": key != without})));
        json!({"permissions": Value::Object(grants.into_iter().collect())})
    };
    let unknown = json!({"errorMessages": [], "errors": {"SERVICEDESK_AGENT": "Unrecognized permission"}});
    let (jira, site) = super::jira(vec![
        said(200, &[], &all("SERVICEDESK_AGENT").to_string()),
        said(400, &[], &unknown.to_string()),
        said(200, &[], &all("ADD_COMMENTS").to_string()),
    ]);
    let mut lacks = Vec::new();
    for _ in 0..2 {
        lacks.extend(jira.missing_permissions(&"10000".into(), true).await.unwrap());
    }
    assert_eq!(
        lacks.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(),
        ["Service Project Agent", "Add Comments"]
    );
    assert!(!asked(&site)[2].contains("SERVICEDESK_AGENT"));
}

#[tokio::test]
async fn only_an_exact_email_is_somebody() {
    let user = |id: &str, email: Option<&str>, active: bool| json!({"accountId": id, "displayName": id, "emailAddress": email, "active": active});
    let check = async |users: Value, expected: Option<&str>| {
        let found = giving([users]).0.find_user_by_email("Anna@acme.example").await.unwrap();
        assert_eq!(found.as_ref().map(|a| a.as_str()), expected);
    };
    let exact = user("a", Some("anna@ACME.example"), true);
    check(json!([]), None).await;
    check(json!([exact]), Some("a")).await;
    check(json!([exact, user("b", Some("anna@acme.example.org"), true)]), Some("a")).await;
    check(json!([user("b", Some("anna@acme.example.org"), true)]), None).await;
    check(json!([user("b", None, true)]), None).await;
    check(json!([user("b", Some("anna@acme.example"), false)]), None).await;
    check(json!([exact, user("b", Some("anna@acme.example"), true)]), None).await;
}

#[tokio::test]
async fn properties_are_read_and_written() {
    let (jira, site) = super::jira(vec![
        said(200, &[], r#"{"key":"epoch","value":{"epoch":7}}"#),
        said(404, &[], r#"{"message":"Property with key not found.","statusCode":404}"#),
        said(201, &[], ""),
        said(404, &[], r#"{"errorMessages":["none"],"errors":{}}"#),
    ]);
    assert_eq!(jira.app_property("epoch").await.unwrap(), Some(json!({"epoch": 7})));
    assert_eq!(jira.app_property("epoch").await.unwrap(), None);
    jira.set_app_property("epoch", json!(1)).await.unwrap();
    assert_eq!(jira.issue_property(&"1".into(), "duplex.stamp").await.unwrap(), None);
    assert_eq!(asked(&site)[2], "PUT /rest/atlassian-connect/1/addons/duplex/properties/epoch 1");
}

#[tokio::test]
async fn a_write_that_can_not_be_read_back_has_an_unknown_outcome() {
    let call = || HttpCall {
        method: Method::Post,
        path: "/rest/api/3/issue/1/comment".into(),
        query: vec![],
        body: Some(json!({})),
    };
    for body in [json!({}), json!({"id": "7"}), json!([])] {
        let outcome = giving([body.clone()]).0.write_comment(call(), Some(true)).await;
        assert!(matches!(outcome, Err(JiraError::Unknown(_))), "{body} {outcome:?}");
        let outcome = giving([body.clone()]).0.create_issue(call()).await;
        assert!(matches!(outcome, Err(JiraError::Unknown(_))), "{body} {outcome:?}");
    }
    let gone = said(404, &[], r#"{"errorMessages":["Can not find a comment for the id: 7."],"errors":{}}"#);
    let outcome = super::jira(vec![gone]).0.delete_comment(call()).await;
    assert!(matches!(outcome, Err(JiraError::NotFound(_))), "{outcome:?}");
    super::jira(vec![said(204, &[], "")]).0.delete_comment(call()).await.unwrap();
}
