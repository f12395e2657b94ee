//! The private key of this node, and the access tokens it signs.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use confab_core::Timestamp;
use confab_rpc::token::{ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_LIFETIME, ACCESS_TYP, AccessClaims};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::{AccessToken, PublishedKey, Session};

/// An Ed25519 private key. Not printed by `Debug`, and wiped from memory when dropped.
#[derive(Clone)]
pub struct SigningKey {
    private: EncodingKey,
    public: [u8; PublishedKey::BYTES],
    id: String,
}

/// The text is not a private key that we can sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an Ed25519 private key in PEM, as `openssl genpkey -algorithm ed25519` makes it")]
pub struct InvalidSigningKey;

/// What an Ed25519 private key in PKCS#8 begins with (RFC 8410, section 7);
/// what follows is the key.
const PKCS8_PREFIX: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
/// The length of the whole, in bytes.
const PKCS8_BYTES: usize = PKCS8_PREFIX.len() + 32;
const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

impl SigningKey {
    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut der = Zeroizing::new([0; PKCS8_BYTES]);
        der[..PKCS8_PREFIX.len()].copy_from_slice(&PKCS8_PREFIX);
        getrandom::fill(&mut der[PKCS8_PREFIX.len()..])?;
        // Every 32 bytes are a key, so this fails only where nothing could work.
        Self::from_der(der.as_slice()).map_err(|_| getrandom::Error::UNEXPECTED)
    }

    /// Reads a key from its file.
    ///
    /// # Errors
    ///
    /// [`InvalidSigningKey`] if it has another form, or is of another kind.
    pub fn from_pem(pem: &SecretString) -> Result<Self, InvalidSigningKey> {
        let text = pem.expose_secret().trim();
        let body = text.strip_prefix(PEM_BEGIN).and_then(|rest| rest.strip_suffix(PEM_END));
        let body: String = body.ok_or(InvalidSigningKey)?.split_whitespace().collect();
        let der = STANDARD.decode(Zeroizing::new(body)).map(Zeroizing::new);
        Self::from_der(&der.map_err(|_| InvalidSigningKey)?)
    }

    /// The key as text, for the file it is kept in.
    #[must_use]
    pub fn to_pem(&self) -> SecretString {
        let body = Zeroizing::new(STANDARD.encode(self.private.as_bytes()));
        // Not `format!`: a buffer that grows leaves copies behind.
        [PEM_BEGIN, "\n", &body, "\n", PEM_END, "\n"].concat().into()
    }

    /// The name of the key: its thumbprint (RFC 7638).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public half, as it is published at `now`.
    #[must_use]
    pub fn publish(&self, now: Timestamp) -> PublishedKey {
        PublishedKey { id: self.id.clone(), bytes: self.public, created: now }
    }

    /// Signs that the caller is the person logged in in `session`.
    ///
    /// The token ends with the session, if that is sooner than usual.
    ///
    /// # Errors
    ///
    /// If the cryptography fails, which it does not with a sound key.
    pub fn sign(
        &self,
        session: &Session,
        now: Timestamp,
    ) -> Result<AccessToken, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(ACCESS_TYP.to_owned());
        header.kid = Some(self.id.clone());
        let expires = now.plus(ACCESS_LIFETIME).min(session.expires).as_seconds();
        let claims = AccessClaims {
            iss: ACCESS_ISSUER.to_owned(),
            aud: ACCESS_AUDIENCE.to_owned(),
            sub: session.user.to_string(),
            sid: session.id.to_string(),
            iat: now.as_seconds(),
            exp: expires,
            nbf: None,
        };
        let token = jsonwebtoken::encode(&header, &claims, &self.private)?.into();
        Ok(AccessToken { token, expires: Timestamp::from_millis(expires * 1_000) })
    }

    fn from_der(der: &[u8]) -> Result<Self, InvalidSigningKey> {
        if der.len() != PKCS8_BYTES || !der.starts_with(&PKCS8_PREFIX) {
            return Err(InvalidSigningKey);
        }
        let private = EncodingKey::from_ed_der(der);
        let jwk = Jwk::from_encoding_key(&private, Algorithm::EdDSA).map_err(|_| InvalidSigningKey)?;
        let id = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| InvalidSigningKey)?;
        let AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else {
            return Err(InvalidSigningKey);
        };
        let public = URL_SAFE_NO_PAD.decode(pair.x).ok().and_then(|bytes| bytes.try_into().ok());
        Ok(Self { private, public: public.ok_or(InvalidSigningKey)?, id })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use confab_core::{SessionId, UserId};

    use super::*;
    use crate::domain::{Device, SessionSecret};

    /// The key of RFC 8037, appendix A, whose thumbprint is in A.3.
    const RFC_8037_PRIVATE: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    const RFC_8037_THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

    const NOW: Timestamp = Timestamp::from_millis(4_102_444_800_999);

    fn session(lifetime: Duration) -> Session {
        let secret_hash = SessionSecret::generate().unwrap().hash();
        let (id, user, device) = (SessionId::new(NOW), UserId::new(NOW), Device::default());
        let expires = NOW.plus(lifetime);
        Session {
            id,
            user,
            secret_hash,
            rotation: None,
            device,
            created: NOW,
            used: NOW,
            expires,
            confirmed: None,
        }
    }

    #[test]
    fn a_key_survives_its_file() {
        let key = SigningKey::generate().unwrap();
        let pem = key.to_pem();
        assert!(pem.expose_secret().starts_with("-----BEGIN PRIVATE KEY-----\n"));
        let read = SigningKey::from_pem(&pem).unwrap();
        assert_eq!((read.id(), read.public), (key.id(), key.public));
    }

    #[test]
    fn a_key_is_named_by_its_thumbprint() {
        let seed = URL_SAFE_NO_PAD.decode(RFC_8037_PRIVATE).unwrap();
        let key = SigningKey::from_der(&[PKCS8_PREFIX.as_slice(), &seed].concat()).unwrap();
        assert_eq!(key.id(), RFC_8037_THUMBPRINT);
    }

    #[test]
    fn other_files_are_refused() {
        let good = SigningKey::generate().unwrap().to_pem().expose_secret().to_owned();
        let of_another_kind = good.replace("PRIVATE", "EC PRIVATE");
        let cut = good.replace("MC4CAQAwBQYDK2Vw", "MC4CAQAwBQYDK2V");
        for pem in ["", "secret", PEM_BEGIN, &of_another_kind, &cut] {
            assert_eq!(SigningKey::from_pem(&pem.to_owned().into()).unwrap_err(), InvalidSigningKey, "{pem}");
        }
    }

    #[test]
    fn a_token_lives_ten_minutes_or_as_long_as_its_session() {
        let key = SigningKey::generate().unwrap();
        let long = key.sign(&session(Duration::from_hours(1)), NOW).unwrap();
        assert_eq!(long.expires.as_seconds() - NOW.as_seconds(), 600);
        let short = key.sign(&session(Duration::from_mins(1)), NOW).unwrap();
        assert_eq!(short.expires.as_seconds() - NOW.as_seconds(), 60);
    }

    #[test]
    fn a_key_is_not_printed() {
        let key = SigningKey::generate().unwrap();
        let private = STANDARD.encode(&key.private.as_bytes()[PKCS8_PREFIX.len()..]);
        let printed = format!("{key:?}");
        assert!(printed.contains(key.id()) && !printed.contains(&private[..20]), "{printed}");
    }
}
