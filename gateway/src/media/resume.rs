//! Uploads that are taken up again: tus 1.0, with its extensions creation,
//! expiration and termination (<https://tus.io/protocols/resumable-upload>).

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use confab_proto::Kind;
use confab_proto::media::v1;
use confab_proto::media::v1::append_upload_request::Part;
use futures_util::StreamExt;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tonic::{Code, Status};

use super::upload::{Wish, chunks};
use super::{Media, call, refusal};
use crate::problem::Problem;

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,expiration,termination";
/// The only type that bytes come in.
const BYTES: &str = "application/offset+octet-stream";

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// `OPTIONS`: what can be done here.
pub async fn describe() -> Response {
    let headers = [(TUS_VERSION, VERSION), (TUS_EXTENSION, EXTENSIONS)];
    with_version((StatusCode::NO_CONTENT, headers).into_response())
}

/// `POST`: begins an upload.
pub async fn create(State(media): State<Media>, request: Request) -> Response {
    match enter(&media, request, Kind::Upload).await {
        Ok((parts, _)) => leave(&parts, begin(&media, &parts).await),
        Err(refused) => *refused,
    }
}

/// `HEAD`: how far an upload has come.
pub async fn ask(State(media): State<Media>, Path(id): Path<String>, request: Request) -> Response {
    match enter(&media, request, Kind::Write).await {
        Ok((parts, _)) => leave(&parts, look(&media, &parts, id).await),
        Err(refused) => *refused,
    }
}

/// `PATCH`: adds bytes, and makes a file of an upload that has all of them.
pub async fn append(State(media): State<Media>, Path(id): Path<String>, request: Request) -> Response {
    match enter(&media, request, Kind::Write).await {
        Ok((parts, body)) => leave(&parts, go_on(&media, &parts, id, body).await),
        Err(refused) => *refused,
    }
}

/// `DELETE`: gives an upload up.
pub async fn cancel(State(media): State<Media>, Path(id): Path<String>, request: Request) -> Response {
    match enter(&media, request, Kind::Write).await {
        Ok((parts, _)) => leave(&parts, give_up(&media, &parts, id).await),
        Err(refused) => *refused,
    }
}

/// Lets somebody in who may write, and speaks our version.
async fn enter(media: &Media, request: Request, kind: Kind) -> Result<(Parts, Body), Box<Response>> {
    let (parts, body) =
        media.admit(request, kind).await.map_err(|refused| Box::new(with_version(*refused)))?;
    if parts.headers.get(TUS_RESUMABLE).is_none_or(|version| version != VERSION) {
        let detail = format!("this is tus {VERSION}: say so in tus-resumable");
        let problem = Problem::new(StatusCode::PRECONDITION_FAILED, detail);
        return Err(Box::new(with_version(([(TUS_VERSION, VERSION)], problem).into_response())));
    }
    Ok((parts, body))
}

fn leave(parts: &Parts, answer: Result<Response, Status>) -> Response {
    with_version(answer.unwrap_or_else(|status| refusal::of(&status, parts)))
}

async fn begin(media: &Media, parts: &Parts) -> Result<Response, Status> {
    let Some(size) = number(&parts.headers, &UPLOAD_LENGTH) else {
        return Ok(bad_request("upload-length says how many bytes there will be"));
    };
    let header = read_metadata(&parts.headers).header(size);
    let request = v1::CreateUploadRequest { header: Some(header) };
    let upload = media.service().create_upload(call(parts, request)?).await?.into_inner().upload;
    let upload = upload.unwrap_or_default();
    let mut response = StatusCode::CREATED.into_response();
    set(response.headers_mut(), LOCATION, &format!("/media/uploads/{}", upload.upload_id));
    set_progress(response.headers_mut(), &upload);
    Ok(response)
}

async fn look(media: &Media, parts: &Parts, id: String) -> Result<Response, Status> {
    let request = v1::GetUploadRequest { upload_id: id.clone() };
    let upload = match media.service().get_upload(call(parts, request)?).await {
        Ok(response) => response.into_inner().upload.unwrap_or_default(),
        Err(status) if status.code() == Code::NotFound => return done_before(media, parts, id).await,
        Err(status) => return Err(status),
    };
    // Whoever has lost the last answer asks, and sends nothing more.
    complete(media, parts, &upload).await?;
    let mut response = StatusCode::OK.into_response();
    set_progress(response.headers_mut(), &upload);
    Ok(response)
}

async fn go_on(media: &Media, parts: &Parts, id: String, body: Body) -> Result<Response, Status> {
    if parts.headers.get(CONTENT_TYPE).is_none_or(|found| found != BYTES) {
        let detail = format!("bytes come as {BYTES}");
        return Ok(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).into_response());
    }
    let Some(offset) = number(&parts.headers, &UPLOAD_OFFSET) else {
        return Ok(bad_request("upload-offset says where the bytes go"));
    };
    let upload = add(media, parts, id, offset, body).await?;
    complete(media, parts, &upload).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_progress(response.headers_mut(), &upload);
    Ok(response)
}

async fn give_up(media: &Media, parts: &Parts, id: String) -> Result<Response, Status> {
    let request = v1::CancelUploadRequest { upload_id: id };
    media.service().cancel_upload(call(parts, request)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn add(
    media: &Media,
    parts: &Parts,
    upload_id: String,
    offset: i64,
    body: Body,
) -> Result<v1::Upload, Status> {
    let header = v1::AppendHeader { upload_id, offset };
    let header = v1::AppendUploadRequest { part: Some(Part::Header(header)) };
    let stream = async_stream::stream! {
        yield header;
        let mut chunks = std::pin::pin!(chunks(body));
        // What arrives before a body breaks off is kept.
        while let Some(Ok(chunk)) = chunks.next().await {
            yield v1::AppendUploadRequest { part: Some(Part::Chunk(chunk)) };
        }
    };
    let response = media.service().append_upload(call(parts, stream)?).await?.into_inner();
    Ok(response.upload.unwrap_or_default())
}

/// Makes a file of `upload` if it has all its bytes.
async fn complete(media: &Media, parts: &Parts, upload: &v1::Upload) -> Result<(), Status> {
    if upload.offset == upload.size {
        let request = v1::CompleteUploadRequest { upload_id: upload.upload_id.clone() };
        media.service().complete_upload(call(parts, request)?).await?;
    }
    Ok(())
}

/// How far an upload has come that is a file by now.
async fn done_before(media: &Media, parts: &Parts, id: String) -> Result<Response, Status> {
    let request = v1::CompleteUploadRequest { upload_id: id };
    let file = media.service().complete_upload(call(parts, request)?).await?.into_inner().media;
    let size = file.unwrap_or_default().size;
    let mut response = StatusCode::OK.into_response();
    set_progress(response.headers_mut(), &v1::Upload { offset: size, size, ..v1::Upload::default() });
    Ok(response)
}

/// What a client says about a file: pairs of a key and base64, with commas between them.
fn read_metadata(headers: &HeaderMap) -> Wish {
    let mut wish = Wish::default();
    let pairs = headers.get(UPLOAD_METADATA).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for (key, value) in pairs.split(',').filter_map(|pair| pair.trim().split_once(' ')) {
        let value = STANDARD.decode(value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        // What most clients call the name.
        let key = if key == "filename" { "name" } else { key };
        wish.set(key, &value.unwrap_or_default());
    }
    wish
}

fn set_progress(headers: &mut HeaderMap, upload: &v1::Upload) {
    set(headers, UPLOAD_OFFSET, &upload.offset.to_string());
    set(headers, UPLOAD_LENGTH, &upload.size.to_string());
    set(headers, CACHE_CONTROL, "no-store");
    if let Some(expires) = upload.expire_time.and_then(|time| u64::try_from(time.seconds).ok()) {
        let expires = std::time::UNIX_EPOCH + std::time::Duration::from_secs(expires);
        set(headers, UPLOAD_EXPIRES, &httpdate::fmt_http_date(expires));
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<i64> {
    let text = headers.get(name)?.to_str().ok()?;
    text.parse().ok().filter(|number| *number >= 0 && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn bad_request(detail: &str) -> Response {
    Problem::new(StatusCode::BAD_REQUEST, detail).into_response()
}

fn with_version(mut response: Response) -> Response {
    response.headers_mut().insert(TUS_RESUMABLE, HeaderValue::from_static(VERSION));
    response
}
