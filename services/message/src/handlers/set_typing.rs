//! `LiveService.SetTyping`.

use confab_core::{ConversationId, UserId};

use super::act::require_contact;
use crate::error::Error;
use crate::members::Membership;
use crate::service::MessageService;

/// Tells the others in `conversation`, as it is now, whether `caller` is writing.
pub async fn set_typing(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    typing: bool,
) -> Result<(), Error> {
    // This node need not have heard who is in it by now.
    let Membership { conversation, .. } = service.members.require_now(conversation, caller).await?;
    require_contact(service, &conversation, caller).await?;
    service.pace.count_typing(conversation.id)?;
    service.hub.whisper_typing(&conversation, caller, typing);
    Ok(())
}
