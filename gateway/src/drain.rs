//! The end of answers that would outlast the gateway.
//!
//! An open stream is a call under way, and the orderly end waits for those. In
//! this process the services end their streams themselves; a service in another
//! process does not know that we are about to go.

use std::pin::pin;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use confab_rpc::{Failure, Shutdown};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt, StreamBody};
use tonic::Status;

/// How long an answer may go on after the end has begun: long enough for one
/// that has an end, and short enough for everybody to reconnect in time.
const OPEN_MAX: Duration = Duration::from_secs(2);
/// What to wait before calling again.
const RECONNECT_AFTER: Duration = Duration::from_millis(500);

/// Ends an answer that is still open [`OPEN_MAX`] after `shutdown` has begun.
pub async fn end_streams(State(shutdown): State<Shutdown>, request: Request, next: Next) -> Response {
    next.run(request).await.map(|body| ending(body, shutdown))
}

/// `body`, which ends in trailers that say so when its time is over.
fn ending(mut body: Body, shutdown: Shutdown) -> Body {
    // An answer that has its status in its head must not look as if more came.
    if body.is_end_stream() {
        return body;
    }
    let frames = async_stream::stream! {
        let mut overdue = pin!(async {
            shutdown.begun().await;
            tokio::time::sleep(OPEN_MAX).await;
        });
        loop {
            let frame = tokio::select! {
                biased;
                () = &mut overdue => None,
                frame = body.frame() => Some(frame),
            };
            match frame {
                Some(Some(frame)) => yield frame,
                Some(None) => break,
                None => {
                    yield Ok(Frame::trailers(stopping()));
                    break;
                }
            }
        }
    };
    Body::new(StreamBody::new(frames))
}

/// What is said of an answer that was not at its end.
fn stopping() -> HeaderMap {
    let failure = Failure::unavailable("STOPPING").retry_after(RECONNECT_AFTER);
    let status: Status = failure.into_status_saying("the server is stopping; call again");
    let mut trailers = status.into_http::<Body>().into_parts().0.headers;
    trailers.remove(CONTENT_TYPE);
    trailers
}
