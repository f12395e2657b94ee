//! From the wire to the domain and back. Nothing else reads fields of requests.

mod personal_data;

use std::fmt::Display;
use std::time::Duration;

use confab_core::page::{Page, encode_token};
use confab_core::{MediaId, UserId};
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::media_place::Place as WirePlace;
use confab_proto::media::v1;
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;
use tonic::{Status, Streaming};

use crate::domain::{BlobKey, FileName, Media, MediaKind, Place, Purpose, Upload, Variant};
use crate::error::Error;
use crate::handlers::{
    Attaching, Detaching, DownloadHead, Draft, Listed, Located, Part, Piece, Sought, Wanted,
};
use crate::signature::Grant;
use crate::store::{Aftermath, Holding, MediaCursor};

pub use personal_data::{exported, user_id};

/// How long a client may take to say what it uploads.
const HEADER_TIME_MAX: Duration = Duration::from_secs(10);

/// Names the field that a value comes from, in case that it is wrong.
fn field<T>(field: &'static str, value: Result<T, impl Display>) -> Result<T, Error> {
    value.map_err(|problem| Error::Invalid { field, problem: problem.to_string() })
}

pub fn media_id(id: &str) -> Result<MediaId, Error> {
    field("media_id", id.parse())
}

pub fn upload_id(id: &str) -> Result<MediaId, Error> {
    field("upload_id", id.parse())
}

pub fn media_ids(ids: &[String]) -> Result<Vec<MediaId>, Error> {
    field("media_ids", ids.iter().map(|id| id.parse()).collect::<Result<_, _>>())
}

pub fn page(request: &v1::ListMyMediaRequest) -> Result<Page<MediaCursor>, Error> {
    field("page_token", Page::new(request.page_size, &request.page_token))
}

/// What somebody wants to upload.
pub fn draft(header: v1::UploadHeader) -> Draft {
    let purpose = match header.purpose() {
        v1::Purpose::Unspecified | v1::Purpose::Message => Purpose::Message,
        v1::Purpose::Avatar => Purpose::Avatar,
        v1::Purpose::GroupPicture => Purpose::GroupPicture,
    };
    Draft {
        purpose,
        name: FileName::new(&header.name),
        // The contract has checked both.
        size: header.size.unsigned_abs(),
        hash: BlobKey::stored(&header.sha256),
    }
}

/// Splits an upload into what it is to be, and its bytes.
pub async fn upload(
    mut parts: Streaming<v1::UploadMediaRequest>,
) -> Result<(Draft, impl Stream<Item = Result<Piece, Error>> + Send + Unpin + 'static), Error> {
    use v1::upload_media_request::Part;

    let first = first_of(&mut parts).await?.and_then(|first| first.part);
    let Some(Part::Header(header)) = first else { return Err(Error::Misplaced) };
    let pieces = parts.map(|part| match part.map_err(refused)?.part {
        Some(Part::Chunk(bytes)) => Ok(Piece::Bytes(bytes)),
        Some(Part::End(v1::UploadEnd {})) => Ok(Piece::End),
        Some(Part::Header(_)) | None => Err(Error::Misplaced),
    });
    Ok((draft(header), pieces))
}

/// Splits what is added to an upload into where it is added, and the bytes.
pub async fn append(
    mut parts: Streaming<v1::AppendUploadRequest>,
) -> Result<((MediaId, u64), impl Stream<Item = Result<Piece, Error>> + Send + Unpin + 'static), Error> {
    use v1::append_upload_request::Part;

    let first = first_of(&mut parts).await?.and_then(|first| first.part);
    let Some(Part::Header(header)) = first else { return Err(Error::Misplaced) };
    let pieces = parts.map(|part| match part.map_err(refused)?.part {
        Some(Part::Chunk(bytes)) => Ok(Piece::Bytes(bytes)),
        Some(Part::Header(_)) | None => Err(Error::Misplaced),
    });
    Ok(((upload_id(&header.upload_id)?, header.offset.unsigned_abs()), pieces))
}

/// The first part of a stream, which has to come soon.
async fn first_of<T>(parts: &mut Streaming<T>) -> Result<Option<T>, Error> {
    let first = timeout(HEADER_TIME_MAX, parts.next()).await;
    first.map_err(|_| Error::BrokenOff)?.transpose().map_err(refused)
}

/// What a stream of a client failed with: what is wrong with it, or that it broke off.
fn refused(status: Status) -> Error {
    match status.code() {
        // The second is what is said of a part that is larger than any may be.
        tonic::Code::InvalidArgument | tonic::Code::OutOfRange => Error::Malformed(Box::new(status)),
        _ => Error::BrokenOff,
    }
}

/// What somebody wants to download.
pub fn wanted(request: &v1::DownloadMediaRequest) -> Result<Wanted, Error> {
    Ok(Wanted {
        media: media_id(&request.media_id)?,
        variant: variant(request.variant()),
        offset: request.offset.unsigned_abs(),
        length: request.length.map(i64::unsigned_abs),
    })
}

/// The same for whoever has an address, with what it says and its signature.
pub fn signed(request: internal::DownloadSignedRequest) -> Result<(Wanted, Grant, Vec<u8>), Error> {
    let wanted = Wanted {
        media: media_id(&request.media_id)?,
        variant: variant(request.variant()),
        offset: request.offset.unsigned_abs(),
        length: request.length.map(i64::unsigned_abs),
    };
    let grant = Grant {
        media: wanted.media,
        variant: wanted.variant,
        user: field("user_id", request.user_id.parse())?,
        session: field("session_id", request.session_id.parse())?,
        expires: request.expire_time.unwrap_or_default().into(),
    };
    Ok((wanted, grant, request.signature.to_vec()))
}

/// What somebody wants to load from where it is kept.
pub fn sought(request: &v1::LocateMediaRequest) -> Result<Sought, Error> {
    let (media, variant) = (media_id(&request.media_id)?, variant(request.variant()));
    Ok(Sought { media, variant, keep: request.keep })
}

/// The form that a request names.
pub const fn variant(variant: v1::MediaVariant) -> Variant {
    match variant {
        v1::MediaVariant::Unspecified | v1::MediaVariant::Original => Variant::Original,
        v1::MediaVariant::Large => Variant::Large,
        v1::MediaVariant::Small => Variant::Small,
    }
}

pub fn attaching(request: internal::AttachMediaRequest) -> Result<Attaching, Error> {
    Ok(Attaching {
        user: field("user_id", request.user_id.parse())?,
        media: media_ids(&request.media_ids)?,
        place: place("place", request.place)?,
        source: request.source.map(|source| place("source", Some(source))).transpose()?,
    })
}

pub fn detaching(request: internal::DetachMediaRequest) -> Result<Detaching, Error> {
    let aftermath = match request.aftermath() {
        internal::Aftermath::Unspecified | internal::Aftermath::Erase => Aftermath::Erase,
        internal::Aftermath::Wait => Aftermath::Wait,
    };
    let kept = request.kept_media_ids.iter().map(|id| id.parse()).collect::<Result<_, _>>();
    Ok(Detaching { place: place("place", request.place)?, kept: field("kept_media_ids", kept)?, aftermath })
}

fn place(name: &'static str, place: Option<internal::MediaPlace>) -> Result<Place, Error> {
    // The contract has checked that there is one.
    match place.and_then(|place| place.place) {
        Some(WirePlace::Message(message)) => Ok(Place::Message {
            conversation: field(name, message.conversation_id.parse())?,
            sender: field(name, message.sender_id.parse())?,
            client: field(name, message.client_id.parse())?,
        }),
        Some(WirePlace::GroupId(group)) => Ok(Place::Group(field(name, group.parse())?)),
        Some(WirePlace::UserId(user)) => Ok(Place::Person(field(name, user.parse())?)),
        None => field(name, Err("must be set")),
    }
}

/// A place as it is named to others.
pub fn wire_place(place: Place) -> internal::MediaPlace {
    let place = match place {
        Place::Message { conversation, sender, client } => WirePlace::Message(internal::MessagePlace {
            conversation_id: conversation.to_string(),
            sender_id: sender.to_string(),
            client_id: client.to_string(),
        }),
        Place::Group(group) => WirePlace::GroupId(group.to_string()),
        Place::Person(user) => WirePlace::UserId(user.to_string()),
    };
    internal::MediaPlace { place: Some(place) }
}

/// What is attached to messages and groups, as it is asked about.
pub fn wire_holdings(holdings: &[Holding]) -> Vec<internal::Holding> {
    let wire = |holding: &Holding| internal::Holding {
        place: Some(wire_place(holding.place)),
        media_id: holding.media.to_string(),
    };
    holdings.iter().map(wire).collect()
}

/// The same of people: whose pictures they are.
pub fn wire_pictures(pictures: &[(UserId, MediaId)]) -> Vec<internal::HeldPicture> {
    let wire = |(user, media): &(UserId, MediaId)| internal::HeldPicture {
        user_id: user.to_string(),
        media_id: media.to_string(),
    };
    pictures.iter().map(wire).collect()
}

impl From<Media> for v1::Media {
    fn from(media: Media) -> Self {
        let (width, height) = pixels(media.original.dimensions);
        let thumbnails = media.thumbnails.iter().map(|(variant, form)| {
            let (width, height) = pixels(form.dimensions);
            v1::Thumbnail {
                variant: wire_variant(*variant).into(),
                content_type: form.content_type.mime().to_owned(),
                size: int(form.size),
                width,
                height,
            }
        });
        Self {
            media_id: media.id.to_string(),
            owner_id: media.owner.to_string(),
            purpose: wire_purpose(media.purpose).into(),
            kind: wire_kind(media.kind()).into(),
            content_type: media.original.content_type.mime().to_owned(),
            name: media.name.as_str().to_owned(),
            size: int(media.original.size),
            width,
            height,
            duration: media.duration.and_then(|duration| duration.try_into().ok()),
            thumbnails: thumbnails.collect(),
            blurhash: media.blurhash.unwrap_or_default(),
            keeps_metadata: media.keeps_metadata,
            create_time: Some(media.created.into()),
        }
    }
}

/// Files as they are listed.
pub fn all(media: Vec<Media>) -> Vec<v1::Media> {
    media.into_iter().map(v1::Media::from).collect()
}

impl From<Upload> for v1::Upload {
    fn from(upload: Upload) -> Self {
        Self {
            upload_id: upload.id.to_string(),
            offset: int(upload.received),
            size: int(upload.size),
            expire_time: Some(upload.expires.into()),
        }
    }
}

impl From<Listed> for v1::ListMyMediaResponse {
    fn from(listed: Listed) -> Self {
        let usage = v1::MediaUsage {
            bytes: int(listed.usage.bytes),
            bytes_max: int(listed.quota.bytes),
            files: int(listed.usage.files),
            files_max: int(listed.quota.files),
            file_bytes_max: int(listed.file_bytes_max),
        };
        Self {
            media: all(listed.media),
            next_page_token: listed.next.map(|next| encode_token(&next)).unwrap_or_default(),
            usage: Some(usage),
        }
    }
}

/// A part of a download.
pub fn part(part: Part) -> v1::DownloadMediaResponse {
    use v1::download_media_response::Part as WirePart;

    let part = match part {
        Part::Head(head) => WirePart::Header(header(head)),
        Part::Bytes(bytes) => WirePart::Chunk(bytes),
    };
    v1::DownloadMediaResponse { part: Some(part) }
}

fn header(head: DownloadHead) -> v1::DownloadHeader {
    v1::DownloadHeader {
        content_type: head.form.content_type.mime().to_owned(),
        name: head.name.fitting(head.form.content_type).as_str().to_owned(),
        size: int(head.form.size),
        sha256: head.form.key.as_bytes().to_vec().into(),
        kind: wire_kind(head.form.content_type.kind()).into(),
    }
}

impl From<Located> for v1::LocateMediaResponse {
    fn from(located: Located) -> Self {
        let (address, expires) = located.address.unzip();
        Self {
            header: Some(header(located.head)),
            address: address.unwrap_or_default(),
            expire_time: expires.map(Into::into),
        }
    }
}

/// The address that a grant makes.
pub fn address(grant: Grant, signature: &[u8]) -> v1::SignDownloadResponse {
    let Grant { media, variant, user, session, expires } = grant;
    let (variant, seconds, signature) = (variant.word(), expires.as_seconds(), hex::encode(signature));
    let query = format!("user={user}&session={session}&expires={seconds}&signature={signature}");
    let path = format!("/media/{media}/{variant}?{query}");
    v1::SignDownloadResponse { path, expire_time: Some(expires.into()) }
}

fn pixels(dimensions: Option<(u32, u32)>) -> (i32, i32) {
    let side = |pixels| i32::try_from(pixels).unwrap_or(i32::MAX);
    dimensions.map_or((0, 0), |(width, height)| (side(width), side(height)))
}

const fn wire_purpose(purpose: Purpose) -> v1::Purpose {
    match purpose {
        Purpose::Message => v1::Purpose::Message,
        Purpose::Avatar => v1::Purpose::Avatar,
        Purpose::GroupPicture => v1::Purpose::GroupPicture,
    }
}

const fn wire_kind(kind: MediaKind) -> v1::MediaKind {
    match kind {
        MediaKind::Image => v1::MediaKind::Image,
        MediaKind::Video => v1::MediaKind::Video,
        MediaKind::Audio => v1::MediaKind::Audio,
        MediaKind::File => v1::MediaKind::File,
    }
}

const fn wire_variant(variant: Variant) -> v1::MediaVariant {
    match variant {
        Variant::Original => v1::MediaVariant::Original,
        Variant::Large => v1::MediaVariant::Large,
        Variant::Small => v1::MediaVariant::Small,
    }
}

fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
