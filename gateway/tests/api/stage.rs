//! A gateway with pretended services behind it.

use std::collections::HashMap;
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
use confab_proto::auth::v1;
use confab_proto::internal::v1::ExchangeSessionResponse;
use confab_proto::message::v1::subscribe_response::Frame;
use confab_proto::message::v1::{Ready, SubscribeResponse};
use confab_rpc::token::{ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYP, AccessClaims};
use confab_rpc::{
    Channel, Failure, KeySource, PublicKey, Reflection, ServiceKey, Shutdown, StandardServices,
    TokenVerifier, guard,
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

/// A request to the JSON door, as a program makes it.
pub fn json(method: &str, path: &str) -> request::Builder {
    Request::builder().method(method).uri(path).header("host", "chat.test")
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
    pub trailers: Option<HeaderMap>,
    /// The message, without the five bytes before it.
    pub message: Vec<u8>,
    /// All messages, each behind its five bytes.
    pub body: Vec<u8>,
}

impl Asked {
    pub fn message<M: Message + Default>(&self) -> M {
        M::decode(&*self.message).unwrap()
    }

    /// All messages of a stream.
    pub fn messages<M: Message + Default>(&self) -> Vec<M> {
        let (mut rest, mut messages) = (&*self.body, Vec::new());
        while let Some((head, more)) = rest.split_first_chunk::<5>() {
            let size = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
            let (message, next) = more.split_at(usize::try_from(size).unwrap());
            messages.push(M::decode(message).unwrap());
            rest = next;
        }
        messages
    }
}

/// What an RPC answers: one message, or some of a stream.
type Messages = Vec<Vec<u8>>;

/// What the pretended services answer to everything from now on.
#[derive(Clone)]
pub enum Given {
    Messages(Messages),
    Failure(Status),
    Panic,
}

#[derive(Clone)]
struct Services {
    asked: Arc<Mutex<Vec<Asked>>>,
    given: Arc<Mutex<Option<Given>>>,
    said: Arc<Mutex<HashMap<&'static str, Messages>>>,
    clock: Arc<ManualClock>,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A gateway with these settings, and all others as they are by default.
    pub async fn with(settings: &[&str]) -> Self {
        Self::before(settings, |services, _| services).await
    }

    /// The same, with the guard before the services that all real ones have.
    pub async fn guarded(settings: &[&str]) -> Self {
        Self::before(settings, guard).await
    }

    async fn before(settings: &[&str], doors: fn(Routes, Arc<TokenVerifier>) -> Routes) -> Self {
        let command = Config::augment_args(clap::Command::new("gateway").no_binary_name(true));
        let config = Config::from_arg_matches(&command.get_matches_from(settings)).unwrap();
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let services = Services {
            asked: Arc::default(),
            given: Arc::default(),
            said: Arc::default(),
            clock: clock.clone(),
        };
        let key = ServiceKey::generate().unwrap();
        let verifier = Arc::new(TokenVerifier::new(Arc::new(Keys), &key, clock.clone()));
        let router = Router::new().fallback(answer).with_state(services.clone());
        let channel = Channel::in_process(doors(Routes::from(router), verifier.clone()));
        let upstreams = Upstreams { auth: channel.clone(), message: channel.clone(), media: channel };

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

    /// The same, and forgets it.
    pub fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.services.asked.lock().unwrap())
    }

    /// Has the services answer with `given`.
    pub fn give(&self, given: Given) {
        *self.services.given.lock().unwrap() = Some(given);
    }

    /// Has one RPC say `messages`, in place of what it says otherwise.
    pub fn say(&self, rpc: &'static str, messages: Messages) {
        self.services.said.lock().unwrap().insert(rpc, messages);
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

    /// The body, which is JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
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
    let trailers = body.trailers().cloned();
    let body = body.to_bytes().to_vec();
    let path = head.uri.path().to_owned();
    let message = body.get(5..).unwrap_or_default().to_vec();
    let asked = Asked { path: path.clone(), headers: head.headers, trailers, message, body: body.clone() };
    services.asked.lock().unwrap().push(asked);

    let given = services.given.lock().unwrap().clone();
    match given {
        Some(Given::Failure(status)) => return status.into_http(),
        Some(Given::Panic) => panic!("the secret in /var/lib/confab"),
        Some(Given::Messages(messages)) => return ended(Body::from(framed(&messages))).into_response(),
        None => {}
    }
    let rpc = path.rsplit('/').next().unwrap();
    let metadata: &[(&str, &str)] = match rpc {
        "ExchangeSession" if contains(&body, DEAD_SECRET) => {
            return Status::unauthenticated("ended").into_http();
        }
        "ListSessions" => std::future::pending().await,
        "DeleteMessage" => return refusal().into_http(),
        "LogIn" => &[
            ("confab-session-set", SECRET),
            ("confab-session-max-age", "60"),
            ("confab-device-set", DEVICE_SECRET),
        ],
        "LogOut" => &[("confab-session-clear", "1")],
        _ => &[("confab-secret", "x"), ("other", "y")],
    };
    let said = services.said.lock().unwrap().get(rpc).cloned();
    let message = match rpc {
        "ExchangeSession" => {
            let expires = services.clock.now().plus(Duration::from_mins(10));
            let access_token = token(&services.clock);
            ExchangeSessionResponse { access_token, expire_time: Some(expires.into()) }.encode_to_vec()
        }
        "Check" => vec![8, 1],
        "GetMe" => v1::GetMeResponse { user: Some(ada()) }.encode_to_vec(),
        "Subscribe" => first_frames(),
        _ => Vec::new(),
    };
    let body = Body::from(framed(&said.unwrap_or_else(|| vec![message])));
    let mut response = match rpc {
        // A stream says something, and then nothing for a long time.
        "Subscribe" => of_grpc(Body::new(body.with_trailers(std::future::pending()))),
        _ => ended(body),
    };
    for (name, value) in metadata {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

/// `messages`, each behind the five bytes that say how long it is.
fn framed(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut frames = Vec::new();
    for message in messages {
        frames.push(0);
        frames.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
        frames.extend(message);
    }
    frames
}

/// An answer of `body` that ends well.
fn ended(body: Body) -> Response {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().unwrap());
    trailers.insert("confab-secret", "in-trailers".parse().unwrap());
    of_grpc(Body::new(body.with_trailers(std::future::ready(Some(Ok(trailers))))))
}

fn of_grpc(body: Body) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
    response
}

/// Somebody with an account.
fn ada() -> v1::User {
    let create_time = Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 120_000_000 });
    v1::User { user_id: "u-1".into(), name: "Ada".into(), create_time, ..v1::User::default() }
}

/// A failure with everything that one can have.
fn refusal() -> Status {
    let failure = Failure::exhausted("TOO_MANY").with("max", &3).retry_after(Duration::from_millis(1_200));
    failure.field("seq", "is one too many").into_status_saying("that is one too many")
}

/// How a subscription begins.
fn first_frames() -> Vec<u8> {
    let ready = Ready { stream_id: "s-1".into(), epoch: "e-1".into() };
    SubscribeResponse { frame: Some(Frame::Ready(ready)) }.encode_to_vec()
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
