//! One line in the log for every request: who asked for what, and how it ended.
//!
//! No body, no token, no query and no path that a client made up: of a path only
//! the route that it took is said.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use confab_core::UserId;
use confab_rpc::measure::{Outcome, name_of};
use confab_rpc::{Part, REQUEST_ID, seen};
use http::{Method, StatusCode};
use http_body::Frame;

use crate::tutorial;

/// What these lines are called in the log: `--log info,access=off` leaves them out.
const TARGET: &str = "access";

/// In a response: who asked for it, if we know.
#[derive(Clone, Copy, Debug)]
pub struct AskedBy(pub UserId);

/// In a response: the RPC that was called for a request which is none by its path.
#[derive(Clone, Copy, Debug)]
pub struct Called(pub &'static str);

/// Writes a line for a request when all of its answer was sent, or nobody waits for it any more.
pub async fn log(mut request: Request, next: Next) -> Response {
    if !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
        return next.run(request).await;
    }
    let (outcome, received) = (Outcome::open(), Arc::<AtomicU64>::default());
    request.extensions_mut().insert(outcome.clone());
    let mut line = Line {
        id: request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned(),
        route: route(request.uri().path()),
        method: method(request.method()),
        user: None,
        status: None,
        begun: Instant::now(),
        received: received.clone(),
        sent: 0,
        outcome,
    };
    let request = request.map(|body| {
        seen(body, move |part| {
            received.fetch_add(bytes_in(part), Ordering::Relaxed);
        })
    });
    let response = next.run(request).await;
    line.status = Some(response.status());
    if let Some(Called(rpc)) = response.extensions().get() {
        line.route = rpc;
    }
    line.user = response.extensions().get::<AskedBy>().map(|AskedBy(user)| *user);
    response.map(|body| seen(body, move |part| line.see(part)))
}

/// Routes that are no RPC and have a name of their own.
const ROUTES: [&str; 12] = [
    "/healthz",
    "/readyz",
    "/.well-known/jwks.json",
    "/.well-known/security.txt",
    "/robots.txt",
    "/openapi.json",
    "/docs",
    "/media",
    "/media/uploads",
    "/media/uploads/{id}",
    "/media/{id}",
    "/media/{id}/{variant}",
];

/// The route that a request takes: an RPC of the contract, a route of ours, or `other`.
fn route(path: &str) -> &'static str {
    let own = || ROUTES.into_iter().find(|route| is_of(path, route));
    let rpc = confab_proto::method(path).map(|method| method.path);
    rpc.or_else(own).or_else(|| tutorial::route(path)).unwrap_or("other")
}

/// Whether `path` is of `route`, whose parts in braces may be anything.
fn is_of(path: &str, route: &str) -> bool {
    let (mut parts, mut wanted) = (path.split('/'), route.split('/'));
    wanted.all(|wanted| parts.next().is_some_and(|part| part == wanted || wanted.starts_with('{')))
        && parts.next().is_none()
}

/// A method that everybody knows, or `other`.
fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| method == known).unwrap_or("other")
}

/// What is known of a request. It is written when this value goes.
struct Line {
    id: String,
    route: &'static str,
    method: &'static str,
    user: Option<UserId>,
    status: Option<StatusCode>,
    begun: Instant,
    received: Arc<AtomicU64>,
    sent: u64,
    outcome: Outcome,
}

impl Line {
    /// The next part of the answer goes out.
    fn see(&mut self, part: Part<'_>) {
        self.sent += bytes_in(part);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        tracing::info!(
            target: TARGET,
            request_id = self.id,
            user_id = self.user.map(tracing::field::display),
            method = self.method,
            route = self.route,
            // Nothing if the client had gone before there was one.
            status = self.status.map(|status| status.as_u16()),
            grpc_code = self.outcome.code().map(name_of),
            millis = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            bytes_in = self.received.load(Ordering::Relaxed),
            bytes_out = self.sent,
            "request"
        );
    }
}

fn bytes_in(part: Part<'_>) -> u64 {
    let data = part.and_then(|part| part.as_ref().ok()).and_then(Frame::data_ref);
    data.map_or(0, |data| data.len() as u64)
}
