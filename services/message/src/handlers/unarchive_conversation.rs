//! `ConversationService.UnarchiveConversation`.

use confab_core::{ConversationId, UserId};

use super::get_conversation::get_conversation;
use crate::domain::{Overview, Setting, Shelf};
use crate::error::Error;
use crate::service::MessageService;

/// Brings `conversation` back for `caller`.
pub async fn unarchive_conversation(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
) -> Result<Overview, Error> {
    service.store.set(conversation, caller, Setting::On(Shelf::Current), service.clock.now()).await?;
    get_conversation(service, caller, conversation).await
}
