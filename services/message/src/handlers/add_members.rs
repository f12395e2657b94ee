//! `ConversationService.AddMembers`.

use confab_core::{ConversationId, UserId};

use super::act::change_group;
use crate::domain::{EventKind, Overview};
use crate::error::Error;
use crate::service::MessageService;

/// Brings `members` into a group.
pub async fn add_members(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    members: Vec<UserId>,
) -> Result<Overview, Error> {
    // Who is not in it is told so, whoever they wanted to bring.
    service.members.require(conversation, caller).await?;
    service.contacts.require_known("user_ids", &members).await?;
    change_group(service, caller, conversation, EventKind::MembersJoined { members }).await
}
