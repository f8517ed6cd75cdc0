//! The mark that everything we create carries, in the creating request itself.
//!
//! An opaque text: the key's id, the fields, and an HMAC over both. Who holds no key can neither make nor change one;
//! who copies one to another comment only shows something that already happened.

#[cfg(test)]
mod tests;

use crate::audience::Audience;
use crate::id::{ClusterId, LinkId, OpId, SyncId};
use crate::ordered::BTreeMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use thiserror::Error;

/// The entity property that carries the stamp, on issues and comments.
pub const PROPERTY: &str = "duplex.stamp";

/// Characters of an opaque stamp. Jira takes 32,768 bytes per property; ours have some 200.
pub const STAMP_CHARS_MAX: usize = 2_048;

/// What a stamp says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub sync: SyncId,
    pub link: LinkId,
    pub op: OpId,
    pub cluster: ClusterId,
    /// The origin's audience: a ceiling for every further hop. `Customers` on issues.
    pub ceiling: Audience,
}

/// The value of the entity property. The operation's id stands beside the stamp in the clear, so that JQL can look
/// for it (`issue.property[duplex.stamp].op`); only the stamp is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    pub stamp: String,
    pub op: OpId,
}

/// The keys to verify stamps with, by key id; the newest one signs. Old ones are kept for ever.
#[derive(Clone, Default)]
pub struct Ring {
    keys: BTreeMap<u32, Vec<u8>>,
}

/// Why a stamp can't be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StampError {
    #[error("there is no key to sign stamps with")]
    NoKey,
    #[error("a stamp has at most {STAMP_CHARS_MAX} characters")]
    TooLong,
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ring({} keys, [sealed])", self.keys.len())
    }
}

impl Ring {
    /// Key id -> key. Ids grow: the greatest is the newest.
    #[must_use]
    pub fn new(keys: BTreeMap<u32, Vec<u8>>) -> Self {
        Self { keys }
    }

    /// The opaque text, signed with the newest key.
    ///
    /// # Errors
    /// The ring is empty, or an id is absurdly long.
    pub fn sign(&self, stamp: &Stamp) -> Result<String, StampError> {
        let (id, key) = self.keys.last_key_value().ok_or(StampError::NoKey)?;
        let mut bytes = vec![FORMAT];
        bytes.extend(id.to_be_bytes());
        stamp.write(&mut bytes)?;
        let mac = mac(key, &bytes).ok_or(StampError::NoKey)?.finalize().into_bytes();
        bytes.extend(mac);
        let text = URL_SAFE_NO_PAD.encode(bytes);
        if text.len() > STAMP_CHARS_MAX { Err(StampError::TooLong) } else { Ok(text) }
    }

    /// The property's value for a new issue or comment.
    ///
    /// # Errors
    /// As [`Ring::sign`].
    pub fn property(&self, stamp: &Stamp) -> Result<Property, StampError> {
        Ok(Property { stamp: self.sign(stamp)?, op: stamp.op.clone() })
    }

    /// What the opaque text says; `None` unless one of our keys made it.
    #[must_use]
    pub fn read(&self, opaque: &str) -> Option<Stamp> {
        if opaque.len() > STAMP_CHARS_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(opaque).ok()?;
        let (signed, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
        let (head, fields) = signed.split_first_chunk::<HEAD_BYTES>()?;
        let [FORMAT, a, b, c, d] = *head else { return None };
        let key = self.keys.get(&u32::from_be_bytes([a, b, c, d]))?;
        // Compares in constant time.
        mac(key, signed)?.verify_slice(tag).ok()?;
        Stamp::read(fields)
    }
}

impl Property {
    /// The opaque stamp in a property's value, as found; not verified.
    #[must_use]
    pub fn found(value: &serde_json::Value) -> Option<&str> {
        value.get("stamp")?.as_str().filter(|s| s.len() <= STAMP_CHARS_MAX)
    }
}

/// The first byte: how the rest is laid out.
const FORMAT: u8 = 1;
/// Format and key id.
const HEAD_BYTES: usize = 5;
/// HMAC-SHA-256.
const TAG_BYTES: usize = 32;

/// The prefix keeps a key that is used for something else as well from making stamps.
fn mac(key: &[u8], signed: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(b"duplex.stamp\0");
    mac.update(signed);
    Some(mac)
}

impl Stamp {
    /// Four texts with their lengths, then the ceiling.
    fn write(&self, out: &mut Vec<u8>) -> Result<(), StampError> {
        for text in [&self.sync.0, &self.link.0, &self.op.0, &self.cluster.0] {
            let length = u16::try_from(text.len()).map_err(|_| StampError::TooLong)?;
            out.extend(length.to_be_bytes());
            out.extend(text.as_bytes());
        }
        out.push(match self.ceiling {
            Audience::Customers => b'c',
            Audience::Team => b't',
            Audience::Restricted => b'r',
            Audience::Unknown => b'u',
        });
        Ok(())
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let sync = take(&mut bytes)?;
        let link = take(&mut bytes)?;
        let op = take(&mut bytes)?;
        let cluster = take(&mut bytes)?;
        let ceiling = match bytes {
            b"c" => Audience::Customers,
            b"t" => Audience::Team,
            b"r" => Audience::Restricted,
            b"u" => Audience::Unknown,
            _ => return None,
        };
        Some(Self {
            sync: SyncId(sync),
            link: LinkId(link),
            op: OpId(op),
            cluster: ClusterId(cluster),
            ceiling,
        })
    }
}

fn take(bytes: &mut &[u8]) -> Option<String> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (text, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).ok()
}
