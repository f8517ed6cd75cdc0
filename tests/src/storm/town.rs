//! The people of both sides, and what they know to be true: what they made, and have not taken back.

use super::script::{Deed, Nth, tag, type_name};
use crate::person::{Kind, document};
use crate::scenario::Desk;
use anyhow::{Context, Result, ensure};
use duplex_core::id::{Side, Sides};
use serde_json::json;
use std::collections::BTreeMap;

/// What people know of an issue.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub(super) kind: &'static str,
    pub(super) request: bool,
    /// By side, where somebody has seen it.
    keys: Sides<Option<String>>,
    /// The last thing that was written on each side.
    pub(super) summary: Sides<Option<String>>,
    pub(super) description: Sides<Option<String>>,
}

/// What people know of a comment.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) issue: Nth,
    pub(super) side: Side,
    pub(super) kind: Kind,
    pub(super) author: String,
    pub(super) words: String,
    pub(super) gone: bool,
    who: &'static str,
    id: String,
}

#[derive(Debug)]
pub(super) struct Town {
    pub(super) desks: Sides<Desk>,
    pub(super) issues: BTreeMap<Nth, Issue>,
    pub(super) comments: BTreeMap<Nth, Comment>,
    names: Sides<BTreeMap<&'static str, String>>,
    request_types: Sides<RequestTypes>,
}

/// The field of request types, and the id of each by the issue type it belongs to.
#[derive(Debug, Default)]
struct RequestTypes {
    field: String,
    by_issue_type: BTreeMap<String, String>,
}

impl Town {
    pub(super) async fn of(desks: Sides<Desk>) -> Result<Self> {
        let mut names = Sides::new(BTreeMap::new(), BTreeMap::new());
        let mut request_types = Sides::new(RequestTypes::default(), RequestTypes::default());
        for side in Side::BOTH {
            let desk = &desks[side];
            for who in ["agent1", "agent2", "customer1"] {
                names[side].insert(who, desk.site.person(who).display_name().await?);
            }
            request_types[side] = RequestTypes::at(desk).await?;
        }
        Ok(Self { desks, issues: BTreeMap::new(), comments: BTreeMap::new(), names, request_types })
    }

    /// Whether the issue of a change can be found where the change is to be made.
    pub(super) async fn ready(&mut self, deed: &Deed) -> Result<bool> {
        let (side, nth) = match deed {
            Deed::Raise { .. } | Deed::Create { .. } | Deed::Reword { .. } | Deed::Erase { .. } => {
                return Ok(true);
            }
            Deed::Summary { side, issue, .. }
            | Deed::Description { side, issue, .. }
            | Deed::Say { side, issue, .. } => (*side, *issue),
        };
        if self.issue(nth)?.keys[side].is_some() {
            return Ok(true);
        }
        let desk = &self.desks[side];
        let found = desk.agent.issues(&desk.project).await?;
        let ours = found.iter().find(|issue| {
            issue["fields"]["summary"].as_str().is_some_and(|summary| summary.starts_with(&tag(nth)))
        });
        let key = ours.and_then(|issue| issue["key"].as_str()).map(str::to_owned);
        let known = self.issues.get_mut(&nth).context("an issue that was made")?;
        known.keys[side] = key;
        Ok(known.keys[side].is_some())
    }

    /// Makes a change.
    pub(super) async fn act(&mut self, deed: &Deed) -> Result<()> {
        match deed {
            Deed::Raise { side, issue, kind } => self.raise(*side, *issue, *kind).await,
            Deed::Create { side, issue, kind, request } => self.create(*side, *issue, *kind, *request).await,
            Deed::Summary { side, issue, words } => {
                let key = self.key(*issue, *side)?;
                self.desks[*side].agent.edit(&key, json!({"summary": words})).await?;
                self.known(*issue)?.summary[*side] = Some(words.clone());
                Ok(())
            }
            Deed::Description { side, issue, words } => {
                let key = self.key(*issue, *side)?;
                self.desks[*side].agent.edit(&key, json!({"description": document(words)})).await?;
                self.known(*issue)?.description[*side] = Some(words.clone());
                Ok(())
            }
            Deed::Say { side, issue, comment, who, kind, words } => {
                let key = self.key(*issue, *side)?;
                let person = self.desks[*side].site.person(who);
                let id = if who.starts_with("customer") {
                    person.reply(&key, words).await?
                } else {
                    person.comment(&key, *kind, words).await?
                };
                let author = self.names[*side].get(who).cloned().context("a name")?;
                let (issue, side, kind, words) = (*issue, *side, *kind, words.clone());
                self.comments
                    .insert(*comment, Comment { issue, side, kind, author, words, gone: false, who, id });
                Ok(())
            }
            Deed::Reword { comment, words } => {
                let said = self.comments.get(comment).context("a comment that was made")?;
                let key = self.key(said.issue, said.side)?;
                let person = self.desks[said.side].site.person(said.who);
                person.edit_comment(&key, &said.id, words).await?;
                self.comments.entry(*comment).and_modify(|said| said.words.clone_from(words));
                Ok(())
            }
            Deed::Erase { comment } => {
                let said = self.comments.get(comment).context("a comment that was made")?;
                let key = self.key(said.issue, said.side)?;
                self.desks[said.side].site.person(said.who).delete_comment(&key, &said.id).await?;
                self.comments.entry(*comment).and_modify(|said| said.gone = true);
                Ok(())
            }
        }
    }

    async fn raise(&mut self, side: Side, issue: Nth, kind: usize) -> Result<()> {
        let desk = &self.desks[side];
        let kind = type_name(kind);
        let named = REQUEST_TYPES.iter().find(|(issue_type, _)| *issue_type == kind);
        let (_, request_type) = named.context("a request type")?;
        let (summary, details) = born(issue);
        let key = desk.customer.raise(&desk.project, request_type, &summary, &details).await?;
        self.learn(side, issue, kind, true, key);
        Ok(())
    }

    async fn create(&mut self, side: Side, issue: Nth, kind: usize, request: bool) -> Result<()> {
        let desk = &self.desks[side];
        let kind = type_name(kind);
        let (summary, details) = born(issue);
        let mut fields = json!({"description": document(&details)});
        if request {
            let types = &self.request_types[side];
            fields[&types.field] = json!(types.by_issue_type.get(kind).context("a request type")?);
        }
        let key = desk.agent.create(&desk.project, kind, &summary, fields).await?;
        self.learn(side, issue, kind, request, key);
        Ok(())
    }

    fn learn(&mut self, side: Side, nth: Nth, kind: &'static str, request: bool, key: String) {
        let (summary, description) = born(nth);
        let mut issue = Issue {
            kind,
            request,
            keys: Sides::default(),
            summary: Sides::default(),
            description: Sides::default(),
        };
        issue.keys[side] = Some(key);
        issue.summary[side] = Some(summary);
        issue.description[side] = Some(description);
        self.issues.insert(nth, issue);
    }

    fn issue(&self, nth: Nth) -> Result<&Issue> {
        self.issues.get(&nth).context("an issue that was made")
    }

    fn known(&mut self, nth: Nth) -> Result<&mut Issue> {
        self.issues.get_mut(&nth).context("an issue that was made")
    }

    fn key(&self, nth: Nth, side: Side) -> Result<String> {
        self.issue(nth)?.keys[side].clone().context("an issue that can be found")
    }
}

/// The summary and description of a new issue.
fn born(issue: Nth) -> (String, String) {
    (format!("{} New", tag(issue)), format!("What happened: number {issue}."))
}

impl RequestTypes {
    async fn at(desk: &Desk) -> Result<Self> {
        let fields = desk.agent.get("/rest/api/3/field").await?;
        let field = fields
            .as_array()
            .and_then(|all| {
                all.iter().find(|field| field["schema"]["custom"] == "com.atlassian.servicedesk:vp-origin")
            })
            .and_then(|field| field["id"].as_str())
            .context("a request type field")?
            .to_owned();
        let desks = desk.agent.get("/rest/servicedeskapi/servicedesk?limit=100").await?;
        let id = desks["values"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["projectKey"] == json!(desk.project)))
            .and_then(|one| one["id"].as_str())
            .context("a service desk")?
            .to_owned();
        let types =
            desk.agent.get(&format!("/rest/servicedeskapi/servicedesk/{id}/requesttype?limit=100")).await?;
        let mut by_issue_type = BTreeMap::new();
        for (issue_type, request_type) in REQUEST_TYPES {
            let found = types["values"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|one| one["name"] == json!(request_type));
            let id = found.and_then(|one| one["id"].as_str()).context("a request type")?;
            by_issue_type.insert(issue_type.to_owned(), id.to_owned());
        }
        ensure!(!by_issue_type.is_empty(), "no request types");
        Ok(Self { field, by_issue_type })
    }
}

/// The request type that the guide pairs with each issue type.
const REQUEST_TYPES: [(&str, &str); 3] =
    [("IT Help", "Get IT Help"), ("Purchase", "Purchase request"), ("Access", "Request a new account")];
