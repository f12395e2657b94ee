//! One port, five kinds of guests, told apart by what they bring and where they go.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use confab_rpc::Failure;
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode, Version};
use tonic::{Code, Status};
use tower::{Service, ServiceExt, service_fn};

use crate::json;
use crate::problem::Problem;
use crate::tutorial;

/// What a request brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guest {
    Grpc,
    GrpcWeb,
    Json,
    Tutorial,
    Other,
}

impl Guest {
    fn of(request: &Request) -> Self {
        match request.headers().get(CONTENT_TYPE).map(http::HeaderValue::as_bytes) {
            Some(b"application/grpc" | b"application/grpc+proto") => Self::Grpc,
            // Those that tonic-web knows.
            Some(
                b"application/grpc-web"
                | b"application/grpc-web+proto"
                | b"application/grpc-web-text"
                | b"application/grpc-web-text+proto",
            ) => Self::GrpcWeb,
            _ if json::is_for(request.uri().path()) => Self::Json,
            _ if tutorial::is_for(request.uri().path()) => Self::Tutorial,
            _ => Self::Other,
        }
    }
}

/// Sends calls to `grpc`, what is for the JSON door to `json`, for the
/// tutorial's to `tutorial`, and everything else to `web`.
pub fn by_guest(
    grpc: Router,
    json: impl Service<Request, Response = Response, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static,
    tutorial: Router,
    web: Router,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static
{
    service_fn(move |request: Request| {
        let (grpc, json) = (grpc.clone(), json.clone());
        let (tutorial, web) = (tutorial.clone(), web.clone());
        async move {
            match Guest::of(&request) {
                Guest::Json => json.oneshot(request).await,
                Guest::Tutorial => tutorial.oneshot(request).await,
                Guest::Other => web.oneshot(request).await,
                // The web layer would answer these with nothing but a number.
                _ if request.method() != Method::POST => Ok(not_post()),
                Guest::Grpc if request.version() < Version::HTTP_2 => Ok(not_http2()),
                Guest::Grpc | Guest::GrpcWeb => grpc.oneshot(request).await,
            }
        }
    })
}

/// Answers calls of services that do not exist.
pub async fn unimplemented() -> Response {
    no_such_method().into_http()
}

/// What is said of methods that do not exist, or not for clients.
pub fn no_such_method() -> Status {
    let failure = Failure::new(Code::Unimplemented, "NO_SUCH_METHOD");
    failure.into_status_saying("there is no such method")
}

fn not_post() -> Response {
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "gRPC calls are made with POST");
    ([(http::header::ALLOW, "POST")], problem).into_response()
}

fn not_http2() -> Response {
    let detail = "gRPC needs HTTP/2; over HTTP/1.1 there is gRPC-Web, with the content type application/grpc-web+proto";
    Problem::new(StatusCode::BAD_REQUEST, detail).into_response()
}
