//! `ConversationService` as gRPC sees it.

use confab_core::UserId;
use confab_proto::message::v1;
use confab_proto::message::v1::conversation_service_server::ConversationService;
use confab_rpc::Caller;
use tonic::{Request, Response, Status};

use super::MessageService;
use crate::convert::Viewed;
use crate::domain::{Overview, Shelf};
use crate::handlers::Created;
use crate::{convert, handlers};

impl MessageService {
    /// The conversation as `by` sees it now.
    fn viewed(&self, overview: Overview, by: UserId) -> v1::Conversation {
        Viewed { overview, by, now: self.clock.now() }.into()
    }
}

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
            conversation: Some(self.viewed(overview, caller.user)),
        }))
    }

    async fn create_group(
        &self,
        request: Request<v1::CreateGroupRequest>,
    ) -> Result<Response<v1::CreateGroupResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let (client, founding) = convert::founding(caller.user, request.into_inner())?;
        let Created { overview, replayed } =
            handlers::create_group(self, caller.user, client, founding).await?;
        let conversation = Some(self.viewed(overview, caller.user));
        Ok(Response::new(v1::CreateGroupResponse { conversation, replayed }))
    }

    async fn get_conversation(
        &self,
        request: Request<v1::GetConversationRequest>,
    ) -> Result<Response<v1::GetConversationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let conversation = convert::conversation_id(&request.into_inner().conversation_id)?;
        let overview = handlers::get_conversation(self, caller.user, conversation).await?;
        let conversation = Some(self.viewed(overview, caller.user));
        Ok(Response::new(v1::GetConversationResponse { conversation }))
    }

    async fn list_conversations(
        &self,
        request: Request<v1::ListConversationsRequest>,
    ) -> Result<Response<v1::ListConversationsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let page = convert::page(request.page_size, &request.page_token)?;
        let place = if request.archived { Shelf::Archive } else { Shelf::Current };
        let (overviews, next_page_token) =
            handlers::list_conversations(self, caller.user, place, page).await?;
        let conversations =
            overviews.into_iter().map(|overview| self.viewed(overview, caller.user)).collect();
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

    async fn mark_delivered(
        &self,
        request: Request<v1::MarkDeliveredRequest>,
    ) -> Result<Response<v1::MarkDeliveredResponse>, Status> {
        let caller = Caller::of(&request)?;
        let wanted = convert::delivered(&request.into_inner().marks)?;
        let marks = handlers::mark_delivered(self, caller.user, wanted).await?;
        let marks = marks.into_iter().map(convert::delivered_mark).collect();
        Ok(Response::new(v1::MarkDeliveredResponse { marks }))
    }

    async fn update_conversation(
        &self,
        request: Request<v1::UpdateConversationRequest>,
    ) -> Result<Response<v1::UpdateConversationResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let update = convert::update(request)?;
        let overview = handlers::update_conversation(self, caller.user, conversation, update).await?;
        let conversation = Some(self.viewed(overview, caller.user));
        Ok(Response::new(v1::UpdateConversationResponse { conversation }))
    }

    async fn add_members(
        &self,
        request: Request<v1::AddMembersRequest>,
    ) -> Result<Response<v1::AddMembersResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let members = convert::people("user_ids", &request.user_ids)?;
        let overview = handlers::add_members(self, caller.user, conversation, members).await?;
        let conversation = Some(self.viewed(overview, caller.user));
        Ok(Response::new(v1::AddMembersResponse { conversation }))
    }

    async fn remove_member(
        &self,
        request: Request<v1::RemoveMemberRequest>,
    ) -> Result<Response<v1::RemoveMemberResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let member = convert::user_id(&request.user_id)?;
        let overview = handlers::remove_member(self, caller.user, conversation, member).await?;
        let conversation = Some(self.viewed(overview, caller.user));
        Ok(Response::new(v1::RemoveMemberResponse { conversation }))
    }

    async fn set_member_role(
        &self,
        request: Request<v1::SetMemberRoleRequest>,
    ) -> Result<Response<v1::SetMemberRoleResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let (member, role) = (convert::user_id(&request.user_id)?, convert::role(request.role())?);
        let overview = handlers::set_member_role(self, caller.user, conversation, member, role).await?;
        let conversation = Some(self.viewed(overview, caller.user));
        Ok(Response::new(v1::SetMemberRoleResponse { conversation }))
    }

    async fn leave_conversation(
        &self,
        request: Request<v1::LeaveConversationRequest>,
    ) -> Result<Response<v1::LeaveConversationResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let conversation = convert::conversation_id(&request.into_inner().conversation_id)?;
        handlers::leave_conversation(self, caller.user, conversation).await?;
        Ok(Response::new(v1::LeaveConversationResponse {}))
    }

    async fn list_members(
        &self,
        request: Request<v1::ListMembersRequest>,
    ) -> Result<Response<v1::ListMembersResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let page = convert::page(request.page_size, &request.page_token)?;
        let (members, next_page_token) =
            handlers::list_members(self, caller.user, conversation, page).await?;
        let members = members.into_iter().map(Into::into).collect();
        Ok(Response::new(v1::ListMembersResponse { members, next_page_token }))
    }

    async fn mute_conversation(
        &self,
        request: Request<v1::MuteConversationRequest>,
    ) -> Result<Response<v1::MuteConversationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let until = request.mute_until_time.map(|time| convert::time("mute_until_time", time)).transpose()?;
        let overview = handlers::mute_conversation(self, caller.user, conversation, until).await?;
        let conversation = Some(self.viewed(overview, caller.user));
        Ok(Response::new(v1::MuteConversationResponse { conversation }))
    }

    async fn archive_conversation(
        &self,
        request: Request<v1::ArchiveConversationRequest>,
    ) -> Result<Response<v1::ArchiveConversationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let overview = handlers::archive_conversation(self, caller.user, conversation).await?;
        let conversation = Some(self.viewed(overview, caller.user));
        Ok(Response::new(v1::ArchiveConversationResponse { conversation }))
    }

    async fn unarchive_conversation(
        &self,
        request: Request<v1::UnarchiveConversationRequest>,
    ) -> Result<Response<v1::UnarchiveConversationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let overview = handlers::unarchive_conversation(self, caller.user, conversation).await?;
        let conversation = Some(self.viewed(overview, caller.user));
        Ok(Response::new(v1::UnarchiveConversationResponse { conversation }))
    }
}
