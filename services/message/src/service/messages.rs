//! `MessageService` as gRPC sees it.

use confab_proto::message::v1;
use confab_proto::message::v1::message_service_server;
use confab_rpc::Caller;
use tonic::{Request, Response, Status};

use super::MessageService;
use crate::{convert, handlers};

/// How many events a response has if the request does not say.
const EVENTS_DEFAULT: usize = 100;

#[tonic::async_trait]
impl message_service_server::MessageService for MessageService {
    async fn send_message(
        &self,
        request: Request<v1::SendMessageRequest>,
    ) -> Result<Response<v1::SendMessageResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let (target, draft) = convert::draft(caller.user, request.into_inner())?;
        let sent = handlers::send_message(self, caller.user, target, draft).await?;
        Ok(Response::new(sent.into()))
    }

    async fn list_messages(
        &self,
        request: Request<v1::ListMessagesRequest>,
    ) -> Result<Response<v1::ListMessagesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let page = convert::page(request.page_size, &request.page_token)?;
        let (messages, next_page_token) =
            handlers::list_messages(self, caller.user, conversation, page).await?;
        let messages = messages.into_iter().map(Into::into).collect();
        Ok(Response::new(v1::ListMessagesResponse { messages, next_page_token }))
    }

    async fn list_events(
        &self,
        request: Request<v1::ListEventsRequest>,
    ) -> Result<Response<v1::ListEventsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let limit = convert::limit(request.page_size, EVENTS_DEFAULT);
        let (events, head) =
            handlers::list_events(self, caller.user, conversation, request.after_seq, limit).await?;
        Ok(Response::new(convert::events(events, head)))
    }
}
