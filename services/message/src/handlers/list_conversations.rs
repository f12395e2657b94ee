//! `ConversationService.ListConversations`.

use confab_core::UserId;
use confab_core::page::{Page, encode_token};

use crate::domain::{Overview, Shelf};
use crate::error::Error;
use crate::service::MessageService;
use crate::store::ConversationCursor;

/// Returns a page of the conversations that `caller` keeps in `place`, the last
/// active first, and the token of the next.
pub async fn list_conversations(
    service: &MessageService,
    caller: UserId,
    place: Shelf,
    page: Page<ConversationCursor>,
) -> Result<(Vec<Overview>, String), Error> {
    let size = page.size;
    let overviews = service.store.list_overviews(caller, place, service.clock.now(), page).await?;
    let next = match overviews.last() {
        Some(last) if overviews.len() == size => {
            encode_token(&(last.active(), last.conversation.id.as_uuid()))
        }
        _ => String::new(),
    };
    Ok((overviews, next))
}
