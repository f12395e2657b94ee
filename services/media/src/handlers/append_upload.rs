//! `MediaService.AppendUpload`.

use confab_core::{MediaId, UserId};
use futures_util::Stream;

use super::{Piece, enter, receive, require_upload};
use crate::domain::Upload;
use crate::error::Error;
use crate::service::MediaService;

/// Adds bytes to the upload `id` of `owner` that has `offset` bytes.
pub async fn append_upload(
    service: &MediaService,
    owner: UserId,
    (id, offset): (MediaId, u64),
    pieces: impl Stream<Item = Result<Piece, Error>> + Send + Unpin + 'static,
) -> Result<Upload, Error> {
    let (service, lane) = (service.clone(), enter(service, owner)?);
    // A task of its own: also when the caller goes away, what arrived is kept.
    let appending = tokio::spawn(async move {
        let mut upload = require_upload(&service, owner, id).await?;
        if upload.received != offset {
            return Err(Error::OffsetMismatch { received: upload.received });
        }
        let mut writer = service.spool.resume(id, offset).await?;
        let ended = receive(&service, &upload, &mut writer, pieces).await;
        drop(lane);
        writer.sync().await?;
        upload.received = writer.size();
        if !service.stores.uploads.advance(id, upload.received).await? {
            return Err(Error::NoSuchUpload { upload: id });
        }
        ended.map(|_| upload)
    });
    appending.await?
}
