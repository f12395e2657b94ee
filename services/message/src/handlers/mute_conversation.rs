//! `ConversationService.MuteConversation`.

use confab_core::{ConversationId, Timestamp, UserId};

use super::get_conversation::get_conversation;
use crate::domain::{Overview, Setting};
use crate::error::Error;
use crate::service::MessageService;

/// Mutes `conversation` for `caller`, or not any more.
pub async fn mute_conversation(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    until: Option<Timestamp>,
) -> Result<Overview, Error> {
    service.store.set(conversation, caller, Setting::MutedUntil(until), service.clock.now()).await?;
    get_conversation(service, caller, conversation).await
}
