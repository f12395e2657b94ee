//! One call by each of the gateway's doors, over the same HTTP/2 client: what differs between them is the server's work.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use bytes::{BufMut, Bytes, BytesMut};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE, TE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Collected};
use prost::Message;
use tokio::task::JoinSet;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::transport::{Channel, Endpoint};

use crate::measure::{Latencies, Window};

/// What a page of the web client says of itself, so that it may use the cookie.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The status of a call that went well, in a trailer or in what gRPC-Web has for one.
const GRPC_STATUS: &str = "grpc-status";
/// How long the frame's head is: a flag and a length of four bytes (gRPC over HTTP/2).
const FRAME_HEAD_BYTES: usize = 5;

/// How a call comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// gRPC, as services call.
    Grpc,
    /// gRPC-Web, binary, as the web client calls.
    GrpcWeb,
    /// HTTP and JSON.
    Json,
}

/// A call that can be made again and again.
#[derive(Clone, Debug)]
pub struct Call {
    door: Door,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Door {
    /// What its figures are called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grpc => "gRPC",
            Self::GrpcWeb => "gRPC-Web",
            Self::Json => "JSON",
        }
    }

    /// A call of the RPC at the path `rpc` with `message`, for which `resource` stands in JSON, to be read with GET.
    ///
    /// # Errors
    ///
    /// If one of the two is no path.
    pub fn call(self, rpc: &str, message: &impl Message, resource: &str) -> Result<Call> {
        let mut headers = HeaderMap::new();
        let mut is = |name, value| headers.insert(name, HeaderValue::from_static(value));
        match self {
            Self::Grpc => {
                is(CONTENT_TYPE, "application/grpc");
                is(TE, "trailers");
            }
            Self::GrpcWeb => drop(is(CONTENT_TYPE, "application/grpc-web+proto")),
            Self::Json => drop(is(ACCEPT, "application/json")),
        }
        let (method, path, body) = match self {
            Self::Json => (Method::GET, resource, Bytes::new()),
            Self::Grpc | Self::GrpcWeb => (Method::POST, rpc, framed(message)),
        };
        Ok(Call { door: self, method, uri: path.parse().context("a path that is none")?, headers, body })
    }
}

impl Call {
    /// The same call, with a token.
    #[must_use]
    pub fn with_token(mut self, token: HeaderValue) -> Self {
        self.headers.insert(AUTHORIZATION, token);
        self
    }

    /// The same call, for an answer of another type, if the door has several.
    #[must_use]
    pub fn accepting(mut self, types: HeaderValue) -> Self {
        if self.door == Door::Json {
            self.headers.insert(ACCEPT, types);
        }
        self
    }

    /// The same call from a page of the web client, with its session.
    #[must_use]
    pub fn with_session(mut self, cookie: HeaderValue) -> Self {
        self.headers.insert(COOKIE, cookie);
        self.on_a_page()
    }

    /// The same call from a page of the web client.
    fn on_a_page(mut self) -> Self {
        self.headers.insert(SEC_FETCH_SITE, HeaderValue::from_static("same-origin"));
        self
    }

    /// Makes this call once, which logs in, and returns the cookie of the session.
    ///
    /// # Errors
    ///
    /// If the call fails, or starts no session.
    pub async fn log_in(self, gateway: &Endpoint) -> Result<HeaderValue> {
        let (parts, _) = self.on_a_page().answer(&mut gateway.connect().await?).await?;
        let cookies = parts.headers.get_all(SET_COOKIE).iter();
        let cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookie = cookies.collect::<Vec<_>>().join("; ");
        ensure!(!cookie.is_empty(), "a log-in started no session");
        Ok(cookie.try_into()?)
    }

    /// Makes the call, and waits for the whole answer.
    ///
    /// # Errors
    ///
    /// If it does not go well.
    pub async fn make(&self, channel: &mut Channel) -> Result<()> {
        self.answer(channel).await.map(drop)
    }

    /// Begins the call, and returns when the answer has begun.
    ///
    /// # Errors
    ///
    /// If nobody answers.
    pub async fn begin(&self, channel: &mut Channel) -> Result<Response<Body>> {
        let mut request = Request::new(Body::new(http_body_util::Full::new(self.body.clone())));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        std::future::poll_fn(|context| channel.poll_ready(context)).await.context("cannot connect")?;
        channel.call(request).await.context("nobody answers")
    }

    async fn answer(&self, channel: &mut Channel) -> Result<(http::response::Parts, Bytes)> {
        let (parts, body) = self.begin(channel).await?.into_parts();
        let collected = body.collect().await.context("an answer broke off")?;
        let trailers = collected.trailers().cloned();
        let bytes = Collected::to_bytes(collected);
        let went_well = parts.status == StatusCode::OK
            && match self.door {
                Door::Grpc => trailers.is_some_and(|trailers| is_ok(&trailers)),
                Door::GrpcWeb => ends_well(&bytes),
                Door::Json => true,
            };
        ensure!(went_well, "{} answers {} {}", self.uri, parts.status, String::from_utf8_lossy(&bytes));
        Ok((parts, bytes))
    }
}

/// Makes `calls` until `window` ends, each on a connection of its own to `gateway`, one call after the other.
/// Returns how long those took that ended within it.
///
/// # Errors
///
/// If one of them fails.
pub async fn call_until_the_end(calls: Vec<Call>, gateway: &Endpoint, window: Window) -> Result<Latencies> {
    let mut calling = JoinSet::new();
    for call in calls {
        let gateway = gateway.clone();
        calling.spawn(async move {
            let (mut channel, mut latencies) = (gateway.connect().await?, Latencies::new()?);
            loop {
                let begin = Instant::now();
                if begin >= window.end {
                    return anyhow::Ok(latencies);
                }
                call.make(&mut channel).await?;
                let end = Instant::now();
                if window.contains(end) {
                    latencies.record(end - begin);
                }
            }
        });
    }
    let mut all = Latencies::new()?;
    while let Some(ended) = calling.join_next().await {
        all.add(&ended.context("a caller failed")??)?;
    }
    Ok(all)
}

/// `message` behind the head that gRPC has before each: not compressed, and so long.
fn framed(message: &impl Message) -> Bytes {
    let encoded = message.encode_to_vec();
    let mut frame = BytesMut::with_capacity(FRAME_HEAD_BYTES + encoded.len());
    frame.put_u8(0);
    frame.put_u32(u32::try_from(encoded.len()).unwrap_or(u32::MAX));
    frame.put_slice(&encoded);
    frame.freeze()
}

fn is_ok(trailers: &HeaderMap) -> bool {
    trailers.get(GRPC_STATUS).is_some_and(|status| status == "0")
}

/// Whether the body of gRPC-Web ends with the status of success.
fn ends_well(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    text.rsplit_once(GRPC_STATUS)
        .is_some_and(|(_, status)| status.trim_start_matches([':', ' ']).starts_with('0'))
}

#[cfg(test)]
mod tests {
    use confab_proto::message::v1::GetConversationRequest;

    use super::*;

    #[test]
    fn a_frame_says_how_long_its_message_is() {
        let message = GetConversationRequest { conversation_id: "x".into() };
        assert_eq!(framed(&message)[..], [0, 0, 0, 0, 3, 10, 1, b'x']);
    }

    #[test]
    fn only_the_status_of_success_is_one() {
        assert!(ends_well(b"\x00\x00\x00\x00\x00\x80\x00\x00\x00\x0fgrpc-status:0\r\n"));
        assert!(!ends_well(b"\x80\x00\x00\x00\x0fgrpc-status:5\r\ngrpc-message:no\r\n"));
        assert!(!ends_well(b"\x00\x00\x00\x00\x00"));
    }
}
