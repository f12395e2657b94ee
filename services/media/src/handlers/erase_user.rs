//! `internal.PersonalDataService.EraseUser`.

use confab_core::UserId;
use confab_core::page::Page;

use crate::error::Error;
use crate::service::MediaService;

/// How many files are erased in one call: some seconds' worth.
const FILES_MAX: usize = 200;

/// Erases some of the files of `user`, wherever they are attached, and returns
/// whether none is left. What is still on its way expires by itself.
pub async fn erase_user(service: &MediaService, user: UserId) -> Result<bool, Error> {
    let library = &service.stores.library;
    let media = library.list(user, Page { size: FILES_MAX, after: None }).await?;
    for file in &media {
        library.delete(file.id).await?;
    }
    service.sweeper().erase_soon();
    Ok(media.len() < FILES_MAX)
}
