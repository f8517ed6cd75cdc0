//! What must hold once the weather has cleared and everything was worked off: both sides against what people know.

use super::joined::Joined;
use super::people::{Town, URGENCY, summary, text_of};
use super::transition::{Cells, Nth, Place};
use super::truth::{Comment, Field};
use super::watch::is_app;
use crate::person::{Kind, plain};
use jira_twin::Twin;
use jira_twin::model::{self, Site};
use std::collections::{BTreeMap, BTreeSet};

/// Who reads a comment, as far as the mirror tells readers apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Readers {
    Customers,
    Team,
}

/// A comment as it stands somewhere.
#[derive(Debug, Clone)]
struct Line {
    readers: Readers,
    text: String,
    ours: bool,
}

/// What stands of one issue at one place.
#[derive(Debug, Clone)]
struct Shown {
    key: String,
    summary: String,
    description: String,
    kind: String,
    urgency: String,
    request: bool,
    lines: Vec<Line>,
}

/// Everything that is not as it has to be: I1, I2, I4.
pub(super) fn differences(twin: &Twin, town: &Town, joined: &Joined) -> Vec<String> {
    let mut wrong = Vec::new();
    for nth in town.truth.issues.keys() {
        let shown: BTreeMap<Place, Vec<Shown>> =
            (0..town.desks.len()).map(|at| (at, shown(twin, town, *nth, at))).collect();
        let issue = Mirrored { town, nth: *nth, all: &shown, joined: joined.of(*nth) };
        issue.check(&mut wrong);
    }
    for at in 0..town.desks.len() {
        strangers(twin, town, at, &mut wrong);
    }
    wrong
}

/// All of it, place by place, for people to read.
pub(super) fn sides(twin: &Twin, town: &Town) -> Vec<String> {
    let mut told = Vec::new();
    for nth in town.truth.issues.keys() {
        for at in 0..town.desks.len() {
            for it in shown(twin, town, *nth, at) {
                told.push(format!("{at}: {} {:?} {:?} {}", it.key, it.summary, it.description, it.urgency));
                told.extend(it.lines.iter().map(|line| {
                    let by = if line.ours { "app" } else { "person" };
                    format!("     {:?}, {by}: {:?}", line.readers, line.text)
                }));
            }
        }
    }
    told
}

fn shown(twin: &Twin, town: &Town, nth: Nth, at: Place) -> Vec<Shown> {
    twin.with_site(&town.desks[at].site.name, |site| {
        town.find(site, nth, at).into_iter().map(|issue| Shown::of(site, issue)).collect()
    })
}

impl Shown {
    fn of(site: &Site, issue: &model::Issue) -> Self {
        let request = site.is_request(&issue.head);
        let line = |comment: &model::Comment| Line {
            readers: match request && comment.jsd_public(request) && comment.visibility.is_none() {
                true => Readers::Customers,
                false => Readers::Team,
            },
            text: plain(&comment.body),
            ours: is_app(site, &comment.author),
        };
        Self {
            key: issue.head.key.clone(),
            summary: summary(issue),
            description: text_of(issue, "description"),
            kind: site.issue_types.get(&issue.head.issue_type).map_or_else(String::new, |it| it.name.clone()),
            urgency: urgency(site, issue),
            request,
            lines: issue.comments.iter().map(line).collect(),
        }
    }
}

/// How urgent an issue is, in the site's words.
fn urgency(site: &Site, issue: &model::Issue) -> String {
    let Some(field) = site.field_named(URGENCY) else { return String::new() };
    let chosen = issue.head.id_value(&field.id);
    let option = field.options.iter().find(|option| Some(option.id.as_str()) == chosen);
    option.map(|option| option.value.clone()).unwrap_or_default()
}

/// Issues that no person made and no person's issue accounts for.
fn strangers(twin: &Twin, town: &Town, at: Place, wrong: &mut Vec<String>) {
    let desk = &town.desks[at];
    twin.with_site(&desk.site.name, |site| {
        let project = site.project(&desk.project).map(|project| project.id.clone());
        for issue in site.issues.values().filter(|it| Some(&it.head.project) == project.as_ref()) {
            let known = town.truth.issues.keys().any(|nth| summary(issue).contains(&super::plot::tag(*nth)));
            if !known {
                wrong.push(format!("I1: nobody made {} {:?}", issue.head.key, summary(issue)));
            }
        }
    });
}

/// One issue, wherever it stands.
struct Mirrored<'a> {
    town: &'a Town,
    nth: Nth,
    all: &'a BTreeMap<Place, Vec<Shown>>,
    /// The syncs whose links join its places.
    joined: &'a BTreeSet<usize>,
}

impl Mirrored<'_> {
    fn check(&self, wrong: &mut Vec<String>) {
        let known = &self.town.truth.issues[&self.nth];
        let tag = super::plot::tag(self.nth);
        for (at, shown) in self.all {
            if shown.len() > 1 {
                let keys: Vec<_> = shown.iter().map(|it| it.key.as_str()).collect();
                wrong.push(format!("I1: {tag} stands {} times at {at}: {}", shown.len(), keys.join(", ")));
            }
            if shown.is_empty() && !known.parted {
                wrong.push(format!("I1: {tag} of place {} is missing at {at}", known.home));
            }
        }
        for (at, shown) in self.all.iter().filter_map(|(at, shown)| Some((*at, shown.first()?))) {
            if shown.kind != known.kind {
                wrong.push(format!("I4: {} is a {}, not a {}", shown.key, shown.kind, known.kind));
            }
            for (field, text) in [(Field::Summary, &shown.summary), (Field::Description, &shown.description)]
            {
                if !known.written.get(&field).is_some_and(|written| written.contains(text)) {
                    wrong.push(format!("I4: nobody wrote the {field:?} {text:?} of {}", shown.key));
                }
            }
            self.comments(at, shown, known.parted, wrong);
        }
        if !known.parted {
            self.linked(known.home, &tag, wrong);
            converged(&tag, self.all, wrong);
            let urgencies: BTreeSet<_> = self.all.values().flatten().map(|it| &it.urgency).collect();
            if urgencies.len() > 1 && !self.town.truth.options_changed {
                wrong.push(format!("I4: {tag} is differently urgent: {urgencies:?}"));
            }
        }
    }

    /// I1: links lead from where it was made to wherever it stands.
    fn linked(&self, home: Place, tag: &str, wrong: &mut Vec<String>) {
        let syncs = self.town.topology.syncs();
        let mut reached = BTreeSet::from([home]);
        for _ in syncs {
            for (a, b) in self.joined.iter().map(|nth| syncs[*nth]) {
                if reached.contains(&a) || reached.contains(&b) {
                    reached.extend([a, b]);
                }
            }
        }
        for at in (0..self.town.desks.len()).filter(|at| !reached.contains(at)) {
            wrong.push(format!("I1: {tag} is not linked from {home} to {at}"));
        }
    }

    /// I2: every comment that was made and not taken back stands here once, for its readers, and nothing else does.
    fn comments(&self, at: Place, shown: &Shown, parted: bool, wrong: &mut Vec<String>) {
        let (town, nth, all) = (self.town, self.nth, self.all);
        let mut left = shown.lines.clone();
        let of_issue = || town.truth.comments.values().filter(|comment| comment.issue == nth);
        for said in of_issue().filter(|said| said.home == at && !said.gone) {
            let readers = match said.kind == Kind::Public && shown.request && !said.restricted {
                true => Readers::Customers,
                false => Readers::Team,
            };
            let here = |line: &Line| !line.ours && line.text == said.words && line.readers == readers;
            // What was deleted may have been made again, without what people had said there.
            if !take(&mut left, here) && !parted {
                wrong.push(format!(
                    "I2: lost where it was written, {}: {readers:?} {:?}",
                    shown.key, said.words
                ));
            }
        }
        let requests: BTreeMap<Place, bool> =
            all.iter().filter_map(|(at, shown)| Some((*at, shown.first()?.request))).collect();
        let elsewhere = of_issue().filter(|said| said.home != at);
        let copies: Vec<_> = elsewhere.map(|said| (said, self.standing(said, at, &requests))).collect();
        // Those that must be there come first, so that one that may be there does not take another's place.
        for (said, standing) in &copies {
            let Standing::Must(readers) = standing else { continue };
            if parted {
                continue;
            }
            let here = |line: &Line| {
                line.ours && line.readers == *readers && is_copy(town, &line.text, said, &said.words)
            };
            if !take(&mut left, here) {
                wrong.push(format!(
                    "I2: missing on {}: {readers:?} {:?} of place {}",
                    shown.key, said.words, said.home
                ));
            }
        }
        let may =
            |standing: &Standing, said: &Comment| matches!(standing, Standing::May) || (parted && !said.gone);
        let those: Vec<_> =
            copies.iter().filter(|(said, standing)| may(standing, said)).map(|(said, _)| *said).collect();
        // It shows what the comment says or once said; what people wrote into a copy may be anything.
        let shows = |said: &Comment, line: &Line| {
            let touched = || said.touched.values().flatten().any(|words| !words.is_empty());
            let once = || said.said.iter().any(|words| is_copy(town, &line.text, said, words));
            line.ours && (parted || touched() || once())
        };
        let fits: Vec<Vec<usize>> = those
            .iter()
            .map(|said| (0..left.len()).filter(|nth| shows(said, &left[*nth])).collect())
            .collect();
        let found = paired(&fits, left.len());
        let mut nth = 0..;
        left.retain(|_| nth.next().is_some_and(|nth| !found.contains(&nth)));
        // A copy that people edited stays theirs, also where its comment is copied anew (shown to others, two hops away).
        let theirs: BTreeSet<&str> =
            of_issue().flat_map(|said| said.touched.values().flatten()).map(String::as_str).collect();
        left.retain(|line| !(line.ours && theirs.contains(line.text.as_str())));
        if !parted {
            wrong.extend(left.iter().map(|line| {
                format!(
                    "I2: too many on {}: {:?} {:?} (ours: {})",
                    shown.key, line.readers, line.text, line.ours
                )
            }));
        }
    }

    /// The rules of the guide, followed from link to link.
    fn standing(&self, said: &Comment, at: Place, requests: &BTreeMap<Place, bool>) -> Standing {
        let town = self.town;
        let touched = !said.touched.is_empty();
        // What the app may not read any more is as good as deleted, and a copy that people edited stays theirs. A restored
        // database does not tell whose copy a copy of a copy was, so that it may outlive its origin.
        if said.gone || said.restricted {
            let unknown = town.restored && town.desks.len() > 2;
            return if touched || unknown { Standing::May } else { Standing::Not };
        }
        if touched || said.doubtful {
            return Standing::May;
        }
        let is_request = |place: Place| requests.get(&place).copied().unwrap_or(false);
        let public = said.kind == Kind::Public && is_request(said.home);
        let mut open = vec![(said.home, public)];
        let mut seen = BTreeSet::from([said.home]);
        while let Some((place, public)) = open.pop() {
            if place == at {
                return Standing::Must(if public && is_request(at) {
                    Readers::Customers
                } else {
                    Readers::Team
                });
            }
            for nth in self.joined {
                let (a, b) = &town.topology.syncs()[*nth];
                let (next, cells) = match place {
                    place if place == *a => (*b, town.truth.cells.get(nth).copied().unwrap_or_default()),
                    place if place == *b => (*a, Cells::Alike),
                    _ => continue,
                };
                let (leaves, public) = match cells {
                    Cells::Alike => (true, public),
                    Cells::NotesStay => (public, public),
                    Cells::AllInternal => (true, false),
                };
                // An internal comment has no room where there is no portal to hide it from.
                if leaves && (public || is_request(next)) && seen.insert(next) {
                    open.push((next, public && is_request(next)));
                }
            }
        }
        Standing::Not
    }
}

/// I4: every place shows the same fields.
fn converged(tag: &str, all: &BTreeMap<Place, Vec<Shown>>, wrong: &mut Vec<String>) {
    let texts: BTreeSet<_> = all.values().flatten().map(|it| (&it.summary, &it.description)).collect();
    if texts.len() > 1 {
        wrong.push(format!("I4: {tag} differs: {texts:#?}"));
    }
}

/// What has to stand of a comment at a place that is not its home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Must(Readers),
    May,
    Not,
}

/// The words with a header for every hop; the innermost one names the author and his site.
fn is_copy(town: &Town, text: &str, said: &Comment, words: &str) -> bool {
    let Some(headers) = text.strip_suffix(words.trim()).and_then(|it| it.strip_suffix('\n')) else {
        return false;
    };
    let site = town.site_name(said.home);
    let innermost = headers.lines().last().unwrap_or_default();
    headers.lines().all(|line| line.ends_with("):"))
        && said.names.iter().any(|name| innermost == format!("{name} ({site}):"))
}

/// The lines that have a comment of their own when as many as can be have one: texts may be alike, and which comment a
/// line belongs to is not told. `fits` are the lines that each comment may have.
fn paired(fits: &[Vec<usize>], lines: usize) -> BTreeSet<usize> {
    fn place(
        comment: usize,
        fits: &[Vec<usize>],
        seen: &mut BTreeSet<usize>,
        of: &mut [Option<usize>],
    ) -> bool {
        fits[comment].iter().any(|line| {
            let free = seen.insert(*line) && of[*line].is_none_or(|other| place(other, fits, seen, of));
            if free {
                of[*line] = Some(comment);
            }
            free
        })
    }
    let mut of = vec![None; lines];
    for comment in 0..fits.len() {
        place(comment, fits, &mut BTreeSet::new(), &mut of);
    }
    (0..lines).filter(|line| of[*line].is_some()).collect()
}

fn take(lines: &mut Vec<Line>, fits: impl Fn(&Line) -> bool) -> bool {
    match lines.iter().position(fits) {
        Some(found) => {
            lines.remove(found);
            true
        }
        None => false,
    }
}
