//! A handler that panics: one request fails, nobody learns why, and the log has why (rows G06, I03).

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_core::{Clock, Id, SystemClock};
use confab_proto::{Access, access, methods};
use confab_rpc::token::{ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYP, AccessClaims};
use confab_rpc::{Channel, KeySource, PublicKey, ServiceKey, TokenVerifier, guard, telemetry};
use http_body_util::BodyExt;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::Value;
use tonic::service::Routes;
use tonic::{Code, Status};
use tower::ServiceExt;

/// An Ed25519 private key in PKCS#8 is this, and 32 bytes of its own.
const PKCS8_HEAD: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
/// What no answer may have in it.
const INSIDE: [&str; 5] = ["/var", "secret", "panic", ".rs", "boxed"];

/// The key of somebody's token, for tests only.
fn key() -> EncodingKey {
    EncodingKey::from_ed_der(&[&PKCS8_HEAD[..], &[7; 32]].concat())
}

/// Its public half.
struct Keys;

#[async_trait::async_trait]
impl KeySource for Keys {
    async fn list(&self) -> Result<Vec<PublicKey>, Status> {
        let jwk = Jwk::from_encoding_key(&key(), Algorithm::EdDSA).unwrap();
        let AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else { panic!("not an Ed25519 key") };
        Ok(vec![PublicKey { id: "test".into(), bytes: URL_SAFE_NO_PAD.decode(pair.x).unwrap() }])
    }
}

/// A token of somebody who is signed in.
fn user_token() -> String {
    let now = SystemClock.now();
    let id = || Id::<()>::new(now).to_string();
    let (iss, aud, iat) = (ACCESS_ISSUER.into(), ACCESS_AUDIENCE.into(), now.as_seconds());
    let claims = AccessClaims { iss, aud, sub: id(), sid: id(), iat, exp: iat + 600, nbf: None };
    let (typ, kid) = (Some(ACCESS_TYP.into()), Some("test".into()));
    let header = Header { typ, kid, ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, &claims, &key()).unwrap()
}

/// A service that panics at whatever it is asked, unless it is asked kindly.
struct Broken {
    channel: Channel,
    key: ServiceKey,
}

impl Broken {
    fn new() -> Self {
        let key = ServiceKey::generate().unwrap();
        let verifier = TokenVerifier::new(Arc::new(Keys), &key, Arc::new(SystemClock));
        let routes = Routes::from(Router::new().fallback(answer));
        Self { channel: Channel::in_process(guard(routes, Arc::new(verifier))), key }
    }

    /// A token for an RPC of this `access`.
    fn token(&self, access: Access) -> String {
        match access {
            Access::Service => self.key.sign("message", SystemClock.now()),
            Access::User | Access::Public => user_token(),
        }
    }

    async fn call(&self, path: &str, token: &str, headers: [&str; 2]) -> http::Response<tonic::body::Body> {
        let request = Request::post(path).header("authorization", format!("Bearer {token}"));
        let request = request.header(headers[0], headers[1]).body(tonic::body::Body::empty());
        self.channel.clone().oneshot(request.unwrap()).await.unwrap()
    }
}

async fn answer(request: Request) -> Response {
    assert!(request.headers().contains_key("kindly"), "/var/lib/confab/secret: {request:?}");
    Status::ok("").into_http()
}

/// Fails unless `answer` says that it is our fault, and nothing else. Returns the id of the request.
async fn assert_says_nothing(answer: http::Response<tonic::body::Body>, what: &str) -> String {
    let (head, body) = answer.into_parts();
    let status = Status::from_header_map(&head.headers).unwrap();
    assert_eq!(
        (status.code(), status.message()),
        (Code::Internal, "something went wrong on the server"),
        "{what}"
    );
    let said = format!("{head:?} {:?}", body.collect().await.unwrap().to_bytes());
    for inside in INSIDE {
        assert!(!said.contains(inside), "{what}: {inside}: {said}");
    }
    head.headers["x-request-id"].to_str().unwrap().to_owned()
}

/// A log that is read by this test.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The lines so far, which are forgotten.
    fn take(&self) -> Vec<Value> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

// One test, not several: what `tracing` knows of a place that logs is known to the whole process, and a panic of
// another test before there is a log would have this one's unheard.
#[tokio::test]
async fn a_panic_is_one_request_that_fails_and_is_in_the_log_under_the_id_that_the_client_is_told() {
    let log = Log::default();
    let written = log.clone();
    let lines = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || written.clone());
    let _logging = tracing::subscriber::set_default(lines.finish());
    telemetry::log_panics();

    let broken = Broken::new();
    let mut kinds = [0, 0, 0];
    for method in methods() {
        let access = access(method.path).unwrap();
        kinds[access as usize] += 1;
        let answer = broken.call(method.path, &broken.token(access), ["some", "1"]).await;
        let id = assert_says_nothing(answer, method.path).await;
        let panics = log.take();
        let [panic] = &panics[..] else { panic!("{}: {panics:?}", method.path) };
        assert!(
            panic["message"].as_str().unwrap().starts_with("panicked: /var/lib/confab/secret"),
            "{panic}"
        );
        assert!(panic["place"].as_str().unwrap().contains("panics.rs:"), "{panic}");
        assert!(panic["span"]["id"].as_str().unwrap().contains(&id), "{id}: {panic}");

        let well = broken.call(method.path, &broken.token(access), ["kindly", "1"]).await;
        assert_eq!(Status::from_header_map(well.headers()).unwrap().code(), Code::Ok, "{}", method.path);
    }
    assert!(kinds.iter().all(|count| *count > 5), "{kinds:?}");
}
