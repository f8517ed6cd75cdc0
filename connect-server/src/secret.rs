//! Secrets, sealed at rest: XChaCha20-Poly1305 under a ring of keys, bound to the tenant and the purpose they are for.
//!
//! Guarantees: a sealed text moved to another tenant or purpose does not open; nothing here prints a secret.
//! Stamps in Jira are verified with the keys of every key there ever was, and the keys of the digests come from the
//! **oldest**. So a key that is taken out of the setting leaves what was derived from it behind ([`KeyRing::legacies`]).

use crate::clock::Chance;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use duplex_core::id::{SiteId, SyncId};
use duplex_core::link::DigestKey;
use duplex_core::stamp;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use zeroize::{Zeroize, Zeroizing};

/// A key of the ring, in bytes.
const KEY_BYTES: usize = 32;
/// The nonce of XChaCha20, in bytes.
const NONCE_BYTES: usize = 24;
/// More keys than any operator rotates through.
const KEYS_MAX: usize = 32;

/// The keys of `--secret-key`, by id; the highest id seals and signs.
#[derive(Clone)]
pub struct KeyRing {
    keys: BTreeMap<u32, Zeroizing<[u8; KEY_BYTES]>>,
    /// Of keys that are not in the setting any more.
    legacies: BTreeMap<u32, Legacy>,
}

/// What is derived from a key and outlives it. Opens nothing that is sealed.
#[derive(Clone)]
struct Legacy {
    stamp: Zeroizing<Vec<u8>>,
    digests: Zeroizing<Vec<u8>>,
}

impl Legacy {
    fn of(key: &[u8; KEY_BYTES]) -> Self {
        Self { stamp: derive(key, &["stamp"]), digests: derive(key, &["digests"]) }
    }
}

/// What is wrong with a ring or a sealed text. Never says what the secret is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error(
        "a secret key is needed: `ID:BASE64`, 32 random bytes, for example from `openssl rand -base64 32`"
    )]
    NoKey,
    #[error("key number {position} is not of the form `ID:BASE64` with a number as id and 32 bytes")]
    BadKey { position: usize },
    #[error("the key id {id} stands there twice")]
    TwiceKey { id: u32 },
    #[error("it was sealed with key {id}, which `--secret-key` does not hold")]
    UnknownKey { id: u32 },
    #[error("it can't be opened: damaged, or sealed for something else")]
    Damaged,
}

/// What a secret is for. Part of what it is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    SharedSecret,
    LostValue,
    Token,
    /// What a retired key leaves behind. Belongs to no tenant.
    Legacy,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::SharedSecret => "shared-secret",
            Self::LostValue => "lost-value",
            Self::Token => "token",
            Self::Legacy => "legacy",
        }
    }
}

impl KeyRing {
    /// Seals `secret` for one tenant and purpose. The nonce is random: 192 bits never meet again by chance.
    ///
    /// # Errors
    /// [`SecretError::Damaged`] when the secret is too long for the cipher (256 GiB).
    pub fn seal(
        &self,
        chance: &dyn Chance,
        tenant: &SiteId,
        purpose: Purpose,
        secret: &Secret,
    ) -> Result<Sealed, SecretError> {
        let (id, key) = self.keys.last_key_value().ok_or(SecretError::NoKey)?;
        let mut nonce = [0; NONCE_BYTES];
        chance.fill(&mut nonce);
        let aad = bound_to(tenant, purpose);
        let payload = Payload { msg: secret.0.as_bytes(), aad: &aad };
        let body = cipher(key).encrypt(&XNonce::from(nonce), payload).map_err(|_| SecretError::Damaged)?;
        Ok(Sealed(format!("{id}.{}.{}", STANDARD.encode(nonce), STANDARD.encode(body))))
    }

    /// # Errors
    /// [`SecretError::UnknownKey`] or [`SecretError::Damaged`].
    pub fn open(&self, tenant: &SiteId, purpose: Purpose, sealed: &Sealed) -> Result<Secret, SecretError> {
        let mut parts = sealed.0.splitn(3, '.');
        let mut part = || parts.next().ok_or(SecretError::Damaged);
        let (id, nonce, body) = (part()?, part()?, part()?);
        let id = id.parse().map_err(|_| SecretError::Damaged)?;
        let key = self.keys.get(&id).ok_or(SecretError::UnknownKey { id })?;
        let nonce: [u8; NONCE_BYTES] = STANDARD
            .decode(nonce)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(SecretError::Damaged)?;
        let body = STANDARD.decode(body).map_err(|_| SecretError::Damaged)?;
        let aad = bound_to(tenant, purpose);
        let open = cipher(key)
            .decrypt(&XNonce::from(nonce), Payload { msg: &body, aad: &aad })
            .map_err(|_| SecretError::Damaged)?;
        String::from_utf8(open).map(Secret).map_err(|_| SecretError::Damaged)
    }

    /// What tells the keys apart without giving them away: 64 bits in hex, by id.
    #[must_use]
    pub fn fingerprints(&self) -> BTreeMap<u32, String> {
        let hex = |key: &[u8; KEY_BYTES]| {
            derive(key, &["fingerprint"]).iter().take(8).map(|b| format!("{b:02x}")).collect()
        };
        self.keys.iter().map(|(id, key)| (*id, hex(key))).collect()
    }

    /// The keys that stamps are signed and verified with: one per key that there ever was, under the same ids.
    #[must_use]
    pub fn stamps(&self) -> stamp::Ring {
        stamp::Ring::new(self.all().into_iter().map(|(id, legacy)| (id, legacy.stamp.to_vec())).collect())
    }

    /// The key of one sync's digests. From the oldest key, because bases outlive every rotation.
    ///
    /// # Panics
    /// Never: a ring is not empty.
    #[must_use]
    pub fn digest_key(&self, tenant: &SiteId, sync: &SyncId) -> DigestKey {
        let (_, oldest) = self.all().pop_first().expect("a parsed ring has a key");
        DigestKey::new(&derive(&oldest.digests, &["digest", tenant.as_str(), sync.as_str()]))
    }

    /// The id of the key that seals.
    #[must_use]
    pub fn newest(&self) -> Option<u32> {
        self.keys.last_key_value().map(|(id, _)| *id)
    }

    /// Whether this key is in the setting.
    #[must_use]
    pub fn holds(&self, id: u32) -> bool {
        self.keys.contains_key(&id)
    }

    /// What each key leaves behind that is not the newest, as a text to be sealed.
    #[must_use]
    pub fn legacies(&self) -> BTreeMap<u32, Secret> {
        let newest = self.newest();
        let text = |legacy: Legacy| {
            Secret(format!("{}.{}", STANDARD.encode(&legacy.stamp), STANDARD.encode(&legacy.digests)))
        };
        let old = self.all().into_iter().filter(|(id, _)| Some(*id) != newest);
        old.map(|(id, legacy)| (id, text(legacy))).collect()
    }

    /// Takes on what a key left behind that is not in the setting.
    ///
    /// # Errors
    /// [`SecretError::Damaged`].
    pub fn inherit(&mut self, id: u32, legacy: &Secret) -> Result<(), SecretError> {
        let (stamp, digests) = legacy.0.split_once('.').ok_or(SecretError::Damaged)?;
        let bytes = |text: &str| STANDARD.decode(text).map(Zeroizing::new).map_err(|_| SecretError::Damaged);
        self.legacies.insert(id, Legacy { stamp: bytes(stamp)?, digests: bytes(digests)? });
        Ok(())
    }

    /// What is derived from every key there ever was.
    fn all(&self) -> BTreeMap<u32, Legacy> {
        let mut all = self.legacies.clone();
        all.extend(self.keys.iter().map(|(id, key)| (*id, Legacy::of(key))));
        all
    }
}

impl FromStr for KeyRing {
    type Err = SecretError;

    /// `1:BASE64` or `1:BASE64,2:BASE64`; each key is 32 bytes.
    fn from_str(text: &str) -> Result<Self, SecretError> {
        let mut keys = BTreeMap::new();
        for (index, part) in text.split(',').map(str::trim).filter(|part| !part.is_empty()).enumerate() {
            let position = index + 1;
            let bad = SecretError::BadKey { position };
            if position > KEYS_MAX {
                return Err(bad);
            }
            let (id, key) = part.split_once(':').ok_or(bad.clone())?;
            let id: u32 = id.trim().parse().map_err(|_| bad.clone())?;
            let mut bytes = STANDARD.decode(key.trim()).map_err(|_| bad.clone())?;
            let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| bad)?;
            bytes.zeroize();
            if keys.insert(id, Zeroizing::new(key)).is_some() {
                return Err(SecretError::TwiceKey { id });
            }
        }
        if keys.is_empty() { Err(SecretError::NoKey) } else { Ok(Self { keys, legacies: BTreeMap::new() }) }
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys, [sealed])", self.keys.len())
    }
}

fn cipher(key: &[u8; KEY_BYTES]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*key))
}

/// Lengths go first, so that no tenant and purpose can be read as another pair.
fn bound_to(tenant: &SiteId, purpose: Purpose) -> Vec<u8> {
    parts(&["duplex", purpose.label(), tenant.as_str()])
}

fn derive(key: &[u8], labels: &[&str]) -> Zeroizing<Vec<u8>> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("any length is a key");
    mac.update(&parts(labels));
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

fn parts(texts: &[&str]) -> Vec<u8> {
    texts.iter().flat_map(|text| [&(text.len() as u64).to_be_bytes()[..], text.as_bytes()].concat()).collect()
}

/// SHA-256 in hex: tells texts apart and does not give them away, where nobody can guess them.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// A secret in the clear. Wiped when dropped; says `[sealed]` when printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The one way to the text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sealed]")
    }
}

/// A secret as it is stored: `KEY-ID.NONCE.BODY`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sealed]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededChance;

    fn ring(ids: &[u32]) -> KeyRing {
        let keys: Vec<String> = ids
            .iter()
            .map(|id| format!("{id}:{}", STANDARD.encode([u8::try_from(*id).unwrap(); KEY_BYTES])))
            .collect();
        keys.join(",").parse().unwrap()
    }

    fn sealed_with(ring: &KeyRing) -> Sealed {
        ring.seal(&SeededChance::new(1), &"acme".into(), Purpose::SharedSecret, &Secret::new("hush")).unwrap()
    }

    #[track_caller]
    fn opens(ring: &KeyRing, tenant: &str, purpose: Purpose, sealed: &Sealed, expect: &str) {
        let open = match ring.open(&tenant.into(), purpose, sealed) {
            Ok(secret) => secret.expose().to_owned(),
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(open, expect);
    }

    #[test]
    fn a_sealed_text_opens_for_its_tenant_and_purpose_alone() {
        let sealed = sealed_with(&ring(&[1]));
        opens(&ring(&[1]), "acme", Purpose::SharedSecret, &sealed, "hush");
        opens(&ring(&[1]), "globex", Purpose::SharedSecret, &sealed, "Damaged");
        opens(&ring(&[1]), "acme", Purpose::Token, &sealed, "Damaged");
        opens(&ring(&[2]), "acme", Purpose::SharedSecret, &sealed, "UnknownKey { id: 1 }");
        for text in ["", "1", "1..", "x.y.z", "1.AAAA.AAAA", "99999999999.a.b"] {
            opens(&ring(&[1]), "acme", Purpose::SharedSecret, &Sealed::new(text), "Damaged");
        }
    }

    #[test]
    fn a_newer_key_seals_and_the_old_one_still_opens() {
        let old = sealed_with(&ring(&[1]));
        let new = sealed_with(&ring(&[1, 2]));
        assert!(old.as_str().starts_with("1.") && new.as_str().starts_with("2."));
        opens(&ring(&[1, 2]), "acme", Purpose::SharedSecret, &old, "hush");
        opens(&ring(&[1, 2]), "acme", Purpose::SharedSecret, &new, "hush");
    }

    #[test]
    fn a_changed_byte_does_not_open() {
        let sealed = sealed_with(&ring(&[1]));
        let mut bytes = sealed.as_str().as_bytes().to_vec();
        let last = bytes.len() - 4;
        bytes[last] = if bytes[last] == b'A' { b'B' } else { b'A' };
        let changed = Sealed::new(String::from_utf8(bytes).unwrap());
        opens(&ring(&[1]), "acme", Purpose::SharedSecret, &changed, "Damaged");
    }

    #[test]
    fn digests_survive_a_rotation_and_differ_per_sync() {
        let digest =
            |ring: &KeyRing, sync: &str| ring.digest_key(&"acme".into(), &sync.into()).digest(&"text");
        assert_eq!(digest(&ring(&[1]), "s"), digest(&ring(&[1, 2]), "s"));
        assert_ne!(digest(&ring(&[1]), "s"), digest(&ring(&[1]), "t"));
    }

    #[test]
    fn what_a_key_leaves_behind_serves_in_its_place() {
        let both = ring(&[1, 2]);
        let mut new = ring(&[2]);
        assert!(!new.holds(1) && both.legacies().keys().eq([&1]), "the newest leaves nothing: it stays");
        new.inherit(1, &both.legacies()[&1]).unwrap();
        let digest = |ring: &KeyRing| ring.digest_key(&"acme".into(), &"s".into()).digest(&"text");
        assert_eq!(digest(&new), digest(&both));
        let stamp = stamp::Stamp {
            sync: "s".into(),
            link: "l".into(),
            op: "o".into(),
            cluster: "c".into(),
            ceiling: duplex_core::audience::Audience::Team,
        };
        let before = ring(&[1]).stamps().sign(&stamp).unwrap();
        assert_eq!(new.stamps().read(&before), Some(stamp), "an old stamp is believed");
        opens(&new, "acme", Purpose::SharedSecret, &sealed_with(&ring(&[1])), "UnknownKey { id: 1 }");
        for bad in ["", "x", "%.%"] {
            assert_eq!(new.inherit(1, &Secret::new(bad)), Err(SecretError::Damaged), "{bad}");
        }
    }

    #[test]
    fn a_bad_setting_is_named() {
        let check =
            |text: &str, expect: SecretError| assert_eq!(text.parse::<KeyRing>().unwrap_err(), expect);
        let good = STANDARD.encode([7; KEY_BYTES]);
        check("", SecretError::NoKey);
        check("nonsense", SecretError::BadKey { position: 1 });
        check(&format!("1:{good},2:short"), SecretError::BadKey { position: 2 });
        check(&format!("x:{good}"), SecretError::BadKey { position: 1 });
        check(&format!("1:{good},1:{good}"), SecretError::TwiceKey { id: 1 });
    }

    #[test]
    fn nothing_prints_a_secret() {
        let ring = ring(&[1]);
        let printed = format!("{ring:?} {:?} {:?}", Secret::new("hush"), sealed_with(&ring));
        assert_eq!(printed, "KeyRing(1 keys, [sealed]) [sealed] [sealed]");
    }
}
