//! `GET` and `HEAD` of a file.

use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use confab_proto::Kind;
use confab_proto::internal::v1 as internal;
use confab_proto::media::v1;
use confab_proto::media::v1::download_media_response::Part;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, IF_NONE_MATCH, IF_RANGE, RANGE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use tonic::{Code, Status};

use super::range::Range;
use super::serving::{self, Manner, Way};
use super::{Media, call, elsewhere, refusal};
use crate::problem::Problem;
use crate::tag;

/// The bytes of a file as they come.
type Bits = BoxStream<'static, Result<Bytes, Status>>;

/// A file that somebody may see, from some byte on.
struct Opened {
    file: v1::DownloadHeader,
    bits: Bits,
}

/// Answers with a file.
pub async fn original(
    State(media): State<Media>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    answer(media, id, v1::MediaVariant::Original, query, request).await
}

/// Answers with a form of a file.
pub async fn variant(
    State(media): State<Media>,
    Path((id, variant)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let variant = match variant.as_str() {
        "original" => v1::MediaVariant::Original,
        "large" => v1::MediaVariant::Large,
        "small" => v1::MediaVariant::Small,
        _ => return no_such_file(),
    };
    answer(media, id, variant, query, request).await
}

async fn answer(
    media: Media,
    id: String,
    variant: v1::MediaVariant,
    query: Option<String>,
    request: Request,
) -> Response {
    let query = query.unwrap_or_default();
    let manner = if has(&query, "download") { Manner::Keep } else { Manner::Show };
    let signed = match Signed::of(&query) {
        Ok(signed) => signed,
        Err(Unreadable) => return no_such_file(),
    };
    // Before the cookie becomes a token.
    let may_leave = signed.is_none() && elsewhere::is_harmless(request.headers());
    let (parts, _) = match &signed {
        Some(_) => request.into_parts(),
        None => match media.admit(request, Kind::Read).await {
            Ok(admitted) => admitted,
            Err(refused) => return *refused,
        },
    };
    let way = if signed.is_some() { Way::Signed } else { Way::SignedIn };
    let source = Source { media, id, variant, signed, may_leave };
    match source.answer(&parts, way, manner).await {
        Ok(response) => response,
        Err(status) => refusal::of(&status, &parts),
    }
}

/// Where a file comes from.
struct Source {
    media: Media,
    id: String,
    variant: v1::MediaVariant,
    signed: Option<Signed>,
    /// Whether it may come from elsewhere.
    may_leave: bool,
}

impl Source {
    /// The file, or where it is.
    async fn answer(&self, parts: &Parts, way: Way, manner: Manner) -> Result<Response, Status> {
        if self.may_leave && parts.method == Method::GET {
            let sent = elsewhere::send(&self.media, parts, &self.id, self.variant, manner).await?;
            if let Some(sent) = sent {
                return Ok(sent);
            }
        }
        self.serve(parts, way, manner).await
    }

    async fn serve(&self, parts: &Parts, way: Way, manner: Manner) -> Result<Response, Status> {
        let range = Range::of(parts.headers.get(RANGE));
        let (first, length) = match range {
            Range::All => (0, None),
            Range::From { first, last } => (first, last.map(|last| last - first + 1)),
            // How long it is has to be known first.
            Range::Last(_) => (0, Some(1)),
        };
        let length = if parts.method == Method::HEAD { Some(1) } else { length };
        let opened = match self.open(parts, first, length).await {
            Err(status) if status.code() == Code::OutOfRange => return self.unsatisfiable(parts).await,
            opened => opened?,
        };
        let headers = serving::headers(&opened.file, way, manner);
        let tag = serving::tag(&opened.file);
        if tag::is_known(parts.headers.get(IF_NONE_MATCH), &tag) {
            return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        let size = opened.file.size.unsigned_abs();
        let is_changed =
            parts.headers.get(IF_RANGE).is_some_and(|wanted| wanted.as_bytes() != tag.as_bytes());
        let range = if is_changed { Range::All } else { range };
        let Some((start, count)) = range.within(size) else { return self.unsatisfiable(parts).await };

        let mut response = headers.into_response();
        let length = HeaderValue::from(count);
        if range != Range::All {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let place = format!("bytes {start}-{}/{size}", start + count - 1);
            response.headers_mut().insert(CONTENT_RANGE, HeaderValue::try_from(place).map_err(internal)?);
        }
        response.headers_mut().insert(CONTENT_LENGTH, length);
        if parts.method == Method::HEAD {
            return Ok(response);
        }
        let bits = if is_changed || matches!(range, Range::Last(_)) {
            self.open(parts, start, Some(count)).await?.bits
        } else {
            opened.bits
        };
        *response.body_mut() = Body::from_stream(bits);
        Ok(response)
    }

    /// There is a file, but no such part of it.
    async fn unsatisfiable(&self, parts: &Parts) -> Result<Response, Status> {
        let size = self.open(parts, 0, Some(1)).await?.file.size;
        let place = HeaderValue::try_from(format!("bytes */{size}")).map_err(internal)?;
        let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, format!("the file has {size} bytes"));
        Ok(([(CONTENT_RANGE, place)], problem).into_response())
    }

    async fn open(&self, parts: &Parts, first: u64, length: Option<u64>) -> Result<Opened, Status> {
        let int = |count| i64::try_from(count).map_err(|_| Status::out_of_range("there are fewer bytes"));
        let (offset, length) = (int(first)?, length.map(int).transpose()?);
        let (media_id, variant) = (self.id.clone(), self.variant.into());
        let mut answers: BoxStream<'static, Result<v1::DownloadMediaResponse, Status>> = match &self.signed {
            None => {
                let wanted = v1::DownloadMediaRequest { media_id, variant, offset, length };
                self.media.service().download_media(call(parts, wanted)?).await?.into_inner().boxed()
            }
            Some(signed) => {
                let wanted = internal::DownloadSignedRequest {
                    media_id,
                    variant,
                    user_id: signed.user.clone(),
                    session_id: signed.session.clone(),
                    expire_time: Some(signed.expires),
                    signature: signed.signature.clone(),
                    offset,
                    length,
                };
                let answers = self.media.library().download_signed(wanted).await?.into_inner();
                answers.map(|answer| Ok(answer?.part.unwrap_or_default())).boxed()
            }
        };
        let first = answers.next().await.transpose()?.and_then(|first| first.part);
        let Some(Part::Header(file)) = first else { return Err(Status::internal("a file has no header")) };
        let bits = answers.filter_map(|answer| async move {
            match answer {
                Ok(v1::DownloadMediaResponse { part: Some(Part::Chunk(bytes)) }) => Some(Ok(bytes)),
                Ok(_) => None,
                Err(status) => Some(Err(status)),
            }
        });
        Ok(Opened { file, bits: bits.boxed() })
    }
}

/// What an address says that was made for somebody.
#[derive(Debug)]
struct Signed {
    user: String,
    session: String,
    expires: prost_types::Timestamp,
    signature: Bytes,
}

/// It looks like such an address, and is none.
struct Unreadable;

impl Signed {
    /// Reads the query of an address; nothing if it claims nothing.
    fn of(query: &str) -> Result<Option<Self>, Unreadable> {
        let Some(signature) = value(query, "signature") else { return Ok(None) };
        let seconds = value(query, "expires").and_then(|seconds| seconds.parse().ok()).ok_or(Unreadable)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(signature, &mut bytes).map_err(|_| Unreadable)?;
        Ok(Some(Self {
            user: value(query, "user").ok_or(Unreadable)?.to_owned(),
            session: value(query, "session").ok_or(Unreadable)?.to_owned(),
            expires: prost_types::Timestamp { seconds, nanos: 0 },
            signature: Bytes::copy_from_slice(&bytes),
        }))
    }
}

/// What `name` is set to in a query. Nothing that we look for needs escaping.
fn value<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

fn has(query: &str, name: &str) -> bool {
    query.split('&').any(|pair| pair.split('=').next() == Some(name))
}

fn no_such_file() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "there is no such file").into_response()
}

fn internal(error: http::header::InvalidHeaderValue) -> Status {
    Status::internal(error.to_string())
}
