//! What tokens say, and which are which.
//!
//! | token | proves | signed | `typ` | `aud` | lives |
//! |---|---|---|---|---|---|
//! | access token (RFC 9068) | a person is signed in | Ed25519, by auth | `at+jwt` | `confab` | 10 min |
//! | service token | a service of this installation calls | HMAC-SHA-256, by the caller | `st+jwt` | `confab.internal` | 1 min |
//!
//! They differ in algorithm, key, type and audience, so that neither passes for the other.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_core::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretBox};
use serde::{Deserialize, Deserializer, Serialize};

/// The `typ` of an access token (RFC 9068, section 2.1).
pub const ACCESS_TYP: &str = "at+jwt";
/// The `iss` of an access token.
pub const ACCESS_ISSUER: &str = "confab";
/// The `aud` of an access token.
pub const ACCESS_AUDIENCE: &str = "confab";
/// How long an access token is accepted.
pub const ACCESS_LIFETIME: Duration = Duration::from_mins(10);

/// The `typ` of a service token.
pub const SERVICE_TYP: &str = "st+jwt";
/// The `aud` of a service token.
pub const SERVICE_AUDIENCE: &str = "confab.internal";
/// How long a service token is accepted.
pub const SERVICE_LIFETIME: Duration = Duration::from_mins(1);

/// How far the clocks of two hosts may be apart.
pub const LEEWAY: Duration = Duration::from_secs(5);
/// The longest token that is looked at, in bytes.
pub const TOKEN_BYTES_MAX: usize = 4_096;

/// What an access token says. Times are in seconds since 1970 (RFC 7519, section 4.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// [`ACCESS_ISSUER`].
    pub iss: String,
    /// [`ACCESS_AUDIENCE`].
    pub aud: String,
    /// The id of the user.
    pub sub: String,
    /// The id of the session.
    pub sid: String,
    /// When it was given out.
    pub iat: i64,
    /// When it stops being accepted.
    pub exp: i64,
    /// From when on it is accepted, if not from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "said")]
    pub nbf: Option<i64>,
}

/// Reads a time that may be left out, but not be `null`: who writes it says when.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    i64::deserialize(deserializer).map(Some)
}

/// What a service token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceClaims {
    /// The name of the service that calls.
    pub iss: String,
    /// [`SERVICE_AUDIENCE`].
    pub aud: String,
    /// When it was made.
    pub iat: i64,
    /// When it stops being accepted.
    pub exp: i64,
}

/// The secret that the services of one installation know one another by: 256 bits.
#[derive(Clone)]
pub struct ServiceKey(Arc<SecretBox<[u8; Self::BYTES]>>);

/// The text is not a service key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 bytes in base64url without padding, 43 characters")]
pub struct InvalidServiceKey;

impl ServiceKey {
    /// The length of a key, in bytes.
    pub const BYTES: usize = 32;

    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = Box::new([0; Self::BYTES]);
        getrandom::fill(bytes.as_mut_slice())?;
        Ok(Self(Arc::new(SecretBox::new(bytes))))
    }

    /// Reads a key from its text; white space around it does not count.
    ///
    /// # Errors
    ///
    /// [`InvalidServiceKey`] if it has another form or length.
    pub fn from_text(text: &str) -> Result<Self, InvalidServiceKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| InvalidServiceKey)?;
        let bytes: [u8; Self::BYTES] = bytes.try_into().map_err(|_| InvalidServiceKey)?;
        Ok(Self(Arc::new(SecretBox::new(Box::new(bytes)))))
    }

    /// The key as text, for the file it is kept in.
    #[must_use]
    pub fn expose_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.expose_secret())
    }

    /// Makes the token that says that the service `name` calls.
    #[must_use]
    pub fn sign(&self, name: &str, now: Timestamp) -> String {
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(SERVICE_TYP.to_owned());
        let claims = ServiceClaims {
            iss: name.to_owned(),
            aud: SERVICE_AUDIENCE.to_owned(),
            iat: now.as_seconds(),
            exp: now.plus(SERVICE_LIFETIME).as_seconds(),
        };
        let key = EncodingKey::from_secret(self.0.expose_secret());
        // Signing with a secret of the right length cannot fail; an empty token
        // would be refused like any other that is wrong.
        jsonwebtoken::encode(&header, &claims, &key).unwrap_or_default()
    }

    /// A key of 32 bytes for `purpose`. Who has it learns nothing of this one, or of
    /// those for other purposes.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose_secret());
        let mut derived = [0; 32];
        derived.copy_from_slice(hmac::sign(&key, purpose.as_bytes()).as_ref());
        derived
    }

    pub(crate) fn decoding_key(&self) -> DecodingKey {
        DecodingKey::from_secret(self.0.expose_secret())
    }
}

impl fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceKey([REDACTED])")
    }
}
