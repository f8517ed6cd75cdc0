//! Who may do what: permissions come from roles, an app's also from its scopes.

use std::collections::BTreeSet;

use super::{
    AccountId, AccountType, AppAccount, Group, Issue, Project, Site, User, Visibility, VisibilityKind,
};

/// Members administer the site.
pub const ADMIN_GROUP: &str = "jira-administrators";
/// The group every Connect app's account is put into.
pub const ADDONS_GROUP: &str = "atlassian-addons-admin";
/// Role of project admins.
pub const ADMIN_ROLE: &str = "Administrators";
/// Role of agents.
pub const TEAM_ROLE: &str = "Service Desk Team";
/// Role of customers; it gives nothing outside the portal.
pub const CUSTOMER_ROLE: &str = "Service Desk Customers";
/// Role of the people of a software project.
pub const DEVELOPER_ROLE: &str = "Developers";
/// Role by which Connect apps reach every project.
pub const ADDONS_ROLE: &str = "atlassian-addons-project-access";

/// One permission as `mypermissions` lists it.
#[derive(Debug, Clone, Copy)]
pub struct PermissionInfo {
    pub id: &'static str,
    pub key: &'static str,
    pub name: &'static str,
    pub global: bool,
    /// Roles that have it, by their first letter: `A`dministrators, service desk `T`eam, `D`evelopers.
    roles: &'static str,
    /// The Connect scope an app needs for it.
    scope: &'static str,
}

const fn row(
    id: &'static str,
    key: &'static str,
    name: &'static str,
    roles: &'static str,
    scope: &'static str,
) -> PermissionInfo {
    PermissionInfo { id, key, name, global: roles.is_empty(), roles, scope }
}

/// Every permission the twin knows; any other key is *unrecognized*.
pub const PERMISSIONS: &[PermissionInfo] = &[
    row("0", "ADMINISTER", "Administer Jira", "", "ADMIN"),
    row("27", "USER_PICKER", "Browse users and groups", "", "READ"),
    row("33", "BULK_CHANGE", "Make bulk changes", "", "WRITE"),
    row("23", "ADMINISTER_PROJECTS", "Administer Projects", "A", "PROJECT_ADMIN"),
    row("10", "BROWSE_PROJECTS", "Browse Projects", "ATD", "READ"),
    row("11", "CREATE_ISSUES", "Create Issues", "ATD", "WRITE"),
    row("12", "EDIT_ISSUES", "Edit Issues", "ATD", "WRITE"),
    row("16", "DELETE_ISSUES", "Delete Issues", "A", "DELETE"),
    row("46", "TRANSITION_ISSUES", "Transition Issues", "ATD", "WRITE"),
    row("13", "ASSIGN_ISSUES", "Assign Issues", "ATD", "WRITE"),
    row("17", "ASSIGNABLE_USER", "Assignable User", "ATD", "READ"),
    row("14", "RESOLVE_ISSUES", "Resolve Issues", "ATD", "WRITE"),
    row("18", "CLOSE_ISSUES", "Close Issues", "ATD", "WRITE"),
    row("30", "MODIFY_REPORTER", "Modify Reporter", "AT", "WRITE"),
    row("28", "SCHEDULE_ISSUES", "Schedule Issues", "ATD", "WRITE"),
    row("26", "SET_ISSUE_SECURITY", "Set Issue Security", "AT", "WRITE"),
    row("21", "LINK_ISSUES", "Link Issues", "ATD", "WRITE"),
    row("25", "MOVE_ISSUES", "Move Issues", "AT", "WRITE"),
    row("15", "ADD_COMMENTS", "Add Comments", "ATD", "WRITE"),
    row("34", "EDIT_ALL_COMMENTS", "Edit All Comments", "A", "WRITE"),
    row("35", "EDIT_OWN_COMMENTS", "Edit Own Comments", "ATD", "WRITE"),
    row("36", "DELETE_ALL_COMMENTS", "Delete All Comments", "A", "DELETE"),
    row("37", "DELETE_OWN_COMMENTS", "Delete Own Comments", "ATD", "DELETE"),
    row("19", "CREATE_ATTACHMENTS", "Create Attachments", "ATD", "WRITE"),
    row("38", "DELETE_ALL_ATTACHMENTS", "Delete All Attachments", "A", "DELETE"),
    row("39", "DELETE_OWN_ATTACHMENTS", "Delete Own Attachments", "ATD", "DELETE"),
    row("20", "WORK_ON_ISSUES", "Work On Issues", "ATD", "WRITE"),
    row("32", "MANAGE_WATCHERS", "Manage Watchers", "ATD", "WRITE"),
    row("31", "VIEW_VOTERS_AND_WATCHERS", "View Voters and Watchers", "ATD", "READ"),
    row("-1", "SERVICEDESK_AGENT", "Service Project Agent", "AT", "READ"),
];

impl PermissionInfo {
    /// The permission of that key.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Self> {
        PERMISSIONS.iter().find(|permission| permission.key == key)
    }
}

impl Site {
    /// Whether an account has a permission, in a project where the permission is one of projects. An unknown key
    /// and a missing project give `false`; nobody (`None`) has nothing.
    #[must_use]
    pub fn may(&self, account: Option<&AccountId>, key: &str, project: Option<&Project>) -> bool {
        let (Some(user), Some(info)) = (account.and_then(|id| self.users.get(id)), PermissionInfo::find(key))
        else {
            return false;
        };
        if !user.active {
            return false;
        }
        match (&user.app, info.global, project) {
            (Some(app), true, _) => app.scopes.contains(info.scope),
            (Some(app), false, Some(project)) => {
                app.scopes.contains(info.scope)
                    && self.has_role(&user.account_id, ADDONS_ROLE, project)
                    && !project.kept_from_apps.contains(key)
            }
            (None, true, _) => self.may_globally(user, info),
            (None, false, Some(project)) => self.may_in_project(user, info, project),
            (_, false, None) => false,
        }
    }

    fn may_globally(&self, user: &User, info: &PermissionInfo) -> bool {
        match info.key {
            "ADMINISTER" => self.is_site_admin(&user.account_id),
            _ => user.account_type == AccountType::Atlassian,
        }
    }

    fn may_in_project(&self, user: &User, info: &PermissionInfo, project: &Project) -> bool {
        let account = &user.account_id;
        let by =
            |letter: char, role: &str| info.roles.contains(letter) && self.has_role(account, role, project);
        by('A', ADMIN_ROLE) || by('T', TEAM_ROLE) || by('D', DEVELOPER_ROLE)
    }

    /// Whether an account administers the site.
    #[must_use]
    pub fn is_site_admin(&self, account: &AccountId) -> bool {
        self.in_group(account, ADMIN_GROUP)
    }

    /// Whether an account is in the group of that name.
    #[must_use]
    pub fn in_group(&self, account: &AccountId, group: &str) -> bool {
        self.group_named(group).is_some_and(|group| group.members.contains(account))
    }

    /// Whether an account has the role of that name in a project, itself or by a group.
    #[must_use]
    pub fn has_role(&self, account: &AccountId, role: &str, project: &Project) -> bool {
        let Some(members) = self.role_named(role).and_then(|role| project.roles.get(&role.id)) else {
            return false;
        };
        members.users.contains(account)
            || members
                .groups
                .iter()
                .any(|id| self.groups.get(id).is_some_and(|group| group.members.contains(account)))
    }

    /// Gives all apps their role in a project, or takes it from them, as an admin may; `project` is a key.
    pub fn apps_take_part(&mut self, project: &str, given: bool) {
        let role = self.role_named(ADDONS_ROLE).map(|role| role.id);
        let apps = self.users.values().filter(|user| user.app.is_some());
        let apps: BTreeSet<_> = apps.map(|user| user.account_id.clone()).filter(|_| given).collect();
        let project = self.projects.values_mut().find(|known| known.key == project);
        if let (Some(role), Some(project)) = (role, project) {
            project.roles.entry(role).or_default().users = apps;
        }
    }

    /// Whether an account sees an issue outside the portal. A security level leaves project admins, apps and the
    /// reporter.
    #[must_use]
    pub fn may_see(&self, account: Option<&AccountId>, issue: &Issue) -> bool {
        let project = self.project_of(&issue.head);
        if !self.may(account, "BROWSE_PROJECTS", Some(project)) {
            return false;
        }
        let secured = issue.head.id_value("security").is_some();
        !secured
            || account.is_some_and(|id| {
                self.has_role(id, ADMIN_ROLE, project)
                    || self.has_role(id, ADDONS_ROLE, project)
                    || issue.head.user_value("reporter") == Some(id)
            })
    }

    /// Whether an account is within a comment's restriction.
    #[must_use]
    pub fn may_read_restricted(
        &self,
        account: Option<&AccountId>,
        visibility: Option<&Visibility>,
        project: &Project,
    ) -> bool {
        match (visibility, account) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(visibility), Some(account)) => match visibility.kind {
                VisibilityKind::Role => self.has_role(account, &visibility.value, project),
                VisibilityKind::Group => self.in_group(account, &visibility.value),
            },
        }
    }

    /// Whether an account meets an issue in the portal: as an agent, or as a customer who reported it, takes part
    /// in it, or belongs to an organization it is shared with.
    #[must_use]
    pub fn may_see_request(&self, account: Option<&AccountId>, issue: &Issue) -> bool {
        let Some(id) = account else { return false };
        self.is_request(&issue.head) && (self.may_see(account, issue) || self.is_customer_of(id, issue))
    }

    fn is_customer_of(&self, account: &AccountId, issue: &Issue) -> bool {
        let head = &issue.head;
        let mine = head.user_value("reporter") == Some(account);
        mine || self.participants(head).contains(account)
            || self.shared_with(head).iter().any(|id| {
                self.organizations.get(id).is_some_and(|organization| organization.members.contains(account))
            })
    }

    /// Whether an account works as an agent in a project.
    #[must_use]
    pub fn is_agent(&self, account: Option<&AccountId>, project: &Project) -> bool {
        self.may(account, "SERVICEDESK_AGENT", Some(project))
    }

    /// Whether an account may raise requests in a project's portal.
    #[must_use]
    pub fn is_portal_user(&self, account: Option<&AccountId>, project: &Project) -> bool {
        account.is_some_and(|id| {
            self.is_agent(account, project)
                || self.has_role(id, CUSTOMER_ROLE, project)
                || project.service_desk.as_ref().is_some_and(|desk| {
                    desk.organizations.iter().any(|organization| {
                        self.organizations.get(organization).is_some_and(|it| it.members.contains(id))
                    })
                })
        })
    }

    /// Adds the account of an installed app: in the add-ons group, and in every project by the add-ons role.
    /// An account that is there already only gets the new name and scopes.
    pub fn add_app_account(&mut self, account_id: &str, display_name: &str, app: AppAccount) {
        let user = User {
            account_id: account_id.to_owned(),
            account_type: AccountType::App,
            name: app.key.clone(),
            email: String::new(),
            display_name: display_name.to_owned(),
            active: true,
            app: Some(app),
        };
        self.users.insert(account_id.to_owned(), user);
        let addons = |group: &&mut Group| group.name == ADDONS_GROUP;
        if let Some(group) = self.groups.values_mut().find(addons) {
            group.members.insert(account_id.to_owned());
        }
        let Some(role) = self.role_named(ADDONS_ROLE).map(|role| role.id) else { return };
        for project in self.projects.values_mut() {
            project.roles.entry(role).or_default().users.insert(account_id.to_owned());
        }
    }
}
