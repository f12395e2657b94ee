//! `ConversationService.GetConversation`.

use confab_core::{ConversationId, UserId};

use crate::domain::Overview;
use crate::error::Error;
use crate::service::MessageService;

/// Returns `conversation` as `caller` sees it.
pub async fn get_conversation(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
) -> Result<Overview, Error> {
    let overview = service.store.overview(conversation, caller).await?;
    overview.ok_or(Error::NoSuchConversation { conversation })
}
