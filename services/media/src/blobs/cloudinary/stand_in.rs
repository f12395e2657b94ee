//! A server that stands in for Cloudinary: it checks what the documentation
//! says is checked, keeps files in memory, and answers in the same words.
//!
//! It works out signatures for itself, so that a mistake of ours is not its own.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use confab_core::{Clock, SystemClock};
use futures_util::stream;
use serde_json::json;
use sha1::{Digest, Sha1};

use super::{Algorithm, CloudinaryAccess};

const CLOUD: &str = "stand-in";
const API_KEY: &str = "123456789012345";
const API_SECRET: &str = "not-so-secret";
/// How far the time of a call may be from ours, in seconds.
const WINDOW_SECONDS: i64 = 60 * 60;

/// The largest call that it takes.
const BODY_BYTES_MAX: usize = 100 * 1024 * 1024;

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails.
    Fails,
    /// It fails when it is called for the first time.
    FailsOnce,
    /// It says nothing at all.
    IsSilent,
    /// It says what it has to say letter by letter, and never all of it.
    Dawdles,
    /// It says it got another file than it was sent.
    Lies,
    /// It sends whoever calls to this address of ours.
    Redirects,
    /// It gives other bytes than are asked for.
    IgnoresRanges,
}

/// How long it waits before each letter when it dawdles.
const PAUSE: Duration = Duration::from_millis(100);

type Files = Arc<Mutex<BTreeMap<String, Bytes>>>;

#[derive(Clone)]
struct Account {
    files: Files,
    fault: Option<Fault>,
    inner: String,
    inner_calls: Arc<Mutex<usize>>,
    has_failed: Arc<AtomicBool>,
}

/// A running server. It ends with the runtime of the test.
pub struct StandIn {
    pub access: CloudinaryAccess,
    files: Files,
    inner_calls: Arc<Mutex<usize>>,
}

impl StandIn {
    pub async fn start(fault: Option<Fault>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner_calls = Arc::new(Mutex::new(0));
        let inner = format!("{url}/inner");
        let files = Files::default();
        let has_failed = Arc::default();
        let account =
            Account { files: files.clone(), fault, inner, inner_calls: inner_calls.clone(), has_failed };
        let router = Router::new()
            .route("/v1_1/{cloud}/raw/upload", post(upload))
            .route("/v1_1/{cloud}/raw/destroy", post(destroy))
            .route("/v1_1/{cloud}/resources/raw/authenticated", get(list))
            .route("/{cloud}/raw/authenticated/{signature}/{folder}/{name}", get(deliver))
            .route("/inner", get(called_inside).post(called_inside))
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .with_state(account);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let access = CloudinaryAccess {
            cloud: CLOUD.to_owned(),
            api_key: API_KEY.to_owned(),
            api_secret: API_SECRET.into(),
            algorithm: Algorithm::Sha1,
            folder: "confab".to_owned(),
            api_url: url.clone(),
            delivery_url: url,
        };
        Self { access, files, inner_calls }
    }

    /// Everything that it keeps, by its name.
    pub fn kept(&self) -> BTreeMap<String, Bytes> {
        self.files.lock().unwrap().clone()
    }

    /// How often somebody followed us to where nobody may go.
    pub fn inner_calls(&self) -> usize {
        *self.inner_calls.lock().unwrap()
    }
}

async fn called_inside(State(account): State<Account>) -> &'static str {
    *account.inner_calls.lock().unwrap() += 1;
    "inside"
}

impl Account {
    async fn misbehaves(&self) -> Option<Response> {
        match self.fault? {
            Fault::IsSilent => std::future::pending().await,
            Fault::Dawdles => Some(dawdle()),
            Fault::Fails => Some(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
            Fault::FailsOnce => {
                let is_first = !self.has_failed.swap(true, Ordering::Relaxed);
                is_first.then(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
            }
            Fault::Redirects => {
                Some((StatusCode::TEMPORARY_REDIRECT, [("location", self.inner.clone())]).into_response())
            }
            Fault::Lies | Fault::IgnoresRanges => None,
        }
    }
}

/// An answer that has a pause before each letter, and no end.
fn dawdle() -> Response {
    let letters = stream::unfold((), |()| async {
        tokio::time::sleep(PAUSE).await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), ()))
    });
    Response::new(Body::from_stream(letters))
}

/// Checks the parameters of a call, and says what is wrong in words like theirs.
fn check(cloud: &str, parameters: &HashMap<String, String>) -> Result<(), (StatusCode, String)> {
    let refused = |why: &str| (StatusCode::UNAUTHORIZED, json!({"error": {"message": why}}).to_string());
    let said = |name: &str| parameters.get(name).cloned().unwrap_or_default();
    if cloud != CLOUD || said("api_key") != API_KEY {
        return Err(refused("unknown api_key"));
    }
    let time: i64 =
        said("timestamp").parse().map_err(|_| refused("Missing required parameter - timestamp"))?;
    if (SystemClock.now().as_seconds() - time).abs() > WINDOW_SECONDS {
        return Err(refused("Stale request"));
    }
    let sorted: BTreeMap<_, _> = parameters.iter().collect();
    let signed =
        sorted.into_iter().filter(|(name, _)| !matches!(name.as_str(), "api_key" | "signature" | "file"));
    let signed: Vec<_> = signed.map(|(name, value)| format!("{name}={value}")).collect();
    let expected = hex::encode(Sha1::digest(signed.join("&") + API_SECRET));
    if said("signature") == expected { Ok(()) } else { Err(refused("Invalid Signature")) }
}

async fn read_form(request: Request) -> (HashMap<String, String>, Option<Bytes>) {
    // All of it first: whoever is answered behind the last divider, and has not sent the end, would complain.
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await.unwrap();
    let request = Request::from_parts(head, Body::from(body));
    let mut form = Multipart::from_request(request, &()).await.unwrap();
    let (mut parameters, mut file) = (HashMap::new(), None);
    while let Some(field) = form.next_field().await.unwrap() {
        let name = field.name().unwrap().to_owned();
        if name == "file" {
            file = Some(field.bytes().await.unwrap());
        } else {
            parameters.insert(name, field.text().await.unwrap());
        }
    }
    (parameters, file)
}

async fn upload(State(account): State<Account>, Path(cloud): Path<String>, form: Request) -> Response {
    let (parameters, file) = read_form(form).await;
    if let Some(fault) = account.misbehaves().await {
        return fault;
    }
    if let Err(refused) = check(&cloud, &parameters) {
        return refused.into_response();
    }
    assert_eq!(parameters["type"], "authenticated");
    assert!(matches!(parameters["overwrite"].as_str(), "false" | "0"));
    let public_id = parameters["public_id"].clone();
    let mut files = account.files.lock().unwrap();
    let kept = files.entry(public_id.clone()).or_insert(file.unwrap());
    let bytes = if account.fault == Some(Fault::Lies) { kept.len() + 1 } else { kept.len() };
    axum::Json(json!({
        "public_id": public_id, "bytes": bytes, "resource_type": "raw", "type": "authenticated", "version": 1,
    }))
    .into_response()
}

async fn destroy(State(account): State<Account>, Path(cloud): Path<String>, form: Request) -> Response {
    let (parameters, _) = read_form(form).await;
    if let Some(fault) = account.misbehaves().await {
        return fault;
    }
    if let Err(refused) = check(&cloud, &parameters) {
        return refused.into_response();
    }
    let gone = account.files.lock().unwrap().remove(&parameters["public_id"]);
    let result = if gone.is_some() { "ok" } else { "not found" };
    axum::Json(json!({ "result": result })).into_response()
}

async fn list(
    State(account): State<Account>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if let Some(fault) = account.misbehaves().await {
        return fault;
    }
    let login = format!("Basic {}", STANDARD.encode(format!("{API_KEY}:{API_SECRET}")));
    if headers.get("authorization").is_none_or(|given| given != login.as_str()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let most: usize = query["max_results"].parse().unwrap();
    let files = account.files.lock().unwrap();
    // In an order that is not that of the names. It lists less at once than the real one, so that a page is full soon.
    let found = files.keys().rev().filter(|name| name.starts_with(&query["prefix"]));
    let found: Vec<_> = found.map(|name| json!({ "public_id": name })).collect();
    let page = most.min(10);
    let listed = &found[..found.len().min(page)];
    let mut answer = json!({ "resources": listed });
    if found.len() > page {
        answer["next_cursor"] = json!("more");
    }
    axum::Json(answer).into_response()
}

async fn deliver(
    State(account): State<Account>,
    Path((_, signature, folder, name)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Some(fault) = account.misbehaves().await {
        return fault;
    }
    let public_id = format!("{folder}/{name}");
    let hash = URL_SAFE.encode(Sha1::digest(format!("{public_id}{API_SECRET}")));
    if signature != format!("s--{}--", &hash[..8]) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Some(bytes) = account.files.lock().unwrap().get(&public_id).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let range = headers.get("range").and_then(|range| range.to_str().ok()?.strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
        return bytes.into_response();
    };
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
    if account.fault == Some(Fault::IgnoresRanges) {
        return bytes.into_response();
    }
    let said = format!("bytes {first}-{last}/{}", bytes.len());
    (StatusCode::PARTIAL_CONTENT, [("content-range", said)], bytes.slice(first..=last)).into_response()
}
