//! `MediaService.ListMyMedia`.

use confab_core::UserId;
use confab_core::page::Page;

use crate::domain::{Media, Quota, Usage};
use crate::error::Error;
use crate::service::MediaService;
use crate::store::MediaCursor;

/// A page of somebody's files, and how much they have.
#[derive(Debug)]
pub struct Listed {
    /// The files, the latest first.
    pub media: Vec<Media>,
    /// Where the next page begins, if there is one.
    pub next: Option<MediaCursor>,
    /// How much they have.
    pub usage: Usage,
    /// How much they may have.
    pub quota: Quota,
    /// The largest file that anybody may upload, in bytes.
    pub file_bytes_max: u64,
}

/// Returns a page of the files of `owner`.
pub async fn list_my_media(
    service: &MediaService,
    owner: UserId,
    page: Page<MediaCursor>,
) -> Result<Listed, Error> {
    // One more than asked for tells whether there is a next page.
    let size = page.size;
    let mut media = service.stores.library.list(owner, Page { size: size + 1, ..page }).await?;
    let has_more = media.len() > size;
    media.truncate(size);
    let next = media.last().filter(|_| has_more).map(|last| last.id.as_uuid());
    let usage = service.stores.uploads.usage(owner).await?;
    Ok(Listed { media, next, usage, quota: service.quota, file_bytes_max: service.file_bytes_max })
}
