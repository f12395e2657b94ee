//! `POST /media`: a file as the body, or in a form.

use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use confab_proto::media::v1;
use confab_proto::media::v1::upload_media_request::Part;
use confab_proto::{Kind, PUBLIC_FILE_DESCRIPTOR_SET};
use futures_util::{Stream, StreamExt};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use tonic::Status;

use super::{Media, NAME_CHARS_MAX, call, form, refusal};
use crate::problem::Problem;

/// The largest part that the contract takes, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// Keeps the file in a request, and answers with what is known of it.
pub async fn upload(State(media): State<Media>, RawQuery(query): RawQuery, request: Request) -> Response {
    let (parts, body) = match media.admit(request, Kind::Upload).await {
        Ok(admitted) => admitted,
        Err(refused) => return *refused,
    };
    let Some(length) = length(&parts.headers) else { return length_required() };
    let wish = Wish::of(&query.unwrap_or_default());
    let kept = match form::boundary(&parts.headers) {
        Some(boundary) => form::upload(media, &parts, wish, length, boundary, body).await,
        None => whole(media, &parts, wish, length, body).await,
    };
    match kept {
        Ok(kept) => created(&kept, &parts),
        Err(status) => refusal::of(&status, &parts),
    }
}

/// What a request says about the file beside its bytes.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// What it is for, as the contract calls it.
    pub purpose: i32,
    /// What it is called.
    pub name: String,
}

impl Wish {
    /// Reads `?purpose=message&name=a.png`.
    fn of(query: &str) -> Self {
        let mut wish = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            wish.set(&key, &value);
        }
        wish
    }

    /// Takes what a field of a form or a query says, if it says anything to us.
    pub fn set(&mut self, key: &str, value: &str) {
        match key {
            "purpose" => self.purpose = purpose(value),
            "name" => self.name = value.chars().take(NAME_CHARS_MAX).collect(),
            _ => {}
        }
    }

    /// The header of an upload of `size` bytes.
    pub fn header(self, size: i64) -> v1::UploadHeader {
        let Self { purpose, name } = self;
        v1::UploadHeader { purpose, name, size, sha256: Bytes::new() }
    }
}

/// What a purpose is called here. The contract refuses what is none.
pub fn purpose(word: &str) -> i32 {
    match word {
        "message" => v1::Purpose::Message.into(),
        "avatar" => v1::Purpose::Avatar.into(),
        "group-picture" => v1::Purpose::GroupPicture.into(),
        _ => -1,
    }
}

/// Keeps a file that is all of the body.
async fn whole(
    media: Media,
    parts: &Parts,
    wish: Wish,
    length: i64,
    body: Body,
) -> Result<v1::Media, Status> {
    let header = v1::UploadMediaRequest { part: Some(Part::Header(wish.header(length))) };
    let stream = async_stream::stream! {
        yield header;
        let mut chunks = std::pin::pin!(chunks(body));
        // A body that breaks off ends the stream before its time, which the service notices.
        while let Some(Ok(chunk)) = chunks.next().await {
            yield v1::UploadMediaRequest { part: Some(Part::Chunk(chunk)) };
        }
    };
    let response = media.service().upload_media(call(parts, stream)?).await?.into_inner();
    response.media.ok_or_else(|| Status::internal("a file is missing in the answer"))
}

/// The bytes of `body`, in pieces that the contract takes.
pub fn chunks(body: Body) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    body.into_data_stream().flat_map(|piece| {
        let pieces = match piece {
            Ok(bytes) => split(bytes).into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        futures_util::stream::iter(pieces)
    })
}

/// `bytes` in pieces that the contract takes.
pub fn split(mut bytes: Bytes) -> Vec<Bytes> {
    let mut pieces = Vec::with_capacity(bytes.len().div_ceil(CHUNK_BYTES));
    while !bytes.is_empty() {
        pieces.push(bytes.split_to(bytes.len().min(CHUNK_BYTES)));
    }
    pieces
}

/// How long the body is.
pub fn length(headers: &HeaderMap) -> Option<i64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok().filter(|length| *length >= 0)
}

/// `media` as the contract writes it in JSON.
fn json(media: &v1::Media) -> Result<Vec<u8>, Status> {
    let undescribed = || Status::internal("the contract does not describe files");
    let descriptor = DESCRIPTOR.as_ref().ok_or_else(undescribed)?;
    let mut message = DynamicMessage::new(descriptor.clone());
    message.transcode_from(media).map_err(|error| Status::internal(error.to_string()))?;
    serde_json::to_vec(&message).map_err(|error| Status::internal(error.to_string()))
}

/// What a file is in the contract.
static DESCRIPTOR: LazyLock<Option<MessageDescriptor>> = LazyLock::new(|| {
    let pool = DescriptorPool::decode(PUBLIC_FILE_DESCRIPTOR_SET).ok()?;
    pool.get_message_by_name("confab.media.v1.Media")
});

fn length_required() -> Response {
    let detail = "say how long the body is: content-length";
    Problem::new(StatusCode::LENGTH_REQUIRED, detail).into_response()
}

fn created(media: &v1::Media, parts: &Parts) -> Response {
    let location = format!("/media/{}", media.media_id);
    match json(media) {
        Ok(json) => {
            let headers = [(http::header::LOCATION, location.as_str()), (CONTENT_TYPE, "application/json")];
            (StatusCode::CREATED, headers, json).into_response()
        }
        Err(status) => refusal::of(&status, parts),
    }
}
