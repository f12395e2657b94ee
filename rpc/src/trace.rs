//! Request ids and W3C trace context, passed on from call to call.

use std::future::Future;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};
use tracing::{Instrument, error_span};
use uuid::Uuid;

use crate::telemetry;

/// Names one request in every log line about it, in every service.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The place of a call in a trace: W3C Trace Context, section 3.2.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The longest request id that is taken over from a client, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 64;
/// The length of a `traceparent` of version 00, in bytes.
const TRACEPARENT_BYTES: usize = 55;

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// What ties the calls that one request causes together.
#[derive(Clone, Debug)]
pub struct TraceContext {
    /// The value of [`REQUEST_ID`].
    pub request_id: HeaderValue,
    /// The value of [`TRACEPARENT`].
    pub traceparent: HeaderValue,
}

impl TraceContext {
    /// Takes over what `headers` say, and makes up what they do not.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let given = |name, sane: fn(&[u8]) -> bool| {
            headers.get(name).filter(|value: &&HeaderValue| sane(value.as_bytes())).cloned()
        };
        Self {
            request_id: given(REQUEST_ID, is_request_id)
                .unwrap_or_else(|| ascii(Uuid::new_v4().simple().to_string())),
            traceparent: given(TRACEPARENT, is_traceparent).unwrap_or_else(new_traceparent),
        }
    }

    /// Puts the context of the request being served, if there is one, into the
    /// headers of a call that it makes.
    pub fn pass_on(headers: &mut HeaderMap) {
        // Outside a request, as in a task of the service's own, there is none.
        let _ = CURRENT.try_with(|context| {
            headers.insert(REQUEST_ID, context.request_id.clone());
            headers.insert(TRACEPARENT, context.traceparent.clone());
        });
    }

    /// Runs `future` as part of this context.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }
}

/// Gives a request its context, for its log lines, for the calls it makes, and
/// for the client, who finds the request id in the response.
pub async fn traced(mut request: Request, next: Next) -> Response {
    let mut context = TraceContext::of(request.headers());
    let id = context.request_id.clone();
    let path = request.uri().path();
    let name = confab_proto::method(path).map_or("request", |method| &method.path[1..]);
    // Whatever is logged at all has the id, also where only errors are.
    let span = error_span!("request", id = ?id, path, otel.name = name, otel.kind = "server");
    let given = request.headers().get(TRACEPARENT).filter(|given| is_traceparent(given.as_bytes()));
    if let Some(own) = telemetry::join(&span, given) {
        context.traceparent = own;
    }

    request.headers_mut().insert(REQUEST_ID, id.clone());
    request.headers_mut().insert(TRACEPARENT, context.traceparent.clone());
    let mut response = context.scope(next.run(request)).instrument(span).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn is_request_id(id: &[u8]) -> bool {
    (1..=REQUEST_ID_BYTES_MAX).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

fn is_traceparent(value: &[u8]) -> bool {
    value.len() == TRACEPARENT_BYTES
        && value.starts_with(b"00-")
        && value.iter().enumerate().all(|(at, byte)| match at {
            2 | 35 | 52 => *byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
        })
}

fn new_traceparent() -> HeaderValue {
    let trace = Uuid::new_v4().simple().to_string();
    let span = Uuid::new_v4().simple().to_string();
    ascii(format!("00-{trace}-{}-01", &span[..16]))
}

/// `text` as a header value. Ours are letters, digits and dashes.
fn ascii(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_make_up_is_what_we_accept() {
        let made = TraceContext::of(&HeaderMap::new());
        assert!(is_request_id(made.request_id.as_bytes()));
        assert!(is_traceparent(made.traceparent.as_bytes()));
    }

    #[test]
    fn a_clients_own_ids_are_kept_if_they_are_sane() {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static("order-77"));
        assert_eq!(TraceContext::of(&headers).request_id, "order-77");

        for odd in ["", "a b", "x\"y", &"a".repeat(65)] {
            headers.insert(REQUEST_ID, HeaderValue::from_str(odd).unwrap());
            assert_ne!(TraceContext::of(&headers).request_id, odd);
        }
    }

    #[tokio::test]
    async fn calls_of_a_request_carry_its_context() {
        let context = TraceContext::of(&HeaderMap::new());
        let headers = context.clone().scope(async {
            let mut headers = HeaderMap::new();
            TraceContext::pass_on(&mut headers);
            headers
        });
        assert_eq!(headers.await[REQUEST_ID], context.request_id);
    }
}
