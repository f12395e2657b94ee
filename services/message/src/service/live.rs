//! `LiveService` as gRPC sees it.

use std::pin::Pin;

use confab_proto::message::v1;
use confab_proto::message::v1::live_service_server::LiveService;
use confab_rpc::Caller;
use futures_util::Stream;
use tonic::{Request, Response, Status};

use super::MessageService;
use crate::live::Known;
use crate::store::Visibility;
use crate::{convert, handlers};

#[tonic::async_trait]
impl LiveService for MessageService {
    type SubscribeStream = Pin<Box<dyn Stream<Item = Result<v1::SubscribeResponse, Status>> + Send>>;

    async fn subscribe(
        &self,
        request: Request<v1::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let known = Known::try_from(request.into_inner())?;
        let lifetime = caller.expires.since(self.clock.now());
        let stream = self.hub.clone().subscribe((caller.user, caller.session), known, lifetime).await?;
        Ok(Response::new(Box::pin(stream)))
    }

    async fn set_typing(
        &self,
        request: Request<v1::SetTypingRequest>,
    ) -> Result<Response<v1::SetTypingResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        handlers::set_typing(self, caller.user, conversation, request.typing).await?;
        Ok(Response::new(v1::SetTypingResponse {}))
    }

    async fn watch_presence(
        &self,
        request: Request<v1::WatchPresenceRequest>,
    ) -> Result<Response<v1::WatchPresenceResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (stream, users) = convert::watched(&request.into_inner())?;
        let presences = handlers::watch_presence(self, caller.user, stream, &users).await?;
        Ok(Response::new(v1::WatchPresenceResponse { presences }))
    }

    async fn set_presence_visibility(
        &self,
        request: Request<v1::SetPresenceVisibilityRequest>,
    ) -> Result<Response<v1::SetPresenceVisibilityResponse>, Status> {
        let caller = Caller::of(&request)?;
        let visibility = convert::visibility(request.into_inner());
        handlers::set_presence_visibility(self, caller.user, visibility).await?;
        Ok(Response::new(v1::SetPresenceVisibilityResponse {}))
    }

    async fn get_presence_visibility(
        &self,
        request: Request<v1::GetPresenceVisibilityRequest>,
    ) -> Result<Response<v1::GetPresenceVisibilityResponse>, Status> {
        let caller = Caller::of(&request)?;
        let visibility = handlers::get_presence_visibility(self, caller.user).await?;
        let hidden = visibility == Visibility::Hidden;
        Ok(Response::new(v1::GetPresenceVisibilityResponse { hidden }))
    }
}
