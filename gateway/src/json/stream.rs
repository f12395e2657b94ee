//! Answers that go on: Server-Sent Events for `EventSource` (WHATWG HTML,
//! section 9.2), or a line of JSON for each message.
//!
//! Nothing is queued: a message is read when the one before it was taken.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_stream::stream;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, BytesMut};
use futures_util::Stream;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::{sleep, timeout};
use tonic::Status;

use super::answer::{NO_STORE, write};
use super::cursor::Progress;
use super::failure::Told;
use super::frames::Messages;
use super::routes::Route;

/// How long to wait for the first message before the answer begins: a failure
/// within this time has a number of its own.
const FIRST_MAX: Duration = Duration::from_secs(2);
/// How long a stream of events may be silent before it says that it is alive.
/// Longer than the heartbeat of a subscription, shorter than proxies wait.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// What a browser is told to wait before it connects again.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// A comment, which is no event.
const ALIVE: &[u8] = b":\n\n";

/// Proxies that read this do not wait for more before they pass on what there is.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// How a stream is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For `EventSource`.
    Events,
    /// For programs.
    Lines,
}

impl Form {
    /// What a client asks for: lines, unless it names events.
    pub fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
        let mut kinds =
            accepted.flat_map(|accept| accept.split(',')).filter_map(|kind| kind.split(';').next());
        if kinds.any(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream")) {
            Self::Events
        } else {
            Self::Lines
        }
    }

    const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Events => "text/event-stream",
            Self::Lines => "application/x-ndjson",
        })
    }
}

/// Has `teller` tell the messages in `body` as they come.
///
/// # Errors
///
/// With the status of an answer that ends before it has begun.
pub async fn answer(body: Body, teller: Teller) -> Result<Response, Status> {
    let mut messages = Messages::new(body);
    if let Ok(Err(status)) = timeout(FIRST_MAX, messages.arrived()).await {
        return Err(status);
    }
    let head = [(CONTENT_TYPE, teller.form.content_type()), (CACHE_CONTROL, NO_STORE), UNBUFFERED];
    Ok((head, Body::from_stream(told(messages, teller))).into_response())
}

/// What there is to send, until the end.
fn told(mut messages: Messages, mut teller: Teller) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream! {
        if let Some(opening) = teller.opening() {
            yield Ok(opening);
        }
        loop {
            let next = tokio::select! {
                biased;
                next = messages.next() => Some(next),
                () = sleep(SILENCE_MAX), if teller.form == Form::Events => None,
            };
            let told = match next {
                None => Ok(Bytes::from_static(ALIVE)),
                Some(Ok(None)) => break,
                Some(Ok(Some(message))) => teller.message(&message),
                Some(Err(status)) => Err(status),
            };
            let failed = told.is_err();
            yield Ok(told.unwrap_or_else(|status| teller.failure(&status)));
            if failed {
                break;
            }
        }
    }
}

/// Writes what is told.
pub struct Teller {
    /// In which form.
    pub form: Form,
    /// To a call of what.
    pub route: Arc<Route>,
    /// How far the client has come, if it can go on from there.
    pub progress: Option<Progress>,
    /// The id of the request.
    pub id: Option<HeaderValue>,
}

impl Teller {
    fn opening(&self) -> Option<Bytes> {
        (self.form == Form::Events).then(|| Bytes::from(retry(RECONNECT_AFTER)))
    }

    fn message(&mut self, message: &Bytes) -> Result<Bytes, Status> {
        let json = write(message, &self.route)?;
        let id = self.progress.as_mut().and_then(|progress| progress.after(message, Instant::now()));
        Ok(match self.form {
            Form::Events => event("", id.as_deref(), &json),
            Form::Lines => line(&json),
        })
    }

    /// What is told at the end of a stream that failed.
    fn failure(&self, status: &Status) -> Bytes {
        let told = Told::of(status, self.id.as_ref());
        let problem = serde_json::to_vec(&told.problem).unwrap_or_default();
        match self.form {
            Form::Lines => line(&[br#"{"problem":"#, &problem[..], b"}"].concat()),
            Form::Events => {
                let wait = told.retry_after.map(retry).unwrap_or_default();
                let event = event("problem", None, &problem);
                Bytes::from([wait.as_bytes(), &event].concat())
            }
        }
    }
}

fn line(json: &[u8]) -> Bytes {
    Bytes::from([json, b"\n"].concat())
}

/// An event. JSON as we write it has no line breaks, which would end the data.
fn event(name: &str, id: Option<&str>, json: &[u8]) -> Bytes {
    let mut text = BytesMut::with_capacity(json.len() + id.map_or(0, str::len) + 32);
    if !name.is_empty() {
        text.put_slice(b"event: ");
        text.put_slice(name.as_bytes());
        text.put_u8(b'\n');
    }
    if let Some(id) = id {
        text.put_slice(b"id: ");
        text.put_slice(id.as_bytes());
        text.put_u8(b'\n');
    }
    text.put_slice(b"data: ");
    text.put_slice(json);
    text.put_slice(b"\n\n");
    text.freeze()
}

fn retry(after: Duration) -> String {
    format!("retry: {}\n\n", after.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_unless_events_are_asked_for() {
        for (accept, form) in [
            ("", Form::Lines),
            ("*/*", Form::Lines),
            ("application/x-ndjson", Form::Lines),
            ("text/event-stream", Form::Events),
            ("application/json, Text/Event-Stream;q=0.9", Form::Events),
            ("text/event-streams", Form::Lines),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(Form::of(&headers), form, "{accept}");
        }
    }

    #[test]
    fn an_event_is_written_as_browsers_read_it() {
        assert_eq!(event("", Some("x"), b"{}"), "id: x\ndata: {}\n\n");
        assert_eq!(event("problem", None, b"{}"), "event: problem\ndata: {}\n\n");
    }
}
