//! `ConversationService.UpdateConversation`.

use confab_core::{ConversationId, UserId};

use super::act::change_group;
use crate::domain::{EventKind, Overview, Update};
use crate::error::Error;
use crate::service::MessageService;

/// Changes what a group is called, and looks like.
pub async fn update_conversation(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    update: Update,
) -> Result<Overview, Error> {
    change_group(service, caller, conversation, EventKind::ConversationUpdated(update)).await
}
