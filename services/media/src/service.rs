//! The gRPC services of media: who calls, what they want, do it, answer.

mod library;
mod personal_data;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use confab_core::Clock;
use confab_proto::internal::v1::media_library_service_server::MediaLibraryServiceServer;
use confab_proto::internal::v1::personal_data_service_server::PersonalDataServiceServer;
use confab_proto::internal::v1::place_service_client::PlaceServiceClient;
use confab_proto::internal::v1::user_directory_service_client::UserDirectoryServiceClient;
use confab_proto::media::v1;
use confab_proto::media::v1::media_service_server::{self, MediaServiceServer};
use confab_rpc::{Caller, Channel, RemoteKeys, Revoked, ServiceKey, TokenVerifier, guard};
use futures_util::{Stream, StreamExt};
use tokio::sync::Notify;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

use crate::access::{Access, Neighbours};
use crate::blobs::BlobStore;
use crate::config::Config;
use crate::domain::Quota;
use crate::intake::Intake;
use crate::signature::Signer;
use crate::spool::Spool;
use crate::store::Stores;
use crate::sweeper::Sweeper;
use crate::uploading::Uploading;
use crate::{convert, handlers};

/// The largest request, in bytes: a chunk of 64 KiB and some room.
const MESSAGE_BYTES_MAX: usize = 80 * 1024;

/// Where the service keeps things.
pub struct Kept {
    /// What is known of files.
    pub stores: Stores,
    /// Their bytes.
    pub blobs: Arc<dyn BlobStore>,
    /// What is on its way.
    pub spool: Spool,
}

/// The services that this one asks.
#[derive(Clone)]
pub struct Clients {
    neighbours: Neighbours,
    keys: Channel,
    service_key: ServiceKey,
    revoked: Arc<Revoked>,
}

impl Clients {
    /// Asks the auth and the message service that `auth` and `message` lead to.
    #[must_use]
    pub fn new(auth: Channel, message: Channel, service_key: ServiceKey, clock: Arc<dyn Clock>) -> Self {
        let as_media =
            |channel: Channel| channel.with_service_token("media", service_key.clone(), clock.clone());
        let neighbours = Neighbours {
            places: PlaceServiceClient::new(as_media(message)),
            people: UserDirectoryServiceClient::new(as_media(auth.clone())),
        };
        Self { neighbours, keys: auth, service_key, revoked: Arc::default() }
    }

    /// The same for a service that lets nobody in whose session `revoked` knows.
    #[must_use]
    pub fn heeding(self, revoked: Arc<Revoked>) -> Self {
        Self { revoked, ..self }
    }
}

/// Keeps pictures and files. Clones are one and the same.
#[derive(Clone)]
pub struct MediaService {
    pub(crate) stores: Stores,
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) spool: Spool,
    pub(crate) intake: Arc<Intake>,
    pub(crate) access: Access,
    pub(crate) signer: Signer,
    pub(crate) quota: Quota,
    pub(crate) uploading: Uploading,
    pub(crate) silence_max: Duration,
    pub(crate) file_bytes_max: u64,
    pub(crate) clock: Arc<dyn Clock>,
    /// The sessions whose addresses open nothing.
    pub(crate) revoked: Arc<Revoked>,
    /// Rings when something can be erased.
    bell: Arc<Notify>,
    verifier: Arc<TokenVerifier>,
}

impl MediaService {
    /// Makes the service. Nothing runs and no port is open after this.
    #[must_use]
    pub fn new(config: &Config, kept: Kept, intake: Intake, clients: Clients, clock: Arc<dyn Clock>) -> Self {
        let Kept { stores, blobs, spool } = kept;
        let source = Arc::new(RemoteKeys::new(clients.keys));
        let verifier = TokenVerifier::new(source, &clients.service_key, clock.clone());
        Self {
            access: Access::new(stores.library.clone(), clients.neighbours, clock.clone()),
            stores,
            blobs,
            spool,
            intake: Arc::new(intake),
            signer: Signer::new(&clients.service_key),
            quota: Quota {
                bytes: config.media_user_max_bytes.get(),
                files: config.media_user_max_files.get(),
            },
            uploading: Uploading::new(config.media_user_max_uploads.get()),
            silence_max: config.media_upload_silence,
            file_bytes_max: config.media_file_max_bytes.get(),
            clock,
            bell: Arc::default(),
            revoked: clients.revoked.clone(),
            verifier: Arc::new(verifier.heeding(clients.revoked)),
        }
    }

    /// Removes what nobody needs.
    #[must_use]
    pub fn sweeper(&self) -> Sweeper {
        Sweeper {
            stores: self.stores.clone(),
            blobs: self.blobs.clone(),
            spool: self.spool.clone(),
            access: self.access.clone(),
            clock: self.clock.clone(),
            bell: self.bell.clone(),
        }
    }

    /// All services of media, guarded: to be served on a port, or called in process.
    #[must_use]
    pub fn into_routes(self) -> Routes {
        let verifier = self.verifier.clone();
        let mut routes = Routes::builder();
        routes
            .add_service(MediaServiceServer::new(self.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(
                MediaLibraryServiceServer::new(self.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX),
            )
            .add_service(PersonalDataServiceServer::new(self).max_decoding_message_size(MESSAGE_BYTES_MAX));
        guard(routes.routes(), verifier)
    }
}

#[tonic::async_trait]
impl media_service_server::MediaService for MediaService {
    type DownloadMediaStream = Pin<Box<dyn Stream<Item = Result<v1::DownloadMediaResponse, Status>> + Send>>;

    async fn upload_media(
        &self,
        request: Request<Streaming<v1::UploadMediaRequest>>,
    ) -> Result<Response<v1::UploadMediaResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (draft, pieces) = convert::upload(request.into_inner()).await?;
        let media = handlers::upload_media(self, caller.user, draft, pieces).await?;
        Ok(Response::new(v1::UploadMediaResponse { media: Some(media.into()) }))
    }

    async fn create_upload(
        &self,
        request: Request<v1::CreateUploadRequest>,
    ) -> Result<Response<v1::CreateUploadResponse>, Status> {
        let caller = Caller::of(&request)?;
        let draft = convert::draft(request.into_inner().header.unwrap_or_default());
        let upload = handlers::create_upload(self, caller.user, draft).await?;
        Ok(Response::new(v1::CreateUploadResponse { upload: Some(upload.into()) }))
    }

    async fn append_upload(
        &self,
        request: Request<Streaming<v1::AppendUploadRequest>>,
    ) -> Result<Response<v1::AppendUploadResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (at, pieces) = convert::append(request.into_inner()).await?;
        let upload = handlers::append_upload(self, caller.user, at, pieces).await?;
        Ok(Response::new(v1::AppendUploadResponse { upload: Some(upload.into()) }))
    }

    async fn get_upload(
        &self,
        request: Request<v1::GetUploadRequest>,
    ) -> Result<Response<v1::GetUploadResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = convert::upload_id(&request.into_inner().upload_id)?;
        let upload = handlers::get_upload(self, caller.user, id).await?;
        Ok(Response::new(v1::GetUploadResponse { upload: Some(upload.into()) }))
    }

    async fn complete_upload(
        &self,
        request: Request<v1::CompleteUploadRequest>,
    ) -> Result<Response<v1::CompleteUploadResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = convert::upload_id(&request.into_inner().upload_id)?;
        let media = handlers::complete_upload(self, caller.user, id).await?;
        Ok(Response::new(v1::CompleteUploadResponse { media: Some(media.into()) }))
    }

    async fn cancel_upload(
        &self,
        request: Request<v1::CancelUploadRequest>,
    ) -> Result<Response<v1::CancelUploadResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = convert::upload_id(&request.into_inner().upload_id)?;
        handlers::cancel_upload(self, caller.user, id).await?;
        Ok(Response::new(v1::CancelUploadResponse {}))
    }

    async fn get_media(
        &self,
        request: Request<v1::GetMediaRequest>,
    ) -> Result<Response<v1::GetMediaResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = convert::media_id(&request.into_inner().media_id)?;
        let media = handlers::get_media(self, caller.user, id).await?;
        Ok(Response::new(v1::GetMediaResponse { media: Some(media.into()) }))
    }

    async fn batch_get_media(
        &self,
        request: Request<v1::BatchGetMediaRequest>,
    ) -> Result<Response<v1::BatchGetMediaResponse>, Status> {
        let caller = Caller::of(&request)?;
        let ids = convert::media_ids(&request.into_inner().media_ids)?;
        let media = handlers::batch_get_media(self, caller.user, ids).await?;
        Ok(Response::new(v1::BatchGetMediaResponse { media: convert::all(media) }))
    }

    async fn list_my_media(
        &self,
        request: Request<v1::ListMyMediaRequest>,
    ) -> Result<Response<v1::ListMyMediaResponse>, Status> {
        let caller = Caller::of(&request)?;
        let page = convert::page(&request.into_inner())?;
        let listed = handlers::list_my_media(self, caller.user, page).await?;
        Ok(Response::new(listed.into()))
    }

    async fn download_media(
        &self,
        request: Request<v1::DownloadMediaRequest>,
    ) -> Result<Response<Self::DownloadMediaStream>, Status> {
        let caller = Caller::of(&request)?;
        let wanted = convert::wanted(&request.into_inner())?;
        let parts = handlers::download_media(self, caller.user, wanted).await?;
        let parts = parts.map(|part| part.map(convert::part).map_err(Status::from));
        Ok(Response::new(Box::pin(parts)))
    }

    async fn delete_media(
        &self,
        request: Request<v1::DeleteMediaRequest>,
    ) -> Result<Response<v1::DeleteMediaResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = convert::media_id(&request.into_inner().media_id)?;
        handlers::delete_media(self, caller.user, id).await?;
        Ok(Response::new(v1::DeleteMediaResponse {}))
    }

    async fn sign_download(
        &self,
        request: Request<v1::SignDownloadRequest>,
    ) -> Result<Response<v1::SignDownloadResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let (id, variant) = (convert::media_id(&request.media_id)?, convert::variant(request.variant()));
        let (grant, signature) = handlers::sign_download(self, caller, id, variant).await?;
        Ok(Response::new(convert::address(grant, &signature)))
    }

    async fn locate_media(
        &self,
        request: Request<v1::LocateMediaRequest>,
    ) -> Result<Response<v1::LocateMediaResponse>, Status> {
        let caller = Caller::of(&request)?;
        let sought = convert::sought(&request.into_inner())?;
        let located = handlers::locate_media(self, caller.user, sought).await?;
        Ok(Response::new(located.into()))
    }
}
