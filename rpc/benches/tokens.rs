//! How long a service takes to check an access token: one that it has seen, and one that it has not.
//!
//! ```sh
//! cargo bench -p confab-rpc --bench tokens
//! ```

#![expect(clippy::unwrap_used, reason = "a bench that cannot sign a token has failed")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_core::{Clock, SessionId, SystemClock, UserId};
use confab_rpc::token::{ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYP, AccessClaims};
use confab_rpc::{KeySource, PublicKey, ServiceKey, TokenVerifier};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use tonic::Status;

/// A private key in PKCS#8 (RFC 8410) is this and 32 bytes, here all the same.
const PKCS8_PREFIX: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
/// How many tokens are checked each time, none of which was seen before.
const TOKENS: u32 = 5_000;
/// How often a token is checked that was.
const REPEATS: u32 = 200_000;
const TRIALS: usize = 5;
/// What a check may take.
const SEEN_GOAL: Duration = Duration::from_micros(5);
const NEW_GOAL: Duration = Duration::from_micros(100);

struct OneKey(PublicKey);

#[async_trait]
impl KeySource for OneKey {
    async fn list(&self) -> Result<Vec<PublicKey>, Status> {
        Ok(vec![self.0.clone()])
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let key = EncodingKey::from_ed_der(&[PKCS8_PREFIX.as_slice(), &[7; 32]].concat());
    let jwk = serde_json::to_value(Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap()).unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap();
    let source = Arc::new(OneKey(PublicKey { id: "k".into(), bytes }));
    let verifier = TokenVerifier::new(source, &ServiceKey::generate().unwrap(), Arc::new(SystemClock));

    let (mut new, mut seen) = (Vec::new(), Vec::new());
    for _ in 0..TRIALS {
        let requests: Vec<HeaderMap> = (0..TOKENS).map(|_| request(&key)).collect();
        let begin = Instant::now();
        for request in &requests {
            verifier.verify_user(request).await.unwrap();
        }
        new.push(begin.elapsed() / TOKENS);
        let begin = Instant::now();
        for _ in 0..REPEATS {
            verifier.verify_user(&requests[0]).await.unwrap();
        }
        seen.push(begin.elapsed() / REPEATS);
    }
    show("a token that was seen", seen, SEEN_GOAL);
    show("a token that was not", new, NEW_GOAL);
}

/// A request with a token of a session of its own.
fn request(key: &EncodingKey) -> HeaderMap {
    let now = SystemClock.now();
    let header =
        Header { typ: Some(ACCESS_TYP.into()), kid: Some("k".into()), ..Header::new(Algorithm::EdDSA) };
    let claims = AccessClaims {
        iss: ACCESS_ISSUER.into(),
        aud: ACCESS_AUDIENCE.into(),
        sub: UserId::new(now).to_string(),
        sid: SessionId::new(now).to_string(),
        iat: now.as_seconds(),
        exp: now.as_seconds() + 600,
        nbf: None,
    };
    let token = jsonwebtoken::encode(&header, &claims, key).unwrap();
    HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}")).unwrap())])
}

fn show(what: &str, mut trials: Vec<Duration>, goal: Duration) {
    trials.sort();
    let median = trials[TRIALS / 2];
    let verdict = if median <= goal { "met" } else { "missed" };
    println!("{what}: {median:.2?} (median of {trials:.2?}), goal {goal:?}: {verdict}");
}
