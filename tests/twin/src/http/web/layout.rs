//! What all pages share: the frame around them, and the small things they are made of.

use maud::{DOCTYPE, Markup, html};

use super::assets::STYLE;
use super::form::TOKEN;
use super::session::Session;
use crate::clock::{format_time, jira_time};
use crate::model::Site;

/// A whole page around its content.
pub(super) fn whole(
    site: &Site,
    session: Option<&Session>,
    theme: &str,
    title: &str,
    content: &Markup,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-color-mode=(theme) data-theme="light:light dark:dark spacing:spacing shape:shape typography:typography-modernized" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - " (site.title) }
                link rel="stylesheet" href=(STYLE);
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#content" { "Skip to content" }
                (top(site, session, theme))
                (content)
            }
        }
    }
}

fn top(site: &Site, session: Option<&Session>, theme: &str) -> Markup {
    let Some(session) = session else {
        return html! { header.top { span.site { (mark(&site.title)) (site.title) } } };
    };
    let name = site.display_name(&session.account);
    let account = Some(&session.account);
    let works = site.projects.values().any(|project| site.may(account, "BROWSE_PROJECTS", Some(project)));
    html! {
        header.top {
            a.site href="/" { (mark(&site.title)) (site.title) }
            nav aria-label="Site" {
                @if works { a href="/jira/your-work" { "Your work" } }
                a href="/servicedesk/customer/portals" { "Portal" }
                @if site.is_site_admin(&session.account) { a href="/plugins/servlet/upm" { "Apps" } }
            }
            details.menu {
                summary { (avatar(&name)) span.name { (name) } }
                div.drop {
                    form method="post" action="/theme" {
                        (token(session))
                        fieldset {
                            legend { "Theme" }
                            @for (value, label) in [("light", "Light"), ("dark", "Dark"), ("auto", "Match browser")] {
                                button type="submit" name="theme" value=(value) aria-pressed=(if theme == value { "true" } else { "false" }) { (label) }
                            }
                        }
                    }
                    form method="post" action="/logout" { (token(session)) button type="submit" { "Log out" } }
                }
            }
        }
    }
}

/// What makes a form ours.
pub(super) fn token(session: &Session) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(session.form_token); }
}

/// A page that says why there is nothing to see.
pub(super) fn trouble(title: &str, words: &str) -> Markup {
    html! { main #content { h1 { (title) } p { (words) } p { a href="/" { "Back to the start" } } } }
}

/// A problem within a page.
pub(super) fn problem(words: &str) -> Markup {
    html! { div.problem role="alert" { (words) } }
}

/// A place where nothing is yet, and what to do about it.
pub(super) fn empty(title: &str, words: &str) -> Markup {
    html! { div.empty { h2 { (title) } p { (words) } } }
}

/// A state in a word. `kind` is a class of the style sheet.
pub(super) fn lozenge(words: &str, kind: &str) -> Markup {
    html! { span class=(format!("lozenge {kind}")) { (words) } }
}

/// The initials of a person, in a colour of their own.
pub(super) fn avatar(name: &str) -> Markup {
    let initials: String = name
        .split(' ')
        .filter_map(|word| word.chars().next())
        .filter(|it| it.is_alphabetic())
        .take(2)
        .collect();
    html! { span class=(format!("avatar hue{}", hue(name))) aria-hidden="true" { (initials) } }
}

/// The first letters of a project or a site.
pub(super) fn mark(name: &str) -> Markup {
    let letters: String = name.chars().take(3).collect();
    html! { span class=(format!("mark hue{}", hue(name))) aria-hidden="true" { (letters) } }
}

fn hue(name: &str) -> u32 {
    name.chars().fold(0, |sum: u32, letter| sum.wrapping_mul(31).wrapping_add(u32::from(letter))) % 6
}

/// A moment for people and for machines, in UTC as the twin's sites live.
pub(super) fn time(at_ms: i64) -> Markup {
    html! { time datetime=(jira_time(at_ms)) { (format_time(at_ms, "%-d %b %Y, %H:%M")) } }
}
