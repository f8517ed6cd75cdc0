//! People, groups, organizations and roles of the seed.

use std::collections::BTreeSet;

use super::{Numbers, uuid_of};
use crate::model::{
    ADDONS_GROUP, ADDONS_ROLE, ADMIN_GROUP, ADMIN_ROLE, AccountId, AccountType, CUSTOMER_ROLE,
    DEVELOPER_ROLE, Group, Organization, Role, Site, TEAM_ROLE, User,
};

/// First names per site, in the order admin, agent1, agent2, customer1, customer2; sites beyond start over.
const FIRST_NAMES: [[&str; 5]; 3] = [
    ["Ada", "Anna", "Ben", "Carla", "Dan"],
    ["Grace", "Gita", "Hugo", "Ines", "Jon"],
    ["Katherine", "Kim", "Lars", "Mona", "Nils"],
];

const PEOPLE: [(&str, &str); 5] = [
    ("admin", "Admin"),
    ("agent1", "Agent"),
    ("agent2", "Agent"),
    ("customer1", "Customer"),
    ("customer2", "Customer"),
];

const GROUPS: [(&str, &[&str]); 5] = [
    (ADMIN_GROUP, &["admin"]),
    ("jira-service-desk-users", &["admin", "agent1", "agent2"]),
    ("jira-software-users", &["admin", "agent1", "agent2"]),
    (ADDONS_GROUP, &[]),
    ("site-admins", &["admin"]),
];

const ROLES: [(&str, &str); 5] = [
    (ADMIN_ROLE, "A project role that represents administrators in a project"),
    (DEVELOPER_ROLE, "A project role that represents developers in a project"),
    (TEAM_ROLE, "A role automatically created by service desk, which represents members of the service team"),
    (CUSTOMER_ROLE, "A role automatically created by service desk, which represents customers"),
    (
        ADDONS_ROLE,
        "A project role that represents Connect add-ons declaring a scope that requires more than read issue permissions",
    ),
];

pub(super) fn settle(site: &mut Site, seed: u64, numbers: Numbers) {
    let first_names = FIRST_NAMES[numbers.order as usize % FIRST_NAMES.len()];
    for ((name, kind), first_name) in PEOPLE.into_iter().zip(first_names) {
        let display_name = format!("{first_name} {kind} ({})", site.title);
        let user = person(seed, &site.name, name, display_name);
        site.users.insert(user.account_id.clone(), user);
    }
    for (name, members) in GROUPS {
        let id = uuid_of(seed, &format!("{}/group/{name}", site.name));
        let members = members.iter().filter_map(|member| account(site, member)).collect();
        site.groups.insert(id.clone(), Group { id, name: name.to_owned(), members });
    }
    let organizations = [("Northwind", "customer1"), ("Fabrikam", "customer2")];
    for ((name, member), id) in organizations.into_iter().zip(numbers.small(2)..) {
        let members: BTreeSet<AccountId> = account(site, member).into_iter().collect();
        let id = id.to_string();
        site.organizations.insert(id.clone(), Organization { id, name: name.to_owned(), members });
    }
    for ((name, description), id) in ROLES.into_iter().zip(numbers.at(10_002)..) {
        site.roles.insert(id, Role { id, name: name.to_owned(), description: description.to_owned() });
    }
}

pub(super) fn account(site: &Site, name: &str) -> Option<AccountId> {
    site.user_named(name).map(|user| user.account_id.clone())
}

fn person(seed: u64, site: &str, name: &str, display_name: String) -> User {
    let uuid = uuid_of(seed, &format!("{site}/{name}"));
    // Portal-only customers have ids of another make than people with an Atlassian account.
    let (account_type, account_id) = if name.starts_with("customer") {
        (AccountType::Customer, format!("qm:{}:{uuid}", uuid_of(seed, site)))
    } else {
        (AccountType::Atlassian, format!("712020:{uuid}"))
    };
    User {
        account_id,
        account_type,
        name: name.to_owned(),
        email: format!("{name}@{site}.example"),
        display_name,
        active: true,
        app: None,
    }
}
