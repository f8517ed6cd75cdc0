//! A form that a browser posted.

use url::form_urlencoded;

/// The field that every form carries, by which ours are told from other sites'.
pub(super) const TOKEN: &str = "atl_token";

/// Names and values, in their order.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value of a name; empty where there is none. Browsers send lines that end with CR LF.
    pub(super) fn text(&self, name: &str) -> String {
        self.all(name).next().unwrap_or_default()
    }

    /// Every value of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.replace("\r\n", "\n"))
    }
}
