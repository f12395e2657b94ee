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
    let now = service.members.require_now(conversation, caller).await?.conversation;
    // Those who are in it are known to everybody there.
    let strangers: Vec<UserId> = members.iter().copied().filter(|user| now.member(*user).is_none()).collect();
    service.contacts.require_known(caller, "user_ids", &strangers).await?;
    change_group(service, caller, conversation, EventKind::MembersJoined { members }).await
}
