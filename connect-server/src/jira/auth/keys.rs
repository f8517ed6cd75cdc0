//! The public keys of Atlassian's installer.

use super::AuthError;
use crate::clock::Clock;
use crate::egress::Transport;
use bytes::Bytes;
use duplex_core::id::Millis;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// A PEM of an RSA public key is below 2 KiB.
const PEM_BYTES_MAX: usize = 16 * 1024;

/// Atlassian's key ids are UUIDs; a path, a URL or a statement in one is an attack.
const KID_CHARS_MAX: usize = 64;

/// Keys are few; more in memory would be a flood of invented ids.
const KEYS_MAX: usize = 16;

/// So long a key is taken from memory.
const KEY_FRESH_MS: i64 = 60 * 60 * 1_000;

/// Ids that we have no key of are asked for so often in a minute; each forged token may name another.
const ASKED_PER_MINUTE_MAX: u32 = 30;
const MINUTE_MS: i64 = 60 * 1_000;

/// Fetches the key of a key id, and keeps it for a while.
#[derive(Debug)]
pub struct KeyHost {
    base: Url,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    known: Mutex<BTreeMap<String, (Bytes, Millis)>>,
    /// How often an unknown id was asked for since when.
    asked: Mutex<(u32, Millis)>,
}

impl KeyHost {
    #[must_use]
    pub fn new(base: Url, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { base, transport, clock, known: Mutex::default(), asked: Mutex::new((0, Millis(0))) }
    }

    /// # Errors
    /// [`AuthError::KeyId`] for an id that is not of the form; [`AuthError::UnknownKey`] for one that the host does
    /// not know; [`AuthError::KeyHost`] where the host did not say, or was asked too often for ids that are unknown.
    pub async fn pem(&self, kid: &str) -> Result<Bytes, AuthError> {
        if !is_key_id(kid) {
            return Err(AuthError::KeyId);
        }
        if let Some(pem) = self.kept(kid) {
            return Ok(pem);
        }
        if !self.may_ask(kid) {
            return Err(AuthError::KeyHost);
        }
        let pem = self.fetch(kid).await?;
        self.keep(kid, &pem);
        Ok(pem)
    }

    async fn fetch(&self, kid: &str) -> Result<Bytes, AuthError> {
        let address = format!("{}/{kid}", self.base.as_str().trim_end_matches('/'));
        let request = http::Request::get(address).body(Bytes::new()).map_err(|_| AuthError::KeyId)?;
        let answer = self.transport.send(request).await.map_err(|_| AuthError::KeyHost)?;
        match answer.status().as_u16() {
            200 if answer.body().len() <= PEM_BYTES_MAX => Ok(answer.into_body()),
            200 | 400..=499 => Err(AuthError::UnknownKey),
            _ => Err(AuthError::KeyHost),
        }
    }

    fn kept(&self, kid: &str) -> Option<Bytes> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (pem, since) = known.get(kid)?;
        (self.clock.now().since(*since) <= KEY_FRESH_MS).then(|| pem.clone())
    }

    /// A key that we had may be fetched anew at any time, so that a flood of invented ids does not keep it away.
    fn may_ask(&self, kid: &str) -> bool {
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).contains_key(kid) {
            return true;
        }
        let now = self.clock.now();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let (times, since) = *asked;
        let within = (0..MINUTE_MS).contains(&now.since(since));
        *asked = if within { (times.saturating_add(1), since) } else { (1, now) };
        asked.0 <= ASKED_PER_MINUTE_MAX
    }

    fn keep(&self, kid: &str, pem: &Bytes) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEYS_MAX {
            known.clear();
        }
        known.insert(kid.to_owned(), (pem.clone(), self.clock.now()));
    }
}

fn is_key_id(kid: &str) -> bool {
    (1..=KID_CHARS_MAX).contains(&kid.len())
        && kid.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
