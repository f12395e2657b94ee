//! `ConversationService.UpdateConversation`.

use confab_core::{ConversationId, UserId};

use super::act::change_group;
use super::attach::{attach_picture, keep_picture};
use crate::domain::{EventKind, Overview, Update};
use crate::error::Error;
use crate::library::Aftermath;
use crate::service::MessageService;

/// Changes what a group is called, and looks like.
pub async fn update_conversation(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    update: Update,
) -> Result<Overview, Error> {
    let picture = update.picture;
    // Outsiders, and those who cannot change it, attach nothing to it.
    service.members.require(conversation, caller).await?;
    attach_picture(service, caller, conversation, picture.flatten()).await?;
    let updated = change_group(service, caller, conversation, EventKind::ConversationUpdated(update)).await;
    if picture.is_some() {
        match &updated {
            Ok(_) => keep_picture(service, conversation, Aftermath::Erase).await?,
            Err(error) if error.is_certain() => keep_picture(service, conversation, Aftermath::Wait).await?,
            // It may be so: the media service asks, in the end.
            Err(_) => {}
        }
    }
    updated
}
