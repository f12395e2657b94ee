//! What is said when something cannot be done.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// What went wrong (RFC 9457), with what programs can tell it by.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Refusal<'s> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'s str,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'s str>,
}

/// The answer to a request that failed with `status`.
pub fn of(status: &Status, parts: &Parts) -> Response {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
    let number = number(status.code(), &reason);
    let refusal = Refusal {
        kind: "about:blank",
        title: number.canonical_reason().unwrap_or("Error"),
        status: number.as_u16(),
        detail: status.message(),
        reason,
        request_id: parts.headers.get("x-request-id").and_then(|id| id.to_str().ok()),
    };
    let mut response = (number, axum::Json(refusal)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if number == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(delay) = details.retry_info().and_then(|retry| retry.retry_delay) {
        headers.insert(header::RETRY_AFTER, whole_seconds(delay).into());
    }
    response
}

/// What HTTP calls it. Some reasons it has a number for where gRPC has none.
fn number(code: Code, reason: &str) -> StatusCode {
    match (code, reason) {
        (_, "FILE_TOO_LARGE" | "UPLOAD_TOO_LONG") => StatusCode::PAYLOAD_TOO_LARGE,
        (_, "TYPE_REFUSED" | "NOT_A_PICTURE") => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        (_, "OFFSET_MISMATCH") | (Code::AlreadyExists | Code::Aborted, _) => StatusCode::CONFLICT,
        (_, "UPLOAD_BUSY") => StatusCode::LOCKED,
        (_, "QUOTA_BYTES" | "QUOTA_FILES" | "STORE_FULL") => StatusCode::INSUFFICIENT_STORAGE,
        (Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange, _) => StatusCode::BAD_REQUEST,
        (Code::Unauthenticated, _) => StatusCode::UNAUTHORIZED,
        (Code::PermissionDenied, _) => StatusCode::FORBIDDEN,
        (Code::NotFound, _) => StatusCode::NOT_FOUND,
        (Code::ResourceExhausted, _) => StatusCode::TOO_MANY_REQUESTS,
        (Code::Cancelled, _) => StatusCode::REQUEST_TIMEOUT,
        (Code::DeadlineExceeded, _) => StatusCode::GATEWAY_TIMEOUT,
        (Code::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Code::Unimplemented, _) => StatusCode::NOT_IMPLEMENTED,
        (Code::Ok | Code::Unknown | Code::Internal | Code::DataLoss, _) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// HTTP counts in seconds. Rounded up: who comes too early is refused again.
fn whole_seconds(delay: Duration) -> u64 {
    delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
}
