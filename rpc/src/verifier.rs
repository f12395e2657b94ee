//! Checks access tokens of users and service tokens of services.

use std::collections::HashSet;
use std::sync::{Arc, Weak};

use confab_core::{Clock, Timestamp};
use http::{HeaderMap, header::AUTHORIZATION};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use quick_cache::sync::Cache;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tonic::Status;

use crate::keys::Keys;
use crate::token::{
    ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_LIFETIME, ACCESS_TYP, AccessClaims, LEEWAY, SERVICE_AUDIENCE,
    SERVICE_LIFETIME, SERVICE_TYP, ServiceClaims, TOKEN_BYTES_MAX,
};
use crate::{Caller, Failure, KeySource, Revoked, ServiceKey};

/// How many checked tokens are remembered, so that a token costs a signature
/// check once and a hash from then on.
const REMEMBERED_MAX: usize = 16_384;

/// Tells who calls, by the token in the request.
pub struct TokenVerifier {
    keys: Arc<Keys>,
    service_key: DecodingKey,
    clock: Arc<dyn Clock>,
    revoked: Arc<Revoked>,
    /// By the hash of the token: nobody who reads our memory finds a token here.
    remembered: Cache<[u8; 32], Remembered>,
}

/// What a token has proved.
#[derive(Clone)]
struct Remembered {
    caller: Caller,
    /// What it was checked with: once that is forgotten, it proves nothing any more.
    key: Weak<DecodingKey>,
}

/// Why a token was refused. All are the same to the client: it has to get another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("a token is needed: send the metadata `authorization: Bearer …`")]
    Missing,
    #[error("the token is not valid")]
    Invalid,
    #[error("the token has expired")]
    Expired,
    #[error("the session has ended; log in again")]
    Ended,
}

impl TokenVerifier {
    /// Checks tokens of users with the keys of `source`, and those of services with `service_key`.
    #[must_use]
    pub fn new(source: Arc<dyn KeySource>, service_key: &ServiceKey, clock: Arc<dyn Clock>) -> Self {
        Self {
            keys: Arc::new(Keys::new(source, clock.clone())),
            service_key: service_key.decoding_key(),
            clock,
            revoked: Arc::default(),
            remembered: Cache::new(REMEMBERED_MAX),
        }
    }

    /// This verifier, which also refuses tokens of sessions that `revoked` knows.
    #[must_use]
    pub fn heeding(self, revoked: Arc<Revoked>) -> Self {
        Self { revoked, ..self }
    }

    /// The sessions whose tokens are refused.
    pub(crate) fn revoked(&self) -> &Arc<Revoked> {
        &self.revoked
    }

    /// Returns the user whose access token is in `headers`.
    ///
    /// # Errors
    ///
    /// UNAUTHENTICATED if there is none that holds; UNAVAILABLE if its key is
    /// not known here and auth cannot be asked for it.
    pub async fn verify_user(&self, headers: &HeaderMap) -> Result<Caller, Status> {
        let token = bearer(headers)?;
        let hash: [u8; 32] = Sha256::digest(token).into();
        let caller = match self.remembered.get(&hash) {
            Some(Remembered { caller, key }) if key.strong_count() > 0 => {
                self.keys.freshen();
                caller
            }
            _ => self.check_user(token, hash).await?,
        };
        // Also for a remembered token: it, or its session, may have ended since.
        if self.is_past(caller.expires) {
            self.remembered.remove(&hash);
            return Err(Refusal::Expired.into());
        }
        if self.revoked.has(caller.session) {
            self.remembered.remove(&hash);
            return Err(session_ended());
        }
        Ok(caller)
    }

    /// Returns the name of the service whose service token is in `headers`.
    ///
    /// # Errors
    ///
    /// UNAUTHENTICATED if there is none that holds.
    pub fn verify_service(&self, headers: &HeaderMap) -> Result<String, Status> {
        let token = bearer(headers)?;
        header_of(token, Algorithm::HS256, SERVICE_TYP)?;
        let claims: ServiceClaims = decode(token, &self.service_key, Algorithm::HS256)?;

        let (issued, expires) = (seconds(claims.iat)?, seconds(claims.exp)?);
        let too_long = expires.since(issued) > SERVICE_LIFETIME;
        if claims.aud != SERVICE_AUDIENCE || too_long || self.is_ahead(issued) {
            return Err(Refusal::Invalid.into());
        }
        if self.is_past(expires) {
            return Err(Refusal::Expired.into());
        }
        Ok(claims.iss)
    }

    async fn check_user(&self, token: &str, hash: [u8; 32]) -> Result<Caller, Status> {
        let header = header_of(token, Algorithm::EdDSA, ACCESS_TYP)?;
        let key = self.keys.get(header.kid.as_deref().ok_or(Refusal::Invalid)?).await?;
        let key = key.ok_or(Refusal::Invalid)?;
        let claims: AccessClaims = decode(token, &key, Algorithm::EdDSA)?;

        let caller = Caller {
            user: claims.sub.parse().map_err(|_| Refusal::Invalid)?,
            session: claims.sid.parse().map_err(|_| Refusal::Invalid)?,
            expires: seconds(claims.exp)?,
        };
        let for_others = claims.iss != ACCESS_ISSUER || claims.aud != ACCESS_AUDIENCE;
        let (issued, starts) = (seconds(claims.iat)?, seconds(claims.nbf.unwrap_or(claims.iat))?);
        // Auth makes none that lives longer: whoever has stolen a key shall not, either.
        let too_long = caller.expires.since(issued) > ACCESS_LIFETIME;
        if for_others || too_long || self.is_ahead(starts) || self.is_ahead(issued) {
            return Err(Refusal::Invalid.into());
        }
        self.remembered.insert(hash, Remembered { caller, key: Arc::downgrade(&key) });
        Ok(caller)
    }

    fn is_past(&self, expires: Timestamp) -> bool {
        self.clock.now() >= expires.plus(LEEWAY)
    }

    fn is_ahead(&self, starts: Timestamp) -> bool {
        starts > self.clock.now().plus(LEEWAY)
    }
}

/// What is said to whoever goes on with a session that was ended.
pub(crate) fn session_ended() -> Status {
    Refusal::Ended.into()
}

/// Returns the bearer token of a request (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Refusal::Missing)?;
    if values.next().is_some() || value.len() > TOKEN_BYTES_MAX {
        return Err(Refusal::Invalid);
    }
    let (scheme, token) =
        value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or(Refusal::Invalid)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token) } else { Err(Refusal::Invalid) }
}

/// Reads the header of a token, and insists that it is one of ours: nothing in
/// it may lead us to another key or another way of reading (RFC 8725, section 3).
fn header_of(token: &str, algorithm: Algorithm, typ: &str) -> Result<Header, Refusal> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Invalid)?;
    let ours = Header { kid: header.kid.clone(), typ: Some(typ.to_owned()), ..Header::new(algorithm) };
    if header == ours { Ok(header) } else { Err(Refusal::Invalid) }
}

/// Checks the signature. What the claims say is checked by the caller, by its own clock.
fn decode<Claims: DeserializeOwned + Clone>(
    token: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
) -> Result<Claims, Refusal> {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let data = jsonwebtoken::decode(token, key, &validation).map_err(|_| Refusal::Invalid)?;
    Ok(data.claims)
}

/// A `NumericDate` (RFC 7519, section 2) that a clock of ours could show.
fn seconds(value: i64) -> Result<Timestamp, Refusal> {
    let millis = value.checked_mul(1_000).filter(|millis| *millis >= 0);
    millis.map(Timestamp::from_millis).ok_or(Refusal::Invalid)
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let failure = match refusal {
            Refusal::Missing => Failure::unauthenticated("TOKEN_MISSING"),
            Refusal::Invalid => Failure::unauthenticated("TOKEN_INVALID"),
            Refusal::Expired => Failure::unauthenticated("TOKEN_EXPIRED"),
            Refusal::Ended => Failure::unauthenticated("SESSION_ENDED"),
        };
        failure.into_status(&refusal)
    }
}

#[cfg(test)]
mod tests;
