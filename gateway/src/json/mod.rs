//! The JSON door: every public RPC at the path that its `google.api.http` says.
//!
//! ```text
//! routes.rs      which RPC a method and a path mean; template.rs: the paths
//! head.rs        what of a request's head makes sense, before anybody is asked
//!   ── from here it is a call like any other: admission.rs, limits.rs, drain.rs ──
//! call.rs        behind them: path, query and body become one message
//!   strict.rs      no field twice, none that does not exist, not too many values
//!   bind.rs        texts of the path and of the query
//! answer.rs      the answer as JSON; frames.rs: what it comes in
//!   writer/        protobuf as JSON
//!   stream.rs      an answer that goes on, as events or lines
//!     cursor.rs      how far a subscriber has come, so that it can go on from there
//! failure.rs     a status as a problem (RFC 9457)
//! ```
//!
//! A request goes through the same layers and the same [`Upstreams`] as gRPC,
//! as a request to `/package.Service/Method`. So whatever holds there holds
//! here, by construction: rights, limits, origins, cookies, the orderly end.
//!
//! [`Upstreams`]: crate::Upstreams

mod answer;
pub mod bind;
mod call;
mod cursor;
mod failure;
mod frames;
mod head;
mod routes;
mod stream;
mod strict;
mod template;
mod writer;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use confab_rpc::REQUEST_ID;
use http::{Method, StatusCode, header};
use tower::{Service, ServiceExt, service_fn};

use crate::access::{AskedBy, Called};
use crate::problem::Problem;
use answer::Wish;
use head::Refused;
use routes::Found;

pub use call::transcode;
pub use failure::{http_status, in_seconds};
pub use routes::{BodyOf, Route, Routes};

/// Whether `path` is for this door.
pub fn is_for(path: &str) -> bool {
    path.strip_prefix("/v1").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers requests for `routes` by making `calls`, whose innermost layer is [`transcode`].
pub fn door(
    routes: Arc<Routes>,
    calls: Router,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static
{
    service_fn(move |request: Request| {
        let (routes, calls) = (routes.clone(), calls.clone());
        async move { Ok(serve(&routes, calls, request).await) }
    })
}

async fn serve(routes: &Routes, calls: Router, request: Request) -> Response {
    let id = request.headers().get(REQUEST_ID).cloned();
    let is_head = request.method() == Method::HEAD;
    let response = match answer(routes, calls, request).await {
        Ok(response) => response,
        Err(refused) => refused.into_response(id.as_ref()),
    };
    if is_head { without_body(response) } else { response }
}

async fn answer(routes: &Routes, calls: Router, request: Request) -> Result<Response, Refused> {
    let path = request.uri().path();
    let (route, values) = match routes.find(request.method(), path) {
        Found::Route(route, values) => (route, values),
        Found::OtherMethods(allowed) if request.method() == Method::OPTIONS => {
            return Ok((StatusCode::NO_CONTENT, [(header::ALLOW, allowed)]).into_response());
        }
        Found::OtherMethods(allowed) => return Err(Refused::method(&allowed)),
        Found::Nothing => {
            let problem = Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at {path}"));
            return Err(problem.into());
        }
    };
    if route.rpc.takes_stream {
        let detail = "what is sent as a stream can be sent over gRPC only";
        return Err(Problem::new(StatusCode::NOT_IMPLEMENTED, detail).into());
    }
    let wish = Wish::of(request.headers());
    let call = head::into_call(request, route.clone(), values)?;
    let called = confab_proto::method(route.rpc.path.path()).map(|method| Called(method.path));
    let Ok(response) = calls.oneshot(call).await;
    // The layer that writes down who asked stands outside.
    let asked_by = response.extensions().get::<AskedBy>().copied();
    let mut answer = answer::into_json(response, route, wish).await;
    if let Some(called) = called {
        answer.extensions_mut().insert(called);
    }
    if let Some(asked_by) = asked_by {
        answer.extensions_mut().insert(asked_by);
    }
    Ok(answer)
}

/// `response` as it is told to whoever asks for its head only.
fn without_body(response: Response) -> Response {
    let size = http_body::Body::size_hint(response.body()).exact();
    let mut response = response.map(|_| axum::body::Body::empty());
    if let Some(size) = size {
        response.headers_mut().insert(header::CONTENT_LENGTH, size.into());
    }
    response
}
