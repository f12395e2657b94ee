//! `MessageService.ListMessages`.

use confab_core::page::{Page, encode_token};
use confab_core::{ConversationId, UserId};

use super::require_member;
use crate::domain::Event;
use crate::error::Error;
use crate::service::MessageService;

/// Returns a page of the messages of `conversation`, newest first, and the token of the next.
pub async fn list_messages(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    page: Page<i64>,
) -> Result<(Vec<Event>, String), Error> {
    require_member(service, conversation, caller).await?;
    let messages = service.store.list_messages(conversation, page).await?;
    let next = match messages.last() {
        Some(oldest) if messages.len() == page.size && oldest.ordinal > 1 => encode_token(&oldest.seq),
        _ => String::new(),
    };
    Ok((messages, next))
}
