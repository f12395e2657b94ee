//! The body of a request, as JSON.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderValue, header};
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::refused::Refused;

/// The longest body: the longest text there can be, each character of it
/// written as `\u0000`, and what stands around it.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// The largest picture in a body, in bytes. Bodies are JSON, so they are whole in
/// memory; larger ones go to `/media`. The media service may take less.
const PICTURE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// The longest body with a picture, which has four characters for three bytes.
const PICTURE_BODY_BYTES_MAX: usize = PICTURE_BYTES_MAX.div_ceil(3) * 4 + BODY_BYTES_MAX;
/// How many bodies over [`BODY_BYTES_MAX`] there may be at once: some 240 MiB.
const PICTURE_BODIES_MAX: usize = 8;
/// How much longer one of these may take to arrive.
const PICTURE_PATIENCE: u32 = 4;
/// What to wait before another one is sent.
const CROWDED_RETRY_AFTER: Duration = Duration::from_secs(2);

/// How long a body may take to arrive.
#[derive(Clone, Copy, Debug)]
pub struct Patience(pub Duration);

/// The room that there is for large bodies. Clones share it.
#[derive(Clone, Debug)]
pub struct Room(Arc<Semaphore>);

impl Room {
    /// All of it.
    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new(PICTURE_BODIES_MAX)))
    }
}

/// What a request says. Fields that nobody asks for are left out.
pub struct Sent<T>(pub T);

/// The same of a request with a picture in it.
#[derive(Debug)]
pub struct Illustrated<T> {
    /// What it says.
    pub said: T,
    /// The room that its picture takes, if it is large.
    pub room: Option<OwnedSemaphorePermit>,
}

impl<T: DeserializeOwned> Illustrated<T> {
    /// Reads `request`, of whom somebody is known already.
    ///
    /// # Errors
    ///
    /// If it is no JSON of that kind, too large, too slow, or there is no room.
    pub async fn read(request: Request) -> Result<Self, Refused> {
        let (head, body) = request.into_parts();
        if !is_json(&head.headers) {
            return Err(Refused::media_type());
        }
        let room = head.extensions.get::<Room>().cloned().ok_or_else(Refused::incomplete)?;
        let patience = patience(&head.extensions).saturating_mul(PICTURE_PATIENCE);
        let read = tokio::time::timeout(patience, read_large(body, room)).await;
        let (body, room) = read.map_err(|_| Refused::too_slow())??;
        Ok(Self { said: parse(&body)?, room })
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refused> {
        let (head, body) = request.into_parts();
        if !is_json(&head.headers) {
            return Err(Refused::media_type());
        }
        let body = tokio::time::timeout(patience(&head.extensions), read(body)).await;
        let body = body.map_err(|_| Refused::too_slow())??;
        parse(&body).map(Self)
    }
}

fn patience(extensions: &Extensions) -> Duration {
    extensions.get::<Patience>().map_or(Duration::ZERO, |Patience(time)| *time)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    let said = serde_json::from_slice(body);
    said.map_err(|_| Refused::because("The body is not the JSON that is expected here"))
}

async fn read(body: Body) -> Result<Bytes, Refused> {
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) => Err(broken(&*error)),
    }
}

/// Reads a body that may have a picture in it, and takes room for it once it is large.
async fn read_large(body: Body, room: Room) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), Refused> {
    let announced = body.size_hint().upper().and_then(|size| usize::try_from(size).ok());
    let mut body = Limited::new(body, PICTURE_BODY_BYTES_MAX);
    let (mut bytes, mut taken) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(&*error))?;
        let Ok(data) = frame.into_data() else { continue };
        if taken.is_none() && bytes.len() + data.len() > BODY_BYTES_MAX {
            let permit = room.0.clone().try_acquire_owned();
            taken = Some(permit.map_err(|_| Refused::crowded(CROWDED_RETRY_AFTER))?);
            // Growing bit by bit takes more than all of it at once.
            bytes.reserve(announced.unwrap_or_default().min(PICTURE_BODY_BYTES_MAX));
        }
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, taken))
}

fn broken(error: &(dyn StdError + 'static)) -> Refused {
    if error.is::<LengthLimitError>() { Refused::too_large() } else { Refused::because("The body broke off") }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(room: &Room, text_bytes: usize) -> Request {
        let body = json!({ "text": "x".repeat(text_bytes) }).to_string();
        let request = Request::post("/").header("content-type", "application/json");
        let request = request.extension(room.clone()).extension(Patience(Duration::from_mins(1)));
        request.body(Body::from(body)).unwrap()
    }

    #[tokio::test]
    async fn there_is_room_for_a_few_large_bodies_at_once_and_for_any_number_of_small_ones() {
        let room = Room::new();
        let mut large = Vec::new();
        for _ in 0..PICTURE_BODIES_MAX {
            large.push(Illustrated::<Value>::read(request(&room, BODY_BYTES_MAX)).await.unwrap());
        }
        assert!(Illustrated::<Value>::read(request(&room, BODY_BYTES_MAX)).await.is_err());
        let small = Illustrated::<Value>::read(request(&room, 100)).await.unwrap();
        assert!(small.room.is_none());
        large.pop();
        Illustrated::<Value>::read(request(&room, BODY_BYTES_MAX)).await.unwrap();
    }

    #[tokio::test]
    async fn a_body_has_room_for_the_largest_picture_and_no_more() {
        let room = Room::new();
        let picture = PICTURE_BYTES_MAX.div_ceil(3) * 4;
        Illustrated::<Value>::read(request(&room, picture)).await.unwrap();
        assert!(Illustrated::<Value>::read(request(&room, PICTURE_BODY_BYTES_MAX)).await.is_err());
    }
}
