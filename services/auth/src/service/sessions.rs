//! What other services ask about sessions, as gRPC sees it.

use std::pin::Pin;

use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::session_service_server::SessionService;
use futures_util::{Stream, TryStreamExt};
use tonic::{Request, Response, Status};

use super::AuthService;
use crate::{convert, handlers};

#[tonic::async_trait]
impl SessionService for AuthService {
    type WatchRevocationsStream =
        Pin<Box<dyn Stream<Item = Result<internal::WatchRevocationsResponse, Status>> + Send>>;

    async fn exchange_session(
        &self,
        request: Request<internal::ExchangeSessionRequest>,
    ) -> Result<Response<internal::ExchangeSessionResponse>, Status> {
        let address = convert::address_prefix(&request);
        let secret = convert::session_secret(request.into_inner());
        let token = handlers::exchange_session(self, secret, address).await?;
        Ok(Response::new(token.into()))
    }

    async fn watch_revocations(
        &self,
        _: Request<internal::WatchRevocationsRequest>,
    ) -> Result<Response<Self::WatchRevocationsStream>, Status> {
        let told = handlers::watch_revocations(self);
        Ok(Response::new(Box::pin(told.map_ok(convert::revocations).map_err(Status::from))))
    }

    async fn filter_sessions(
        &self,
        request: Request<internal::FilterSessionsRequest>,
    ) -> Result<Response<internal::FilterSessionsResponse>, Status> {
        let sessions = convert::session_ids(&request.get_ref().session_ids)?;
        let live = handlers::filter_sessions(self, sessions).await?;
        let session_ids = live.iter().map(ToString::to_string).collect();
        Ok(Response::new(internal::FilterSessionsResponse { session_ids }))
    }
}
