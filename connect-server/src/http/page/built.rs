//! The page as `make ui` built it: embedded in a release; a debug build reads it where it was built.

use axum::body::Bytes;
use rust_embed::Embed;
use std::borrow::Cow;

#[derive(Embed)]
#[folder = "../manifest/ui/dist/"]
#[allow_missing = true]
struct Dist;

/// Gives a file of the built page, by its path.
type Read = fn(&str) -> Option<Cow<'static, [u8]>>;

/// The built page; without `make ui` it has no files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Built(Read);

/// A file that pages load.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) kind: &'static str,
    pub(crate) bytes: Bytes,
    /// The same, as the build compressed it.
    pub(crate) gzip: Option<Bytes>,
}

/// What the build makes. Anything else is no file for a browser.
const KINDS: [(&str, &str); 7] = [
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("wasm", "application/wasm"),
    ("woff2", "font/woff2"),
];

impl Default for Built {
    fn default() -> Self {
        Self(|path| Dist::get(path).map(|file| file.data))
    }
}

impl Built {
    /// Another page than the one that was built in.
    #[cfg(test)]
    pub(crate) fn of(read: Read) -> Self {
        Self(read)
    }

    /// One of the pages, as text.
    pub(crate) fn html(&self, name: &str) -> Option<String> {
        String::from_utf8((self.0)(name)?.into_owned()).ok()
    }

    /// A file of the folder `assets`. A name that could lead out of it, or that no browser is to load, is not there.
    pub(crate) fn asset(&self, name: &str) -> Option<Asset> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.starts_with('.') || !name.chars().all(plain) {
            return None;
        }
        let (_, ending) = name.rsplit_once('.')?;
        let (_, kind) = KINDS.into_iter().find(|(known, _)| *known == ending)?;
        let path = format!("assets/{name}");
        Some(Asset { kind, bytes: self.bytes(&path)?, gzip: self.bytes(&format!("{path}.gz")) })
    }

    fn bytes(&self, path: &str) -> Option<Bytes> {
        Some(match (self.0)(path)? {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        })
    }
}
