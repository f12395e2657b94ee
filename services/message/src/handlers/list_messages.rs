//! `MessageService.ListMessages`.

use confab_core::page::{Page, encode_token};
use confab_core::{ConversationId, UserId};

use super::size::cut_to_fit;
use crate::convert::Seen;
use crate::error::Error;
use crate::service::MessageService;

/// Returns a page of the messages of `conversation`, newest first, and the token of the next.
pub async fn list_messages(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    page: Page<i64>,
) -> Result<(Vec<Seen>, String), Error> {
    let membership = service.members.require(conversation, caller).await?;
    let mut messages = service.store.list_messages(conversation, page).await?;
    // With what is pinned since it was last looked at, perhaps on another node.
    let membership = service.members.as_of(membership, &messages).await?;
    let (kept, since) = (membership.conversation.clone(), membership.member.since);
    let cut = cut_to_fit(&mut messages);
    let next = match messages.last() {
        Some(oldest) if (cut || messages.len() == page.size) && oldest.at.ordinal > since.ordinal + 1 => {
            encode_token(&oldest.seq())
        }
        _ => String::new(),
    };
    let messages = service.members.visible(membership, messages).await?;
    Ok((messages.into_iter().map(|message| Seen::new(message, caller, &kept)).collect(), next))
}
