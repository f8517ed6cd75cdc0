//! What must hold at every moment: looked at after every turn, in what the twins remember.

use super::people::Town;
use super::plot::Plot;
use super::truth::class_of;
use super::weather::Fault;
use crate::person::plain;
use crate::world::World;
use jira_twin::ledger::Entry;
use jira_twin::model::{Comment, Site};

/// How far the ledger was looked through.
#[derive(Debug, Default)]
pub(super) struct Watch {
    mark: u64,
}

impl Watch {
    /// What happened since the last look and must not: I3, I6, I7, I11.
    pub(super) fn look(&mut self, world: &World, town: &Town, plot: &Plot) -> Vec<String> {
        let mut wrong = Vec::new();
        let calls = world.twin.ledger_since(self.mark);
        self.mark = world.mark();
        for site in town.sites() {
            world.twin.with_site(&site, |site| {
                leaks(site, town, &mut wrong);
                calls.iter().filter(|call| call.site == site.name).for_each(|call| {
                    not_ours(site, call, &mut wrong);
                });
            });
        }
        // Whose clock is wrong is not known before its first answer, nor who calls before an install is through; and a
        // call that stood still, or was long under way, comes with a token that has run out.
        let slept = plot.weather.has(Fault::Sleeps) || plot.weather.has(Fault::SlowCalls);
        let known = !town.reinstalled && !slept && plot.skews_ms.iter().all(|skew| *skew == 0);
        for call in calls.iter().filter(|call| call.status == Some(401) && known) {
            wrong.push(format!("I11: {} does not know who calls {} {}", call.site, call.method, call.path));
        }
        // What one process was told, another knows once it is written down.
        let one_process =
            !plot.weather.has(Fault::Deaths) && !plot.weather.has(Fault::Sleeps) && !town.restored;
        let trespasses = world.net.trespasses().into_iter().filter(|_| one_process);
        wrong.extend(trespasses.map(|call| format!("I6: {call}")));
        wrong
    }
}

/// I3: no text that is for the team alone was ever readable in a portal by our hand.
fn leaks(site: &Site, town: &Town, wrong: &mut Vec<String>) {
    for (issue, comment) in site.comments_ever() {
        for shown in comment.shown.iter().filter(|shown| is_app(site, &shown.by)) {
            let text = plain(&shown.body);
            if class_of(&text).is_some_and(|class| !town.truth.told.contains(&class)) {
                wrong.push(format!(
                    "I3: LEAK at {} on issue {issue}, at {}: {text:?}",
                    site.name, shown.at_ms
                ));
            }
        }
    }
}

/// I7: the app changes and removes comments of its own only, and no issue is ever removed.
fn not_ours(site: &Site, call: &Entry, wrong: &mut Vec<String>) {
    let happened = call.status.is_none_or(|status| status < 300);
    if call.app.is_none() || !happened || !matches!(call.method.as_str(), "DELETE" | "PUT") {
        return;
    }
    if call.method == "DELETE" && call.template.ends_with("/issue/{}") {
        wrong.push(format!("I7: an issue was removed: {}", call.path));
    }
    if !call.template.ends_with("/comment/{}") {
        return;
    }
    let id: Option<u64> = call.path.rsplit('/').next().and_then(|id| id.parse().ok());
    let comment = site.comments_ever().map(|(_, comment)| comment).find(|it: &&Comment| Some(it.id) == id);
    if comment.is_some_and(|comment| !is_app(site, &comment.author)) {
        wrong.push(format!("I7: {} of a person's comment: {}", call.method, call.path));
    }
}

/// Whether the account is an app's.
pub(super) fn is_app(site: &Site, account: &str) -> bool {
    site.users.get(account).is_some_and(|user| user.app.is_some())
}
