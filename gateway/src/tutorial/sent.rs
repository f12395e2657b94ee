//! The body of a request, as JSON.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::refused::Refused;

/// The longest body: the longest text there can be, each character of it
/// written as `\u0000`, and what stands around it.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// How long a body may take to arrive.
#[derive(Clone, Copy, Debug)]
pub struct Patience(pub Duration);

/// What a request says. Fields that nobody asks for are left out.
pub struct Sent<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refused> {
        let (head, body) = request.into_parts();
        if !is_json(&head.headers) {
            return Err(Refused::media_type());
        }
        let patience = head.extensions.get::<Patience>().map_or(Duration::ZERO, |Patience(time)| *time);
        let body = tokio::time::timeout(patience, read(body)).await;
        let body = body.map_err(|_| Refused::too_slow())??;
        let said = serde_json::from_slice(&body);
        said.map(Self).map_err(|_| Refused::because("The body is not the JSON that is expected here"))
    }
}

async fn read(body: Body) -> Result<bytes::Bytes, Refused> {
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Refused::too_large()),
        Err(_) => Err(Refused::because("The body broke off")),
    }
}

/// Whether the body is said to be JSON that can be read here.
fn is_json(headers: &HeaderMap) -> bool {
    let is_plain = |encoding: &HeaderValue| encoding.as_bytes().eq_ignore_ascii_case(b"identity");
    let mut said = headers.get_all(header::CONTENT_TYPE).iter().filter_map(|said| said.to_str().ok());
    let kind = said.next().and_then(|said| said.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
        && said.next().is_none()
        && headers.get_all(header::CONTENT_ENCODING).iter().all(is_plain)
}

/// The text of a field, unless it is blank, something else or not there.
pub fn text(field: Option<Value>) -> Option<String> {
    match field {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text),
        _ => None,
    }
}
