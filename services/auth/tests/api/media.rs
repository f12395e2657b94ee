//! The media service as auth sees it: somebody who attaches, and lets go.

use std::collections::{BTreeMap, HashSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use confab_proto::auth::v1 as auth;
use confab_proto::auth::v1::admin_service_client::AdminServiceClient;
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::media_library_service_server::{
    MediaLibraryService, MediaLibraryServiceServer,
};
use confab_proto::internal::v1::media_place::Place;
use confab_proto::media::v1;
use confab_rpc::{Channel, Failure};
use futures_util::Stream;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

/// What auth asks of media, answered from memory: every file is a picture of
/// whoever asks, unless it is said to be missing.
#[derive(Clone, Default)]
pub struct Media(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    /// What is attached to whom.
    attached: BTreeMap<String, Vec<String>>,
    missing: HashSet<String>,
    erased: Vec<String>,
    away: bool,
    leaving: Option<AdminServiceClient<Channel>>,
}

impl Media {
    /// Lets a file not be there.
    pub fn lose(&self, media: &str) {
        self.0.lock().unwrap().missing.insert(media.to_owned());
    }

    /// Lets media go away, or come back.
    pub fn set_away(&self, away: bool) {
        self.0.lock().unwrap().away = away;
    }

    /// Lets the account of whoever something is attached to be erased just then.
    pub fn erase_meanwhile(&self, operator: AdminServiceClient<Channel>) {
        self.0.lock().unwrap().leaving = Some(operator);
    }

    /// What is attached to somebody.
    pub fn attached(&self, user: &str) -> Vec<String> {
        self.0.lock().unwrap().attached.get(user).cloned().unwrap_or_default()
    }

    /// What was erased.
    pub fn erased(&self) -> Vec<String> {
        self.0.lock().unwrap().erased.clone()
    }

    /// The way to it.
    pub fn channel(&self) -> Channel {
        Channel::in_process(Routes::new(MediaLibraryServiceServer::new(self.clone())))
    }
}

fn person(place: Option<internal::MediaPlace>) -> String {
    match place.and_then(|place| place.place) {
        Some(Place::UserId(user)) => user,
        other => panic!("{other:?} is no person"),
    }
}

#[tonic::async_trait]
impl MediaLibraryService for Media {
    type DownloadSignedStream =
        Pin<Box<dyn Stream<Item = Result<internal::DownloadSignedResponse, Status>> + Send>>;

    async fn attach_media(
        &self,
        request: Request<internal::AttachMediaRequest>,
    ) -> Result<Response<internal::AttachMediaResponse>, Status> {
        assert!(request.metadata().contains_key("authorization"), "internal RPCs need a service token");
        let request = request.into_inner();
        assert_eq!(request.source, None, "only what is their own");
        let user = person(request.place);
        assert_eq!(user, request.user_id, "people have pictures of themselves");
        let leaving = {
            let mut kept = self.0.lock().unwrap();
            if kept.away {
                return Err(Status::unavailable("away"));
            }
            if let Some(missing) = request.media_ids.iter().find(|id| kept.missing.contains(*id)) {
                let failure = Failure::not_found("NO_SUCH_MEDIA").with("media_id", missing);
                return Err(failure.into_status_saying("there is no such file"));
            }
            let attached = kept.attached.entry(user.clone()).or_default();
            for id in &request.media_ids {
                if !attached.contains(id) {
                    attached.push(id.clone());
                }
            }
            kept.leaving.clone()
        };
        if let Some(mut operator) = leaving {
            operator.erase_account(auth::EraseAccountRequest { user_id: user }).await.unwrap();
        }
        let known = |media_id| v1::Media { media_id, ..v1::Media::default() };
        let media = request.media_ids.into_iter().map(known).collect();
        Ok(Response::new(internal::AttachMediaResponse { media }))
    }

    async fn detach_media(
        &self,
        request: Request<internal::DetachMediaRequest>,
    ) -> Result<Response<internal::DetachMediaResponse>, Status> {
        let (request, mut kept) = (request.into_inner(), self.0.lock().unwrap());
        if kept.away {
            return Err(Status::unavailable("away"));
        }
        let is_erased = request.aftermath() == internal::Aftermath::Erase;
        let user = person(request.place);
        let there = kept.attached.remove(&user).unwrap_or_default();
        let (stay, go): (Vec<_>, Vec<_>) =
            there.into_iter().partition(|id| request.kept_media_ids.contains(id));
        kept.attached.insert(user, stay);
        if is_erased {
            kept.erased.extend(go);
        }
        Ok(Response::new(internal::DetachMediaResponse {}))
    }

    async fn download_signed(
        &self,
        _: Request<internal::DownloadSignedRequest>,
    ) -> Result<Response<Self::DownloadSignedStream>, Status> {
        Err(Status::unimplemented("not asked here"))
    }
}
