//! The way to a service.

use std::convert::Infallible;
use std::error::Error;
use std::future::pending;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use confab_core::Clock;
use http::{HeaderMap, HeaderValue, Request, Response, Uri, header::AUTHORIZATION};
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::Endpoint;
use tonic::{Code, Status, TimeoutExpired};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt, service_fn};

use crate::deadline::{self, GRPC_TIMEOUT, Left};
use crate::{Failure, ServiceKey, TraceContext};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How often an idle connection is asked whether it lives. Without this, a
/// connection behind a dead node or a forgetful NAT swallows every call.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// How long the answer to that may take.
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(5);
/// What to wait before asking an unreachable service again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A way to a service that is in this process or on another host.
///
/// Generated clients take it as their transport. It never fails: a service
/// that cannot be reached answers UNAVAILABLE. The [`TraceContext`] of the
/// request being served goes along, and what is left of its time.
#[derive(Clone)]
pub struct Channel(BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>);

impl Channel {
    /// The way to a service in this process. Messages still go through protobuf.
    #[must_use]
    pub fn in_process(routes: Routes) -> Self {
        Self::new(routes.prepare())
    }

    /// The way to a service at `uri`, such as `http://message:8082`.
    ///
    /// Connects when it is first used, and again whenever the connection is lost.
    #[must_use]
    pub fn remote(uri: Uri) -> Self {
        let address = uri.to_string();
        let channel = Endpoint::from(uri)
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .keep_alive_while_idle(true)
            .tcp_nodelay(true)
            .connect_lazy();
        Self::new(service_fn(move |request| {
            let (channel, address) = (channel.clone(), address.clone());
            async move { Ok(channel.oneshot(request).await.unwrap_or_else(|error| unanswered(&address, &error))) }
        }))
    }

    /// The way to a service in this process that is not there yet: it answers
    /// UNAVAILABLE until [`LateEnd::lead_to`] says where it leads. For services
    /// that ask each other.
    #[must_use]
    pub fn late() -> (Self, LateEnd) {
        let end = LateEnd(Arc::default());
        let known = end.0.clone();
        let channel = Self::new(service_fn(move |request| {
            let known: Option<Self> = known.get().cloned();
            async move {
                match known {
                    Some(channel) => channel.0.oneshot(request).await,
                    None => Ok(starting()),
                }
            }
        }));
        (channel, end)
    }

    /// This channel, with a token in every call that says that the service
    /// `name` makes it, for RPCs of `confab.internal`.
    #[must_use]
    pub fn with_service_token(self, name: &'static str, key: ServiceKey, clock: Arc<dyn Clock>) -> Self {
        Self::new(self.0.map_request(move |mut request: Request<Body>| {
            let token = format!("Bearer {}", key.sign(name, clock.now()));
            if let Ok(mut value) = HeaderValue::try_from(token) {
                value.set_sensitive(true);
                request.headers_mut().insert(AUTHORIZATION, value);
            }
            request
        }))
    }

    fn new<S>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        Self(BoxCloneSyncService::new(service))
    }
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future =
        <BoxCloneSyncService<Request<Body>, Response<Body>, Infallible> as Service<Request<Body>>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        TraceContext::pass_on(request.headers_mut());
        let left = match Left::now() {
            Left::Unlimited => return self.0.call(request),
            // Whoever serves the request is about to say that its time is over.
            Left::Nothing => return Box::pin(pending()),
            Left::Some(left) => left,
        };
        request.headers_mut().insert(GRPC_TIMEOUT, left);
        let answered = self.0.call(request);
        Box::pin(async move {
            let response = answered.await?;
            // Its time was over a little before that of the request it was made for: the
            // same here, and not a service that is out of order.
            if is_late(response.headers()) && deadline::is_over() { pending().await } else { Ok(response) }
        })
    }
}

/// Whether an answer says that there was not enough time for it.
fn is_late(headers: &HeaderMap) -> bool {
    headers.get("grpc-status").is_some_and(|code| Code::from_bytes(code.as_bytes()) == Code::DeadlineExceeded)
}

/// The other end of [`Channel::late`].
pub struct LateEnd(Arc<OnceLock<Channel>>);

impl LateEnd {
    /// Has the channel lead where `channel` does, from now on.
    pub fn lead_to(self, channel: Channel) {
        // There is one end, and it is used up here: nobody can have set it before.
        self.0.get_or_init(|| channel);
    }
}

/// What is answered in place of a service that is not there yet.
fn starting() -> Response<Body> {
    let failure = Failure::unavailable("STARTING").retry_after(RETRY_AFTER);
    failure.into_status_saying("the service is starting; try again").into_http()
}

/// What is answered in place of a service that did not.
fn unanswered(address: &str, error: &tonic::transport::Error) -> Response<Body> {
    let mut cause = Some(error as &(dyn Error + 'static));
    while let Some(error) = cause {
        if error.is::<TimeoutExpired>() {
            return deadline::passed().into_http();
        }
        cause = error.source();
    }
    // A broken connection says nothing about the call that was on it.
    tracing::warn!(error = error as &dyn Error, address, "a service cannot be reached");
    let failure = Failure::unavailable("UPSTREAM_UNREACHABLE").retry_after(RETRY_AFTER);
    let status: Status = failure.into_status_saying("a part of the server cannot be reached; try again");
    status.into_http()
}
