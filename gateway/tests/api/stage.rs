//! A gateway with pretended services behind it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{Args, FromArgMatches};
use confab_core::{Clock, Id, ManualClock, SystemClock};
use confab_gateway::{Config, Gateway, Upstreams};
use confab_proto::internal::v1::ExchangeSessionResponse;
use confab_rpc::token::{ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYP, AccessClaims};
use confab_rpc::{
    Channel, KeySource, PublicKey, Reflection, ServiceKey, Shutdown, StandardServices, TokenVerifier,
};
use http::{HeaderMap, request};
use http_body_util::BodyExt;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use prost::Message;
use tonic::Status;
use tonic::service::Routes;
use tower::ServiceExt;

/// The secret of a session that has not ended.
pub const SECRET: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// The secret of one that has.
pub const DEAD_SECRET: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
/// What a browser is known by.
pub const DEVICE_SECRET: &str = "ccccccccccccccccccccccccccccccccccccccccccc";
/// An Ed25519 private key in PKCS#8, for tests only.
const PKCS8: [u8; 48] = {
    let prefix = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
    let mut key = [7; 48];
    let mut at = 0;
    while at < prefix.len() {
        key[at] = prefix[at];
        at += 1;
    }
    key
};

/// A gRPC-Web call of the method `rpc`, as a program makes it.
pub fn call(rpc: &str) -> request::Builder {
    Request::post(format!("/{rpc}"))
        .header("content-type", "application/grpc-web+proto")
        .header("host", "chat.test")
}

/// The same from a page of our own.
pub fn call_from_page(rpc: &str) -> request::Builder {
    call(rpc).header("origin", "https://chat.test").header("sec-fetch-site", "same-origin")
}

/// A gateway, and everything that its services were asked.
pub struct Stage {
    router: Router,
    services: Services,
    pub clock: Arc<ManualClock>,
    pub shutdown: Shutdown,
}

/// What a pretended service was asked.
#[derive(Clone)]
pub struct Asked {
    pub path: String,
    pub headers: HeaderMap,
}

#[derive(Clone)]
struct Services {
    asked: Arc<Mutex<Vec<Asked>>>,
    clock: Arc<ManualClock>,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A gateway with these settings, and all others as they are by default.
    pub async fn with(settings: &[&str]) -> Self {
        let command = Config::augment_args(clap::Command::new("gateway").no_binary_name(true));
        let config = Config::from_arg_matches(&command.get_matches_from(settings)).unwrap();
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let services = Services { asked: Arc::default(), clock: clock.clone() };
        let router = Router::new().fallback(answer).with_state(services.clone());
        let channel = Channel::in_process(Routes::from(router));
        let upstreams = Upstreams { auth: channel.clone(), message: channel.clone(), media: channel };

        let key = ServiceKey::generate().unwrap();
        let verifier = Arc::new(TokenVerifier::new(Arc::new(Keys), &key, clock.clone()));
        let descriptors = confab_proto::PUBLIC_FILE_DESCRIPTOR_SET;
        let standard =
            StandardServices::new(&upstreams.service_names(), descriptors, Reflection::On).await.unwrap();
        let shutdown = Shutdown::new();
        let gateway = Gateway::new(&config, upstreams, verifier, key, clock.clone());
        Self { router: gateway.into_router(&standard, shutdown.clone()), services, clock, shutdown }
    }

    /// The answer to `request`, whose body is one empty message.
    pub async fn answer(&self, request: request::Builder) -> Answer {
        self.answer_body(request, vec![0; 5]).await
    }

    pub async fn answer_body(&self, request: request::Builder, body: impl Into<Body>) -> Answer {
        let response = self.response(request, body).await;
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into(),
        }
    }

    /// The answer to `request` as it comes, which may not end.
    pub async fn response(&self, request: request::Builder, body: impl Into<Body>) -> Response {
        self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap()
    }

    /// What the services were asked so far, except for sessions.
    pub fn asked(&self) -> Vec<Asked> {
        let asked = self.services.asked.lock().unwrap();
        asked.iter().filter(|asked| !asked.path.contains("SessionService")).cloned().collect()
    }

    /// How often a session was swapped for a token.
    pub fn swaps(&self) -> usize {
        let asked = self.services.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.path.contains("SessionService")).count()
    }

    /// A token that is good for ten minutes.
    pub fn token(&self) -> String {
        token(&self.clock)
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// All headers called `name`.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The gRPC status code of an answer without messages; 0 if it has any.
    pub fn code(&self) -> i32 {
        self.headers.get("grpc-status").map_or(0, |code| code.to_str().unwrap().parse().unwrap())
    }
}

async fn answer(State(services): State<Services>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        return Status::internal("the body broke off").into_http();
    };
    let body = body.to_bytes().to_vec();
    let path = head.uri.path().to_owned();
    services.asked.lock().unwrap().push(Asked { path: path.clone(), headers: head.headers });

    let rpc = path.rsplit('/').next().unwrap();
    let metadata: &[(&str, &str)] = match rpc {
        "ExchangeSession" if contains(&body, DEAD_SECRET) => {
            return Status::unauthenticated("ended").into_http();
        }
        "UpdateProfile" => std::future::pending().await,
        "LogIn" => &[
            ("confab-session-set", SECRET),
            ("confab-session-max-age", "60"),
            ("confab-device-set", DEVICE_SECRET),
        ],
        "LogOut" => &[("confab-session-clear", "1")],
        _ => &[("confab-secret", "x"), ("other", "y")],
    };
    let message = match rpc {
        "ExchangeSession" => {
            let expires = services.clock.now().plus(Duration::from_mins(10));
            let access_token = token(&services.clock);
            ExchangeSessionResponse { access_token, expire_time: Some(expires.into()) }.encode_to_vec()
        }
        "Check" => vec![8, 1],
        _ => Vec::new(),
    };
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().unwrap());
    trailers.insert("confab-secret", "in-trailers".parse().unwrap());
    let body = Body::from(frame);
    let body = match rpc {
        // A stream says something, and then nothing for a long time.
        "Subscribe" => Body::new(body.with_trailers(std::future::pending())),
        _ => Body::new(body.with_trailers(std::future::ready(Some(Ok(trailers))))),
    };
    let mut response = body.into_response();
    response.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
    for (name, value) in metadata {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

fn contains(body: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(body).contains(text)
}

fn token(clock: &ManualClock) -> String {
    let now = clock.now().as_seconds();
    let claims = AccessClaims {
        iss: ACCESS_ISSUER.into(),
        aud: ACCESS_AUDIENCE.into(),
        sub: Id::<()>::new(clock.now()).to_string(),
        sid: Id::<()>::new(clock.now()).to_string(),
        iat: now,
        exp: now + 600,
        nbf: None,
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(ACCESS_TYP.into());
    header.kid = Some("test".into());
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(&PKCS8)).unwrap()
}

/// The public half of the key.
struct Keys;

#[async_trait::async_trait]
impl KeySource for Keys {
    async fn list(&self) -> Result<Vec<PublicKey>, Status> {
        let jwk = Jwk::from_encoding_key(&EncodingKey::from_ed_der(&PKCS8), Algorithm::EdDSA).unwrap();
        let AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else { panic!("not an Ed25519 key") };
        Ok(vec![PublicKey { id: "test".into(), bytes: URL_SAFE_NO_PAD.decode(pair.x).unwrap() }])
    }
}
