//! The message of a call: made of the path, the query and the body, once it is
//! known who asks and that there is room for it.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::{BufMut, BytesMut};
use confab_rpc::{Failure, REQUEST_ID};
use http::HeaderValue;
use http_body_util::BodyExt;
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor, Value};
use tonic::Status;

use super::cursor::Cursor;
use super::head::Refused;
use super::routes::{BodyOf, Route};
use super::{bind, frames, strict};

/// The reason of everything that is wrong with the text of a body.
const INVALID_JSON: &str = "INVALID_JSON";
/// The reason of everything that is wrong with one field.
const INVALID_FIELD: &str = "INVALID_FIELD";

/// What goes with a call whose message is still to be made.
#[derive(Clone)]
pub struct Call {
    /// How it is called.
    pub route: Arc<Route>,
    /// The values in the path; one that is not UTF-8 is nothing.
    pub in_path: Vec<Option<String>>,
    /// The query as it was sent.
    pub query: String,
    /// The header that makes it safe to retry.
    pub key: Option<HeaderValue>,
    /// The header that says how far a subscriber has come.
    pub last_event: Option<HeaderValue>,
    /// Whether the body is said to be JSON.
    pub says_json: bool,
}

/// What a query says of one field.
struct Said {
    /// What it was called first.
    name: String,
    path: Vec<FieldDescriptor>,
    values: Vec<String>,
}

/// Why there is no message.
enum Failed {
    /// Because of what it would say.
    Because(Status),
    /// Because of what the body is.
    Refused(Refused),
}

impl From<Status> for Failed {
    fn from(status: Status) -> Self {
        Self::Because(status)
    }
}

/// Makes the message of a call that has come in as JSON; others go on as they are.
///
/// This is behind everything that decides who may call, and how much: a body
/// is read only for those who may.
pub async fn transcode(mut request: Request, next: Next) -> Response {
    let Some(call) = request.extensions_mut().remove::<Call>() else {
        return next.run(request).await;
    };
    let (head, body) = request.into_parts();
    match call.message(body).await {
        Ok((message, cursor)) => {
            let mut response = next.run(Request::from_parts(head, framed(&message))).await;
            if let Some(cursor) = cursor {
                response.extensions_mut().insert(cursor);
            }
            response
        }
        Err(Failed::Because(status)) => status.into_http(),
        Err(Failed::Refused(refused)) => refused.into_response(head.headers.get(REQUEST_ID)),
    }
}

impl Call {
    /// The message, and how far whoever subscribes with it has come.
    async fn message(self, body: Body) -> Result<(DynamicMessage, Option<Cursor>), Failed> {
        // Whoever limits the body says so themselves.
        let body = body.collect().await.map_err(|_| broken("BODY_BROKE_OFF", "the body broke off"))?;
        let body = body.to_bytes();
        if self.route.body != BodyOf::Nothing && !body.is_empty() && !self.says_json {
            return Err(Failed::Refused(Refused::media_type()));
        }
        let mut message = self.of_body(&body)?;
        self.add_query(&mut message)?;
        self.add_path(&mut message)?;
        self.add_key(&mut message)?;
        let cursor = self.resume(&mut message)?;
        Ok((message, cursor))
    }

    /// What the body says. An empty one says nothing, as `{}` does.
    fn of_body(&self, body: &Bytes) -> Result<DynamicMessage, Status> {
        let input = &self.route.rpc.input;
        let mut message = DynamicMessage::new(input.clone());
        if body.is_empty() {
            return Ok(message);
        }
        match &self.route.body {
            BodyOf::Nothing => return Err(broken("BODY_NOT_EXPECTED", "this request takes no body")),
            BodyOf::Input => return read(input, body),
            BodyOf::Field(field) => {
                if let Some(kind) = field.kind().as_message() {
                    message.set_field(field, Value::Message(read(kind, body)?));
                }
            }
        }
        Ok(message)
    }

    /// The fields in the query. Both names of a field mean one.
    fn of_query(&self) -> Result<Vec<Said>, Status> {
        let mut fields: Vec<Said> = Vec::new();
        for (name, values) in bind::query(&self.query) {
            let path = bind::path(&self.route.rpc.input, &name);
            let path = path.ok_or_else(|| wrong(&name, "is no field of this request"))?;
            match fields.iter_mut().find(|known| known.path == path) {
                Some(known) => known.values.extend(values),
                None => fields.push(Said { name, path, values }),
            }
        }
        Ok(fields)
    }

    /// What the query says: all that neither the path nor the body does.
    fn add_query(&self, message: &mut DynamicMessage) -> Result<(), Status> {
        for Said { name, path, values } in self.of_query()? {
            let elsewhere = match &self.route.body {
                BodyOf::Nothing => None,
                BodyOf::Input => Some("has to be in the body"),
                BodyOf::Field(field) => (path.first() == Some(field)).then_some("has to be in the body"),
            };
            let in_path = self.route.in_path.contains(&path).then_some("is in the path already");
            if let Some(problem) = in_path.or(elsewhere) {
                return Err(wrong(&name, problem));
            }
            let value = bind::value(&path, &values).map_err(|problem| wrong(&name, problem))?;
            bind::set(message, &path, value);
        }
        Ok(())
    }

    /// What the path says, whatever the body says.
    fn add_path(&self, message: &mut DynamicMessage) -> Result<(), Status> {
        for (path, value) in self.route.in_path.iter().zip(&self.in_path) {
            let name = bind::name(path);
            let text = value.clone().ok_or_else(|| wrong(&name, "is not UTF-8"))?;
            let value = bind::value(path, &[text]).map_err(|problem| wrong(&name, problem))?;
            bind::set(message, path, value);
        }
        Ok(())
    }

    /// What the header `idempotency-key` says, which must not be something else than the body.
    fn add_key(&self, message: &mut DynamicMessage) -> Result<(), Status> {
        let (Some(field), Some(key)) = (&self.route.rpc.client_id, &self.key) else { return Ok(()) };
        let key = key.to_str().map_err(|_| wrong("idempotency-key", "is not a text"))?;
        // A string of RFC 9651 has quotes; what people send has none.
        let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
        let said = message.get_field(field).as_str().unwrap_or_default().to_owned();
        if !said.is_empty() && said != key {
            return Err(wrong(field.name(), "is not the same as the header idempotency-key"));
        }
        message.set_field(field, Value::String(key.to_owned()));
        Ok(())
    }

    /// Has a subscriber go on from where it was: what it says with the `id` of
    /// the last event counts more than what it said when it first connected.
    fn resume(&self, message: &mut DynamicMessage) -> Result<Option<Cursor>, Status> {
        if !self.route.has_cursor() {
            return Ok(None);
        }
        let Some(id) = self.last_event.as_ref().filter(|id| !id.is_empty()) else {
            return Ok(Some(Cursor::of(message)));
        };
        let cursor = id.to_str().ok().and_then(Cursor::read);
        let cursor = cursor
            .ok_or_else(|| broken("INVALID_CURSOR", "the header last-event-id is no id of an event"))?;
        cursor.put_into(message);
        Ok(Some(cursor))
    }
}

/// Reads `text` as a message.
fn read(message: &MessageDescriptor, text: &[u8]) -> Result<DynamicMessage, Status> {
    let text = std::str::from_utf8(text).map_err(|_| broken(INVALID_JSON, "the body is not UTF-8"))?;
    if text.starts_with('\u{feff}') {
        return Err(broken(INVALID_JSON, "the body begins with a byte order mark; JSON has none"));
    }
    let unreadable = |problem: String| broken(INVALID_JSON, &format!("the body cannot be read: {problem}"));
    strict::check(message, text).map_err(|problem| match problem {
        strict::Problem::Syntax(problem) => unreadable(problem),
        strict::Problem::Field(field, problem) => wrong(&field, problem),
        strict::Problem::TooMany => {
            let problem = format!("the body has more than {} values", strict::VALUES_MAX);
            broken("TOO_MANY_VALUES", &problem)
        }
    })?;

    let mut place = serde_path_to_error::Track::new();
    let mut json = serde_json::Deserializer::from_str(text);
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut place);
    DynamicMessage::deserialize(message.clone(), tracked).map_err(|error| {
        let field = place.path().to_string();
        if field == "." { unreadable(error.to_string()) } else { wrong(&field, error) }
    })
}

/// `message` as the body of a call.
fn framed(message: &DynamicMessage) -> Body {
    let size = message.encoded_len();
    let mut frame = BytesMut::with_capacity(frames::HEAD_BYTES + size);
    frame.put_u8(0);
    // A request is never larger than what the limit of its JSON allows.
    frame.put_u32(u32::try_from(size).unwrap_or(u32::MAX));
    frame.extend_from_slice(&message.encode_to_vec());
    Body::from(frame.freeze())
}

fn broken(reason: &'static str, text: &str) -> Status {
    Failure::invalid(reason).into_status_saying(text)
}

fn wrong(field: &str, problem: impl std::fmt::Display) -> Status {
    let text = format!("{field} {problem}");
    Failure::invalid(INVALID_FIELD).field(field, problem).with("field", &field).into_status_saying(text)
}
