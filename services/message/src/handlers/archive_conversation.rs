//! `ConversationService.ArchiveConversation`.

use confab_core::{ConversationId, UserId};

use super::get_conversation::get_conversation;
use crate::domain::{Overview, Setting, Shelf};
use crate::error::Error;
use crate::service::MessageService;

/// Puts `conversation` away for `caller`.
pub async fn archive_conversation(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
) -> Result<Overview, Error> {
    service.store.set(conversation, caller, Setting::On(Shelf::Archive), service.clock.now()).await?;
    get_conversation(service, caller, conversation).await
}
