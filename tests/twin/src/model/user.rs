//! Who is on a site: people, customers, apps, and what they belong to.

use std::collections::BTreeSet;

/// An Atlassian account id. Opaque; it may hold colons, so it is percent-encoded in addresses.
pub type AccountId = String;

/// Someone who can act on a site.
#[derive(Debug, Clone)]
pub struct User {
    pub account_id: AccountId,
    pub account_type: AccountType,
    /// Basic auth name of the seed, e.g. `agent1`; the e-mail is `NAME@SITE.example`, the token `NAME-token`.
    pub name: String,
    pub email: String,
    pub display_name: String,
    pub active: bool,
    /// Set for the account of an installed app.
    pub app: Option<AppAccount>,
}

/// What an app's account may do at most, whatever its roles say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppAccount {
    pub key: String,
    /// Connect scopes in capitals, implied ones included: `READ`, `WRITE`, `DELETE`, `PROJECT_ADMIN`, `ADMIN`.
    pub scopes: BTreeSet<String>,
}

/// `accountType` of the published user bean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountType {
    Atlassian,
    App,
    Customer,
}

impl AccountType {
    /// The word of the REST API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Atlassian => "atlassian",
            Self::App => "app",
            Self::Customer => "customer",
        }
    }
}

/// A group of accounts. `id` is a UUID, as `groupId` of the API.
#[derive(Debug, Clone)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub members: BTreeSet<AccountId>,
}

/// A customers' organization: its members see each other's shared requests.
#[derive(Debug, Clone)]
pub struct Organization {
    pub id: String,
    pub name: String,
    pub members: BTreeSet<AccountId>,
}
