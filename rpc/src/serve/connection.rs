//! One connection: HTTP/1.1 and HTTP/2, with every limit, until it ends.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use confab_core::Network;
use http::header::{CONNECTION, TRANSFER_ENCODING};
use http::{HeaderValue, Request, StatusCode, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};
use tonic::service::Routes;
use tonic::transport::server::TcpConnectInfo;
use tower::ServiceExt;

use super::grudges::{Grudges, is_breach};
use super::patience::{Patient, Waiting};
use super::watched::Watched;
use super::{DoorConfig, Tls};
use crate::Shutdown;

/// How many calls one connection may have open at once. Announced in SETTINGS.
const STREAMS_MAX: u32 = 128;
/// How many streams a peer may reset before we have looked at them ("rapid
/// reset", CVE-2023-44487) before the connection is closed.
const PENDING_RESETS_MAX: usize = 20;
/// How many streams we may have to reset because of a peer's mistakes
/// ("MadeYouReset", CVE-2025-8671) before the connection is closed.
const LOCAL_RESETS_MAX: usize = 64;
/// The size of all headers of a request together, in bytes.
const HEADER_LIST_BYTES_MAX: u32 = 16 * 1024;
/// How many headers a request may have over HTTP/1.
const HEADERS_MAX: usize = 100;
/// The size of an HTTP/2 frame, in bytes: the least that the protocol allows.
pub const FRAME_BYTES_MAX: u32 = 16 * 1024;
/// How much of an HTTP/1 request is kept unread, in bytes; its headers have to fit.
const BUFFER_BYTES_MAX: usize = 64 * 1024;
/// How much of one request may be under way unread, in bytes.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
/// How much of all requests of a connection may be under way unread, in bytes.
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// How much of one answer waits to be sent, in bytes.
const SEND_BUFFER_BYTES_MAX: usize = 256 * 1024;
/// How often a silent connection is asked whether it lives.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(20);
/// How long the answer to that may take.
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// How often the system asks again when there is no answer, and how many times.
const PROBE_INTERVAL: Duration = Duration::from_secs(5);
const PROBES: u32 = 3;
/// How long an HTTP/1 connection may have nothing to say between two requests:
/// longer than the minute that proxies keep one for the next request.
const IDLE_MAX: Duration = Duration::from_secs(75);
/// How long a TLS handshake may take.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// How long the calls of a connection may go on when it has been told to go: longer than any
/// stream, which ends with its token.
const CONNECTION_AGE_GRACE: Duration = Duration::from_mins(11);

/// How all connections of a door are held.
pub struct Conversations {
    builder: Builder<TokioExecutor>,
    routes: Routes,
    tls: Option<Tls>,
    closing: Shutdown,
    age: Duration,
    /// Nothing, if connections are not counted by where they come from.
    grudges: Option<Grudges>,
}

impl Conversations {
    /// Answers with `routes`, until `closing` begins and what is under way has ended. A connection
    /// gets as old as `limits` say, and no older.
    pub fn new(routes: Routes, tls: Option<Tls>, closing: Shutdown, limits: DoorConfig) -> Self {
        let (builder, routes) = (builder(), routes.prepare());
        let grudges = (limits.network_connections > 0).then(Grudges::default);
        Self { builder, routes, tls, closing, age: limits.connection_age, grudges }
    }

    /// Answers what comes over `stream` until it ends. What goes wrong on it is
    /// the affair of whoever is at the other end.
    pub async fn hold(&self, stream: TcpStream) {
        let Ok(peer) = prepare(&stream) else { return };
        let network = Network::of(peer.ip());
        if let Some(wait) = self.grudges.as_ref().and_then(|grudges| grudges.wait(network, Instant::now())) {
            tokio::select! {
                () = self.closing.begun() => return,
                () = sleep(wait) => {}
            }
        }
        let Some(tls) = &self.tls else { return self.converse(stream, peer).await };
        match tokio::time::timeout(HANDSHAKE_MAX, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.converse(stream, peer).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    async fn converse(&self, io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, peer: SocketAddr) {
        let routes = self.routes.clone();
        let answer = service_fn(move |request| {
            let routes = routes.clone();
            async move { Ok::<_, Infallible>(answer(routes, request, peer).await) }
        });
        let io = TokioIo::new(Watched::new(io));
        let mut connection = pin!(self.builder.serve_connection_with_upgrades(io, answer));
        let told = async {
            tokio::select! {
                () = self.closing.begun() => {}
                () = sleep(some_more(self.age)) => {}
            }
        };
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = told => None,
        };
        let ended = if let Some(ended) = ended {
            ended
        } else {
            connection.as_mut().graceful_shutdown();
            // Who has not gone by then is cut off.
            tokio::time::timeout(CONNECTION_AGE_GRACE, connection).await.unwrap_or(Ok(()))
        };
        if let Err(error) = ended {
            tracing::debug!(error, "a connection broke off");
            if is_breach(&*error) {
                self.resent(Network::of(peer.ip()));
            }
        }
    }

    /// Bears in mind that somebody in `network` had to be told to go.
    fn resent(&self, network: Network) {
        if self.grudges.as_ref().is_some_and(|grudges| grudges.note(network, Instant::now())) {
            tracing::warn!(%network, "clients are told to go again and again; those that come from there wait");
        }
    }
}

/// What holds for every connection, whatever comes over it.
fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_MAX)
        .max_headers(HEADERS_MAX)
        .max_buf_size(BUFFER_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_pending_accept_reset_streams(PENDING_RESETS_MAX)
        .max_local_error_reset_streams(LOCAL_RESETS_MAX)
        .max_header_list_size(HEADER_LIST_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(SEND_BUFFER_BYTES_MAX)
        .keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT);
    builder
}

/// Sets what the system has to know of a connection, and returns who is at its other end.
fn prepare(stream: &TcpStream) -> io::Result<SocketAddr> {
    let peer = stream.peer_addr()?;
    // Otherwise a small answer waits for the acknowledgement of the one before.
    stream.set_nodelay(true)?;
    let keep_alive =
        TcpKeepalive::new().with_time(KEEP_ALIVE_INTERVAL).with_interval(PROBE_INTERVAL).with_retries(PROBES);
    SockRef::from(stream).set_tcp_keepalive(&keep_alive)?;
    Ok(peer)
}

/// `age`, and up to a tenth more: connections that began together do not all come
/// back together.
fn some_more(age: Duration) -> Duration {
    let share = getrandom::u32().unwrap_or(0);
    age + age.mul_f64(f64::from(share) / f64::from(u32::MAX) / 10.0)
}

/// Answers one request.
async fn answer(routes: Routes, request: Request<Incoming>, peer: SocketAddr) -> Response {
    let waiting = Waiting::default();
    // Of two who read such a request, one may find a second one in its body (RFC
    // 9112, section 6.1): nothing that comes after it on this connection is read.
    let is_http1 = request.version() < Version::HTTP_2;
    let is_last = is_http1 && request.headers().contains_key(TRANSFER_ENCODING);
    let mut request = request.map(|body| Patient::new(body, waiting.clone()));
    let info = TcpConnectInfo { local_addr: None, remote_addr: Some(peer) };
    request.extensions_mut().insert(info);

    let Ok(response) = routes.oneshot(request).await;
    waiting.answered();
    // What the service makes of a body that breaks off says nothing about why.
    let is_too_slow = waiting.was_in_vain();
    let mut response = if is_too_slow { too_slow() } else { response.map(Body::new) };
    // HTTP/2 knows no such header: there the stream ends.
    if is_last || is_too_slow && is_http1 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn too_slow() -> Response {
    (StatusCode::REQUEST_TIMEOUT, "the request takes too long\n").into_response()
}
