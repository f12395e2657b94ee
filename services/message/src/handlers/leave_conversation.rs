//! `ConversationService.LeaveConversation`.

use confab_core::{ConversationId, UserId};

use super::act::append;
use crate::domain::{Draft, EventKind};
use crate::error::Error;
use crate::service::MessageService;

/// Takes `caller` out of a group.
pub async fn leave_conversation(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
) -> Result<(), Error> {
    service.members.require(conversation, caller).await?;
    let kind = EventKind::MemberLeft { member: caller };
    append(service, conversation, Draft { actor: caller, client: None, kind }).await.map(drop)
}
