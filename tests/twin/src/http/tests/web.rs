//! The web face as a browser meets it.

use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use super::Acme;

/// A browser: what it kept of the answers.
#[derive(Debug, Default)]
struct Browser {
    cookie: String,
    form_token: String,
}

/// An answer: status, where it leads, and the page.
#[derive(Debug)]
struct Page(u16, String, String);

impl Acme {
    fn browse(&self, browser: &Browser, request: http::request::Builder, body: String) -> Page {
        let request = request.header("cookie", &browser.cookie).header("host", "acme.test");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let answer =
                self.twin.router("acme").oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
            let (status, to) = (answer.status().as_u16(), header(&answer, "location"));
            let cookie = header(&answer, "set-cookie");
            let bytes = answer.into_body().collect().await.unwrap().to_bytes();
            let page = String::from_utf8(bytes.to_vec()).unwrap();
            Page(status, if to.is_empty() { cookie } else { to }, page)
        })
    }

    fn see(&self, browser: &Browser, path: &str) -> Page {
        self.browse(browser, Request::get(path), String::new())
    }

    fn send(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields).append_pair("atl_token", &browser.form_token);
        self.browse(browser, Request::post(path), form.finish())
    }

    /// Signs in, and keeps what the next page's forms carry.
    fn browser(&self, name: &str) -> Browser {
        let account = self.account(name);
        let session = self.twin.with(|state| state.sessions.begin(state.seed, "acme", &account));
        Browser { cookie: format!("twin.session.acme={}", session.id), form_token: session.form_token }
    }
}

fn header(answer: &Response<Body>, name: &str) -> String {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[test]
fn signing_in_takes_the_password_and_leads_where_one_wanted() {
    let acme = Acme::new();
    let nobody = Browser::default();
    let Page(status, to, _) = acme.see(&nobody, "/browse/ITA-1?x=1");
    assert_eq!((status, to.as_str()), (303, "/login?dest-url=%2Fbrowse%2FITA-1%3Fx%3D1"));

    let credentials = |password| {
        [("username", "agent1@acme.example"), ("password", password), ("dest-url", "/browse/ITA-1")]
    };
    let Page(status, _, page) = acme.send(&nobody, "/login", &credentials("wrong"));
    assert_eq!(status, 401);
    assert!(page.contains("Incorrect email address"), "{page}");
    let Page(status, to, _) = acme.send(&nobody, "/login", &credentials("agent1-token"));
    assert_eq!((status, to.as_str()), (303, "/browse/ITA-1"));
}

#[test]
fn a_form_of_another_site_does_nothing() {
    let acme = Acme::new();
    let key = acme.request();
    let agent = acme.browser("agent1");
    let path = format!("/browse/{key}/comment");
    let fields = [("body", "hello"), ("kind", "public")];
    let old = Browser { form_token: "made up".to_owned(), cookie: agent.cookie.clone() };
    let form = format!("body=hello&kind=public&atl_token={}", agent.form_token);
    let elsewhere = Request::post(&path).header("origin", "http://evil.example");
    let rows = [
        (acme.send(&old, &path, &fields).0, 403),
        (acme.send(&Browser::default(), &path, &fields).0, 303),
        (acme.browse(&agent, elsewhere, form).0, 403),
    ];
    for (status, expected) in rows {
        assert_eq!(status, expected);
    }
    assert!(!acme.see(&agent, &format!("/browse/{key}")).2.contains("hello"));
    assert_eq!(acme.send(&agent, &path, &fields).0, 303);
    assert!(acme.see(&agent, &format!("/browse/{key}")).2.contains("hello"));
}

#[test]
fn an_internal_note_is_in_no_page_of_the_portal() {
    let acme = Acme::new();
    let key = acme.request();
    let (agent, customer) = (acme.browser("agent1"), acme.browser("customer1"));
    let comment = format!("/browse/{key}/comment");
    acme.send(&agent, &comment, &[("body", "he is <b>rude</b>"), ("kind", "internal")]);
    acme.send(&agent, &comment, &[("body", "we *look* into it"), ("kind", "public")]);

    let Page(_, _, issue) = acme.see(&agent, &format!("/browse/{key}"));
    assert!(
        issue.contains("he is &lt;b&gt;rude&lt;/b&gt;") && issue.contains("Internal note</span>"),
        "{issue}"
    );
    let portal = [
        format!("/servicedesk/customer/portal/1/{key}"),
        "/servicedesk/customer/user/requests".to_owned(),
        "/servicedesk/customer/portal/1".to_owned(),
    ];
    for browser in [&agent, &customer] {
        for path in &portal {
            let Page(status, _, page) = acme.see(browser, path);
            assert_eq!(status, 200, "{path}");
            assert!(!page.contains("rude"), "{path}");
        }
    }
    let Page(_, _, request) = acme.see(&customer, &portal[0]);
    assert!(request.contains("we <strong>look</strong> into it"), "{request}");
}

#[test]
fn people_see_what_is_theirs() {
    let acme = Acme::new();
    let key = acme.request();
    let issue = format!("/browse/{key}");
    let request = format!("/servicedesk/customer/portal/1/{key}");
    let rows = [
        ("agent1", issue.as_str(), 200),
        ("customer1", &issue, 404),
        ("customer1", &request, 200),
        ("agent1", "/jira/servicedesk/projects/ITA/queues", 200),
        ("customer1", "/jira/servicedesk/projects/ITA/queues", 404),
        ("admin", "/plugins/servlet/upm", 200),
        ("agent1", "/plugins/servlet/upm", 404),
        ("agent1", "/browse/ITA-99", 404),
        ("agent1", "/browse/ITA-1%2Fcomment", 404),
    ];
    for (name, path, expected) in rows {
        let Page(status, ..) = acme.see(&acme.browser(name), path);
        assert_eq!(status, expected, "{name} {path}");
    }
}

#[test]
fn a_request_is_raised_with_the_fields_of_its_form() {
    let acme = Acme::new();
    let customer = acme.browser("customer1");
    let form = "/servicedesk/customer/portal/1/create/11";
    let urgency = acme.field("Urgency");
    let Page(_, _, page) = acme.see(&customer, form);
    assert!(page.contains(&format!("name=\"{urgency}\"")), "{page}");
    let Page(status, _, page) = acme.send(&customer, form, &[("description", "kept")]);
    assert_eq!(status, 400);
    assert!(page.contains("is required") && page.contains("kept"), "{page}");
    let Page(status, to, _) =
        acme.send(&customer, form, &[("summary", "Broken"), ("description", "It *is*.")]);
    assert_eq!(status, 303);
    assert!(to.starts_with("/servicedesk/customer/portal/1/ITA-"), "{to}");
    let issue = acme.get("agent1", &format!("/rest/api/3/issue/{}", to.rsplit('/').next().unwrap()));
    assert_eq!(issue["fields"]["summary"], json!("Broken"));
}
