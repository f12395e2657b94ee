//! `MediaService.GetUpload`.

use confab_core::{MediaId, UserId};

use super::require_upload;
use crate::domain::Upload;
use crate::error::Error;
use crate::service::MediaService;

/// Returns how far the upload `id` of `owner` has come.
pub async fn get_upload(service: &MediaService, owner: UserId, id: MediaId) -> Result<Upload, Error> {
    require_upload(service, owner, id).await
}
