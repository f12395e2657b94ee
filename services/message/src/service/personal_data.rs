//! What is kept of people, for the service that looks after their accounts.

use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::personal_data_service_server::PersonalDataService;
use tonic::{Request, Response, Status};

use super::MessageService;
use crate::{convert, handlers};

#[tonic::async_trait]
impl PersonalDataService for MessageService {
    async fn erase_user(
        &self,
        request: Request<internal::EraseUserRequest>,
    ) -> Result<Response<internal::EraseUserResponse>, Status> {
        let (user, through) = convert::erasure(&request.into_inner())?;
        self.finisher.begin();
        let erased = handlers::erase_user(self, user, through).await?;
        Ok(Response::new(erased.into()))
    }
}
