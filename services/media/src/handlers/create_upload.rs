//! `MediaService.CreateUpload`.

use confab_core::UserId;

use super::{Draft, begin, give_up};
use crate::domain::{Manner, Upload};
use crate::error::Error;
use crate::service::MediaService;
use crate::spool::SpoolError;

/// Begins an upload of `owner` that can be taken up again.
pub async fn create_upload(service: &MediaService, owner: UserId, draft: Draft) -> Result<Upload, Error> {
    let upload = begin(service, owner, draft, Manner::Resumable).await?;
    match create_file(service, &upload).await {
        Ok(()) => Ok(upload),
        Err(error) => {
            give_up(service, upload.id).await?;
            Err(error.into())
        }
    }
}

async fn create_file(service: &MediaService, upload: &Upload) -> Result<(), SpoolError> {
    Ok(service.spool.create(upload.id).await?.sync().await?)
}
