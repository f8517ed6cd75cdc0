//! The twin's answers against the published API: for every resource the twin has, the status is a documented one, the
//! body fits the schema, the content type is the right one. The API's documents are no part of this project; where
//! they do not lie beside it, these tests say so and prove nothing.

mod expands;
mod known;
mod links;
mod recorded;
mod site;
mod spec;
mod story;
mod versions;

use std::collections::{BTreeMap, BTreeSet};

use site::{Exchange, Site};
use spec::Spec;

/// Which resources the documents describe; the same under version 2 is compared with version 3 instead.
const DESCRIBED: [&str; 3] = ["/rest/api/3/", "/rest/servicedeskapi/", "/rest/atlassian-connect/1/"];

#[test]
fn every_answer_is_a_published_one() {
    let Some(spec) = Spec::load() else { return };
    let site = Site::new();
    story::tell(&site);
    story::ask_for_everything(&site);
    let exchanges = site.exchanges();
    let mut complaints = BTreeSet::new();
    let mut known = known::Known::default();
    for exchange in exchanges.iter().filter(|it| described(&it.template)) {
        let found = spec.complaints(exchange);
        complaints.extend(
            found.into_iter().filter(|it| !known.excuses(exchange, it)).map(|it| format!("{exchange}: {it}")),
        );
    }
    complaints.extend(uncovered(&exchanges));
    complaints.extend(known.unused());
    report(&exchanges);
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

/// The checks themselves: an answer with a wrong type, an unknown key, an undocumented status or envelope is told.
#[test]
fn a_wrong_answer_is_noticed() {
    let Some(spec) = Spec::load() else { return };
    for (exchange, expected) in site::wrong_answers() {
        let complaints = spec.complaints(&exchange).join("; ");
        assert!(complaints.contains(expected), "{exchange}: {complaints:?} lacks {expected:?}");
    }
}

#[test]
fn refusals_are_as_recorded() {
    let Some(cases) = recorded::load() else { return };
    let complaints = recorded::complaints(&cases);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn version_2_is_version_3_with_text() {
    let site = Site::new();
    story::tell(&site);
    let (compared, complaints) = versions::compare(&site);
    assert!(compared > 40, "only {compared} answers were compared");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn what_an_answer_links_to_is_there() {
    let site = Site::new();
    story::tell(&site);
    let (followed, lost) = links::follow(&site);
    assert!(followed > 100, "only {followed} links were followed");
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn what_is_announced_can_be_expanded() {
    let site = Site::new();
    story::tell(&site);
    let (asked, missing) = expands::ask(&site);
    assert!(asked > 5, "only {asked} parts were asked for");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

fn described(template: &str) -> bool {
    DESCRIBED.iter().any(|base| template.starts_with(base))
}

/// Resources that no call of the story got an answer from that is no refusal.
fn uncovered(exchanges: &[Exchange]) -> Vec<String> {
    let mut missing: BTreeSet<String> = jira_twin::http::operations()
        .filter(|(_, template)| described(template))
        .map(|(method, template)| format!("{method} {template}"))
        .collect();
    // What was removed has no better answer than 410.
    for exchange in exchanges.iter().filter(|it| it.status < 300 || it.status == 410) {
        missing.remove(&exchange.operation());
    }
    missing.into_iter().map(|operation| format!("{operation}: the story has no case for it")).collect()
}

#[expect(clippy::print_stdout, reason = "what was proved is told where the output of tests is shown")]
fn report(exchanges: &[Exchange]) {
    let mut statuses = BTreeMap::new();
    let mut operations = BTreeSet::new();
    for exchange in exchanges.iter().filter(|it| described(&it.template)) {
        *statuses.entry(exchange.status).or_insert(0) += 1;
        operations.insert(exchange.operation());
    }
    let total: i32 = statuses.values().sum();
    println!("{} operations, {total} answers validated, by status: {statuses:?}", operations.len());
}
