//! People at their desks, and what becomes of what they do.

use super::plot::{Plot, tag};
use super::topology::Topology;
use super::transition::{Nth, Place, Transition};
use super::truth::{Comment, Field, Issue, Truth, class_of};
use crate::person::{Kind, Person, document, plain};
use crate::scenario::Desk;
use crate::world::World;
use anyhow::{Context, Result};
use duplex_core::id::{AccountId, SyncId};
use duplex_core::plan::Conflict;
use jira_twin::model::{self, FieldValue};
use serde_json::json;
use std::collections::BTreeSet;
use tempfile::TempDir;

/// The request type of each issue type.
const TYPES: [(&str, &str); 3] =
    [("IT Help", "Get IT Help"), ("Purchase", "Purchase request"), ("Access", "Request a new account")];
/// A field with options that is mapped, too.
pub(super) const URGENCY: &str = "Urgency";
/// Where issues are moved to; nobody mirrors it.
const ELSEWHERE: &str = "ITD";

/// Everybody, and all that they know.
#[derive(Debug)]
pub(super) struct Town {
    pub(super) topology: Topology,
    pub(super) desks: Vec<Desk>,
    pub(super) syncs: Vec<SyncId>,
    pub(super) truth: Truth,
    /// The app was taken off some site: for a while nobody knew its calls.
    pub(super) reinstalled: bool,
    /// The operator's backup of the database, while it still fits what admins did since.
    pub(super) backup: Option<TempDir>,
    /// What the database had kept of conflicts whenever a backup took its place.
    pub(super) conflicts: Vec<Conflict>,
    /// A backup took the place of the database.
    pub(super) restored: bool,
}

impl Town {
    /// Sets the plot's syncs up and starts them.
    pub(super) async fn found(world: &mut World, plot: &Plot) -> Result<Self> {
        let desk = |(site, project): &(usize, &str)| Desk::at(&world.sites[*site], project);
        let desks = plot.topology.places().iter().map(desk).collect();
        let topology = plot.topology;
        let mut town = Self {
            topology,
            desks,
            syncs: Vec::new(),
            truth: Truth::default(),
            reinstalled: false,
            backup: None,
            conflicts: Vec::new(),
            restored: false,
        };
        for nth in 0..topology.syncs().len() {
            let applied = world.apply(&town.configuration(nth)).await?;
            town.syncs.push(applied.sync.sync);
        }
        Ok(town)
    }

    /// Does one thing. `false`: it can't be done as things stand.
    pub(super) async fn act(&mut self, world: &mut World, what: &Transition) -> Result<bool> {
        if what.is_for_admins() {
            // Who restores a backup does all that again; here nobody does.
            self.backup = None;
        }
        match what {
            Transition::Raise { at, issue, kind } => self.raise(*at, *issue, *kind).await?,
            Transition::Create { at, issue, kind } => self.create(*at, *issue, *kind).await?,
            Transition::Rename { at, issue, words } => {
                let Some(key) = self.key(world, *issue, *at) else { return Ok(false) };
                self.desks[*at].agent.edit(&key, json!({"summary": words})).await?;
                self.wrote(*issue, Field::Summary, words)?;
            }
            Transition::Describe { at, issue, words } => {
                let Some(key) = self.key(world, *issue, *at) else { return Ok(false) };
                self.desks[*at].agent.edit(&key, json!({"description": document(words)})).await?;
                self.wrote(*issue, Field::Description, words)?;
            }
            Transition::Choose { at, issue, option } => return self.choose(world, *issue, *at, option).await,
            Transition::DropOption { at, option } => self.option(world, *at, option, false),
            Transition::AddOption { at, option } => self.option(world, *at, option, true),
            Transition::Say { at, issue, comment, who, kind, words } => {
                return self.say(world, (*at, *issue, *comment), who, *kind, words).await;
            }
            Transition::Reword { comment, words } => return self.reword(world, *comment, words).await,
            Transition::Erase { comment } => return self.erase(world, *comment).await,
            Transition::Show { comment, kind } => return self.show(world, *comment, *kind).await,
            Transition::Restrict { comment } => return self.restrict(world, *comment).await,
            Transition::RewordCopy { comment, at, words } => {
                return self.touch_copy(world, *comment, *at, words).await;
            }
            Transition::EraseCopy { comment, at } => return self.touch_copy(world, *comment, *at, "").await,
            Transition::Resolve { at, issue } => {
                return self.transition(world, *issue, *at, "Resolve this issue").await;
            }
            Transition::Reopen { at, issue } => return self.transition(world, *issue, *at, "Reopen").await,
            Transition::Delete { at, issue } => {
                let Some(key) = self.key(world, *issue, *at) else { return Ok(false) };
                let admin = self.desks[*at].site.person("admin");
                admin.delete(&format!("/rest/api/3/issue/{key}")).await?;
                self.part(*issue);
            }
            Transition::Move { at, issue } => return self.relocate(world, *issue, *at),
            Transition::Publish { sync, cells } => {
                if self.truth.stopped.contains(sync) || !self.truth.away.is_empty() {
                    return Ok(false);
                }
                self.truth.comments.values_mut().for_each(|comment| comment.doubtful = true);
                let before = self.truth.cells.insert(*sync, *cells);
                // A site that asked to be left alone can't be asked what it offers.
                if self.publish(world, *sync).await.is_err() {
                    self.truth.cells.insert(*sync, before.unwrap_or_default());
                    return Ok(false);
                }
            }
            Transition::Stop { sync } => {
                let known = world.setup.sync(&self.syncs[*sync]).await?;
                world.setup.stop(&known, &AccountId::new("operator")).await?;
                return Ok(self.truth.stopped.insert(*sync));
            }
            Transition::Start { sync } => return self.start(world, *sync).await,
            Transition::Revoke { at } => self.rights(world, *at, false),
            Transition::Grant { at } => self.rights(world, *at, true),
            Transition::Marry { at, who, name } => self.marry(world, *at, who, name),
            Transition::Uninstall { site } => {
                if !self.truth.away.insert(*site) {
                    return Ok(false);
                }
                self.reinstalled = true;
                world.sites[*site].person("admin").uninstall("duplex-mirror").await?;
            }
            Transition::Install { site } => return self.install(world, *site).await,
            Transition::Retry => {
                for sync in 0..self.syncs.len() {
                    self.retry(world, sync).await?;
                }
            }
            Transition::Jump { ms } => world.jump(*ms),
            Transition::Backup => {
                if !self.truth.away.is_empty() || !self.truth.stopped.is_empty() {
                    return Ok(false);
                }
                self.backup = Some(world.back_up().await?);
            }
            Transition::Restore => return self.restore(world).await,
            // These are for the world to do.
            Transition::Die { .. } | Transition::DieInCall { .. } | Transition::Sleep { .. } => {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The issue at a place, as the twin knows it.
    pub(super) fn find<'s>(&self, site: &'s model::Site, issue: Nth, at: Place) -> Vec<&'s model::Issue> {
        let tag = tag(issue);
        let project = site.project(&self.desks[at].project).map(|project| project.id.clone());
        let here = |it: &&model::Issue| Some(&it.head.project) == project.as_ref();
        site.issues.values().filter(here).filter(|it| summary(it).contains(&tag)).collect()
    }

    /// The names of all sites.
    pub(super) fn sites(&self) -> BTreeSet<String> {
        self.desks.iter().map(|desk| desk.site.name.clone()).collect()
    }

    /// How people of a place call the site, in the header of copies.
    pub(super) fn site_name(&self, at: Place) -> &str {
        &self.desks[at].site.name
    }

    async fn raise(&mut self, at: Place, issue: Nth, kind: usize) -> Result<()> {
        let desk = &self.desks[at];
        let (kind, request_type) = TYPES[kind % TYPES.len()];
        let (summary, details) = born(issue);
        desk.customer.raise(&desk.project, request_type, &summary, &details).await?;
        self.learn(at, issue, kind);
        Ok(())
    }

    async fn create(&mut self, at: Place, issue: Nth, kind: usize) -> Result<()> {
        let desk = &self.desks[at];
        let (kind, _) = TYPES[kind % TYPES.len()];
        let (summary, details) = born(issue);
        let fields = json!({"description": document(&details)});
        desk.agent.create(&desk.project, kind, &summary, fields).await?;
        self.learn(at, issue, kind);
        Ok(())
    }

    fn learn(&mut self, home: Place, issue: Nth, kind: &'static str) {
        let (summary, details) = born(issue);
        let written = [(Field::Summary, summary), (Field::Description, details)];
        let written = written.map(|(field, text)| (field, BTreeSet::from([text]))).into();
        self.truth.issues.insert(issue, Issue { kind, home, written, parted: false });
    }

    fn wrote(&mut self, issue: Nth, field: Field, words: &str) -> Result<()> {
        let known = self.truth.issues.get_mut(&issue).context("an issue that was made")?;
        known.written.entry(field).or_default().insert(words.to_owned());
        Ok(())
    }

    async fn say(
        &mut self,
        world: &World,
        (at, issue, comment): (Place, Nth, Nth),
        who: &'static str,
        kind: Kind,
        words: &str,
    ) -> Result<bool> {
        let Some(key) = self.key(world, issue, at) else { return Ok(false) };
        let person = self.desks[at].site.person(who);
        let id = if who.starts_with("customer") {
            person.reply(&key, words).await?
        } else {
            person.comment(&key, kind, words).await?
        };
        let names = BTreeSet::from([self.name_of(world, at, who)?]);
        let said = Comment {
            issue,
            home: at,
            who,
            names,
            kind,
            words: words.to_owned(),
            said: BTreeSet::from([words.to_owned()]),
            id,
            gone: false,
            restricted: false,
            touched: Default::default(),
            doubtful: false,
        };
        self.truth.comments.insert(comment, said);
        self.tell(world, comment);
        Ok(true)
    }

    async fn reword(&mut self, world: &World, comment: Nth, words: &str) -> Result<bool> {
        let Some((key, person, said)) = self.at_home(world, comment) else { return Ok(false) };
        person.edit_comment(&key, &said.id, words).await?;
        self.change(comment, |said| {
            words.clone_into(&mut said.words);
            said.said.insert(words.to_owned());
        });
        self.tell(world, comment);
        Ok(true)
    }

    async fn erase(&mut self, world: &World, comment: Nth) -> Result<bool> {
        let Some((key, person, said)) = self.at_home(world, comment) else { return Ok(false) };
        person.delete_comment(&key, &said.id).await?;
        self.change(comment, |said| said.gone = true);
        Ok(true)
    }

    async fn show(&mut self, world: &World, comment: Nth, kind: Kind) -> Result<bool> {
        let Some((key, person, said)) = self.at_home(world, comment) else { return Ok(false) };
        person.show_comment(&key, &said.id, kind).await?;
        self.change(comment, |said| said.kind = kind);
        self.tell(world, comment);
        Ok(true)
    }

    async fn restrict(&mut self, world: &World, comment: Nth) -> Result<bool> {
        let Some((key, person, said)) = self.at_home(world, comment) else { return Ok(false) };
        let path = format!("/rest/api/3/issue/{key}/comment/{}", said.id);
        let visibility = json!({"type": "role", "value": "Administrators"});
        let admin = person.site.person("admin");
        admin.put(&path, json!({"body": document(&said.words), "visibility": visibility})).await?;
        self.change(comment, |said| said.restricted = true);
        Ok(true)
    }

    /// Edits the copy at a place, or deletes it where there are no words.
    async fn touch_copy(&mut self, world: &World, comment: Nth, at: Place, words: &str) -> Result<bool> {
        let Some(said) = self.truth.comments.get(&comment) else { return Ok(false) };
        if said.home == at {
            return Ok(false);
        }
        let (issue, text) = (said.issue, said.words.clone());
        let Some(key) = self.key(world, issue, at) else { return Ok(false) };
        let site = &self.desks[at].site;
        let copy = world.twin.with_site(&site.name, |site| {
            let found = site.issue(&key)?.comments.iter().rev();
            let ours = |it: &&model::Comment| {
                site.users.get(&it.author).is_some_and(|user| user.app.is_some())
                    && says(&plain(&it.body), &text)
            };
            found.filter(ours).map(|it| it.id.to_string()).next()
        });
        let Some(copy) = copy else { return Ok(false) };
        let admin = site.person("admin");
        if words.is_empty() {
            admin.delete_comment(&key, &copy).await?;
        } else {
            admin.edit_comment(&key, &copy, words).await?;
        }
        // Texts may be equal, and a copy may be behind: whose that was is not certain, so all that ever looked like it
        // may have been touched.
        let alike =
            |it: &&mut Comment| it.issue == issue && it.said.iter().any(|words| words.ends_with(&text));
        for said in self.truth.comments.values_mut().filter(alike) {
            said.touched.entry(at).or_default().insert(words.to_owned());
        }
        Ok(true)
    }

    async fn transition(&self, world: &World, issue: Nth, at: Place, name: &str) -> Result<bool> {
        let Some(key) = self.key(world, issue, at) else { return Ok(false) };
        let path = format!("/rest/api/3/issue/{key}/transitions");
        let agent = &self.desks[at].agent;
        let open = agent.get(&path).await?;
        let all = open["transitions"].as_array().into_iter().flatten();
        let Some(id) = all.filter(|it| it["name"] == json!(name)).map(|it| it["id"].clone()).next() else {
            return Ok(false);
        };
        agent.post(&path, json!({"transition": {"id": id}})).await?;
        Ok(true)
    }

    fn relocate(&mut self, world: &World, issue: Nth, at: Place) -> Result<bool> {
        let Some(key) = self.key(world, issue, at) else { return Ok(false) };
        world.relocate(&self.desks[at].site.name, &key, ELSEWHERE)?;
        self.part(issue);
        Ok(true)
    }

    async fn choose(&self, world: &World, issue: Nth, at: Place, option: &'static str) -> Result<bool> {
        let Some(key) = self.key(world, issue, at) else { return Ok(false) };
        // Projects of one site share their options.
        let places = self.topology.places();
        let here = |(other, dropped): &(Place, &str)| places[*other].0 == places[at].0 && *dropped == option;
        if self.truth.dropped.iter().any(here) {
            return Ok(false);
        }
        let site = &self.desks[at].site.name;
        let field =
            world.twin.with_site(site, |site| site.field_named(URGENCY).map(|field| field.id.clone()));
        let field = field.context("a field for it")?;
        self.desks[at].agent.edit(&key, json!({ field: {"value": option} })).await?;
        Ok(true)
    }

    /// The key of an issue where it stands at a place: people go by the words that tell it apart.
    fn key(&self, world: &World, issue: Nth, at: Place) -> Option<String> {
        self.truth.issues.get(&issue)?;
        world.twin.with_site(&self.desks[at].site.name, |site| {
            self.find(site, issue, at).first().map(|issue| issue.head.key.clone())
        })
    }

    /// A comment that still stands where it was written, with its author.
    fn at_home(&self, world: &World, comment: Nth) -> Option<(String, Person, Comment)> {
        let said = self.truth.comments.get(&comment).filter(|said| !said.gone && !said.restricted)?;
        let site = &self.desks[said.home].site;
        let key = world.twin.with_site(&site.name, |site| {
            let (issue, _) = site.find_comment(said.id.parse().ok()?)?;
            let here = issue.head.key.starts_with(&self.desks[said.home].project);
            here.then(|| issue.head.key.clone())
        })?;
        Some((key, site.person(said.who), said.clone()))
    }

    fn change(&mut self, comment: Nth, change: impl FnOnce(&mut Comment)) {
        if let Some(said) = self.truth.comments.get_mut(&comment) {
            change(said);
        }
    }

    /// What stands in a portal by a person's own hand is no secret any more.
    fn tell(&mut self, world: &World, comment: Nth) {
        let Some(said) = self.truth.comments.get(&comment) else { return };
        let Some(class) = class_of(&said.words) else { return };
        let request = world.twin.with_site(&self.desks[said.home].site.name, |site| {
            let found = said.id.parse().ok().and_then(|id| site.find_comment(id));
            found.is_some_and(|(issue, _)| site.is_request(&issue.head))
        });
        if request && said.kind == Kind::Public && !said.restricted {
            self.truth.told.insert(class);
        }
    }

    fn part(&mut self, issue: Nth) {
        if let Some(known) = self.truth.issues.get_mut(&issue) {
            known.parted = true;
        }
    }

    fn name_of(&self, world: &World, at: Place, who: &str) -> Result<String> {
        let name = world.twin.with_site(&self.desks[at].site.name, |site| {
            site.user_named(who).map(|user| user.display_name.clone())
        });
        name.with_context(|| format!("nobody is called {who}"))
    }
}

/// The summary and description of a new issue.
fn born(issue: Nth) -> (String, String) {
    (format!("New {}", tag(issue)), format!("What happened: number {issue}."))
}

pub(super) fn summary(issue: &model::Issue) -> String {
    text_of(issue, "summary")
}

/// What a text field of an issue says, without its form.
pub(super) fn text_of(issue: &model::Issue, field: &str) -> String {
    let value = issue.head.values.get(field);
    if let Some(FieldValue::Text(text)) = value {
        return text.clone();
    }
    let Some(FieldValue::Rich(body)) = value else { return String::new() };
    plain(body)
}

/// A copy with these words: they stand alone or below a header.
fn says(copy: &str, words: &str) -> bool {
    copy.strip_suffix(words).is_some_and(|before| before.is_empty() || before.ends_with("):\n"))
}
