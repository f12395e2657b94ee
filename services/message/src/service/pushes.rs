//! `PushService` as gRPC sees it.

use confab_proto::message::v1;
use confab_proto::message::v1::push_service_server::PushService;
use confab_rpc::Caller;
use tonic::{Request, Response, Status};

use super::MessageService;
use crate::{convert, handlers};

#[tonic::async_trait]
impl PushService for MessageService {
    async fn get_push_key(
        &self,
        request: Request<v1::GetPushKeyRequest>,
    ) -> Result<Response<v1::GetPushKeyResponse>, Status> {
        Caller::of(&request)?;
        let public_key = self.pusher.outside().public_key().unwrap_or_default().to_vec().into();
        Ok(Response::new(v1::GetPushKeyResponse { public_key }))
    }

    async fn set_push_subscription(
        &self,
        request: Request<v1::SetPushSubscriptionRequest>,
    ) -> Result<Response<v1::SetPushSubscriptionResponse>, Status> {
        let caller = Caller::of(&request)?;
        let wanted = convert::wanted_push(request.into_inner(), self.pusher.outside())?;
        handlers::set_push_subscription(self, caller, wanted).await?;
        Ok(Response::new(v1::SetPushSubscriptionResponse {}))
    }

    async fn get_push_subscription(
        &self,
        request: Request<v1::GetPushSubscriptionRequest>,
    ) -> Result<Response<v1::GetPushSubscriptionResponse>, Status> {
        let caller = Caller::of(&request)?;
        let device = handlers::get_push_subscription(self, caller.session).await?;
        let subscription = device.map(Into::into);
        Ok(Response::new(v1::GetPushSubscriptionResponse { subscription }))
    }

    async fn delete_push_subscription(
        &self,
        request: Request<v1::DeletePushSubscriptionRequest>,
    ) -> Result<Response<v1::DeletePushSubscriptionResponse>, Status> {
        let caller = Caller::of(&request)?;
        handlers::delete_push_subscription(self, caller.session).await?;
        Ok(Response::new(v1::DeletePushSubscriptionResponse {}))
    }

    async fn list_pushes(
        &self,
        request: Request<v1::ListPushesRequest>,
    ) -> Result<Response<v1::ListPushesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let page = convert::page(request.page_size, &request.page_token)?;
        let (pushes, next_page_token) = handlers::list_pushes(self, caller.user, page).await?;
        let pushes = pushes.into_iter().map(Into::into).collect();
        Ok(Response::new(v1::ListPushesResponse { pushes, next_page_token }))
    }
}
