//! A file in a form (RFC 7578).

use axum::body::Body;
use confab_proto::media::v1;
use confab_proto::media::v1::upload_media_request::Part;
use confab_rpc::Failure;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use multer::{Constraints, Field, Multipart, SizeLimit};
use tonic::Status;

use super::upload::{Wish, split};
use super::{Media, NAME_CHARS_MAX, call};

/// The field that the file is in.
const FILE: &str = "file";
/// How many fields may come before the file.
const FIELDS_MAX: usize = 8;
/// The longest of these, in bytes.
const FIELD_BYTES_MAX: u64 = 4 * 1024;

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

async fn keep(
    media: Media,
    parts: &Parts,
    header: v1::UploadHeader,
    mut file: Field<'static>,
) -> Result<v1::Media, Status> {
    let header = v1::UploadMediaRequest { part: Some(Part::Header(header)) };
    let stream = async_stream::stream! {
        yield header;
        loop {
            match file.chunk().await {
                Ok(Some(bytes)) => {
                    for chunk in split(bytes) {
                        yield v1::UploadMediaRequest { part: Some(Part::Chunk(chunk)) };
                    }
                }
                // Only whoever saw the end of the file may say that it is over.
                Ok(None) => {
                    yield v1::UploadMediaRequest { part: Some(Part::End(v1::UploadEnd {})) };
                    break;
                }
                Err(_) => break,
            }
        }
    };
    let response = media.service().upload_media(call(parts, stream)?).await?.into_inner();
    response.media.ok_or_else(|| Status::internal("a file is missing in the answer"))
}

/// How many bytes the head of a field has, with its last empty line.
fn head_bytes(field: &Field<'_>) -> usize {
    let lines = field.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    lines.sum::<usize>() + 2
}

fn malformed(error: multer::Error) -> Status {
    Failure::invalid("INVALID_FORM").into_status_saying(format!("the form cannot be read: {error}"))
}
