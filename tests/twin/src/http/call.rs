//! One API call as its handler meets it.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::reply::Problem;
use crate::Caller;
use crate::model::{AccountId, Act, Issue, Project, Site};
use crate::view::{Api, View};

/// A call whose caller is known.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) site: &'a mut Site,
    pub(super) api: Api,
    pub(super) caller: Caller,
    pub(super) path: &'a str,
    pub(super) query: Query,
    pub(super) body: &'a [u8],
    /// The site's own clock, in milliseconds.
    pub(super) now_ms: i64,
    pub(super) trace: Option<String>,
}

impl Call<'_> {
    /// The caller's account, if there is one.
    pub(super) fn account(&self) -> Option<&AccountId> {
        self.caller.account()
    }

    /// The caller's account; nobody is refused.
    pub(super) fn signed_in(&self) -> Result<AccountId, Problem> {
        self.account().cloned().ok_or(Problem::Unauthorized)
    }

    /// The site through the caller's eyes.
    pub(super) fn view(&self) -> View<'_> {
        View { site: self.site, api: self.api, viewer: self.account() }
    }

    /// Who acts, now; nobody is refused.
    pub(super) fn act(&self) -> Result<Act, Problem> {
        Ok(Act { account: self.signed_in()?, now_ms: self.now_ms, trace: self.trace.clone() })
    }

    /// The body as JSON.
    pub(super) fn json(&self) -> Result<Value, Problem> {
        serde_json::from_slice(self.body).map_err(|_| {
            Problem::Unreadable("There was an error parsing JSON. Check that your request body is valid.")
        })
    }

    /// The body as a closed bean: an unknown key or a wrong type is refused as a whole.
    pub(super) fn bean<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let value = self.json()?;
        serde_json::from_value(value).map_err(|_| {
            Problem::Unreadable("Invalid request payload. Refer to the REST API documentation and try again.")
        })
    }

    /// An issue the caller may see.
    pub(super) fn issue(&self, id_or_key: &str) -> Result<&Issue, Problem> {
        let issue = self.site.issue(id_or_key).ok_or_else(Problem::no_issue)?;
        if self.site.may_see(self.account(), issue) { Ok(issue) } else { Err(Problem::no_issue()) }
    }

    /// A project the caller may see.
    pub(super) fn project(&self, id_or_key: &str) -> Result<&Project, Problem> {
        let missing = || match id_or_key.parse::<u64>() {
            Ok(_) => Problem::missing(format!("No project could be found with id '{id_or_key}'.")),
            Err(_) => Problem::missing(format!("No project could be found with key '{id_or_key}'.")),
        };
        let project = self.site.project(id_or_key).ok_or_else(missing)?;
        if self.may("BROWSE_PROJECTS", project) { Ok(project) } else { Err(missing()) }
    }

    /// Whether the caller has a permission in a project.
    pub(super) fn may(&self, permission: &str, project: &Project) -> bool {
        self.site.may(self.account(), permission, Some(project))
    }

    /// Whether the caller administers the site.
    pub(super) fn is_admin(&self) -> bool {
        self.site.may(self.account(), "ADMINISTER", None)
    }
}

/// The query string, in its order.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        let decoded =
            |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Self(pairs.collect())
    }

    /// The first value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The same, an empty value counting as none.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// All values, repeated or separated by commas.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let values = self.0.iter().filter(|(key, _)| key == name).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        self.get(name).map_or(default, |value| value.eq_ignore_ascii_case("true"))
    }

    /// A number; what is no number is refused by the framework before any handler.
    pub(super) fn number(&self, name: &str, default: i64) -> Result<i64, Problem> {
        let Some(value) = self.filled(name) else { return Ok(default) };
        value.parse().map_err(|_| Problem::BadParameter { name: name.to_owned(), value: value.to_owned() })
    }

    /// Everything but these parameters, encoded, for a link to another page of the same listing. A token never goes
    /// along: it was signed for one address.
    pub(super) fn without(&self, names: &[&str]) -> String {
        let rest = self.0.iter().filter(|(name, _)| name != "jwt" && !names.contains(&name.as_str()));
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        rest.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// A page of the platform API: where it starts, and how many fit; `most` is the limit Jira quietly applies.
    pub(super) fn page(&self, default: i64, most: i64) -> Result<(usize, usize), Problem> {
        let start = self.number("startAt", 0)?.max(0);
        let size = self.number("maxResults", default)?.clamp(0, most);
        Ok((usize::try_from(start).unwrap_or(0), usize::try_from(size).unwrap_or(0)))
    }
}
