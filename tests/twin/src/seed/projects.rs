//! Projects of the seed: issue types, workflows, screens, portals.

use std::collections::{BTreeMap, BTreeSet};

use super::{Numbers, people::account};
use crate::model::{
    ADDONS_ROLE, ADMIN_GROUP, ADMIN_ROLE, CUSTOMER_ROLE, Component, DEVELOPER_ROLE, IssueType, Project,
    ProjectKind, RequestType, RequestTypeField, RequestTypeGroup, RoleMembers, Screen, ScreenField,
    ServiceDesk, Site, Status, StatusCategory, TEAM_ROLE, Transition, Workflow,
};

const SERVICE_PROJECTS: [(&str, &str); 4] =
    [("ITA", "IT Support"), ("ITB", "IT Operations"), ("ITC", "Field Services"), ("ITD", "Customer Care")];
const SERVICE_TYPES: [(&str, &str); 3] = [
    ("IT Help", "For general IT problems and questions."),
    ("Purchase", "For hardware and software that has to be bought."),
    ("Access", "For accounts and rights."),
];
const SOFTWARE_TYPES: [(&str, &str); 3] =
    [("Task", "A small, distinct piece of work."), ("Bug", "A problem or error."), ("Story", "A user goal.")];

/// Name, issue type, group, and the custom fields of the portal form.
const REQUEST_TYPES: [(&str, &str, usize, &[&str]); 3] = [
    ("Get IT Help", "IT Help", 0, &["Urgency", "Affected services"]),
    ("Purchase request", "Purchase", 1, &["Business justification", "Seats"]),
    ("Request a new account", "Access", 0, &["Needed by"]),
];
const REQUEST_GROUPS: [&str; 2] = ["Common Requests", "Purchasing"];

const SERVICE_STATUSES: [(&str, StatusCategory); 5] = [
    ("Waiting for support", StatusCategory::ToDo),
    ("In progress", StatusCategory::InProgress),
    ("Waiting for customer", StatusCategory::InProgress),
    ("Resolved", StatusCategory::Done),
    ("Closed", StatusCategory::Done),
];
const SOFTWARE_STATUSES: [(&str, StatusCategory); 3] = [
    ("To Do", StatusCategory::ToDo),
    ("In Review", StatusCategory::InProgress),
    ("Done", StatusCategory::Done),
];

/// Name, from (indices of statuses; none is from everywhere), to, resolved, offered to customers.
type Way = (&'static str, &'static [usize], usize, bool, bool);
const SERVICE_WAYS: [Way; 7] = [
    ("Start progress", &[0], 1, false, false),
    ("Respond to customer", &[0, 1], 2, false, false),
    ("Respond to support", &[2], 0, false, true),
    ("Back to support", &[1], 0, false, false),
    ("Resolve this issue", &[0, 1, 2], 3, true, true),
    ("Reopen", &[3, 4], 0, false, true),
    ("Close", &[3], 4, true, false),
];
const SOFTWARE_WAYS: [Way; 3] =
    [("To Do", &[], 0, false, false), ("In Review", &[], 1, false, false), ("Done", &[], 2, true, false)];

pub(super) fn build(site: &mut Site, numbers: Numbers) {
    let service_types = add_issue_types(site, numbers.at(10_101), &SERVICE_TYPES);
    let software_types = add_issue_types(site, numbers.at(10_111), &SOFTWARE_TYPES);
    let service_flow = add_workflow(site, numbers.at(10_201), &SERVICE_STATUSES, &SERVICE_WAYS);
    let software_flow = add_workflow(site, numbers.at(10_211), &SOFTWARE_STATUSES, &SOFTWARE_WAYS);
    for (index, (key, name)) in (0u64..).zip(SERVICE_PROJECTS) {
        let desk = service_desk(site, numbers, index);
        let id = numbers.at(10_300) + index;
        let mut project =
            project(site, id, key, name, ProjectKind::ServiceDesk, &service_types, &service_flow);
        project.service_desk = Some(desk);
        site.projects.insert(project.id.clone(), project);
    }
    let id = numbers.at(10_300) + SERVICE_PROJECTS.len() as u64;
    let project = project(site, id, "SW", "Software", ProjectKind::Software, &software_types, &software_flow);
    site.projects.insert(project.id.clone(), project);
}

fn add_issue_types(site: &mut Site, first: u64, types: &[(&str, &str)]) -> Vec<String> {
    let add = |((name, description), id): (&(&str, &str), u64)| {
        let id = id.to_string();
        let issue_type = IssueType {
            id: id.clone(),
            name: (*name).to_owned(),
            description: (*description).to_owned(),
            subtask: false,
        };
        site.issue_types.insert(id.clone(), issue_type);
        id
    };
    types.iter().zip(first..).map(add).collect()
}

fn add_workflow(site: &mut Site, first: u64, statuses: &[(&str, StatusCategory)], ways: &[Way]) -> Workflow {
    let ids: Vec<String> = statuses.iter().zip(first..).map(|(_, id)| id.to_string()).collect();
    for ((name, category), id) in statuses.iter().zip(&ids) {
        let status = Status { id: id.clone(), name: (*name).to_owned(), category: *category };
        site.statuses.insert(id.clone(), status);
    }
    let done = site.resolutions.first().map(|it| it.id.clone());
    let transitions =
        ways.iter().zip(1u64..).map(|((name, from, to, resolves, customer), number)| Transition {
            // Jira numbers transitions in tens.
            id: format!("{}1", number),
            name: (*name).to_owned(),
            from: from.iter().map(|index| ids[*index].clone()).collect(),
            to: ids[*to].clone(),
            resolution: done.clone().filter(|_| *resolves),
            customer: *customer,
        });
    Workflow { initial: ids[0].clone(), transitions: transitions.collect(), statuses: ids }
}

fn project(
    site: &Site,
    id: u64,
    key: &str,
    name: &str,
    kind: ProjectKind,
    types: &[String],
    workflow: &Workflow,
) -> Project {
    Project {
        id: id.to_string(),
        key: key.to_owned(),
        name: name.to_owned(),
        kind,
        lead: account(site, "admin").unwrap_or_default(),
        issue_types: types.to_vec(),
        workflow: workflow.clone(),
        screens: types.iter().map(|it| (it.clone(), screen(site, kind, it))).collect(),
        roles: roles(site, kind),
        kept_from_apps: BTreeSet::new(),
        components: ["Hardware", "Software"]
            .iter()
            .zip(id * 10..)
            .map(|(name, id)| Component { id: id.to_string(), name: (*name).to_owned() })
            .collect(),
        service_desk: None,
        next_number: 1,
    }
}

fn screen(site: &Site, kind: ProjectKind, issue_type: &str) -> Screen {
    let is_bug = site.issue_types.get(issue_type).is_some_and(|it| it.name == "Bug");
    let common =
        ["summary", "issuetype", "reporter", "description", "priority", "assignee", "labels", "components"];
    let more = ["environment", "duedate", "security"];
    let desk_only = ["Request Type", "Organizations", "Request participants"];
    let custom = [
        "Urgency",
        "Affected services",
        "Seats",
        "Needed by",
        "Asset tag",
        "Business justification",
        "Approver",
        "Outage start",
    ];
    let names = common.iter().chain(&more).chain(&custom);
    let names = names.chain(desk_only.iter().filter(|_| kind == ProjectKind::ServiceDesk));
    let fields = names.filter_map(|name| site.field_named(name));
    let edit: Vec<ScreenField> = fields
        .map(|field| ScreenField {
            field: field.id.clone(),
            required: ["summary", "issuetype"].contains(&field.id.as_str())
                || (is_bug && field.id == "environment"),
        })
        .collect();
    let project = ScreenField { field: "project".to_owned(), required: true };
    Screen { create: std::iter::once(project).chain(edit.iter().cloned()).collect(), edit }
}

fn roles(site: &Site, kind: ProjectKind) -> BTreeMap<u64, RoleMembers> {
    let role = |name: &str| site.role_named(name).map(|role| role.id).unwrap_or_default();
    let people = |names: &[&str]| RoleMembers {
        users: names.iter().filter_map(|name| account(site, name)).collect(),
        groups: BTreeSet::new(),
    };
    let group = |name: &str| RoleMembers {
        users: BTreeSet::new(),
        groups: site.group_named(name).map(|group| group.id.clone()).into_iter().collect(),
    };
    let mut roles =
        BTreeMap::from([(role(ADMIN_ROLE), group(ADMIN_GROUP)), (role(ADDONS_ROLE), RoleMembers::default())]);
    match kind {
        ProjectKind::ServiceDesk => {
            roles.insert(role(TEAM_ROLE), people(&["agent1", "agent2"]));
            roles.insert(role(CUSTOMER_ROLE), people(&["customer1", "customer2"]));
        }
        ProjectKind::Software => {
            roles.insert(role(DEVELOPER_ROLE), group("jira-software-users"));
        }
    }
    roles
}

fn service_desk(site: &Site, numbers: Numbers, index: u64) -> ServiceDesk {
    let id = numbers.small(SERVICE_PROJECTS.len() as u64) + index;
    let groups: Vec<RequestTypeGroup> = REQUEST_GROUPS
        .iter()
        .zip(id * REQUEST_GROUPS.len() as u64..)
        .map(|(name, id)| RequestTypeGroup { id: id.to_string(), name: (*name).to_owned() })
        .collect();
    let first = numbers.at(0) / 100 + index * 10 + 11;
    let request_types = REQUEST_TYPES
        .iter()
        .zip(first..)
        .map(|((name, issue_type, group, fields), id)| RequestType {
            id: id.to_string(),
            name: (*name).to_owned(),
            description: format!("{name} from the service team."),
            help_text: String::new(),
            issue_type: site
                .issue_types
                .values()
                .find(|it| it.name == *issue_type)
                .map(|it| it.id.clone())
                .unwrap_or_default(),
            groups: vec![groups[*group].id.clone()],
            fields: form(site, fields),
        })
        .collect();
    let organizations = site.organizations.keys().cloned().collect();
    ServiceDesk { id: id.to_string(), portal_id: id.to_string(), request_types, groups, organizations }
}

fn form(site: &Site, custom: &[&str]) -> Vec<RequestTypeField> {
    let usual = [("summary", "Summary", true), ("description", "What details can you share?", false)];
    let custom = custom.iter().map(|name| (*name, *name, false));
    let fields = usual.into_iter().chain(custom).filter_map(|(field, name, required)| {
        let field = site.field_named(field)?.id.clone();
        Some(RequestTypeField { field, name: name.to_owned(), required, visible: true })
    });
    fields.collect()
}
