//! What goes wrong, as the app tells people: `{"message": …}`, whatever it was.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;
use tonic::Status;
use tonic_types::StatusExt;

use crate::json::{http_status, in_seconds};

/// Why a request is not done.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    message: String,
    retry_after: Option<Duration>,
    cookies: Vec<HeaderValue>,
}

impl Refused {
    /// Because of what was asked.
    pub fn because(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Because of what `status` says.
    pub fn of(status: &Status) -> Self {
        let code = http_status(status);
        let message = match code {
            StatusCode::UNAUTHORIZED => "Unauthorized - No Token Provided",
            _ => status.message(),
        };
        let retry_after = status.get_error_details().retry_info().and_then(|retry| retry.retry_delay);
        let cookies = cookies(status.metadata().clone().into_headers());
        Self { retry_after, cookies, ..Self::new(code, message) }
    }

    /// There is nothing at the path.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing here")
    }

    /// The path is asked with another method.
    pub fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "This is asked with another method")
    }

    /// The body is nothing that is read here.
    pub fn media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body has to be JSON in UTF-8, not compressed")
    }

    /// The body is too large.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "That is too large")
    }

    /// The body did not arrive in time.
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "The request took too long to arrive")
    }

    /// Too many large bodies are being read already.
    pub fn crowded(wait: Duration) -> Self {
        let message = "Too many pictures are being sent right now; try again in a moment";
        Self { retry_after: Some(wait), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, message) }
    }

    /// Somebody else's socket was asked for.
    pub fn other_user() -> Self {
        Self::new(StatusCode::FORBIDDEN, "That is not you")
    }

    /// There are too many sockets.
    pub fn too_many_sockets(wait: Duration) -> Self {
        let refused = Self::new(StatusCode::TOO_MANY_REQUESTS, "There are too many connections; close some");
        Self { retry_after: Some(wait), ..refused }
    }

    /// A service has left out what it promises.
    pub fn incomplete() -> Self {
        tracing::error!("a service left out what it promises");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on the server")
    }

    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after: None, cookies: Vec::new() }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(delay) = self.retry_after {
            headers.insert(header::RETRY_AFTER, in_seconds(delay).max(1).into());
        }
        for cookie in self.cookies {
            headers.append(header::SET_COOKIE, cookie);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        (self.status, headers, Json(json!({ "message": self.message }))).into_response()
    }
}

/// The cookies that a call has a browser keep or forget.
pub fn cookies(headers: HeaderMap) -> Vec<HeaderValue> {
    headers.get_all(header::SET_COOKIE).iter().cloned().collect()
}
