//! `MediaService.GetMedia`.

use confab_core::{MediaId, UserId};

use crate::domain::Media;
use crate::error::Error;
use crate::service::MediaService;

/// Returns what is known of the file `id`, if `user` may see it.
pub async fn get_media(service: &MediaService, user: UserId, id: MediaId) -> Result<Media, Error> {
    let found = service.stores.library.find(id).await?;
    let media = found.ok_or(Error::NoSuchMedia { media: id })?;
    service.access.require(user, &media).await?;
    Ok(media)
}
