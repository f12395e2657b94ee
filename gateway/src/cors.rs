//! Which pages of other origins may call us: none, unless configured.

use std::time::Duration;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowCredentials, CorsLayer};

use crate::Config;

/// How long a browser may remember the answer to its preflight.
const PREFLIGHT_AGE: Duration = Duration::from_hours(1);

/// Headers that clients of gRPC-Web and of JSON send.
const REQUEST_HEADERS: [HeaderName; 10] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    HeaderName::from_static("x-grpc-web"),
    HeaderName::from_static("x-user-agent"),
    HeaderName::from_static("grpc-timeout"),
    HeaderName::from_static("connect-protocol-version"),
    HeaderName::from_static("x-request-id"),
    header::IF_NONE_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
];

/// Headers that their scripts have to see: an error without messages before it
/// has its trailers among the headers.
const RESPONSE_HEADERS: [HeaderName; 6] = [
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static("x-request-id"),
    header::ETAG,
    header::RETRY_AFTER,
];

/// Lets the configured origins call: with a token, or with cookies too. A response to those
/// that may not use cookies lacks `access-control-allow-credentials`.
pub fn layer(config: &Config) -> Option<CorsLayer> {
    let with_cookies = config.cookie_origin.clone();
    let all = [&config.cors_origin[..], &with_cookies].concat();
    if all.is_empty() {
        return None;
    }
    let may_use_cookies = move |origin: &HeaderValue, _: &Parts| with_cookies.contains(origin);
    let layer = CorsLayer::new()
        .allow_origin(all)
        .allow_credentials(AllowCredentials::predicate(may_use_cookies))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(REQUEST_HEADERS)
        .expose_headers(RESPONSE_HEADERS)
        .max_age(PREFLIGHT_AGE);
    Some(layer)
}
