//! A person at a Jira site, who knows nothing but the published REST API.

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use duplex_server::egress::Transport;
use http::{Method, Request};
use serde_json::{Value, json};
use std::sync::Arc;

/// Pages of comments that a person turns before giving up; a page holds 100.
const PAGES_MAX: usize = 60;

/// A Jira site, as seen from a browser.
#[derive(Debug, Clone)]
pub struct Site {
    /// `acme`, also the domain of its people: `agent1@acme.example`.
    pub name: String,
    pub base_url: String,
    pub http: Arc<dyn Transport>,
}

/// Somebody signed in at a site.
#[derive(Debug, Clone)]
pub struct Person {
    pub site: Site,
    pub name: String,
}

/// Who shall read a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Public,
    Internal,
}

/// A comment as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenComment {
    pub id: String,
    pub author: String,
    pub kind: Kind,
    pub text: String,
}

impl Site {
    #[must_use]
    pub fn person(&self, name: &str) -> Person {
        Person { site: self.clone(), name: name.to_owned() }
    }
}

impl Person {
    /// One call; an answer of 400 and above is an error with Jira's words.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let (status, answer) = self.try_call(method.clone(), path, body).await?;
        ensure!(status < 400, "{} {method} {path}: {status} {answer}", self.name);
        Ok(answer)
    }

    /// One call, whatever the answer.
    pub async fn try_call(&self, method: Method, path: &str, body: Option<Value>) -> Result<(u16, Value)> {
        let sign_in = STANDARD.encode(format!("{0}@{1}.example:{0}-token", self.name, self.site.name));
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.site.base_url))
            .header("authorization", format!("Basic {sign_in}"))
            .header("accept", "application/json");
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let response = self.site.http.send(request.body(body)?).await?;
        let status = response.status().as_u16();
        let bytes = response.into_body();
        let answer =
            if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap_or_default() };
        Ok((status, answer))
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Result<Value> {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Result<Value> {
        self.call(Method::DELETE, path, None).await
    }

    pub async fn account(&self) -> Result<String> {
        text(&self.get("/rest/api/3/myself").await?["accountId"])
    }

    pub async fn display_name(&self) -> Result<String> {
        text(&self.get("/rest/api/3/myself").await?["displayName"])
    }

    /// Raises a request in the portal. Answers the issue's key.
    pub async fn raise(
        &self,
        project: &str,
        request_type: &str,
        summary: &str,
        details: &str,
    ) -> Result<String> {
        let desks = self.get("/rest/servicedeskapi/servicedesk?limit=100").await?;
        let desk = find(&desks["values"], "projectKey", project)?["id"].clone();
        let desk = text(&desk)?;
        let types =
            self.get(&format!("/rest/servicedeskapi/servicedesk/{desk}/requesttype?limit=100")).await?;
        let request_type = text(&find(&types["values"], "name", request_type)?["id"])?;
        let answer = self
            .post(
                "/rest/servicedeskapi/request",
                json!({
                    "serviceDeskId": desk,
                    "requestTypeId": request_type,
                    "requestFieldValues": {"summary": summary, "description": details},
                }),
            )
            .await?;
        text(&answer["issueKey"])
    }

    /// Creates an issue as an agent does; `fields` beside project, type and summary. Answers its key.
    pub async fn create(
        &self,
        project: &str,
        issue_type: &str,
        summary: &str,
        fields: Value,
    ) -> Result<String> {
        let mut all =
            json!({"project": {"key": project}, "issuetype": {"name": issue_type}, "summary": summary});
        merge(&mut all, fields);
        text(&self.post("/rest/api/3/issue", json!({"fields": all})).await?["key"])
    }

    /// Edits fields of an issue.
    pub async fn edit(&self, key: &str, fields: Value) -> Result<()> {
        self.put(&format!("/rest/api/3/issue/{key}"), json!({"fields": fields})).await.map(drop)
    }

    pub async fn issue(&self, key: &str) -> Result<Value> {
        self.get(&format!("/rest/api/3/issue/{key}")).await
    }

    /// Writes a comment from the agent's view. Answers its id.
    pub async fn comment(&self, key: &str, kind: Kind, words: &str) -> Result<String> {
        let mut body = json!({"body": document(words)});
        if kind == Kind::Internal {
            body["properties"] = json!([{"key": "sd.public.comment", "value": {"internal": true}}]);
        }
        text(&self.post(&format!("/rest/api/3/issue/{key}/comment"), body).await?["id"])
    }

    /// Replies in the portal, as a customer does. Answers the comment's id.
    pub async fn reply(&self, key: &str, words: &str) -> Result<String> {
        let body = json!({"body": words, "public": true});
        text(&self.post(&format!("/rest/servicedeskapi/request/{key}/comment"), body).await?["id"])
    }

    pub async fn edit_comment(&self, key: &str, id: &str, words: &str) -> Result<()> {
        let path = format!("/rest/api/3/issue/{key}/comment/{id}");
        self.put(&path, json!({"body": document(words)})).await.map(drop)
    }

    /// Changes who may read a comment, as the agent's view does.
    pub async fn show_comment(&self, key: &str, id: &str, kind: Kind) -> Result<()> {
        let path = format!("/rest/api/3/issue/{key}/comment/{id}");
        let body = self.get(&path).await?["body"].clone();
        let internal = kind == Kind::Internal;
        let properties = json!([{"key": "sd.public.comment", "value": {"internal": internal}}]);
        self.put(&path, json!({"body": body, "properties": properties})).await.map(drop)
    }

    /// Writes a comment for the members of a role.
    pub async fn comment_for_role(&self, key: &str, role: &str, words: &str) -> Result<String> {
        let body = json!({"body": document(words), "visibility": {"type": "role", "value": role}});
        text(&self.post(&format!("/rest/api/3/issue/{key}/comment"), body).await?["id"])
    }

    pub async fn delete_comment(&self, key: &str, id: &str) -> Result<()> {
        self.delete(&format!("/rest/api/3/issue/{key}/comment/{id}")).await.map(drop)
    }

    /// All comments of an issue, oldest first, as an agent sees them.
    pub async fn comments(&self, key: &str) -> Result<Vec<SeenComment>> {
        let mut seen = Vec::new();
        for _ in 0..PAGES_MAX {
            let start = seen.len();
            let page = self
                .get(&format!(
                    "/rest/api/3/issue/{key}/comment?startAt={start}&maxResults=100&orderBy=created"
                ))
                .await?;
            let comments = page["comments"].as_array().context("a page of comments")?;
            for comment in comments {
                seen.push(SeenComment {
                    id: text(&comment["id"])?,
                    author: text(&comment["author"]["displayName"]).unwrap_or_default(),
                    kind: if comment["jsdPublic"] == json!(true) { Kind::Public } else { Kind::Internal },
                    text: plain(&comment["body"]),
                });
            }
            if comments.is_empty() || seen.len() as u64 >= page["total"].as_u64().unwrap_or(0) {
                return Ok(seen);
            }
        }
        bail!("{key} has more than {PAGES_MAX} pages of comments")
    }

    /// What customers read in the portal of a request that this person sees: the comments' texts, oldest first.
    pub async fn portal(&self, key: &str) -> Result<Vec<String>> {
        let mut seen = Vec::new();
        for _ in 0..PAGES_MAX {
            let start = seen.len();
            let page = self
                .get(&format!(
                    "/rest/servicedeskapi/request/{key}/comment?internal=false&start={start}&limit=50"
                ))
                .await?;
            for comment in page["values"].as_array().context("a page of comments")? {
                seen.push(text(&comment["body"])?);
            }
            if page["isLastPage"] != json!(false) {
                return Ok(seen);
            }
        }
        bail!("{key} has more than {PAGES_MAX} pages of comments")
    }

    /// The keys of the project's issues with exactly this summary, as the search index knows them.
    pub async fn find(&self, project: &str, summary: &str) -> Result<Vec<String>> {
        let all = self.issues(project).await?;
        Ok(all
            .into_iter()
            .filter(|issue| issue["fields"]["summary"] == json!(summary))
            .filter_map(|issue| issue["key"].as_str().map(str::to_owned))
            .collect())
    }

    /// All issues of a project that the search index knows, oldest first.
    pub async fn issues(&self, project: &str) -> Result<Vec<Value>> {
        let mut seen = Vec::new();
        let mut token = Value::Null;
        for _ in 0..PAGES_MAX {
            let mut body = json!({
                "jql": format!("project = {project} ORDER BY created ASC"),
                "fields": ["*all"],
                "maxResults": 100,
            });
            if !token.is_null() {
                body["nextPageToken"] = token;
            }
            let page = self.post("/rest/api/3/search/jql", body).await?;
            seen.extend(page["issues"].as_array().context("a page of issues")?.iter().cloned());
            token = page["nextPageToken"].clone();
            if token.is_null() {
                return Ok(seen);
            }
        }
        bail!("{project} has more than {PAGES_MAX} pages of issues")
    }

    /// Takes an app off the site, as an admin does.
    pub async fn uninstall(&self, app: &str) -> Result<()> {
        self.delete(&format!("/rest/plugins/1.0/{app}-key")).await.map(drop)
    }

    /// Installs the app as an admin does: the descriptor's address over the Universal Plugin Manager.
    pub async fn install(&self, descriptor: &str) -> Result<()> {
        let sign_in = STANDARD.encode(format!("{0}@{1}.example:{0}-token", self.name, self.site.name));
        let request = |method: Method, path: &str| {
            Request::builder()
                .method(method)
                .uri(format!("{}{path}", self.site.base_url))
                .header("authorization", format!("Basic {sign_in}"))
        };
        let token =
            self.site.http.send(request(Method::GET, "/rest/plugins/1.0/").body(Bytes::new())?).await?;
        let token = token.headers().get("upm-token").context("a upm-token")?.to_str()?.to_owned();
        let body = Bytes::from(json!({"pluginUri": descriptor}).to_string());
        let install = request(Method::POST, &format!("/rest/plugins/1.0/?token={token}"))
            .header("content-type", "application/vnd.atl.plugins.install.uri+json")
            .body(body)?;
        let response = self.site.http.send(install).await?;
        let status = response.status();
        ensure!(status.is_success(), "install: {status} {}", String::from_utf8_lossy(response.body()));
        Ok(())
    }
}

/// A document of one paragraph per line.
#[must_use]
pub fn document(words: &str) -> Value {
    let paragraphs: Vec<Value> = words
        .lines()
        .map(|line| json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}))
        .collect();
    json!({"type": "doc", "version": 1, "content": paragraphs})
}

/// The plain text of a document: its text nodes, a line per block.
#[must_use]
pub fn plain(document: &Value) -> String {
    fn walk(node: &Value, out: &mut String) {
        if let Some(text) = node["text"].as_str() {
            out.push_str(text);
        }
        let block =
            matches!(node["type"].as_str(), Some("paragraph" | "heading" | "codeBlock" | "hardBreak"));
        if block && !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        for child in node["content"].as_array().into_iter().flatten() {
            walk(child, out);
        }
    }
    let mut out = String::new();
    walk(document, &mut out);
    out.trim().to_owned()
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("a text, not {value}"))
}

fn find<'v>(values: &'v Value, key: &str, wanted: &str) -> Result<&'v Value> {
    values
        .as_array()
        .and_then(|all| all.iter().find(|value| value[key] == json!(wanted)))
        .with_context(|| format!("nothing with {key} = {wanted}"))
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}
