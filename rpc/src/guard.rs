//! Stands before every service: who calls, in time, and not too many at once.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use confab_proto::{Access, Kind};
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::service::Routes;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

use crate::metadata::CLIENT_ADDRESS;
use crate::revoked::end_with_session;
use crate::{ClientAddress, Failure, TokenVerifier, deadline, measure, traced};

/// How many requests a service works on at once. More are refused at once, so
/// that those within are answered in time.
const REQUESTS_MAX: usize = 4_096;
/// How long a request may take until its response begins.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
/// The same for a method that takes a stream of requests, as an upload does.
const STREAM_TIME_MAX: Duration = Duration::from_hours(1);

/// Puts the guard before `routes`: every request that gets through has a
/// [`Caller`](crate::Caller) if its method asks for one, a trace context, and a
/// deadline; a panic costs one request. A response ends with the session that it
/// was asked for in.
///
/// The same holds in process and over TCP, because it is part of the routes.
pub fn guard(routes: Routes, verifier: Arc<TokenVerifier>) -> Routes {
    let slots = Arc::new(Semaphore::new(REQUESTS_MAX));
    // As one layer: a router puts each into a box that every request copies.
    let layers = ServiceBuilder::new()
        .layer(middleware::from_fn(traced))
        .layer(middleware::from_fn_with_state(None::<&'static str>, measure::measured))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(slots, refuse_overload))
        .layer(middleware::from_fn(keep_deadline))
        .layer(middleware::from_fn_with_state(verifier, authenticate));
    Routes::from(routes.into_axum_router().layer(layers))
}

/// Finds out who calls, and refuses whoever may not.
async fn authenticate(
    State(verifier): State<Arc<TokenVerifier>>,
    mut request: Request,
    next: Next,
) -> Response {
    let access = confab_proto::access(request.uri().path());
    if let Some(address) = address(&verifier, &request) {
        request.extensions_mut().insert(address);
    }
    let session = match access {
        // An RPC that does not exist is for the routes to refuse.
        None | Some(Access::Public) => Ok(None),
        Some(Access::Service) => verifier.verify_service(request.headers()).map(|_| None),
        Some(Access::User) => verifier.verify_user(request.headers()).await.map(|caller| {
            request.extensions_mut().insert(caller);
            Some(caller.session)
        }),
    };
    match session {
        Ok(None) => next.run(request).await,
        Ok(Some(session)) => end_with_session(next.run(request).await, session, verifier.revoked()),
        Err(status) => status.into_http(),
    }
}

/// From where a request was made: what the gateway says if it has proved that it
/// is the gateway, or else the other end of the connection, if that is not it.
fn address(verifier: &TokenVerifier, request: &Request) -> Option<ClientAddress> {
    if !request.headers().contains_key(CLIENT_ADDRESS) {
        return ClientAddress::of_peer(request.extensions());
    }
    let proven = verifier.verify_service(request.headers()).is_ok();
    ClientAddress::said(request.headers()).filter(|_| proven)
}

/// Answers in place of a handler that panicked. The panic itself is in the log.
fn panicked(_: Box<dyn Any + Send>) -> http::Response<Body> {
    measure::count_panic("service");
    Failure::internal("PANIC").into_status_saying("something went wrong on the server").into_http()
}

/// Refuses a request at once when as many are under way as `slots` has room for.
/// A slot is free again when the response has begun: open streams hold none.
pub async fn refuse_overload(State(slots): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_slot) = slots.try_acquire() else {
        let failure = Failure::exhausted("OVERLOADED").retry_after(Duration::from_secs(1));
        return failure.into_status_saying("the server is busy; try again").into_http();
    };
    next.run(request).await
}

/// Ends the work on a request when its time is over. A caller may ask for less with
/// `grpc-timeout`, not for more.
async fn keep_deadline(request: Request, next: Next) -> Response {
    // A stream of requests lasts for as long as somebody sends: its service watches that.
    let method = confab_proto::method(request.uri().path());
    let is_stream = method.is_some_and(|method| method.kind == Kind::Upload);
    let longest = if is_stream { STREAM_TIME_MAX } else { REQUEST_TIME_MAX };
    deadline::keep_deadline(request, Some(longest), next).await
}
