//! A provider of OpenID Connect that says what a test wants it to, true or not.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_util::stream;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub const CLIENT: &str = "confab";
pub const SECRET: &str = "s3cret/with:odd chars";
pub const CODE: &str = "a-code";

/// A key with a name.
struct Key(String, Ed25519KeyPair);

impl Key {
    fn new(name: &str) -> Self {
        Self(name.to_owned(), Ed25519KeyPair::generate().unwrap())
    }

    fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.1.public_key().as_ref());
        json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": self.0, "x": x })
    }
}

/// What it is told to do.
pub struct Script {
    pub header: Value,
    pub claims: Value,
    /// The name of a key that it signs with, and does not publish.
    pub stolen: bool,
    /// What it encrypts.
    pub encrypted: Encrypted,
    /// What is wrong with its answers.
    pub fault: Fault,
    /// What stands in its discovery document beside what has to, or in its place.
    pub published: Map<String, Value>,
    /// What it says of somebody when it is asked.
    pub about: Value,
    /// The header of the token in which it says that, if it signs it.
    pub about_header: Option<Value>,
    /// Whether it signs that with a key that it does not publish.
    pub about_stolen: bool,
    /// What is wrong when it is asked that.
    pub about_fault: Fault,
    /// How often it was asked that.
    pub about_asked: usize,
    /// How often its keys were fetched.
    pub keys_fetched: usize,
    /// What it was asked for with the code, last.
    pub asked: Option<Asked>,
    issuer: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encrypted {
    Nothing,
    Token,
    /// What it says when it is asked.
    About,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    Down,
    Huge,
    Moved,
    Garbage,
    OtherIssuer,
    /// It begins to answer, and does not go on.
    Stalled,
}

#[derive(Clone)]
pub struct Asked {
    pub grant_type: String,
    pub code: String,
    pub redirect_uri: String,
    pub code_verifier: String,
}

impl Asked {
    fn read(form: &str) -> Self {
        let field = |name: &str| {
            let mut fields = form.split('&').filter_map(|field| field.split_once('='));
            let value = fields.find(|(found, _)| *found == name).map(|(_, value)| value).unwrap();
            percent_encoding::percent_decode_str(value).decode_utf8().unwrap().into_owned()
        };
        Self {
            grant_type: field("grant_type"),
            code: field("code"),
            redirect_uri: field("redirect_uri"),
            code_verifier: field("code_verifier"),
        }
    }
}

struct Inside {
    script: Mutex<Script>,
    keys: Mutex<Vec<Key>>,
}

impl Inside {
    /// A token of these claims, under its own key or one of the same name that it does not have.
    fn sign(&self, header: &Value, claims: &Value, stolen: bool) -> String {
        let keys = self.keys.lock().unwrap();
        let other = Key::new("first");
        let key = if stolen { &other } else { &keys[0] };
        let mut header = header.clone();
        if header.get("kid").is_none() {
            header["kid"] = key.0.clone().into();
        }
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let signature = match header["alg"].as_str() {
            Some("none") => String::new(),
            _ => URL_SAFE_NO_PAD.encode(key.1.sign(signed.as_bytes()).as_ref()),
        };
        format!("{signed}.{signature}")
    }
}

/// The provider. It stops when this is dropped.
pub struct Liar {
    pub issuer: String,
    inside: Arc<Inside>,
    _serving: JoinSet<()>,
}

impl Liar {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let script = Script {
            header: json!({ "alg": "EdDSA" }),
            claims: json!({}),
            stolen: false,
            encrypted: Encrypted::Nothing,
            fault: Fault::None,
            published: Map::new(),
            about: json!({}),
            about_header: None,
            about_stolen: false,
            about_fault: Fault::None,
            about_asked: 0,
            keys_fetched: 0,
            asked: None,
            issuer: issuer.clone(),
        };
        let inside = Inside { script: Mutex::new(script), keys: Mutex::new(vec![Key::new("first")]) };
        let inside = Arc::new(inside);
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/about", get(about))
            .with_state(inside.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { issuer, inside, _serving: serving }
    }

    /// Tells it what to do.
    pub fn tell<T>(&self, tell: impl FnOnce(&mut Script) -> T) -> T {
        tell(&mut self.inside.script.lock().unwrap())
    }

    /// Signs with another key from now on; the old ones are not published any more.
    pub fn rotate(&self) {
        *self.inside.keys.lock().unwrap() = vec![Key::new("second")];
    }
}

/// An answer with this fault, unless it is one of what it says.
fn faulty(fault: Fault) -> Option<Response> {
    match fault {
        Fault::None | Fault::OtherIssuer => None,
        Fault::Down => Some(StatusCode::SERVICE_UNAVAILABLE.into_response()),
        Fault::Huge => Some(" ".repeat(300 * 1024).into_response()),
        Fault::Moved => Some(Redirect::temporary("/elsewhere").into_response()),
        Fault::Garbage => Some("<html>".into_response()),
        Fault::Stalled => {
            Some(Body::from_stream(stream::pending::<Result<Vec<u8>, Infallible>>()).into_response())
        }
    }
}

async fn discovery(State(inside): State<Arc<Inside>>) -> Response {
    let script = inside.script.lock().unwrap();
    let issuer = &script.issuer;
    if let Some(answer) = faulty(script.fault) {
        return answer;
    }
    let claimed = if script.fault == Fault::None { issuer.as_str() } else { "https://evil.example" };
    let mut document = json!({
        "issuer": claimed,
        "authorization_endpoint": format!("{issuer}/authorize?prompt=login"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    });
    document.as_object_mut().unwrap().extend(script.published.clone());
    Json(document).into_response()
}

async fn about(State(inside): State<Arc<Inside>>, headers: HeaderMap) -> Response {
    let mut script = inside.script.lock().unwrap();
    script.about_asked += 1;
    if headers.get("authorization").is_none_or(|value| value != "Bearer x") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if let Some(answer) = faulty(script.about_fault) {
        return answer;
    }
    match &script.about_header {
        None => Json(script.about.clone()).into_response(),
        Some(header) => {
            let signed = inside.sign(header, &script.about, script.about_stolen);
            let signed = if script.encrypted == Encrypted::About { encrypt(&signed) } else { signed };
            ([("content-type", "application/jwt; charset=utf-8")], signed).into_response()
        }
    }
}

async fn keys(State(inside): State<Arc<Inside>>) -> Json<Value> {
    inside.script.lock().unwrap().keys_fetched += 1;
    let keys: Vec<Value> = inside.keys.lock().unwrap().iter().map(Key::jwk).collect();
    Json(json!({ "keys": keys }))
}

async fn token(State(inside): State<Arc<Inside>>, headers: HeaderMap, body: String) -> Response {
    let asked = Asked::read(&body);
    let encoded = |text: &str| text.replace('/', "%2F").replace(':', "%3A").replace(' ', "%20");
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{}", encoded(SECRET))));
    let is_us = headers.get("authorization").is_some_and(|value| *value == basic);
    let mut script = inside.script.lock().unwrap();
    let is_code = asked.code == CODE;
    script.asked = Some(asked);
    if !is_us || !is_code {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    }
    let id_token = inside.sign(&script.header, &script.claims, script.stolen);
    let id_token = if script.encrypted == Encrypted::Token { encrypt(&id_token) } else { id_token };
    Json(json!({ "token_type": "Bearer", "access_token": "x", "id_token": id_token })).into_response()
}

/// A token that whoever has our secret could read (RFC 7516; OpenID Connect Core, section 10.2).
fn encrypt(signed: &str) -> String {
    const NONCE: [u8; 12] = [7; 12];
    let key = UnboundKey::new(&AES_256_GCM, digest(&SHA256, SECRET.as_bytes()).as_ref()).unwrap();
    let header = json!({ "alg": "dir", "enc": "A256GCM", "cty": "JWT" }).to_string();
    let (header, mut text) = (URL_SAFE_NO_PAD.encode(header), signed.as_bytes().to_vec());
    let (nonce, about) = (Nonce::assume_unique_for_key(NONCE), Aad::from(header.as_bytes()));
    let tag = LessSafeKey::new(key).seal_in_place_separate_tag(nonce, about, &mut text).unwrap();
    let [nonce, text, tag] = [&NONCE, text.as_slice(), tag.as_ref()].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}..{nonce}.{text}.{tag}")
}

/// What PKCE makes of a verifier.
pub fn pkce(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref())
}

/// Longer than keys are not fetched again for.
pub const KEYS_AGE: Duration = Duration::from_secs(30);
