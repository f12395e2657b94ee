//! A push service on loopback, and a browser that can read what it is handed: by
//! RFC 8291, whose example it is checked with.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// What it says, once for each answer; then that it has taken what comes.
#[derive(Clone, Debug)]
pub enum Answer {
    Status(u16),
    /// The status, and what stands in `Retry-After`.
    Later(u16, &'static str),
    /// Somewhere else, at the same service.
    Moved,
    /// Nothing, until it is let go.
    Never,
}

/// Something that was handed in.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// For which device.
    pub device: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A push service, which ends with this.
pub struct PushService {
    pub origin: String,
    state: Shared,
    received: mpsc::UnboundedReceiver<Parcel>,
    held: watch::Sender<bool>,
    _serving: JoinSet<()>,
}

#[derive(Clone)]
struct Shared {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    sender: mpsc::UnboundedSender<Parcel>,
    let_go: watch::Receiver<bool>,
}

impl PushService {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let ((sender, received), (held, let_go)) = (mpsc::unbounded_channel(), watch::channel(false));
        let state = Shared { answers: Arc::default(), sender, let_go };
        let router = Router::new().route("/{device}", post(take)).with_state(state.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, state, received, held, _serving: serving }
    }

    /// Has it say `answer` to what comes next.
    pub fn will_say(&self, answer: Answer) {
        self.state.answers.lock().unwrap().push_back(answer);
    }

    /// Lets go of what it did not answer.
    pub fn let_go(&self) {
        self.held.send_replace(true);
    }

    /// Waits until something is handed in.
    pub async fn next(&mut self) -> Parcel {
        let next = tokio::time::timeout(crate::pushes::PATIENCE, self.received.recv());
        next.await.expect("something is handed in").unwrap()
    }

    /// What was handed in and not looked at yet.
    pub fn rest(&mut self) -> Vec<Parcel> {
        std::iter::from_fn(|| self.received.try_recv().ok()).collect()
    }
}

async fn take(
    State(mut state): State<Shared>,
    Path(device): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = state.answers.lock().unwrap().pop_front().unwrap_or(Answer::Status(201));
    state.sender.send(Parcel { device, headers, body }).unwrap();
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Later(status, after) => {
            (StatusCode::from_u16(status).unwrap(), [("retry-after", after)]).into_response()
        }
        Answer::Moved => (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]).into_response(),
        Answer::Never => {
            state.let_go.wait_for(|gone| *gone).await.unwrap();
            StatusCode::CREATED.into_response()
        }
    }
}

impl Parcel {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that it was signed by the server with this `key`, for the service at
    /// `origin` (RFC 8292), and returns whom one may turn to.
    pub fn signed_by(&self, key: &[u8], origin: &str) -> String {
        #[derive(Deserialize)]
        struct Claims {
            exp: u64,
            sub: String,
        }
        let (token, shown) =
            self.header("authorization").strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(shown).unwrap(), key);
        let [x, y] = [&key[1..33], &key[33..]].map(|part| URL_SAFE_NO_PAD.encode(part));
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[origin]);
        let check = DecodingKey::from_ec_components(&x, &y).unwrap();
        let claims = jsonwebtoken::decode::<Claims>(token, &check, &validation).unwrap().claims;
        let left = claims.exp - jsonwebtoken::get_current_timestamp();
        assert!(left <= 24 * 3_600, "no longer than a day: {left}");
        claims.sub
    }
}

/// What a browser has for one subscription.
pub struct Browser {
    key: PrivateKey,
    pub auth: [u8; 16],
}

impl Browser {
    pub fn new() -> Self {
        Self { key: PrivateKey::generate(&ECDH_P256).unwrap(), auth: *uuid::Uuid::new_v4().as_bytes() }
    }

    pub fn p256dh(&self) -> Vec<u8> {
        self.key.compute_public_key().unwrap().as_ref().to_vec()
    }

    /// Reads what was encrypted for it.
    pub fn read(&self, body: &[u8]) -> Vec<u8> {
        let (salt, rest) = body.split_at(16);
        let (size, rest) = rest.split_at(4);
        let size = u32::from_be_bytes(size.try_into().unwrap()) as usize;
        let (sender, record) = rest[1..].split_at(usize::from(rest[0]));
        assert!(record.len() <= size, "one record");

        let info = [b"WebPush: info\0", self.p256dh().as_slice(), sender].concat();
        let theirs = UnparsedPublicKey::new(&ECDH_P256, sender);
        let secret = agree(&self.key, theirs, (), |shared| {
            let prk = Salt::new(HKDF_SHA256, &self.auth).extract(shared);
            Ok::<_, ()>(expand::<32>(&prk, &info))
        });
        let prk = Salt::new(HKDF_SHA256, salt).extract(&secret.unwrap());
        let key = expand::<16>(&prk, b"Content-Encoding: aes128gcm\0");
        let nonce = expand::<12>(&prk, b"Content-Encoding: nonce\0");
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut text = record.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plain = key.open_in_place(nonce, Aad::empty(), &mut text).unwrap();
        let end = plain.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(plain[end], 2, "what stands behind the last record");
        plain[..end].to_vec()
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const LENGTH: usize>(prk: &Prk, info: &[u8]) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    prk.expand(&[info], Length(LENGTH)).unwrap().fill(&mut bytes).unwrap();
    bytes
}

#[test]
fn the_browser_reads_the_example_of_the_standard() {
    // RFC 8291, section 5.
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let key =
        PrivateKey::from_private_key(&ECDH_P256, &decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"));
    let auth = decode("BTBZMqHH6r4Tts7J_aSIgg").try_into().unwrap();
    let body = decode(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK\
         6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
    );
    let browser = Browser { key: key.unwrap(), auth };
    assert_eq!(browser.read(&body), b"When I grow up, I want to be a watermelon");
}
