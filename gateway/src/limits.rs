//! What one call may take: bytes and time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use confab_proto::Kind;
use confab_rpc::{Failure, keep_deadline};
use http::HeaderMap;
use http_body::Frame;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tonic::Status;

/// What a call may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest request body.
    pub body_max_bytes: usize,
    /// How long it may take until the response begins.
    pub time_max: Duration,
}

/// Ends a call that takes more than `limits` allow. One that takes a stream of
/// requests lasts for as long as somebody sends, and so does what it may take: its
/// service watches both.
pub async fn keep(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let method = confab_proto::method(request.uri().path());
    if method.is_some_and(|method| method.kind == Kind::Upload) {
        return keep_deadline(request.map(without_trailers), None, next).await;
    }
    let exceeded = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| limited(body, limits.body_max_bytes, exceeded.clone()));
    let response = keep_deadline(request, Some(limits.time_max), next).await;
    // What the service makes of a body that breaks off says nothing about why.
    if exceeded.load(Ordering::Relaxed) { too_large(limits.body_max_bytes).into_http() } else { response }
}

/// `body`, which breaks off and says so in `exceeded` after `max` bytes. It
/// has no trailers: those of a client are not for our services.
fn limited(body: Body, max: usize, exceeded: Arc<AtomicBool>) -> Body {
    without_trailers(Body::new(Limited::new(body, max).map_err(move |error| {
        exceeded.fetch_or(error.is::<LengthLimitError>(), Ordering::Relaxed);
        error
    })))
}

fn without_trailers(body: Body) -> Body {
    let data = |frame: Frame<Bytes>| {
        frame.into_data().map_or_else(|_| Frame::trailers(HeaderMap::new()), Frame::data)
    };
    Body::new(body.map_frame(data))
}

fn too_large(max: usize) -> Status {
    let failure = Failure::exhausted("REQUEST_TOO_LARGE").with("max_bytes", &max);
    failure.into_status_saying(format!("a request may have at most {max} bytes"))
}
