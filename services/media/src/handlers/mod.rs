//! What each RPC does, and what several of them need.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use confab_core::{MediaId, UserId};
use futures_util::{Stream, StreamExt};
use tokio::time::{sleep, timeout};

use crate::domain::{BlobKey, FileName, Form, Manner, Media, Purpose, Upload};
use crate::error::Error;
use crate::intake::{Examined, Refused, Rendition};
use crate::service::MediaService;
use crate::spool::{SpooledFile, Writer};
use crate::store::{Begun, Claimed, Committed};
use crate::uploading::Lane;

mod append_upload;
mod attach_media;
mod batch_get_media;
mod cancel_upload;
mod complete_upload;
mod create_upload;
mod delete_media;
mod detach_media;
mod download_media;
mod erase_user;
mod export_user;
mod get_media;
mod get_upload;
mod list_my_media;
mod locate_media;
mod sign_download;
mod upload_media;

pub use append_upload::append_upload;
pub use attach_media::{Attaching, attach_media};
pub use batch_get_media::batch_get_media;
pub use cancel_upload::cancel_upload;
pub use complete_upload::complete_upload;
pub use create_upload::create_upload;
pub use delete_media::delete_media;
pub use detach_media::{Detaching, detach_media};
pub use download_media::{DownloadHead, Part, Wanted, download_media, download_signed};
pub use erase_user::erase_user;
pub use export_user::{Exported, export_user};
pub use get_media::get_media;
pub use get_upload::get_upload;
pub use list_my_media::{Listed, list_my_media};
pub use locate_media::{Located, Sought, locate_media};
pub use sign_download::sign_download;
pub use upload_media::upload_media;

/// How long blobs are safe from being erased while a file is made of them. Longer
/// than putting the largest takes.
const CLAIM_TIME: Duration = Duration::from_mins(10);
/// How often, and how long after another, blobs are claimed that are being erased.
const CLAIMS_MAX: usize = 20;
const CLAIM_PAUSE: Duration = Duration::from_millis(100);

/// What somebody wants to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What for.
    pub purpose: Purpose,
    /// What it is called.
    pub name: FileName,
    /// How many bytes it has.
    pub size: u64,
    /// What they are to hash to, if that is said.
    pub hash: Option<BlobKey>,
}

/// What comes in an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The next bytes.
    Bytes(Bytes),
    /// There are no more, whatever was announced.
    End,
}

/// Whether an upload has all its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// Its end was said.
    Said,
    /// Its stream just ended.
    Silently,
}

/// Begins an upload of `owner`, and reserves what it takes.
async fn begin(service: &MediaService, owner: UserId, draft: Draft, manner: Manner) -> Result<Upload, Error> {
    let Draft { purpose, name, size, hash } = draft;
    if size > service.file_bytes_max {
        return Err(Error::TooLarge { max: service.file_bytes_max });
    }
    let created = service.clock.now();
    let (id, expires) = (MediaId::new(created), created.plus(manner.time_max()));
    let upload = Upload { id, owner, purpose, name, size, received: 0, hash, manner, created, expires };
    match service.stores.uploads.begin(&upload, &service.quota).await? {
        Begun::Yes => Ok(upload),
        Begun::Exceeded(exceeded) => Err(Error::Quota { exceeded, quota: service.quota }),
    }
}

/// Lets `owner` upload one more file at once, if they may.
fn enter(service: &MediaService, owner: UserId) -> Result<Lane, Error> {
    service.uploading.enter(owner).ok_or(Error::TooManyUploads { max: service.uploading.each_max() })
}

/// Returns the upload `id` of `owner` that can be taken up again.
async fn require_upload(service: &MediaService, owner: UserId, id: MediaId) -> Result<Upload, Error> {
    let found = service.stores.uploads.find_upload(id).await?;
    let is_theirs = |upload: &Upload| {
        let in_time = service.clock.now() < upload.expires;
        upload.owner == owner && upload.manner == Manner::Resumable && in_time
    };
    found.filter(is_theirs).ok_or(Error::NoSuchUpload { upload: id })
}

/// Writes what comes to `writer`, up to as many bytes as `upload` has.
async fn receive(
    service: &MediaService,
    upload: &Upload,
    writer: &mut Writer,
    mut pieces: impl Stream<Item = Result<Piece, Error>> + Unpin,
) -> Result<Ended, Error> {
    loop {
        let next = timeout(service.silence_max, pieces.next()).await;
        match next.map_err(|_| Error::BrokenOff)?.transpose()? {
            Some(Piece::Bytes(bytes)) if writer.size() + bytes.len() as u64 <= upload.size => {
                writer.write(&bytes).await?;
            }
            Some(Piece::Bytes(_)) => return Err(Error::TooLong { size: upload.size }),
            Some(Piece::End) => return Ok(Ended::Said),
            None => return Ok(Ended::Silently),
        }
        // Drop by drop, a client could go on for ever.
        if service.clock.now() >= upload.expires {
            return Err(Error::BrokenOff);
        }
    }
}

/// Makes a file of `upload`, all of whose bytes are in `file`.
async fn keep(service: &MediaService, upload: &Upload, file: &SpooledFile) -> Result<Media, Error> {
    if file.size == 0 {
        return Err(Error::Empty);
    }
    if upload.hash.is_some_and(|hash| hash != file.key) {
        return Err(Error::HashMismatch);
    }
    let examined = service.intake.examine(file).await?;
    if upload.purpose.takes_picture() && examined.blurhash.is_none() {
        return Err(Error::NotAPicture { purpose: upload.purpose });
    }
    let media = media_of(upload, file, &examined);
    claim(service, &media.blobs()).await?;
    let thumbnails = examined.thumbnails.iter().map(|(_, rendition)| rendition);
    for rendition in std::iter::once(&examined.original).chain(thumbnails) {
        service.blobs.put(&rendition.file).await?;
    }
    // Only now that the bytes are durable: what is known of them never promises too much.
    match service.stores.library.commit(&media).await? {
        Committed::Yes => Ok(media),
        Committed::NoUpload => Err(Error::NoSuchUpload { upload: upload.id }),
        Committed::Unclaimed => Err(Error::BeingErased),
    }
}

fn media_of(upload: &Upload, file: &SpooledFile, examined: &Examined) -> Media {
    let thumbnails = examined.thumbnails.iter().map(|(variant, rendition)| (*variant, form(rendition)));
    let mut thumbnails: Vec<_> = thumbnails.collect();
    thumbnails.sort_by_key(|(variant, _)| *variant);
    let original = form(&examined.original);
    Media {
        id: upload.id,
        owner: upload.owner,
        purpose: upload.purpose,
        name: upload.name.fitting(original.content_type),
        original,
        thumbnails,
        duration: examined.duration,
        blurhash: examined.blurhash.clone(),
        keeps_metadata: examined.keeps_metadata,
        charged: file.size,
        created: upload.created,
    }
}

fn form(rendition: &Rendition) -> Form {
    Form {
        key: rendition.file.key,
        size: rendition.file.size,
        content_type: rendition.content_type,
        dimensions: rendition.dimensions,
    }
}

/// Makes sure that none of `blobs` is erased while it is put.
async fn claim(service: &MediaService, blobs: &BTreeMap<BlobKey, u64>) -> Result<(), Error> {
    for _ in 0..CLAIMS_MAX {
        let until = service.clock.now().plus(CLAIM_TIME);
        match service.stores.blobs.claim(blobs, until).await? {
            Claimed::Yes => return Ok(()),
            Claimed::Erasing => sleep(CLAIM_PAUSE).await,
        }
    }
    Err(Error::BeingErased)
}

/// Removes the spooled file of `upload`, which is kept now: whatever becomes of
/// that, whoever uploaded it has what they wanted.
async fn tidy_up(service: &MediaService, upload: MediaId) {
    if let Err(error) = service.spool.remove(upload).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, %upload, "a spooled file could not be removed; the sweeper tries again");
    }
}

/// Gives `upload` up, with its bytes.
async fn give_up(service: &MediaService, upload: MediaId) -> Result<(), Error> {
    service.stores.uploads.cancel(upload).await?;
    Ok(service.spool.remove(upload).await?)
}

/// Whether trying again with the same bytes cannot succeed.
fn is_final(error: &Error) -> bool {
    match error {
        Error::Empty | Error::HashMismatch | Error::NotAPicture { .. } => true,
        Error::Refused(refused) => !matches!(refused, Refused::Unscanned | Refused::Failed(_)),
        _ => false,
    }
}
