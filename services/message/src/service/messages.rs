//! `MessageService` as gRPC sees it.

use confab_proto::message::v1;
use confab_proto::message::v1::message_service_server;
use confab_rpc::Caller;
use tonic::{Request, Response, Status};

use super::MessageService;
use crate::handlers::Edited;
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
        let sent = handlers::send_message(self, target, draft).await?;
        Ok(Response::new(convert::sent(sent)))
    }

    async fn forward_message(
        &self,
        request: Request<v1::ForwardMessageRequest>,
    ) -> Result<Response<v1::ForwardMessageResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let forward = convert::forward(request.into_inner())?;
        let sent = handlers::forward_message(self, caller.user, forward).await?;
        Ok(Response::new(convert::forwarded(sent)))
    }

    async fn edit_message(
        &self,
        request: Request<v1::EditMessageRequest>,
    ) -> Result<Response<v1::EditMessageResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let (place, draft) = convert::edit(caller.user, request.into_inner())?;
        let Edited { message, replayed } = handlers::edit_message(self, place, draft).await?;
        Ok(Response::new(v1::EditMessageResponse { message: Some(message.into()), replayed }))
    }

    async fn delete_message(
        &self,
        request: Request<v1::DeleteMessageRequest>,
    ) -> Result<Response<v1::DeleteMessageResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let v1::DeleteMessageRequest { conversation_id, seq } = request.into_inner();
        let place = convert::place(&conversation_id, seq)?;
        let message = handlers::delete_message(self, caller.user, place).await?;
        Ok(Response::new(v1::DeleteMessageResponse { message: Some(message.into()) }))
    }

    async fn get_message(
        &self,
        request: Request<v1::GetMessageRequest>,
    ) -> Result<Response<v1::GetMessageResponse>, Status> {
        let caller = Caller::of(&request)?;
        let v1::GetMessageRequest { conversation_id, seq } = request.into_inner();
        let place = convert::place(&conversation_id, seq)?;
        let message = handlers::get_message(self, caller.user, place).await?;
        Ok(Response::new(v1::GetMessageResponse { message: Some(message.into()) }))
    }

    async fn list_edits(
        &self,
        request: Request<v1::ListEditsRequest>,
    ) -> Result<Response<v1::ListEditsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let place = convert::place(&request.conversation_id, request.seq)?;
        let page = convert::page(request.page_size, &request.page_token)?;
        let (events, next_page_token) = handlers::list_edits(self, caller.user, place, page).await?;
        let versions = events.into_iter().filter_map(convert::version).collect();
        Ok(Response::new(v1::ListEditsResponse { versions, next_page_token }))
    }

    async fn add_reaction(
        &self,
        request: Request<v1::AddReactionRequest>,
    ) -> Result<Response<v1::AddReactionResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let request = request.into_inner();
        let place = convert::place(&request.conversation_id, request.seq)?;
        let emoji = convert::emoji(&request.emoji)?;
        let message = handlers::add_reaction(self, caller.user, place, emoji).await?;
        Ok(Response::new(v1::AddReactionResponse { message: Some(message.into()) }))
    }

    async fn remove_reaction(
        &self,
        request: Request<v1::RemoveReactionRequest>,
    ) -> Result<Response<v1::RemoveReactionResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let request = request.into_inner();
        let place = convert::place(&request.conversation_id, request.seq)?;
        let emoji = convert::emoji(&request.emoji)?;
        let message = handlers::remove_reaction(self, caller.user, place, emoji).await?;
        Ok(Response::new(v1::RemoveReactionResponse { message: Some(message.into()) }))
    }

    async fn list_reactions(
        &self,
        request: Request<v1::ListReactionsRequest>,
    ) -> Result<Response<v1::ListReactionsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let place = convert::place(&request.conversation_id, request.seq)?;
        let emoji = convert::wanted_emoji(&request.emoji)?;
        let page = convert::page(request.page_size, &request.page_token)?;
        let (found, next_page_token) =
            handlers::list_reactions(self, caller.user, place, emoji, page).await?;
        let reactions = found.into_iter().map(convert::user_reaction).collect();
        Ok(Response::new(v1::ListReactionsResponse { reactions, next_page_token }))
    }

    async fn pin_message(
        &self,
        request: Request<v1::PinMessageRequest>,
    ) -> Result<Response<v1::PinMessageResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let v1::PinMessageRequest { conversation_id, seq } = request.into_inner();
        let place = convert::place(&conversation_id, seq)?;
        let message = handlers::pin_message(self, caller.user, place).await?;
        Ok(Response::new(v1::PinMessageResponse { message: Some(message.into()) }))
    }

    async fn unpin_message(
        &self,
        request: Request<v1::UnpinMessageRequest>,
    ) -> Result<Response<v1::UnpinMessageResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let v1::UnpinMessageRequest { conversation_id, seq } = request.into_inner();
        let place = convert::place(&conversation_id, seq)?;
        let message = handlers::unpin_message(self, caller.user, place).await?;
        Ok(Response::new(v1::UnpinMessageResponse { message: Some(message.into()) }))
    }

    async fn list_pinned_messages(
        &self,
        request: Request<v1::ListPinnedMessagesRequest>,
    ) -> Result<Response<v1::ListPinnedMessagesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let page = convert::page(request.page_size, &request.page_token)?;
        let (messages, next_page_token) =
            handlers::list_pinned_messages(self, caller.user, conversation, page).await?;
        let messages = messages.into_iter().map(Into::into).collect();
        Ok(Response::new(v1::ListPinnedMessagesResponse { messages, next_page_token }))
    }

    async fn list_messages(
        &self,
        request: Request<v1::ListMessagesRequest>,
    ) -> Result<Response<v1::ListMessagesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let page = convert::page(request.page_size, &request.page_token)?;
        let start = request.start.map(convert::start).transpose()?;
        let listed = handlers::list_messages(self, caller.user, conversation, (page, start)).await?;
        Ok(Response::new(listed.into()))
    }

    async fn search_messages(
        &self,
        request: Request<v1::SearchMessagesRequest>,
    ) -> Result<Response<v1::SearchMessagesResponse>, Status> {
        let caller = Caller::of(&request)?;
        // Also what nobody has been told of since the program began.
        self.indexer.begin();
        let (wanted, page) = convert::wanted(request.into_inner())?;
        let (messages, next_page_token) = handlers::search_messages(self, caller.user, wanted, page).await?;
        let messages = messages.into_iter().map(Into::into).collect();
        Ok(Response::new(v1::SearchMessagesResponse { messages, next_page_token }))
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
