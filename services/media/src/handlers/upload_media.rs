//! `MediaService.UploadMedia`.

use confab_core::UserId;
use futures_util::Stream;

use super::{Draft, Ended, Piece, begin, enter, give_up, keep, receive, tidy_up};
use crate::domain::{Manner, Media, Upload};
use crate::error::Error;
use crate::service::MediaService;

/// Keeps what `owner` uploads in one go.
pub async fn upload_media(
    service: &MediaService,
    owner: UserId,
    draft: Draft,
    pieces: impl Stream<Item = Result<Piece, Error>> + Send + Unpin + 'static,
) -> Result<Media, Error> {
    let (service, lane) = (service.clone(), enter(service, owner)?);
    // A task of its own: also when the caller goes away, what was reserved is given back.
    let uploading = tokio::spawn(async move {
        let upload = begin(&service, owner, draft, Manner::InOneGo).await?;
        let kept = receive_and_keep(&service, &upload, pieces).await;
        drop(lane);
        match kept {
            Ok(media) => {
                tidy_up(&service, upload.id).await;
                Ok(media)
            }
            Err(error) => {
                give_up(&service, upload.id).await?;
                Err(error)
            }
        }
    });
    uploading.await?
}

async fn receive_and_keep(
    service: &MediaService,
    upload: &Upload,
    pieces: impl Stream<Item = Result<Piece, Error>> + Unpin,
) -> Result<Media, Error> {
    let mut writer = service.spool.create(upload.id).await?;
    let ended = receive(service, upload, &mut writer, pieces).await?;
    let received = writer.size();
    if ended == Ended::Silently && received < upload.size {
        return Err(Error::Truncated { received, size: upload.size });
    }
    let (_turn, file) = writer.finish().await?;
    keep(service, upload, &file).await
}
