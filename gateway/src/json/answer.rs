//! The answer to a call, as JSON.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use confab_rpc::{Failure, REQUEST_ID};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use prost_reflect::{DynamicMessage, SerializeOptions};
use tonic::{Code, Status};

use super::cursor::{Cursor, Progress};
use super::failure::Told;
use super::frames::Messages;
use super::routes::Route;
use super::stream::{self, Form, Teller};
use crate::tag;

/// Whether fields that have their default are left out. They are not: whoever
/// reads JSON would have to know the contract to know that they are there.
const WRITING: SerializeOptions = SerializeOptions::new().skip_default_fields(false);

/// What is said to one person is not for a cache between us.
pub const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const GRPC: &[u8] = b"application/grpc";
/// A single thing may be kept by whom it was told, who asks each time whether it is still true.
const ASK_FIRST: HeaderValue = HeaderValue::from_static("private, no-cache");

/// How a client wants its answer.
pub struct Wish {
    /// What it has already.
    known: Option<HeaderValue>,
    /// How a stream is to be written.
    form: Form,
    /// The id of the request.
    id: Option<HeaderValue>,
}

impl Wish {
    /// What `headers` say.
    pub fn of(headers: &HeaderMap) -> Self {
        let header = |name| headers.get(name).cloned();
        Self { known: header(IF_NONE_MATCH), form: Form::of(headers), id: header(REQUEST_ID) }
    }
}

/// Tells `response`, of a call by `route`, in JSON.
pub async fn into_json(mut response: Response, route: Arc<Route>, wish: Wish) -> Response {
    let is_call = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(GRPC));
    if !is_call {
        return response;
    }
    let progress = response.extensions_mut().remove::<Cursor>().map(Progress::new);
    let (head, body) = response.into_parts();
    // Without a message the status is in the head.
    let failed = Status::from_header_map(&head.headers).filter(|status| status.code() != Code::Ok);
    let answered = match failed {
        Some(status) => Err(status),
        None if route.rpc.gives_stream => {
            stream::answer(body, Teller { form: wish.form, route, progress, id: wish.id.clone() }).await
        }
        None => unary(body, &route).await.map(|json| {
            if route.is_single() {
                return single(json, wish.known.as_ref());
            }
            ([(CONTENT_TYPE, JSON), (CACHE_CONTROL, NO_STORE)], json).into_response()
        }),
    };
    let mut answered = answered.unwrap_or_else(|status| Told::of(&status, wish.id.as_ref()).into_response());
    keep_cookies(&head.headers, &mut answered);
    answered
}

/// The only message of an answer.
async fn unary(body: Body, route: &Route) -> Result<Vec<u8>, Status> {
    let mut messages = Messages::new(body);
    let message = messages.next().await?.ok_or_else(|| bad_answer("it is empty"))?;
    match messages.next().await? {
        Some(_) => Err(bad_answer("it has more than one message")),
        None => write(&message, route),
    }
}

/// `message` as JSON.
pub fn write(message: &Bytes, route: &Route) -> Result<Vec<u8>, Status> {
    // Nearly always; what is odd is told by whoever knows all of protobuf.
    if let (Some(writer), None) = (&route.rpc.writer, &route.response_body)
        && let Ok(json) = writer.write(message)
    {
        return Ok(json);
    }
    let message = DynamicMessage::decode(route.rpc.output.clone(), message.clone());
    let message = message.map_err(|error| bad_answer(&error.to_string()))?;
    let written = match &route.response_body {
        None => {
            let mut json = serde_json::Serializer::new(Vec::new());
            message.serialize_with_options(&mut json, &WRITING).map(|()| json.into_inner())
        }
        Some(field) => {
            let all = message.serialize_with_options(serde_json::value::Serializer, &WRITING);
            all.and_then(|all| serde_json::to_vec(&all[field.json_name()]))
        }
    };
    written.map_err(|error| bad_answer(&error.to_string()))
}

/// A single thing, which need not be told to whoever knows it.
fn single(json: Vec<u8>, known: Option<&HeaderValue>) -> Response {
    let tag = tag::of(&json);
    let is_known = tag::is_known(known, &tag);
    let Ok(tag) = HeaderValue::try_from(tag) else { return json.into_response() };
    let caching = [(ETAG, tag), (CACHE_CONTROL, ASK_FIRST)];
    if is_known {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(CONTENT_TYPE, JSON)], json).into_response()
}

/// Of what was said beside the answer, browsers are told their cookies.
fn keep_cookies(from: &HeaderMap, to: &mut Response) {
    for cookie in from.get_all(SET_COOKIE) {
        to.headers_mut().append(SET_COOKIE, cookie.clone());
    }
}

fn bad_answer(problem: &str) -> Status {
    tracing::error!(problem, "an answer cannot be told in JSON");
    Failure::internal("BAD_ANSWER").into_status_saying("something went wrong on the server")
}
