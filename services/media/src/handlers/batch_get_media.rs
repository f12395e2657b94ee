//! `MediaService.BatchGetMedia`.

use confab_core::{MediaId, UserId};

use crate::domain::Media;
use crate::error::Error;
use crate::service::MediaService;

/// Returns those of the files `ids` that `user` may see.
pub async fn batch_get_media(
    service: &MediaService,
    user: UserId,
    ids: Vec<MediaId>,
) -> Result<Vec<Media>, Error> {
    let mut seen = Vec::new();
    for media in service.stores.library.find_many(&ids).await? {
        if service.access.allows(user, &media).await? {
            seen.push(media);
        }
    }
    Ok(seen)
}
