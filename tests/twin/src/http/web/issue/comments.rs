//! The comments of an issue, and where new ones are written. Who may read a comment is told at a glance: a note for
//! the team is tinted and says so, as the service desk shows it.

use maud::{Markup, html};

use crate::http::call::Call;
use crate::http::web::layout::{avatar, lozenge, time};
use crate::http::web::text::rich;
use crate::model::{Comment, Issue};
use crate::text::adf_to_wiki;

/// The comments that the viewer may read, the newest first, below the forms for new ones.
pub(super) fn section(call: &Call<'_>, issue: &Issue, form: &Markup) -> Markup {
    let project = call.site.project_of(&issue.head);
    let readable =
        |it: &&Comment| call.site.may_read_restricted(call.account(), it.visibility.as_ref(), project);
    let comments: Vec<&Comment> = issue.comments.iter().rev().filter(readable).collect();
    let request = call.site.is_request(&issue.head);
    html! {
        section.comments aria-labelledby="comments" {
            h2 #comments { "Comments" }
            @if call.may("ADD_COMMENTS", project) { (composer(issue, request, form)) }
            @for comment in &comments { (one(call, issue, comment, form)) }
            @if comments.is_empty() { p.quiet { "No comments yet." } }
        }
    }
}

fn composer(issue: &Issue, request: bool, form: &Markup) -> Markup {
    let kinds: &[(&str, &str)] = if request {
        &[("public", "Reply to customer"), ("internal", "Add internal note")]
    } else {
        &[("public", "Add a comment")]
    };
    html! {
        div.composer {
            @for (kind, words) in kinds {
                details name="composer" class=(kind) {
                    summary.button { (words) }
                    form method="post" action=(format!("/browse/{}/comment", issue.head.key)) {
                        (form)
                        input type="hidden" name="kind" value=(kind);
                        textarea name="body" rows="4" required aria-label=(words) {}
                        div.actions {
                            button.primary type="submit" { "Save" }
                            @if *kind == "internal" { span.quiet { "Only your team can see this." } }
                        }
                    }
                }
            }
        }
    }
}

fn one(call: &Call<'_>, issue: &Issue, comment: &Comment, form: &Markup) -> Markup {
    let internal = !comment.jsd_public(call.site.is_request(&issue.head));
    let author = call.site.display_name(&comment.author);
    let address = format!("/browse/{}/comment/{}", issue.head.key, comment.id);
    let own = call.account() == Some(&comment.author);
    let may = |all: &str, mine: &str| {
        let project = call.site.project_of(&issue.head);
        call.may(all, project) || (own && call.may(mine, project))
    };
    html! {
        article.comment.note[internal] id=(format!("comment-{}", comment.id)) {
            header {
                (avatar(&author))
                strong { (author) }
                span.quiet {
                    (time(comment.created_ms))
                    @if comment.updated_ms != comment.created_ms { " · edited" }
                }
                @if internal { (lozenge("Internal note", "note")) }
                @if let Some(restricted) = &comment.visibility {
                    (lozenge(&format!("Restricted to {}", restricted.value), "danger"))
                }
            }
            div.rich { (rich(&comment.body)) }
            footer {
                @if may("EDIT_ALL_COMMENTS", "EDIT_OWN_COMMENTS") {
                    details {
                        summary { "Edit" span.hidden { " comment of " (author) } }
                        form method="post" action=(format!("{address}/edit")) {
                            (form)
                            textarea name="body" rows="4" required aria-label="Comment" { (adf_to_wiki(&comment.body)) }
                            button.primary type="submit" { "Save" }
                        }
                    }
                }
                @if may("DELETE_ALL_COMMENTS", "DELETE_OWN_COMMENTS") {
                    details {
                        summary { "Delete" span.hidden { " comment of " (author) } }
                        form method="post" action=(format!("{address}/delete")) {
                            (form)
                            p { "Once you delete, it's gone for good." }
                            button.danger type="submit" { "Delete comment" }
                        }
                    }
                }
            }
        }
    }
}
