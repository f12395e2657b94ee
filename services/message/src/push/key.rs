//! The key by which push services know this server (RFC 8292).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use confab_core::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

/// A private key on P-256. Not printed by `Debug`.
#[derive(Clone)]
pub struct PushKey(Arc<Inner>);

struct Inner {
    /// In PKCS#8.
    der: Zeroizing<Vec<u8>>,
    signing: EncodingKey,
    public: Vec<u8>,
}

/// The text is not a private key that we can push with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a P-256 private key in PEM (PKCS#8), as \
     `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` makes it"
)]
pub struct InvalidPushKey;

/// What a push service is told of us.
#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
}

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";
/// How long what we sign is good. RFC 8292 allows twice as much.
const LIFETIME: Duration = Duration::from_hours(12);

impl PushKey {
    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, aws_lc_rs::error::Unspecified> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())?;
        Self::from_der(made.as_ref()).map_err(|_| aws_lc_rs::error::Unspecified)
    }

    /// Reads a key from its file.
    ///
    /// # Errors
    ///
    /// [`InvalidPushKey`] if it has another form, or is of another kind.
    pub fn from_pem(pem: &SecretString) -> Result<Self, InvalidPushKey> {
        let text = pem.expose_secret().trim();
        let body = text.strip_prefix(PEM_BEGIN).and_then(|rest| rest.strip_suffix(PEM_END));
        let body: String = body.ok_or(InvalidPushKey)?.split_whitespace().collect();
        let der = STANDARD.decode(Zeroizing::new(body)).map(Zeroizing::new);
        Self::from_der(&der.map_err(|_| InvalidPushKey)?)
    }

    /// The key as text, for the file it is kept in.
    #[must_use]
    pub fn to_pem(&self) -> SecretString {
        let body = Zeroizing::new(STANDARD.encode(&*self.0.der));
        // Not `format!`: a buffer that grows leaves copies behind.
        [PEM_BEGIN, "\n", &body, "\n", PEM_END, "\n"].concat().into()
    }

    /// The public half: a point, uncompressed, 65 bytes.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        &self.0.public
    }

    /// What goes into `Authorization` of a request to `origin`.
    pub(super) fn authorization(
        &self,
        origin: &str,
        contact: Option<&str>,
        now: Timestamp,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims { aud: origin, exp: now.plus(LIFETIME).as_seconds(), sub: contact };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &self.0.signing)?;
        Ok(format!("vapid t={token}, k={}", URL_SAFE_NO_PAD.encode(&self.0.public)))
    }

    fn from_der(der: &[u8]) -> Result<Self, InvalidPushKey> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der);
        let public = pair.map_err(|_| InvalidPushKey)?.public_key().as_ref().to_vec();
        let (der, signing) = (Zeroizing::new(der.to_vec()), EncodingKey::from_ec_der(der));
        Ok(Self(Arc::new(Inner { der, signing, public })))
    }
}

impl fmt::Debug for PushKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushKey([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation};
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Read {
        aud: String,
        sub: String,
        exp: i64,
    }

    #[test]
    fn a_key_is_read_back_from_its_file() {
        let key = PushKey::generate().unwrap();
        let read = PushKey::from_pem(&key.to_pem()).unwrap();
        assert_eq!(read.public(), key.public());
        assert_eq!((key.public().len(), key.public()[0]), (65, 4));
        assert!(!format!("{key:?}").contains("BEGIN"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "garbage", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            assert!(PushKey::from_pem(&text.to_owned().into()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_push_service_can_check_who_we_are() {
        let (key, now) = (PushKey::generate().unwrap(), Timestamp::from_millis(4_000_000_000_000));
        let header =
            key.authorization("https://push.example.net", Some("mailto:a@example.com"), now).unwrap();
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let public = URL_SAFE_NO_PAD.decode(public).unwrap();
        assert_eq!(public, key.public());
        let coordinate = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        let check =
            DecodingKey::from_ec_components(&coordinate(&public[1..33]), &coordinate(&public[33..])).unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&["https://push.example.net"]);
        let read = jsonwebtoken::decode::<Read>(token, &check, &validation).unwrap().claims;
        assert_eq!(
            (read.aud.as_str(), read.sub.as_str()),
            ("https://push.example.net", "mailto:a@example.com")
        );
        assert_eq!(read.exp, now.as_seconds() + 12 * 3_600);
    }
}
