//! Which pages of other origins may call us: none, unless configured.

use std::time::Duration;

use http::{HeaderName, Method, header};
use tower_http::cors::CorsLayer;

use crate::Config;

/// How long a browser may remember the answer to its preflight.
const PREFLIGHT_AGE: Duration = Duration::from_hours(1);

/// Headers that a gRPC-Web client sends.
const REQUEST_HEADERS: [HeaderName; 7] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    HeaderName::from_static("x-grpc-web"),
    HeaderName::from_static("x-user-agent"),
    HeaderName::from_static("grpc-timeout"),
    HeaderName::from_static("connect-protocol-version"),
    HeaderName::from_static("x-request-id"),
];

/// Headers that its scripts have to see: an error without messages before it
/// has its trailers among the headers.
const RESPONSE_HEADERS: [HeaderName; 4] = [
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static("x-request-id"),
];

/// Lets the configured origins call with a token. Never with cookies: a
/// response to them lacks `access-control-allow-credentials`.
pub fn layer(config: &Config) -> Option<CorsLayer> {
    if config.cors_origin.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_origin(config.cors_origin.clone())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(REQUEST_HEADERS)
        .expose_headers(RESPONSE_HEADERS)
        .max_age(PREFLIGHT_AGE);
    Some(layer)
}
