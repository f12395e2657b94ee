//! The media service as the message service sees it: somebody who attaches, and lets go.

use std::collections::{BTreeMap, HashSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::media_library_service_server::{
    MediaLibraryService, MediaLibraryServiceServer,
};
use confab_proto::media::v1;
use confab_rpc::{Channel, Failure};
use futures_util::Stream;
use prost::Message;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

/// What the message service asks of media, answered from memory: every file is a
/// picture and anybody's, unless it is said to be missing.
#[derive(Clone, Default)]
pub struct Media(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    /// What is attached to which place.
    places: BTreeMap<Vec<u8>, Vec<String>>,
    missing: HashSet<String>,
    erased: Vec<String>,
    away: bool,
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

    /// Everything that is attached to something, and as often as it is.
    pub fn attached(&self) -> Vec<String> {
        self.0.lock().unwrap().places.values().flatten().cloned().collect()
    }

    /// What was erased.
    pub fn erased(&self) -> Vec<String> {
        self.0.lock().unwrap().erased.clone()
    }

    /// The way to it.
    pub fn channel(&self) -> Channel {
        let mut routes = Routes::builder();
        routes.add_service(MediaLibraryServiceServer::new(self.clone()));
        Channel::in_process(routes.routes())
    }
}

/// What is known of a file.
fn known(media_id: String) -> v1::Media {
    v1::Media {
        media_id,
        kind: v1::MediaKind::Image.into(),
        content_type: "image/png".into(),
        name: "Sunset.png".into(),
        size: 7,
        width: 640,
        height: 480,
        blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj".into(),
        ..v1::Media::default()
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
        let (request, mut kept) = (request.into_inner(), self.0.lock().unwrap());
        if kept.away {
            return Err(Status::unavailable("away"));
        }
        if let Some(missing) = request.media_ids.iter().find(|id| kept.missing.contains(*id)) {
            let failure = Failure::not_found("NO_SUCH_MEDIA").with("media_id", missing);
            return Err(failure.into_status_saying("there is no such file"));
        }
        let place = kept.places.entry(request.place.unwrap().encode_to_vec()).or_default();
        for id in &request.media_ids {
            if !place.contains(id) {
                place.push(id.clone());
            }
        }
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
        let place = request.place.unwrap().encode_to_vec();
        let there = kept.places.remove(&place).unwrap_or_default();
        let (stay, go): (Vec<_>, Vec<_>) =
            there.into_iter().partition(|id| request.kept_media_ids.contains(id));
        kept.places.insert(place, stay);
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
