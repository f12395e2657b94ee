//! What is counted of calls: how many there are, how they end, how long they take.
//! And, for whoever else counts something, how.
//!
//! The names are those that gRPC servers have everywhere. Their labels are names
//! of the contract, so that no client makes new ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use confab_proto::Kind;
use http::{HeaderMap, HeaderValue};
use metrics::{counter, gauge, histogram};
use tonic::Code;

use crate::seen::{Part, seen};

/// Calls that have ended, by how.
pub const HANDLED: &str = "grpc_server_handled_total";
/// How long calls took until their end, in seconds.
pub const HANDLING: &str = "grpc_server_handling_seconds";
/// Streams that are open now.
pub const STREAMS: &str = "confab_open_streams";
/// Connections that are open now.
pub const CONNECTIONS: &str = "confab_connections";
/// Connections for which there was no room.
pub const TURNED_AWAY: &str = "confab_connections_turned_away_total";
/// Requests that were too many, by whose share was used up.
pub const RATE_REFUSALS: &str = "confab_rate_refusals_total";
/// Requests in which something of ours broke.
pub const PANICS: &str = "confab_panics_total";

/// What stands in place of names that the contract does not know.
const OTHER: &str = "other";

/// Whether anybody looks at what is counted.
static COUNTING: AtomicBool = AtomicBool::new(false);

/// Begins to count. Until then a call costs nothing more for it.
pub fn begin_counting() {
    COUNTING.store(true, Ordering::Relaxed);
}

/// How a call ended, for whoever stands too far outside to see it: in an
/// extension of its request, which whoever sees it fills in.
#[derive(Clone, Debug)]
pub struct Outcome(Arc<AtomicI32>);

impl Outcome {
    const OPEN: i32 = -1;

    /// Of a call that has not ended.
    #[must_use]
    pub fn open() -> Self {
        Self(Arc::new(AtomicI32::new(Self::OPEN)))
    }

    /// The code, if the call has ended and was one.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        let code = self.0.load(Ordering::Relaxed);
        (code != Self::OPEN).then(|| Code::from(code))
    }

    fn settle(&self, code: Code) {
        self.0.store(code as i32, Ordering::Relaxed);
    }
}

/// One more in a gauge, until this value goes.
#[derive(Debug)]
pub struct Inside(&'static str);

impl Inside {
    /// Counts one more in the gauge called `name`.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        gauge!(name).increment(1.0);
        Self(name)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        gauge!(self.0).decrement(1.0);
    }
}

/// Counts one more in the counter called `name`, under `label`.
pub fn count(name: &'static str, label: (&'static str, &'static str)) {
    let (key, value) = label;
    counter!(name, key => value).increment(1);
}

/// Counts that something of `role` broke.
pub fn count_panic(role: &'static str) {
    count(PANICS, ("role", role));
}

/// Counts a call that `role` answers; nothing stands for the role that the service is part of.
pub async fn measured(State(role): State<Option<&'static str>>, request: Request, next: Next) -> Response {
    let outcome = request.extensions().get::<Outcome>().cloned();
    if outcome.is_none() && !COUNTING.load(Ordering::Relaxed) {
        return next.run(request).await;
    }
    let mut call = Call::begin(role, request.uri().path(), outcome);
    let response = next.run(request).await;
    if let Some(code) = code_in(response.headers()) {
        call.end(code);
        return response;
    }
    call.open_stream();
    // The end of the answer says how the call ended.
    response.map(|body| seen(body, move |part| call.see(part)))
}

/// A call under way. One that goes before its end was cancelled.
struct Call {
    role: &'static str,
    service: &'static str,
    method: &'static str,
    is_stream: bool,
    is_open: bool,
    begun: Instant,
    outcome: Option<Outcome>,
    code: Code,
}

impl Call {
    fn begin(role: Option<&'static str>, path: &str, outcome: Option<Outcome>) -> Self {
        let method = confab_proto::method(path);
        // `auth` of `confab.auth.v1.AuthService`.
        let own = || method.and_then(|method| method.service.split('.').nth(1));
        Self {
            role: role.or_else(own).unwrap_or(OTHER),
            service: method.map_or(OTHER, |method| method.service),
            method: method.map_or(OTHER, |method| method.name),
            is_stream: method.is_some_and(|method| method.kind == Kind::Stream),
            is_open: false,
            begun: Instant::now(),
            outcome,
            code: Code::Cancelled,
        }
    }

    fn end(&mut self, code: Code) {
        self.code = code;
    }

    /// The next part of its answer has come.
    fn see(&mut self, part: Part<'_>) {
        match part {
            Some(Ok(frame)) => {
                if let Some(code) = frame.trailers_ref().and_then(code_in) {
                    self.end(code);
                }
            }
            // It broke off, or has no status where there has to be one.
            Some(Err(_)) | None if self.code == Code::Cancelled => self.end(Code::Unknown),
            Some(Err(_)) | None => {}
        }
    }

    /// Its answer has begun, and goes on.
    fn open_stream(&mut self) {
        self.is_open = self.is_stream;
        if self.is_open {
            gauge!(STREAMS, "role" => self.role, "grpc_method" => self.method).increment(1.0);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let Self { role, service, method, .. } = *self;
        if let Some(outcome) = &self.outcome {
            outcome.settle(self.code);
        }
        if self.is_open {
            gauge!(STREAMS, "role" => role, "grpc_method" => method).decrement(1.0);
        }
        if COUNTING.load(Ordering::Relaxed) {
            let code = name_of(self.code);
            counter!(HANDLED, "role" => role, "grpc_service" => service, "grpc_method" => method, "grpc_code" => code)
                .increment(1);
            histogram!(HANDLING, "role" => role, "grpc_service" => service, "grpc_method" => method)
                .record(self.begun.elapsed());
        }
    }
}

fn code_in(headers: &HeaderMap) -> Option<Code> {
    headers.get("grpc-status").map(HeaderValue::as_bytes).map(Code::from_bytes)
}

/// The name of a code as it is spelled in every metric of gRPC.
#[must_use]
pub const fn name_of(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "Canceled",
        Code::Unknown => "Unknown",
        Code::InvalidArgument => "InvalidArgument",
        Code::DeadlineExceeded => "DeadlineExceeded",
        Code::NotFound => "NotFound",
        Code::AlreadyExists => "AlreadyExists",
        Code::PermissionDenied => "PermissionDenied",
        Code::ResourceExhausted => "ResourceExhausted",
        Code::FailedPrecondition => "FailedPrecondition",
        Code::Aborted => "Aborted",
        Code::OutOfRange => "OutOfRange",
        Code::Unimplemented => "Unimplemented",
        Code::Internal => "Internal",
        Code::Unavailable => "Unavailable",
        Code::DataLoss => "DataLoss",
        Code::Unauthenticated => "Unauthenticated",
    }
}
