//! `LiveService.SetTyping`.

use confab_core::{ConversationId, UserId};

use crate::error::Error;
use crate::service::MessageService;

/// Tells the others in `conversation` whether `caller` is writing.
pub async fn set_typing(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    typing: bool,
) -> Result<(), Error> {
    let membership = service.members.require(conversation, caller).await?;
    service.hub.whisper_typing(&membership.conversation, caller, typing);
    Ok(())
}
