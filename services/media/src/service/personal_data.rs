//! What is kept of people, for the service that looks after their accounts.

use std::pin::Pin;

use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::personal_data_service_server::PersonalDataService;
use futures_util::{Stream, StreamExt};
use tonic::{Request, Response, Status};

use super::MediaService;
use crate::{convert, handlers};

#[tonic::async_trait]
impl PersonalDataService for MediaService {
    type ExportUserStream = Pin<Box<dyn Stream<Item = Result<internal::ExportUserResponse, Status>> + Send>>;

    async fn erase_user(
        &self,
        request: Request<internal::EraseUserRequest>,
    ) -> Result<Response<internal::EraseUserResponse>, Status> {
        let user = convert::user_id(&request.into_inner().user_id)?;
        let done = handlers::erase_user(self, user).await?;
        // What is erased is not there any more: nothing has to be remembered of it.
        Ok(Response::new(internal::EraseUserResponse { progress: String::new(), done }))
    }

    async fn export_user(
        &self,
        request: Request<internal::ExportUserRequest>,
    ) -> Result<Response<Self::ExportUserStream>, Status> {
        let user = convert::user_id(&request.into_inner().user_id)?;
        let parts = handlers::export_user(self, user);
        let answers = parts.map(|part| part.map(convert::exported).map_err(Status::from));
        Ok(Response::new(Box::pin(answers)))
    }
}
