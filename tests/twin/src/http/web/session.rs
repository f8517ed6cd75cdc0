//! Who is signed in at a browser.

use std::collections::{BTreeMap, VecDeque};

use crate::connect::digest;
use crate::model::AccountId;

/// The most sessions of a twin; the oldest end when more begin.
const SESSIONS_MAX: usize = 1_000;

/// The sessions of all sites.
#[derive(Debug, Default)]
pub struct Sessions {
    by_id: BTreeMap<String, Session>,
    oldest_first: VecDeque<String>,
    count: u64,
}

/// Somebody signed in at one site.
#[derive(Debug, Clone)]
pub(in crate::http) struct Session {
    pub(in crate::http) id: String,
    pub(super) site: String,
    pub(super) account: AccountId,
    /// What the person's own forms carry and no other site can know.
    pub(in crate::http) form_token: String,
}

impl Sessions {
    /// Begins a session. Its id follows from the seed, as everything of a twin does: it keeps a page from being taken
    /// for another person's, and is no secret.
    pub(in crate::http) fn begin(&mut self, seed: u64, site: &str, account: &AccountId) -> Session {
        self.count += 1;
        let name = format!("{seed}/{site}/{account}/{}", self.count);
        let session = Session {
            id: digest(&format!("session/{name}")),
            site: site.to_owned(),
            account: account.clone(),
            form_token: digest(&format!("form/{name}")),
        };
        self.by_id.insert(session.id.clone(), session.clone());
        self.oldest_first.push_back(session.id.clone());
        if self.oldest_first.len() > SESSIONS_MAX
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.by_id.remove(&oldest);
        }
        session
    }

    pub(super) fn find(&self, site: &str, id: &str) -> Option<Session> {
        self.by_id.get(id).filter(|session| session.site == site).cloned()
    }

    pub(super) fn end(&mut self, id: &str) {
        self.by_id.remove(id);
        self.oldest_first.retain(|kept| kept != id);
    }
}

/// The cookie's name. Ports do not tell cookies apart, so sites of one host need names of their own.
pub(super) fn cookie_name(site: &str) -> String {
    format!("twin.session.{site}")
}

/// The value of a cookie in the header `Cookie`.
pub(super) fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_holds_at_its_own_site_until_it_ends() {
        let mut sessions = Sessions::default();
        let session = sessions.begin(1, "acme", &"712020:a".to_owned());
        assert_eq!(sessions.find("acme", &session.id).map(|it| it.account), Some("712020:a".to_owned()));
        assert!(sessions.find("globex", &session.id).is_none());
        sessions.end(&session.id);
        assert!(sessions.find("acme", &session.id).is_none());
    }

    #[test]
    fn the_oldest_sessions_end_when_there_are_too_many() {
        let mut sessions = Sessions::default();
        let first = sessions.begin(1, "acme", &"712020:a".to_owned());
        let last = (0..SESSIONS_MAX).map(|_| sessions.begin(1, "acme", &"712020:a".to_owned())).last();
        assert!(sessions.find("acme", &first.id).is_none());
        assert!(last.is_some_and(|last| sessions.find("acme", &last.id).is_some()));
    }

    #[test]
    fn cookies_are_told_apart_by_their_whole_name() {
        let header = "twin.session.acme2=two; twin.session.acme=one";
        assert_eq!(cookie(header, "twin.session.acme"), Some("one"));
        assert_eq!(cookie(header, "twin.session"), None);
    }
}
