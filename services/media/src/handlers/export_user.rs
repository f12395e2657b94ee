//! `internal.PersonalDataService.ExportUser`.

use async_stream::try_stream;
use bytes::Bytes;
use confab_core::UserId;
use confab_core::page::Page;
use futures_util::{Stream, StreamExt};

use super::{Part, Wanted, download_media};
use crate::blobs::BlobError;
use crate::domain::{Media, Variant};
use crate::error::Error;
use crate::service::MediaService;
use crate::store::MediaCursor;

/// How many files are looked for at once.
const PAGE_SIZE: usize = 100;

/// Some of what is kept of a person.
#[derive(Clone, Debug)]
pub enum Exported {
    /// What is known of files that they have uploaded.
    Known(Vec<Media>),
    /// The next bytes of one of these.
    Bytes(Box<Media>, Bytes),
    /// Those whose bytes are lost, all or some of them.
    Lost(Vec<Media>),
}

/// Reads everything that is kept of `user`: first what is known of their files,
/// then the bytes of one after the other. There is a part with nothing known, if
/// there is none. What is lost is no reason to keep the rest from them: it is named
/// in the end. There are no more of these than somebody may have files.
pub fn export_user(
    service: &MediaService,
    user: UserId,
) -> impl Stream<Item = Result<Exported, Error>> + Send + 'static {
    let service = service.clone();
    try_stream! {
        let mut after = None;
        loop {
            let (media, next) = list(&service, user, after).await?;
            yield Exported::Known(media);
            if next.is_none() {
                break;
            }
            after = next;
        }
        after = None;
        let mut lost = Vec::new();
        loop {
            let (media, next) = list(&service, user, after).await?;
            for file in media.into_iter().map(Box::new) {
                let wanted = Wanted { media: file.id, variant: Variant::Original, offset: 0, length: None };
                let mut parts = match download_media(&service, user, wanted).await {
                    // It was deleted meanwhile.
                    Err(Error::NoSuchMedia { .. }) => continue,
                    Err(error) if is_lost(&error) => {
                        lost.push(missed(*file, &error));
                        continue;
                    }
                    parts => parts?,
                };
                while let Some(part) = parts.next().await {
                    match part {
                        Ok(Part::Bytes(bytes)) => yield Exported::Bytes(file.clone(), bytes),
                        Ok(Part::Head(_)) => {}
                        Err(error) if is_lost(&error) => {
                            lost.push(missed(*file, &error));
                            break;
                        }
                        Err(error) => Err(error)?,
                    }
                }
            }
            if next.is_none() {
                break;
            }
            after = next;
        }
        for some in lost.chunks(PAGE_SIZE) {
            yield Exported::Lost(some.to_vec());
        }
    }
}

/// Whether bytes are gone, and no retry brings them back.
fn is_lost(error: &Error) -> bool {
    matches!(error, Error::Blobs(BlobError::Missing { .. } | BlobError::Corrupt { .. }))
}

/// Says to operators that the bytes of `file` are lost: nobody else is told.
fn missed(file: Media, error: &Error) -> Media {
    let error = error as &dyn std::error::Error;
    tracing::error!(error, media = %file.id, blob = %file.original.key, "a file is exported without its bytes");
    file
}

/// The next files of `user`, and where it goes on if there may be more.
async fn list(
    service: &MediaService,
    user: UserId,
    after: Option<MediaCursor>,
) -> Result<(Vec<Media>, Option<MediaCursor>), Error> {
    let media = service.stores.library.list(user, Page { size: PAGE_SIZE, after }).await?;
    let last = media.last().filter(|_| media.len() == PAGE_SIZE).map(|last| last.id.as_uuid());
    Ok((media, last))
}
