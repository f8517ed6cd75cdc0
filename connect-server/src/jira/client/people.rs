//! Who we are on a site, who others are, and who may do what.

use super::{Call, Cost, Jira, JiraError};
use crate::jira::wire::{At, WireError, person};
use duplex_core::id::{AccountId, IssueId, ProjectId};
use duplex_core::issue::Person;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What our own account needs in a project, by Jira's key and the name an admin knows.
const NEEDED: [(&str, &str); 7] = [
    (BROWSE, "Browse Projects"),
    ("CREATE_ISSUES", "Create Issues"),
    ("EDIT_ISSUES", "Edit Issues"),
    ("ADD_COMMENTS", "Add Comments"),
    ("EDIT_OWN_COMMENTS", "Edit Own Comments"),
    ("DELETE_OWN_COMMENTS", "Delete Own Comments"),
    (AGENT, "Service Project Agent"),
];

/// Without it Jira tells us nothing of a project.
const BROWSE: &str = "BROWSE_PROJECTS";

/// Without it a comment can't be internal. Only sites with Jira Service Management know it.
const AGENT: &str = "SERVICEDESK_AGENT";

/// People whose names are asked for at once; an address has its limits.
const NAMES_MAX: usize = 100;

/// People that one search finds, as a list to choose from shows them.
const FOUND_MAX: usize = 20;

/// *Browse users and groups*: who has it may look people up.
const BROWSE_USERS: &str = "USER_PICKER";

/// An e-mail is looked for among so many users; Jira matches by prefix.
const CANDIDATES_MAX: u32 = 10;

/// The account that we act as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub account: AccountId,
    pub name: String,
}

/// What an account may administer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    /// *Administer Jira*.
    pub site_admin: bool,
    /// Of the projects asked for, those that the account administers.
    pub project_admin: BTreeSet<ProjectId>,
}

impl Rights {
    /// A site's admin administers every project.
    #[must_use]
    pub fn administers(&self, project: &ProjectId) -> bool {
        self.site_admin || self.project_admin.contains(project)
    }
}

/// A permission that our account lacks in a project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingPermission {
    pub key: String,
    /// As Jira's permission scheme names it.
    pub name: String,
}

impl Jira {
    /// # Errors
    /// [`JiraError`]
    pub async fn myself(&self) -> Result<Me, JiraError> {
        let answer = self.call(&Call::get("/rest/api/3/myself", Cost::Identity)).await?;
        let Person { account, name, .. } = person(&At::root(&answer.body))?;
        Ok(Me { account, name })
    }

    /// What an account may administer, among these projects and on the site.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn rights(&self, account: &AccountId, projects: &[ProjectId]) -> Result<Rights, JiraError> {
        let ids: Vec<u64> = projects.iter().filter_map(|id| id.as_str().parse().ok()).collect();
        let mut body = json!({"accountId": account, "globalPermissions": ["ADMINISTER"]});
        if !ids.is_empty() {
            body["projectPermissions"] = json!([{"permissions": ["ADMINISTER_PROJECTS"], "projects": ids}]);
        }
        let answer = self.call(&Call::ask("/rest/api/3/permissions/check", body, Cost::Plain)).await?;
        Ok(rights(&At::root(&answer.body))?)
    }

    /// Whether an account has a permission on an issue; `false` also where there is no such issue.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn may(
        &self,
        account: &AccountId,
        permission: &str,
        issue: &IssueId,
    ) -> Result<bool, JiraError> {
        let Ok(issue) = issue.as_str().parse::<u64>() else { return Ok(false) };
        let body = json!({
            "accountId": account,
            "projectPermissions": [{"permissions": [permission], "issues": [issue]}],
        });
        let answer = self.call(&Call::ask("/rest/api/3/permissions/check", body, Cost::Plain)).await?;
        let granted = At::root(&answer.body).get("projectPermissions").list()?;
        let allows = |grant: &At<'_>| {
            let issues = grant.get("issues").value.as_array();
            grant.get("permission").value.as_str() == Some(permission)
                && issues.is_some_and(|issues| issues.iter().any(|one| one.as_u64() == Some(issue)))
        };
        Ok(granted.iter().any(allows))
    }

    /// What people are called, by account; who is not known here is missing. No more than `NAMES_MAX` are asked for.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn names(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, String>, JiraError> {
        let accounts = &accounts[..accounts.len().min(NAMES_MAX)];
        let call = Call::get("/rest/api/3/user/bulk", Cost::Identities("/values"));
        let call = call.with("maxResults", NAMES_MAX.to_string());
        let call = accounts.iter().fold(call, |call, account| call.with("accountId", account.as_str()));
        let answer = self.call(&call).await?;
        let mut names = BTreeMap::new();
        for one in At::root(&answer.body).get("values").list()? {
            let Person { account, name, .. } = person(&one)?;
            names.insert(account, name);
        }
        Ok(names)
    }

    /// Active people whose name or e-mail begins with `words`, as Jira's own pickers find them; no apps. No more than
    /// `FOUND_MAX`.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn find_people(&self, words: &str) -> Result<Vec<Person>, JiraError> {
        let call = Call::get("/rest/api/3/user/search", Cost::Identities(""))
            .with("query", words)
            .with("maxResults", FOUND_MAX.to_string());
        let answer = self.call(&call).await?;
        let mut people = Vec::new();
        for one in At::root(&answer.body).list()? {
            let active = one.get("active").flag()? != Some(false);
            if active && one.get("accountType").value.as_str() != Some("app") {
                people.push(person(&one)?);
            }
        }
        Ok(people)
    }

    /// Whether an account may look people up on the site.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn browses_people(&self, account: &AccountId) -> Result<bool, JiraError> {
        let body = json!({"accountId": account, "globalPermissions": [BROWSE_USERS]});
        let answer = self.call(&Call::ask("/rest/api/3/permissions/check", body, Cost::Plain)).await?;
        let granted = At::root(&answer.body).get("globalPermissions").list()?;
        Ok(granted.iter().any(|one| one.value.as_str() == Some(BROWSE_USERS)))
    }

    /// What our own account lacks in a project; `service` where it is a service project. Of one that we don't even
    /// see, that alone.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn missing_permissions(
        &self,
        project: &ProjectId,
        service: bool,
    ) -> Result<Vec<MissingPermission>, JiraError> {
        let mut needed: Vec<_> = NEEDED.into_iter().filter(|(key, _)| service || *key != AGENT).collect();
        let body = match self.my_permissions(project, &needed).await {
            // Of a project that we don't see, Jira says no more than of one that is not there.
            Err(JiraError::NotFound(_)) => {
                needed.retain(|(key, _)| *key == BROWSE);
                Value::Null
            }
            // A site that does not know a permission can't ask for it.
            Err(JiraError::Refused { fields, .. })
                if needed.iter().any(|(key, _)| fields.contains_key(*key)) =>
            {
                needed.retain(|(key, _)| !fields.contains_key(*key));
                self.my_permissions(project, &needed).await?
            }
            other => other?,
        };
        let have = |key: &str| body.pointer(&format!("/permissions/{key}/havePermission"));
        let lacks = needed.into_iter().filter(|(key, _)| have(key) != Some(&Value::Bool(true)));
        Ok(lacks
            .map(|(key, name)| MissingPermission { key: key.to_owned(), name: name.to_owned() })
            .collect())
    }

    async fn my_permissions(&self, project: &ProjectId, of: &[(&str, &str)]) -> Result<Value, JiraError> {
        let keys: Vec<&str> = of.iter().map(|(key, _)| *key).collect();
        let call = Call::get("/rest/api/3/mypermissions", Cost::Plain)
            .with("projectId", project.as_str())
            .with("permissions", keys.join(","));
        Ok(self.call(&call).await?.body)
    }

    /// The one active account with exactly this e-mail, ignoring case. Jira finds by prefix and by name too, so an
    /// account whose e-mail is hidden from us is nobody.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn find_user_by_email(&self, email: &str) -> Result<Option<AccountId>, JiraError> {
        let call = Call::get("/rest/api/3/user/search", Cost::Identities(""))
            .with("query", email)
            .with("maxResults", CANDIDATES_MAX.to_string());
        let answer = self.call(&call).await?;
        let mut same = BTreeSet::new();
        for one in At::root(&answer.body).list()? {
            let user = person(&one)?;
            let active = one.get("active").flag()? != Some(false);
            if active && user.email.is_some_and(|e| e.to_lowercase() == email.to_lowercase()) {
                same.insert(user.account);
            }
        }
        Ok(if same.len() == 1 { same.pop_first() } else { None })
    }
}

fn rights(at: &At<'_>) -> Result<Rights, WireError> {
    let global = at.get("globalPermissions").list()?;
    let mut rights = Rights {
        site_admin: global.iter().any(|p| p.value.as_str() == Some("ADMINISTER")),
        ..Rights::default()
    };
    for grant in at.get("projectPermissions").list()? {
        if grant.get("permission").value.as_str() == Some("ADMINISTER_PROJECTS") {
            for project in grant.get("projects").list()? {
                rights.project_admin.insert(ProjectId(project.id()?));
            }
        }
    }
    Ok(rights)
}
