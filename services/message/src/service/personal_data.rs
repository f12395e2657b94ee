//! What is kept of people, for the service that looks after their accounts.

use std::pin::Pin;

use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::personal_data_service_server::PersonalDataService;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use tonic::{Request, Response, Status};

use super::MessageService;
use crate::{convert, handlers};

#[tonic::async_trait]
impl PersonalDataService for MessageService {
    type ExportUserStream = Pin<Box<dyn Stream<Item = Result<internal::ExportUserResponse, Status>> + Send>>;

    async fn erase_user(
        &self,
        request: Request<internal::EraseUserRequest>,
    ) -> Result<Response<internal::EraseUserResponse>, Status> {
        let (user, through) = convert::erasure(&request.into_inner())?;
        self.finisher.begin();
        let erased = handlers::erase_user(self, user, through).await?;
        Ok(Response::new(erased.into()))
    }

    async fn export_user(
        &self,
        request: Request<internal::ExportUserRequest>,
    ) -> Result<Response<Self::ExportUserStream>, Status> {
        let user = convert::exporter(&request.into_inner())?;
        let parts = handlers::export_user(self, user).map_err(Status::from);
        let answers = parts.map_ok(|part| stream::iter(convert::exported(part)).map(Ok)).try_flatten();
        Ok(Response::new(Box::pin(answers)))
    }
}
