//! The scenario of two mirrored service projects, played by people and checked line by line through the REST API, as
//! agent and as customer.

use crate::person::{Kind, Person, SeenComment, Site, plain};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::future::Future;
use std::time::Duration;

/// So many requests are raised between two desks.
const REQUESTS: usize = 2;
/// How often a line is looked at again until it holds.
const POLL: Duration = Duration::from_millis(100);

/// A project of a site, with the people who work there.
#[derive(Debug, Clone)]
pub struct Desk {
    pub site: Site,
    /// The project's key.
    pub project: String,
    pub agent: Person,
    pub customer: Person,
}

/// Something that people of the second desk do behind the mirror's back, so that a line can't hold: the proof that the
/// lines are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Break {
    /// The internal copy is made public.
    Visibility,
    /// The copy no longer says who wrote it.
    Author,
    /// The copy of a request gets another request type.
    RequestType,
    /// Somebody raises the same request a second time.
    Count,
}

/// The play: what is said and whether it holds.
#[derive(Debug)]
pub struct Play {
    /// How long a line may take to come true.
    pub patience: Duration,
    pub broken: Option<Break>,
    lines: Vec<(String, bool)>,
}

impl Desk {
    #[must_use]
    pub fn at(site: &Site, project: &str) -> Self {
        Self {
            site: site.clone(),
            project: project.to_owned(),
            agent: site.person("agent1"),
            customer: site.person("customer1"),
        }
    }

    fn name(&self) -> String {
        format!("{} {}", self.site.name, self.project)
    }
}

impl Play {
    #[must_use]
    pub fn new(patience: Duration, broken: Option<Break>) -> Self {
        Self { patience, broken, lines: Vec::new() }
    }

    /// Plays everything between two desks that are mirrored already. `Ok(false)` when a line does not hold.
    pub async fn all(&mut self, a: &Desk, b: &Desk) -> Result<bool> {
        let theme = format!("{} and {}", a.name(), b.name());
        title(&theme);
        let before = a.summaries().await?.len();
        let first = self.request(a, b, "Get IT Help", "The VPN does not connect").await?;
        let second = self.request(b, a, "Purchase request", "A second screen, please").await?;
        if let (Some(first), Some(_)) = (&first, &second) {
            self.conversation(a, b, &first.0, &first.1).await?;
            self.edits(a, b, &first.0, &first.1).await?;
        }
        self.portals(a, b, first.as_ref(), second.as_ref()).await?;
        self.counted(a, b, before + REQUESTS).await;
        Ok(self.holds())
    }

    #[must_use]
    pub fn holds(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(|(_, holds)| *holds)
    }

    /// A customer of `from` raises a request. Answers the keys there and on the other side.
    async fn request(
        &mut self,
        from: &Desk,
        to: &Desk,
        request_type: &str,
        summary: &str,
    ) -> Result<Option<(String, String)>> {
        let details = format!("{summary}: since this morning, on every device.");
        let key = from.customer.raise(&from.project, request_type, summary, &details).await?;
        did(&from.name(), &format!("{} raises {key}, a {request_type}: \"{summary}\"", from.customer.name));

        let copy = self
            .line(&format!("{} shows it once", to.name()), async || {
                let found = to.agent.find(&to.project, summary).await?;
                ensure!(found.len() < 2, "{} copies: {}", found.len(), found.join(", "));
                Ok(found.into_iter().next())
            })
            .await;
        let Some(copy) = copy else { return Ok(None) };
        if self.broken == Some(Break::Count) {
            to.agent.create(&to.project, "IT Help", summary, json!({})).await?;
        }
        let field = to.request_type_field().await?;
        if self.broken == Some(Break::RequestType) {
            let other = to.request_type_id("Request a new account").await?;
            to.agent.edit(&copy, json!({ &field: other })).await?;
        }
        self.line(
            &format!("  {copy} has the mapped type and the default request type {request_type}"),
            async || {
                let (one, two) = (from.agent.issue(&key).await?, to.agent.issue(&copy).await?);
                let same_type = one["fields"]["issuetype"]["name"] == two["fields"]["issuetype"]["name"];
                let shown = &two["fields"][&field]["requestType"]["name"];
                Ok((same_type && shown == request_type).then_some(()))
            },
        )
        .await;
        self.line("  its summary and description are the same", async || {
            let (one, two) = (from.agent.issue(&key).await?, to.agent.issue(&copy).await?);
            Ok((same(&one, &two) && plain(&two["fields"]["description"]) == details).then_some(()))
        })
        .await;
        Ok(Some((key, copy)))
    }

    /// An agent of `b` replies in public and leaves a note.
    async fn conversation(&mut self, a: &Desk, b: &Desk, key: &str, copy: &str) -> Result<()> {
        let author = b.agent.display_name().await?;
        let public = "We are looking into it.";
        b.agent.comment(copy, Kind::Public, public).await?;
        did(&b.name(), &format!("{author} replies to the customer on {copy}: \"{public}\""));
        self.copied(a, key, public, Kind::Public, &author).await;
        self.line(&format!("  {} sees it in the portal of {}", a.customer.name, a.site.name), async || {
            Ok(a.customer.portal(key).await?.iter().any(|text| text.contains(public)).then_some(()))
        })
        .await;

        let internal = "The certificate ran out last night, do not tell anyone yet.";
        b.agent.comment(copy, Kind::Internal, internal).await?;
        did(&b.name(), &format!("{author} leaves an internal note on {copy}: \"{internal}\""));
        if self.broken == Some(Break::Visibility) {
            self.tamper(
                a,
                key,
                internal,
                json!({"properties": [{"key": "sd.public.comment", "value": {"internal": false}}]}),
            )
            .await?;
        }
        if self.broken == Some(Break::Author) {
            self.tamper(a, key, internal, json!({"body": crate::person::document(internal)})).await?;
        }
        self.copied(a, key, internal, Kind::Internal, &author).await;
        self.line(&format!("  {} does not see it in the portal", a.customer.name), async || {
            Ok((!a.customer.portal(key).await?.iter().any(|text| text.contains("certificate"))).then_some(()))
        })
        .await;

        let answer = "Thank you, it can wait until noon.";
        a.customer.reply(key, answer).await?;
        let customer = a.customer.display_name().await?;
        did(&a.name(), &format!("{customer} answers in the portal: \"{answer}\""));
        self.copied(b, copy, answer, Kind::Public, &customer).await;
        Ok(())
    }

    /// Texts are changed and taken back where they were written.
    async fn edits(&mut self, a: &Desk, b: &Desk, key: &str, copy: &str) -> Result<()> {
        let summary = "The VPN does not connect (Wi-Fi only)";
        a.agent.edit(key, json!({"summary": summary})).await?;
        did(&a.name(), &format!("the agent edits the summary of {key}"));
        self.line(&format!("{copy} has the new summary"), async || {
            Ok((b.agent.issue(copy).await?["fields"]["summary"] == json!(summary)).then_some(()))
        })
        .await;
        b.agent
            .edit(copy, json!({"description": crate::person::document("Only on Wi-Fi.\nCable works.")}))
            .await?;
        did(&b.name(), &format!("the agent edits the description of {copy}"));
        self.line(&format!("{key} has the new description"), async || {
            Ok((plain(&a.agent.issue(key).await?["fields"]["description"]) == "Only on Wi-Fi.\nCable works.")
                .then_some(()))
        })
        .await;

        let author = b.agent.display_name().await?;
        let passing = b.agent.comment(copy, Kind::Public, "It will take a minute.").await?;
        self.copied(a, key, "It will take a minute.", Kind::Public, &author).await;
        b.agent.edit_comment(copy, &passing, "It will take an hour.").await?;
        did(&b.name(), "the agent edits his reply");
        self.copied(a, key, "It will take an hour.", Kind::Public, &author).await;
        self.line("  and the old words are gone", async || {
            Ok((!a.agent.comments(key).await?.iter().any(|c| c.text.contains("a minute"))).then_some(()))
        })
        .await;
        b.agent.delete_comment(copy, &passing).await?;
        did(&b.name(), "the agent deletes his reply");
        self.line(&format!("it is gone from {key}"), async || {
            Ok((!a.agent.comments(key).await?.iter().any(|c| c.text.contains("an hour"))).then_some(()))
        })
        .await;
        Ok(())
    }

    /// What each customer sees, and that nothing stands twice.
    async fn portals(
        &mut self,
        a: &Desk,
        b: &Desk,
        first: Option<&(String, String)>,
        second: Option<&(String, String)>,
    ) -> Result<()> {
        for (desk, key) in [(a, first.map(|keys| &keys.0)), (b, second.map(|keys| &keys.0))] {
            let Some(key) = key else { continue };
            said(&format!(
                "\n  what {} sees of {key} in the portal of {}:",
                desk.customer.name, desk.site.name
            ));
            for text in desk.customer.portal(key).await? {
                said(&format!("    | {}", text.replace('\n', "\n    | ")));
            }
        }
        if let Some((key, copy)) = first {
            self.line(
                &format!("no comment stands twice on {key} or {copy}, and both have as many"),
                async || {
                    let (here, there) = (a.agent.comments(key).await?, b.agent.comments(copy).await?);
                    let texts = |all: &[SeenComment]| {
                        let mut texts: Vec<_> = all.iter().map(|c| c.text.clone()).collect();
                        texts.sort();
                        texts
                    };
                    let once = |texts: &[String]| texts.windows(2).all(|pair| pair[0] != pair[1]);
                    let fine = here.len() == there.len() && once(&texts(&here)) && once(&texts(&there));
                    Ok(fine.then_some(()))
                },
            )
            .await;
        }
        Ok(())
    }

    /// As many issues on either side as were raised: a double that is mirrored, too, would stand twice on both.
    async fn counted(&mut self, a: &Desk, b: &Desk, expected: usize) {
        for (desk, other) in [(a, b), (b, a)] {
            self.line(
                &format!("every issue of {} stands once, and once in {}", desk.name(), other.name()),
                async || {
                    let (here, there) = (desk.summaries().await?, other.summaries().await?);
                    Ok((here.len() == expected && here == there).then_some(()))
                },
            )
            .await;
        }
    }

    /// The line that a comment arrived once, for the right readers, with its author.
    async fn copied(&mut self, to: &Desk, key: &str, words: &str, kind: Kind, author: &str) {
        let readers = match kind {
            Kind::Public => "public",
            Kind::Internal => "internal",
        };
        self.line(
            &format!("it is {readers} on {key} of {}, and says {author} wrote it", to.name()),
            async || {
                let all = to.agent.comments(key).await?;
                let found: Vec<_> = all.iter().filter(|comment| comment.text.contains(words)).collect();
                ensure!(found.len() < 2, "{} copies", found.len());
                let Some(copy) = found.first() else { return Ok(None) };
                ensure!(copy.kind == kind, "it is {:?}", copy.kind);
                Ok((copy.text.contains(author)).then_some(()))
            },
        )
        .await;
    }

    /// Waits for a copy and changes it as an admin could.
    async fn tamper(&mut self, desk: &Desk, key: &str, words: &str, change: Value) -> Result<()> {
        let admin = desk.site.person("admin");
        let found = self
            .line("(the copy arrives, and somebody tampers with it)", async || {
                Ok(admin.comments(key).await?.into_iter().find(|comment| comment.text.contains(words)))
            })
            .await
            .context("no copy to tamper with")?;
        let path = format!("/rest/api/3/issue/{key}/comment/{}", found.id);
        let mut body = change;
        if body.get("body").is_none() {
            body["body"] = admin.get(&path).await?["body"].clone();
        }
        admin.put(&path, body).await.map(drop)
    }

    /// Looks until the line holds or patience ends; says which.
    async fn line<T, F: Future<Output = Result<Option<T>>>>(
        &mut self,
        words: &str,
        mut look: impl FnMut() -> F,
    ) -> Option<T> {
        let tries = (self.patience.as_millis() / POLL.as_millis()).max(1);
        let mut why = String::new();
        for attempt in 0..tries {
            match look().await {
                Ok(Some(found)) => {
                    let ms = attempt * POLL.as_millis();
                    said(&format!("  ok    {words}  ({}.{} s)", ms / 1000, ms % 1000 / 100));
                    self.lines.push((words.to_owned(), true));
                    return Some(found);
                }
                Ok(None) => why.clear(),
                Err(error) => why = format!(": {error:#}"),
            }
            tokio::time::sleep(POLL).await;
        }
        said(&format!("  FAILS {words}{why}"));
        self.lines.push((words.to_owned(), false));
        None
    }
}

impl Desk {
    async fn request_type_field(&self) -> Result<String> {
        let fields = self.agent.get("/rest/api/3/field").await?;
        let field = fields.as_array().and_then(|all| {
            all.iter().find(|field| field["schema"]["custom"] == "com.atlassian.servicedesk:vp-origin")
        });
        Ok(field.and_then(|field| field["id"].as_str()).context("a request type field")?.to_owned())
    }

    async fn request_type_id(&self, name: &str) -> Result<String> {
        let desks = self.agent.get("/rest/servicedeskapi/servicedesk?limit=100").await?;
        let desk = desks["values"]
            .as_array()
            .and_then(|all| all.iter().find(|desk| desk["projectKey"] == json!(self.project)))
            .and_then(|desk| desk["id"].as_str())
            .context("a service desk")?;
        let types =
            self.agent.get(&format!("/rest/servicedeskapi/servicedesk/{desk}/requesttype?limit=100")).await?;
        let id = types["values"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["name"] == json!(name)))
            .and_then(|one| one["id"].as_str())
            .context("a request type")?;
        Ok(id.to_owned())
    }

    /// The summaries of the project's issues, sorted, as the index knows them.
    async fn summaries(&self) -> Result<Vec<String>> {
        let issues = self.agent.issues(&self.project).await?;
        let mut all: Vec<String> = issues
            .iter()
            .filter_map(|issue| issue["fields"]["summary"].as_str().map(str::to_owned))
            .collect();
        all.sort();
        Ok(all)
    }
}

fn same(one: &Value, two: &Value) -> bool {
    one["fields"]["summary"] == two["fields"]["summary"]
        && plain(&one["fields"]["description"]) == plain(&two["fields"]["description"])
}

fn title(words: &str) {
    said(&format!("\n== {words}\n"));
}

fn did(place: &str, words: &str) {
    said(&format!("\n  [{place}] {words}"));
}

/// The transcript goes to standard output: it is what the demo is for.
#[expect(clippy::print_stdout, reason = "the transcript")]
fn said(words: &str) {
    println!("{words}");
}
