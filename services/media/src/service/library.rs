//! The library as other services see it.

use std::pin::Pin;

use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::media_library_service_server::MediaLibraryService;
use futures_util::{Stream, StreamExt};
use tonic::{Request, Response, Status};

use super::MediaService;
use crate::{convert, handlers};

#[tonic::async_trait]
impl MediaLibraryService for MediaService {
    type DownloadSignedStream =
        Pin<Box<dyn Stream<Item = Result<internal::DownloadSignedResponse, Status>> + Send>>;

    async fn attach_media(
        &self,
        request: Request<internal::AttachMediaRequest>,
    ) -> Result<Response<internal::AttachMediaResponse>, Status> {
        let attaching = convert::attaching(request.into_inner())?;
        let media = handlers::attach_media(self, attaching).await?;
        Ok(Response::new(internal::AttachMediaResponse { media: convert::all(media) }))
    }

    async fn detach_media(
        &self,
        request: Request<internal::DetachMediaRequest>,
    ) -> Result<Response<internal::DetachMediaResponse>, Status> {
        let detaching = convert::detaching(request.into_inner())?;
        handlers::detach_media(self, detaching).await?;
        Ok(Response::new(internal::DetachMediaResponse {}))
    }

    async fn download_signed(
        &self,
        request: Request<internal::DownloadSignedRequest>,
    ) -> Result<Response<Self::DownloadSignedStream>, Status> {
        let (wanted, grant, signature) = convert::signed(request.into_inner())?;
        let parts = handlers::download_signed(self, wanted, grant, &signature).await?;
        let answer = |part| internal::DownloadSignedResponse { part: Some(convert::part(part)) };
        let parts = parts.map(move |part| part.map(answer).map_err(Status::from));
        Ok(Response::new(Box::pin(parts)))
    }
}
