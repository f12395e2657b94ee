//! A file in a form (RFC 7578).

use std::pin::pin;

use axum::body::Body;
use confab_proto::media::v1;
use confab_proto::media::v1::upload_media_request::Part;
use confab_rpc::Failure;
use futures_util::future::{self, Either};
use futures_util::stream;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use multer::{Constraints, Field, Multipart, SizeLimit};
use tokio::sync::mpsc::{self, Sender};
use tonic::Status;

use super::upload::{Wish, split};
use super::{Media, NAME_CHARS_MAX, call};

/// The field that the file is in.
const FILE: &str = "file";
/// How many fields may come before the file.
const FIELDS_MAX: usize = 8;
/// The longest of these, in bytes.
const FIELD_BYTES_MAX: u64 = 4 * 1024;
/// How many parts of a file may wait to be sent on.
const PARTS_WAITING_MAX: usize = 4;

/// What divides the fields of a form, if the body is one.
pub fn boundary(headers: &HeaderMap) -> Option<String> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(content_type).ok()
}

/// Keeps the file in a form. What is said about it stands before it.
pub async fn upload(
    media: Media,
    parts: &Parts,
    mut wish: Wish,
    length: i64,
    boundary: String,
    body: Body,
) -> Result<v1::Media, Status> {
    let dividers = 2 * (boundary.len() + 4) + 2;
    let limits = SizeLimit::new().for_field("purpose", FIELD_BYTES_MAX).for_field("name", FIELD_BYTES_MAX);
    let constraints = Constraints::new().size_limit(limits);
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    for _ in 0..FIELDS_MAX {
        let Some(field) = form.next_field().await.map_err(malformed)? else { break };
        if field.name() == Some(FILE) {
            if wish.name.is_empty() {
                wish.name = field.file_name().unwrap_or_default().chars().take(NAME_CHARS_MAX).collect();
            }
            // The file has at most what its form has beside it.
            let beside = i64::try_from(dividers + head_bytes(&field)).unwrap_or(i64::MAX);
            return keep(media, parts, wish.header(length.saturating_sub(beside).max(1)), field).await;
        }
        let Some(name) = field.name().map(str::to_owned) else { continue };
        if name == "purpose" || name == "name" {
            wish.set(&name, &field.text().await.map_err(malformed)?);
        }
    }
    let failure = Failure::invalid("INVALID_FIELD").field(FILE, "is missing");
    Err(failure
        .into_status_saying("a form has its file in the field `file`, behind all that is said about it"))
}

/// Has the file that comes in `field` kept.
async fn keep(
    media: Media,
    parts: &Parts,
    header: v1::UploadHeader,
    field: Field<'static>,
) -> Result<v1::Media, Status> {
    let (sender, mut receiver) = mpsc::channel(PARTS_WAITING_MAX);
    // A channel between the two: the compiler cannot prove of a stream that holds a
    // field of a form that threads may share it.
    let stream = stream::poll_fn(move |context| receiver.poll_recv(context));
    let request = call(parts, stream)?;
    let kept = pin!(async move { media.service().upload_media(request).await });
    let response = match future::select(kept, pin!(feed(header, field, sender))).await {
        // Whoever has an answer already needs no more bytes.
        Either::Left((response, _)) => response,
        Either::Right(((), kept)) => kept.await,
    };
    response?.into_inner().media.ok_or_else(|| Status::internal("a file is missing in the answer"))
}

/// Sends `header`, and then what comes in `field`, for as long as somebody takes it.
async fn feed(header: v1::UploadHeader, mut field: Field<'static>, sender: Sender<v1::UploadMediaRequest>) {
    let mut parts = vec![Part::Header(header)];
    loop {
        for part in parts {
            if sender.send(v1::UploadMediaRequest { part: Some(part) }).await.is_err() {
                return;
            }
        }
        parts = match field.chunk().await {
            Ok(Some(bytes)) => split(bytes).into_iter().map(Part::Chunk).collect(),
            Ok(None) => break,
            // A form that breaks off ends the stream before its time, which the service notices.
            Err(_) => return,
        };
    }
    // Only whoever saw the end of the file may say that it is over. If nobody
    // takes it, there is an answer already.
    let _ = sender.send(v1::UploadMediaRequest { part: Some(Part::End(v1::UploadEnd {})) }).await;
}

/// How many bytes the head of a field has, with its last empty line.
fn head_bytes(field: &Field<'_>) -> usize {
    let lines = field.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    lines.sum::<usize>() + 2
}

fn malformed(error: multer::Error) -> Status {
    Failure::invalid("INVALID_FORM").into_status_saying(format!("the form cannot be read: {error}"))
}
