//! A handler that panics: one request fails, and nobody learns why (rows G06, I03).

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use confab_core::SystemClock;
use confab_rpc::{Channel, KeySource, PublicKey, ServiceKey, TokenVerifier, guard};
use http_body_util::BodyExt;
use tonic::service::Routes;
use tonic::{Code, Status};
use tower::ServiceExt;

struct NoKeys;

#[async_trait::async_trait]
impl KeySource for NoKeys {
    async fn list(&self) -> Result<Vec<PublicKey>, Status> {
        Ok(Vec::new())
    }
}

async fn answer(request: Request) -> Response {
    assert!(!request.headers().contains_key("bad"), "/var/lib/confab/secret: {request:?}");
    Status::ok("").into_http()
}

#[tokio::test]
async fn a_panic_is_one_request_that_fails_and_says_nothing_of_the_inside() {
    let key = ServiceKey::generate().unwrap();
    let verifier = TokenVerifier::new(Arc::new(NoKeys), &key, Arc::new(SystemClock));
    let routes = Routes::from(Router::new().fallback(answer));
    let channel = Channel::in_process(guard(routes, Arc::new(verifier)));
    let call = |header: &'static str| {
        let request = Request::post("/confab.auth.v1.AuthService/LogIn").header(header, "1");
        channel.clone().oneshot(request.body(tonic::body::Body::empty()).unwrap())
    };
    for _ in 0..3 {
        let (head, body) = call("bad").await.unwrap().into_parts();
        let status = Status::from_header_map(&head.headers).unwrap();
        assert_eq!((status.code(), status.message()), (Code::Internal, "something went wrong on the server"));
        assert!(head.headers.contains_key("x-request-id"), "by it the panic is found in the log");
        let said = format!("{head:?} {:?}", body.collect().await.unwrap().to_bytes());
        for inside in ["/var", "secret", "panic", ".rs"] {
            assert!(!said.contains(inside), "{inside}: {said}");
        }
        let well = call("good").await.unwrap();
        assert_eq!(Status::from_header_map(well.headers()).unwrap().code(), Code::Ok);
    }
}
