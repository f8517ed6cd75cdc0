//! Signing in and out, and the choice of colours.

use maud::{Markup, html};

use super::layout::{self, avatar};
use super::session::cookie_name;
use super::visit::{THEME_COOKIE, Visit, with_cookie};
use super::{Shown, see};
use crate::http::call::Query;
use crate::model::{AccountType, Site, User};
use http::StatusCode;

/// `GET /login?dest-url=`
pub(super) fn page(visit: &Visit<'_>, _: &[String]) -> Shown {
    let query = Query::parse(visit.asked.uri.query().unwrap_or_default());
    Ok(asking(visit, StatusCode::OK, local(query.get("dest-url").unwrap_or("/")), "", None))
}

/// `POST /login`: the password is the person's API token.
pub(super) fn enter(visit: &Visit<'_>, _: &[String]) -> Shown {
    let form = visit.open_form()?;
    let (email, destination) = (form.text("username"), form.text("dest-url"));
    match visit.person(&email, &form.text("password")) {
        Some(account) => visit.signed_in(&account, see(local(&destination))),
        None => {
            let words = "Incorrect email address and / or password.";
            Ok(asking(visit, StatusCode::UNAUTHORIZED, local(&destination), &email, Some(words)))
        }
    }
}

/// `POST /logout`
pub(super) fn leave(visit: &Visit<'_>, _: &[String]) -> Shown {
    visit.form()?;
    if let Some(session) = &visit.session {
        visit.twin.with(|state| state.sessions.end(&session.id));
    }
    see("/login").map(|response| with_cookie(response, &cookie_name(visit.site), "", true))
}

/// `POST /theme`: back to the page that asked, which our policy makes browsers name.
pub(super) fn theme(visit: &Visit<'_>, _: &[String]) -> Shown {
    let form = visit.form()?;
    let theme = form.text("theme");
    let known = if matches!(theme.as_str(), "light" | "dark") { theme.as_str() } else { "" };
    let page = visit.asked.headers.get("referer").and_then(|value| value.to_str().ok());
    let page = page.and_then(|page| url::Url::parse(page).ok());
    let page = page.map_or_else(|| "/".to_owned(), |page| page[url::Position::BeforePath..].to_owned());
    see(local(&page)).map(|response| with_cookie(response, THEME_COOKIE, known, false))
}

/// An address of this site and no other: a sign-in must not lead away.
pub(super) fn local(address: &str) -> &str {
    let away = address.starts_with("//") || address.contains(['\\', '\r', '\n']);
    if address.starts_with('/') && !away { address } else { "/" }
}

fn asking(
    visit: &Visit<'_>,
    status: StatusCode,
    destination: &str,
    email: &str,
    problem: Option<&str>,
) -> axum::response::Response {
    let people = visit.twin.with_site(visit.site, |site| people(site, destination));
    let content = html! {
        main.card.sign-in #content {
            h1 { "Log in to continue" }
            @if let Some(problem) = problem { (layout::problem(problem)) }
            form method="post" action="/login" {
                input type="hidden" name="dest-url" value=(destination);
                label { "Email" input type="email" name="username" value=(email) required autocomplete="username"; }
                label { "Password" input type="password" name="password" required autocomplete="current-password"; }
                button.primary type="submit" { "Log in" }
            }
            (people)
        }
    };
    visit.html(status, "Log in", &content)
}

/// Everybody the seed knows, one button each: a twin's passwords are no secrets.
fn people(site: &Site, destination: &str) -> Markup {
    let mut people: Vec<&User> =
        site.users.values().filter(|user| user.active && user.account_type != AccountType::App).collect();
    people.sort_by(|one, two| one.name.cmp(&two.name));
    html! {
        section.people aria-labelledby="people" {
            h2 #people { "Or continue as" }
            ul {
                @for user in people {
                    li {
                        form method="post" action="/login" {
                            input type="hidden" name="dest-url" value=(destination);
                            input type="hidden" name="username" value=(user.email);
                            input type="hidden" name="password" value=(format!("{}-token", user.name));
                            button.person type="submit" {
                                (avatar(&user.display_name))
                                span { strong { (user.display_name) } small { (user.email) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn a_sign_in_never_leads_to_another_site() {
        let rows = [
            ("/browse/ITA-1", "/browse/ITA-1"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("", "/"),
        ];
        for (asked, lead) in rows {
            assert_eq!(local(asked), lead, "{asked}");
        }
    }
}
