//! Where people begin: agents at their projects, customers in the portal.

use maud::html;

use super::layout::{empty, mark};
use super::visit::Visit;
use super::{Shown, see};
use crate::model::{Project, ProjectKind};

/// `GET /`
pub(super) fn start(visit: &Visit<'_>, _: &[String]) -> Shown {
    let works_here = visit
        .look(|call| Ok(call.site.projects.values().any(|project| call.may("BROWSE_PROJECTS", project))))?;
    see(if works_here { "/jira/your-work" } else { "/servicedesk/customer/portals" })
}

/// `GET /jira/your-work`: the projects that the viewer may browse.
pub(super) fn page(visit: &Visit<'_>, _: &[String]) -> Shown {
    let content = visit.look(|call| {
        let projects: Vec<&Project> =
            call.site.projects.values().filter(|project| call.may("BROWSE_PROJECTS", project)).collect();
        Ok(html! {
            main #content {
                h1 { "Your work" }
                @if projects.is_empty() {
                    (empty("No projects", "You work in none of this site's projects. Your requests are in the portal."))
                }
                ul.cards {
                    @for project in projects {
                        li.card {
                            (mark(&project.key))
                            div {
                                h2 { (project.name) }
                                p.quiet { (project.key) " · " (kind(project.kind)) }
                                @if let Some(desk) = &project.service_desk {
                                    p.links {
                                        a href=(format!("/jira/servicedesk/projects/{}/queues", project.key)) { "Queue" }
                                        a href=(format!("/servicedesk/customer/portal/{}", desk.portal_id)) { "Portal" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        })
    })?;
    visit.page("Your work", &content)
}

fn kind(kind: ProjectKind) -> &'static str {
    match kind {
        ProjectKind::ServiceDesk => "Service project",
        ProjectKind::Software => "Software project",
    }
}
