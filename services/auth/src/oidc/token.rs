//! What a provider says of somebody, and whether it is to be believed (OpenID
//! Connect Core, section 3.1.3.7).

use std::time::Duration;

use confab_core::Timestamp;
use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How providers may sign. Not by a secret that they share with us, and not at all
/// by none.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::EdDSA,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
];
/// How far the provider's clock may be apart from ours.
const LEEWAY: Duration = Duration::from_mins(1);
/// The longest subject, in bytes (OpenID Connect Core, section 2).
const SUBJECT_BYTES_MAX: usize = 255;
/// How many parts an encrypted token has; a signed one has three (RFC 7516, section 9).
const ENCRYPTED_PARTS: usize = 5;

/// What we asked for, and of whom.
pub struct Expected<'a> {
    /// Who is to have signed it.
    pub issuer: &'a str,
    /// For whom it is to be: us.
    pub client_id: &'a str,
    /// What was sent along with whom it is about.
    pub nonce: &'a str,
    /// The time.
    pub now: Timestamp,
}

/// What a provider says of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Who it is there.
    pub subject: String,
    /// Their address, if it says one, and that it is theirs.
    pub verified_email: Option<String>,
    /// What they are called, if it says.
    pub name: Option<String>,
    /// Whether it says an address, and whether that is theirs: otherwise it is to be asked.
    pub settles_email: bool,
}

/// What a provider says of somebody beside who it is.
#[derive(Clone, Deserialize)]
pub struct About {
    sub: String,
    email: Option<String>,
    email_verified: Option<Value>,
    name: Option<String>,
}

/// Why it is not believed.
#[derive(Debug, thiserror::Error)]
pub enum Untrusted {
    /// It is not signed as it should be, or says that it is of or for somebody else.
    #[error("a token of the provider does not hold")]
    Token(#[from] jsonwebtoken::errors::Error),
    /// It is encrypted, which providers do only for whoever registers a wish for it
    /// (OpenID Connect Core, sections 5.3.2 and 10.2; Registration, section 2).
    #[error(
        "a token of the provider is encrypted: register Confab there without \
         id_token_encrypted_response_alg and userinfo_encrypted_response_alg"
    )]
    Encrypted,
    /// It is signed with a key that the provider does not publish.
    #[error("a token of the provider is signed with an unknown key")]
    UnknownKey,
    /// It is signed in a way that we do not take.
    #[error("a token of the provider is signed with {0:?}, or the key is for something else")]
    Algorithm(Algorithm),
    /// It is not what we asked for.
    #[error("a token of the provider has a wrong {0}")]
    Claim(&'static str),
    /// Asked about one person, the provider speaks of another.
    #[error("the provider was asked about somebody, and speaks of somebody else")]
    AnotherSubject,
}

#[derive(Clone, Deserialize)]
struct Payload {
    aud: Value,
    exp: f64,
    iat: f64,
    nonce: Option<String>,
    azp: Option<String>,
    #[serde(flatten)]
    about: About,
}

/// What a provider says of somebody when it is asked, in the form of a token.
#[derive(Clone, Deserialize)]
struct SignedAbout {
    /// It need not say when that ends: it was asked just now.
    exp: Option<f64>,
    #[serde(flatten)]
    about: About,
}

/// Whether `keys` has the key that `token` says it is signed with.
pub fn knows_key(token: &str, keys: &JwkSet) -> bool {
    key_of(token, keys).is_ok()
}

/// Checks `token` by `keys`.
pub fn verify(token: &str, keys: &JwkSet, expected: &Expected) -> Result<Claims, Untrusted> {
    check(read(token, keys, expected, &["exp", "iss", "aud", "sub"])?, expected)
}

/// Checks by `keys` what a provider has signed when it was asked about somebody (section 5.3.2).
pub fn verify_about(token: &str, keys: &JwkSet, expected: &Expected) -> Result<About, Untrusted> {
    let SignedAbout { exp, about } = read(token, keys, expected, &["iss", "aud", "sub"])?;
    if exp.is_some_and(|exp| is_past(exp, expected)) {
        return Err(Untrusted::Claim("exp"));
    }
    Ok(about)
}

/// What `token` says, if it is signed by the issuer, for us, and has the `claims`.
fn read<T: DeserializeOwned + Clone>(
    token: &str,
    keys: &JwkSet,
    expected: &Expected,
    claims: &[&str],
) -> Result<T, Untrusted> {
    let (algorithm, key) = key_of(token, keys)?;
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&[expected.client_id]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_required_spec_claims(claims);
    // By our clock, elsewhere.
    validation.validate_exp = false;
    Ok(decode(token, &DecodingKey::from_jwk(key)?, &validation)?.claims)
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit for millions of years")]
fn is_past(exp: f64, expected: &Expected) -> bool {
    exp <= expected.now.as_seconds() as f64 - LEEWAY.as_secs_f64()
}

fn key_of<'a>(token: &str, keys: &'a JwkSet) -> Result<(Algorithm, &'a Jwk), Untrusted> {
    if token.split('.').count() == ENCRYPTED_PARTS {
        return Err(Untrusted::Encrypted);
    }
    let header = decode_header(token)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Untrusted::Algorithm(header.alg));
    }
    let key = match (&header.kid, keys.keys.as_slice()) {
        (Some(kid), _) => keys.find(kid),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let key = key.ok_or(Untrusted::UnknownKey)?;
    let fits = key.common.key_algorithm.is_none_or(|named| named == KeyAlgorithm::from(header.alg));
    if fits { Ok((header.alg, key)) } else { Err(Untrusted::Algorithm(header.alg)) }
}

fn check(payload: Payload, expected: &Expected) -> Result<Claims, Untrusted> {
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit for millions of years")]
    let (now, leeway) = (expected.now.as_seconds() as f64, LEEWAY.as_secs_f64());
    if is_past(payload.exp, expected) {
        return Err(Untrusted::Claim("exp"));
    }
    if payload.iat >= now + leeway {
        return Err(Untrusted::Claim("iat"));
    }
    if payload.nonce.as_deref() != Some(expected.nonce) {
        return Err(Untrusted::Claim("nonce"));
    }
    let is_for_several = payload.aud.as_array().is_some_and(|audience| audience.len() > 1);
    match payload.azp.as_deref() {
        Some(party) if party != expected.client_id => return Err(Untrusted::Claim("azp")),
        None if is_for_several => return Err(Untrusted::Claim("azp")),
        _ => {}
    }
    let About { sub, .. } = &payload.about;
    if sub.is_empty() || sub.len() > SUBJECT_BYTES_MAX {
        return Err(Untrusted::Claim("sub"));
    }
    Ok(payload.about.into())
}

/// Adds to `claims` what the provider has said `about` them when it was asked.
pub fn complete(claims: Claims, about: About) -> Result<Claims, Untrusted> {
    // What is said of somebody else must not be taken for theirs (section 5.3.2).
    if about.sub != claims.subject {
        return Err(Untrusted::AnotherSubject);
    }
    let said = Claims::from(about);
    Ok(Claims { name: said.name.or(claims.name), ..said })
}

impl From<About> for Claims {
    fn from(About { sub, email, email_verified, name }: About) -> Self {
        // Some say it as a text.
        let is_verified = matches!(email_verified, Some(Value::Bool(true)))
            || email_verified.as_ref().and_then(Value::as_str) == Some("true");
        let settles_email = email.is_some() && email_verified.is_some();
        Self { subject: sub, verified_email: email.filter(|_| is_verified), name, settles_email }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encrypted_is_told_from_what_is_garbage() {
        let keys = JwkSet { keys: Vec::new() };
        for token in ["a.b.c.d.e", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY.dGV4dA.dGFn"] {
            assert!(matches!(key_of(token, &keys), Err(Untrusted::Encrypted)), "{token}");
        }
        for token in ["", "a", "a.b.c", "a.b.c.d", "a.b.c.d.e.f"] {
            assert!(matches!(key_of(token, &keys), Err(Untrusted::Token(_))), "{token}");
        }
    }
}
