//! `ConversationService` as gRPC sees it.

use confab_proto::message::v1;
use confab_proto::message::v1::conversation_service_server::ConversationService;
use confab_rpc::Caller;
use tonic::{Request, Response, Status};

use super::MessageService;
use crate::convert::Viewed;
use crate::{convert, handlers};

#[tonic::async_trait]
impl ConversationService for MessageService {
    async fn open_direct_conversation(
        &self,
        request: Request<v1::OpenDirectConversationRequest>,
    ) -> Result<Response<v1::OpenDirectConversationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let other = convert::user_id(&request.into_inner().user_id)?;
        let overview = handlers::open_direct_conversation(self, caller.user, other).await?;
        Ok(Response::new(v1::OpenDirectConversationResponse {
            conversation: Some(Viewed { overview, by: caller.user }.into()),
        }))
    }

    async fn list_conversations(
        &self,
        request: Request<v1::ListConversationsRequest>,
    ) -> Result<Response<v1::ListConversationsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let page = convert::page(request.page_size, &request.page_token)?;
        let (overviews, next_page_token) = handlers::list_conversations(self, caller.user, page).await?;
        let by = caller.user;
        let conversations = overviews.into_iter().map(|overview| Viewed { overview, by }.into()).collect();
        Ok(Response::new(v1::ListConversationsResponse { conversations, next_page_token }))
    }

    async fn mark_read(
        &self,
        request: Request<v1::MarkReadRequest>,
    ) -> Result<Response<v1::MarkReadResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let read = handlers::mark_read(self, caller.user, conversation, request.seq).await?;
        Ok(Response::new(read.into()))
    }
}
