//! `LiveService` as gRPC sees it.

use std::pin::Pin;

use confab_proto::message::v1;
use confab_proto::message::v1::live_service_server::LiveService;
use confab_rpc::Caller;
use futures_util::Stream;
use tonic::{Request, Response, Status};

use super::MessageService;
use crate::live::Known;

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
        let stream = self.hub.clone().subscribe(caller.user, known, lifetime).await?;
        Ok(Response::new(Box::pin(stream)))
    }
}
