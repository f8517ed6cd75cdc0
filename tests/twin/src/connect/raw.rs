//! Tokens of any shape: for whoever wants to see what an app refuses.

use super::jwt::JwtError;
use super::keys::install_key;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};

/// What signs, whatever the header says.
#[derive(Debug, Clone, Copy)]
pub enum Signature<'s> {
    /// HMAC-SHA-256 with these bytes.
    Secret(&'s [u8]),
    /// RSA with the install key of this process.
    Installer,
    /// Nothing: the third part is empty.
    Absent,
}

/// `header` and `claims` are taken as they are, JSON or not.
///
/// # Errors
/// [`JwtError::Unsigned`] when there is no such key.
pub fn raw_token(header: &str, claims: &str, signature: Signature<'_>) -> Result<String, JwtError> {
    let unsigned = |error: String| JwtError::Unsigned(error);
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let sign = |key: &EncodingKey, algorithm| {
        jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm)
            .map_err(|error| unsigned(error.to_string()))
    };
    let signed = match signature {
        Signature::Secret(bytes) => sign(&EncodingKey::from_secret(bytes), Algorithm::HS256)?,
        Signature::Installer => sign(&install_key().map_err(unsigned)?.signing, Algorithm::RS256)?,
        Signature::Absent => String::new(),
    };
    Ok(format!("{message}.{signed}"))
}

/// The name of the install key of this process.
///
/// # Errors
/// [`JwtError::Unsigned`] when there is none.
pub fn install_kid() -> Result<String, JwtError> {
    Ok(install_key().map_err(JwtError::Unsigned)?.kid.clone())
}
