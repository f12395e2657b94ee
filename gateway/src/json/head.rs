//! The head of a request: what makes no sense whoever asks, and how the rest
//! becomes the head of a call.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{AppendHeaders, IntoResponse, Response};
use confab_rpc::GRPC_TIMEOUT;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header};

use super::call::Call;
use super::routes::{BodyOf, Route};
use crate::problem::Problem;

/// Makes a call safe to retry (the draft of the HTTP working group calls it so).
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How far a browser has come that connects again (WHATWG HTML, section 9.2.4).
pub const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What is said of the body as it came, and not as it goes on.
const OF_THE_BODY: [HeaderName; 13] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::EXPECT,
    header::IF_NONE_MATCH,
    header::RANGE,
    header::TE,
    header::TRANSFER_ENCODING,
    IDEMPOTENCY_KEY,
    LAST_EVENT_ID,
];
/// What begins so is said by gRPC clients, who do not come here; but for the
/// time that a call may take.
const OF_GRPC: &str = "grpc-";

/// Why a request makes no sense.
pub struct Refused {
    problem: Box<Problem>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), headers: Vec::new() }
    }
}

impl Refused {
    /// The path can be asked with the methods `allowed` only.
    pub fn method(allowed: &str) -> Self {
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("this path takes {allowed}"));
        Self::from(problem).with(header::ALLOW, allowed)
    }

    /// The body is nothing that is read here.
    pub fn media_type() -> Self {
        let detail = "a body is read as application/json in UTF-8, not compressed, and has to say so";
        let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail);
        Self::from(problem).with(header::ACCEPT, "application/json").with(header::ACCEPT_ENCODING, "identity")
    }

    /// The answer to the request `id`.
    pub fn into_response(self, id: Option<&HeaderValue>) -> Response {
        (AppendHeaders(self.headers), self.problem.of_request(id)).into_response()
    }

    fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }
}

/// Turns `request` into a call of the RPC of `route`; its body is still to be read.
pub fn into_call(
    request: Request,
    route: Arc<Route>,
    in_path: Vec<Option<String>>,
) -> Result<Request, Refused> {
    let (mut head, body) = request.into_parts();
    let is_json = is_json(&head.headers)?;
    if route.body != BodyOf::Nothing && is_json == Some(false) {
        return Err(Refused::media_type());
    }
    let query = head.uri.query().unwrap_or_default().to_owned();
    let [key, last_event] = [IDEMPOTENCY_KEY, LAST_EVENT_ID].map(|name| head.headers.get(name).cloned());
    let call = Call { route, in_path, query, key, last_event, says_json: is_json.is_some() };

    head.uri = called(head.uri, &call.route.rpc.path);
    head.method = Method::POST;
    head.version = Version::HTTP_2;
    strip(&mut head.headers);
    head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    head.headers.insert(header::TE, HeaderValue::from_static("trailers"));
    head.extensions.insert(call);
    Ok(Request::from_parts(head, body))
}

/// Whether the body is said to be JSON that can be read here; nothing if nothing is said.
fn is_json(headers: &HeaderMap) -> Result<Option<bool>, Refused> {
    let is_plain = |encoding: &HeaderValue| encoding.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(header::CONTENT_ENCODING).iter().all(is_plain) {
        return Err(Refused::media_type());
    }
    let mut said = headers.get_all(header::CONTENT_TYPE).iter();
    let Some(first) = said.next() else { return Ok(None) };
    let text = first.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let is_json = parts.next() == Some("application/json")
        && parts.all(|part| matches!(part, "" | "charset=utf-8" | "charset=\"utf-8\""));
    Ok(Some(is_json && said.next().is_none()))
}

/// `uri` with the path of the RPC in place of its own.
fn called(uri: Uri, path: &PathAndQuery) -> Uri {
    let mut parts = uri.into_parts();
    parts.path_and_query = Some(path.clone());
    // An authority without a scheme makes no URI; the header `host` has it too then.
    Uri::from_parts(parts).unwrap_or_else(|_| path.clone().into())
}

/// Leaves what says who asks, from where, and for what trace.
fn strip(headers: &mut HeaderMap) {
    for name in OF_THE_BODY {
        headers.remove(name);
    }
    let is_of_grpc = |name: &&HeaderName| name.as_str().starts_with(OF_GRPC) && **name != GRPC_TIMEOUT;
    let of_grpc: Vec<HeaderName> = headers.keys().filter(is_of_grpc).cloned().collect();
    for name in of_grpc {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(types: &[&'static str]) -> Option<bool> {
        let mut headers = HeaderMap::new();
        for text in types {
            headers.append(header::CONTENT_TYPE, HeaderValue::from_static(text));
        }
        is_json(&headers).ok().unwrap()
    }

    #[test]
    fn only_json_in_utf_8_is_read() {
        assert_eq!(said(&[]), None);
        for good in
            ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""]
        {
            assert_eq!(said(&[good]), Some(true), "{good}");
        }
        for bad in [
            "text/plain",
            "application/json; charset=latin1",
            "application/json5",
            "application/x-www-form-urlencoded",
            "application/json, text/plain",
            "",
        ] {
            assert_eq!(said(&[bad]), Some(false), "{bad}");
        }
        assert_eq!(said(&["application/json", "application/json"]), Some(false));
    }

    #[test]
    fn what_is_compressed_is_not_read() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(is_json(&headers).is_err());
    }
}
