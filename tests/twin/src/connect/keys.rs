//! The key that signs `installed` and `uninstalled`, and its public half for the key CDN.

use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::EncodingKey;
use sha2::{Digest, Sha256};

use super::qsh::hex;

/// Characters per line of a PEM body.
const PEM_LINE_CHARS: usize = 64;

/// An install key of the CDN.
pub(crate) struct InstallKey {
    /// Its name there, shaped as a UUID.
    pub(crate) kid: String,
    pub(crate) signing: EncodingKey,
    pub(crate) public_pem: String,
}

/// The key of this process; all sites share it, as all of Jira Cloud does. It is made when first asked for, and is the
/// one thing that the seed does not decide: no answer of the twin shows it but the CDN's.
pub(crate) fn install_key() -> Result<&'static InstallKey, String> {
    static KEY: OnceLock<Result<InstallKey, String>> = OnceLock::new();
    KEY.get_or_init(generate).as_ref().map_err(Clone::clone)
}

fn generate() -> Result<InstallKey, String> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|error| error.to_string())?;
    let private = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(|error| error.to_string())?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|error| error.to_string())?;
    let signing = EncodingKey::from_rsa_pem(pem("PRIVATE KEY", private.as_ref()).as_bytes())
        .map_err(|error| error.to_string())?;
    let kid = super::as_uuid(&hex(&Sha256::digest(public.as_ref())));
    Ok(InstallKey { kid, signing, public_pem: pem("PUBLIC KEY", public.as_ref()) })
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(PEM_LINE_CHARS)
        .map(|line| std::str::from_utf8(line).unwrap_or_default())
        .collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
