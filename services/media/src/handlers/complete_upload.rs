//! `MediaService.CompleteUpload`.

use confab_core::{MediaId, UserId};

use super::{give_up, is_final, keep, require_upload, tidy_up};
use crate::domain::Media;
use crate::error::Error;
use crate::service::MediaService;

/// Makes a file of the upload `id` of `owner`, unless there is one already.
pub async fn complete_upload(service: &MediaService, owner: UserId, id: MediaId) -> Result<Media, Error> {
    let service = service.clone();
    // A task of its own: it goes on when the caller's time is over, and a retry
    // finds what became of it.
    tokio::spawn(async move { complete(&service, owner, id).await }).await?
}

async fn complete(service: &MediaService, owner: UserId, id: MediaId) -> Result<Media, Error> {
    let upload = match require_upload(service, owner, id).await {
        Ok(upload) => upload,
        Err(missing) => return completed_before(service, owner, id).await?.ok_or(missing),
    };
    if upload.received < upload.size {
        return Err(Error::Truncated { received: upload.received, size: upload.size });
    }
    let (_turn, file) = service.spool.seal(id, upload.size).await?;
    match keep(service, &upload, &file).await {
        Ok(media) => {
            tidy_up(service, id).await;
            Ok(media)
        }
        Err(error) => {
            if is_final(&error) {
                give_up(service, id).await?;
            }
            Err(error)
        }
    }
}

async fn completed_before(
    service: &MediaService,
    owner: UserId,
    id: MediaId,
) -> Result<Option<Media>, Error> {
    Ok(service.stores.library.find(id).await?.filter(|media| media.owner == owner))
}
