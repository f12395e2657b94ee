//! `MediaService.DeleteMedia`.

use confab_core::{MediaId, UserId};

use crate::error::Error;
use crate::service::MediaService;

/// Deletes the file `id`, if it is one of `owner`.
pub async fn delete_media(service: &MediaService, owner: UserId, id: MediaId) -> Result<(), Error> {
    if let Some(media) = service.stores.library.find(id).await?
        && media.owner == owner
    {
        service.stores.library.delete(id).await?;
        service.sweeper().erase_soon();
    }
    // Nobody learns whether somebody else has it.
    Ok(())
}
