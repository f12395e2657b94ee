//! `MediaService.CancelUpload`.

use confab_core::{MediaId, UserId};

use super::{give_up, require_upload};
use crate::error::Error;
use crate::service::MediaService;

/// Gives the upload `id` of `owner` up.
pub async fn cancel_upload(service: &MediaService, owner: UserId, id: MediaId) -> Result<(), Error> {
    match require_upload(service, owner, id).await {
        Ok(upload) => give_up(service, upload.id).await,
        // What is not there need not be given up, whosever it was.
        Err(Error::NoSuchUpload { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
