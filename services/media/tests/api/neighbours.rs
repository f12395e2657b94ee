//! What the media service asks of auth and message, answered from memory.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use axum::response::{IntoResponse, Response};
use axum::{Router, routing::post};
use confab_proto::auth::v1 as auth;
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::media_place::Place;
use confab_proto::internal::v1::place_service_server::{PlaceService, PlaceServiceServer};
use confab_proto::internal::v1::user_directory_service_server::{
    UserDirectoryService, UserDirectoryServiceServer,
};
use confab_rpc::Channel;
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use prost::Message;
use tonic::service::Routes;
use tonic::{Request, Status};

/// The public half of the key that tokens are signed with (RFC 8032, section 7.1, test 1).
const PUBLIC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// An auth service that knows one key, and whose pictures `places` holds.
pub fn auth(places: &Places) -> Channel {
    let router = Router::new().route("/confab.auth.v1.AuthService/ListSigningKeys", post(list_signing_keys));
    let people = Routes::new(UserDirectoryServiceServer::new(places.clone())).into_axum_router();
    Channel::in_process(Routes::from(router.merge(people)))
}

async fn list_signing_keys() -> Response {
    let public_key = hex::decode(PUBLIC_KEY).unwrap().into();
    let key = auth::SigningKey { key_id: "test".into(), public_key, create_time: None };
    let message = auth::ListSigningKeysResponse { keys: vec![key] }.encode_to_vec();
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let body = axum::body::Body::from(frame).with_trailers(std::future::ready(Some(Ok(trailers))));
    ([("content-type", "application/grpc")], axum::body::Body::new(body)).into_response()
}

/// A message service that knows who sees what, and what holds what.
#[derive(Clone, Default)]
pub struct Places(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    seen: HashSet<(String, Vec<u8>)>,
    held: HashSet<(Vec<u8>, String)>,
    away: bool,
    asked: usize,
}

impl Places {
    /// The way to it.
    pub fn channel(&self) -> Channel {
        let mut routes = Routes::builder();
        routes.add_service(PlaceServiceServer::new(self.clone()));
        Channel::in_process(routes.routes())
    }

    /// Lets somebody see a place, or not any more.
    pub fn show(&self, user: &str, place: &internal::MediaPlace, shown: bool) {
        let (mut known, key) = (self.0.lock().unwrap(), (user.to_owned(), place.encode_to_vec()));
        if shown {
            known.seen.insert(key)
        } else {
            known.seen.remove(&key)
        };
    }

    /// Lets a place hold a file.
    pub fn hold(&self, place: &internal::MediaPlace, media: &str) {
        self.0.lock().unwrap().held.insert((place.encode_to_vec(), media.to_owned()));
    }

    /// Lets the service go away, or come back.
    pub fn set_away(&self, away: bool) {
        self.0.lock().unwrap().away = away;
    }

    /// How often it was asked what somebody sees.
    pub fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }
}

#[tonic::async_trait]
impl PlaceService for Places {
    async fn filter_visible_places(
        &self,
        request: Request<internal::FilterVisiblePlacesRequest>,
    ) -> Result<tonic::Response<internal::FilterVisiblePlacesResponse>, Status> {
        assert!(request.metadata().contains_key("authorization"), "internal RPCs need a service token");
        let (request, mut known) = (request.into_inner(), self.0.lock().unwrap());
        if known.away {
            return Err(Status::unavailable("away"));
        }
        known.asked += 1;
        let is_seen = |place: &internal::MediaPlace| {
            known.seen.contains(&(request.user_id.clone(), place.encode_to_vec()))
        };
        let indexes = (0..).zip(&request.places).filter(|(_, place)| is_seen(place)).map(|(index, _)| index);
        Ok(tonic::Response::new(internal::FilterVisiblePlacesResponse { indexes: indexes.collect() }))
    }

    async fn filter_held_places(
        &self,
        request: Request<internal::FilterHeldPlacesRequest>,
    ) -> Result<tonic::Response<internal::FilterHeldPlacesResponse>, Status> {
        let (request, known) = (request.into_inner(), self.0.lock().unwrap());
        if known.away {
            return Err(Status::unavailable("away"));
        }
        let is_held = |holding: &internal::Holding| {
            let place = holding.place.as_ref().unwrap().encode_to_vec();
            known.held.contains(&(place, holding.media_id.clone()))
        };
        let indexes = (0..).zip(&request.holdings).filter(|(_, held)| is_held(held)).map(|(index, _)| index);
        Ok(tonic::Response::new(internal::FilterHeldPlacesResponse { indexes: indexes.collect() }))
    }
}

#[tonic::async_trait]
impl UserDirectoryService for Places {
    async fn filter_held_pictures(
        &self,
        request: Request<internal::FilterHeldPicturesRequest>,
    ) -> Result<tonic::Response<internal::FilterHeldPicturesResponse>, Status> {
        assert!(request.metadata().contains_key("authorization"), "internal RPCs need a service token");
        let (request, known) = (request.into_inner(), self.0.lock().unwrap());
        if known.away {
            return Err(Status::unavailable("away"));
        }
        let is_held = |picture: &internal::HeldPicture| {
            let place = Place::UserId(picture.user_id.clone());
            let place = internal::MediaPlace { place: Some(place) }.encode_to_vec();
            known.held.contains(&(place, picture.media_id.clone()))
        };
        let indexes = (0..).zip(&request.pictures).filter(|(_, held)| is_held(held)).map(|(index, _)| index);
        Ok(tonic::Response::new(internal::FilterHeldPicturesResponse { indexes: indexes.collect() }))
    }

    async fn filter_users(
        &self,
        _: Request<internal::FilterUsersRequest>,
    ) -> Result<tonic::Response<internal::FilterUsersResponse>, Status> {
        Err(Status::unimplemented("not asked here"))
    }

    async fn check_contact(
        &self,
        _: Request<internal::CheckContactRequest>,
    ) -> Result<tonic::Response<internal::CheckContactResponse>, Status> {
        Err(Status::unimplemented("not asked here"))
    }

    async fn check_push(
        &self,
        _: Request<internal::CheckPushRequest>,
    ) -> Result<tonic::Response<internal::CheckPushResponse>, Status> {
        Err(Status::unimplemented("not asked here"))
    }
}
