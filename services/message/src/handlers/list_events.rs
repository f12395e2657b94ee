//! `MessageService.ListEvents`.

use confab_core::{ConversationId, UserId};

use super::size::cut_to_fit;
use crate::domain::{Event, Head};
use crate::error::Error;
use crate::service::MessageService;

/// Returns up to `limit` events of `conversation` after the number `after`,
/// oldest first, and how far the conversation has come.
pub async fn list_events(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    after: i64,
    limit: usize,
) -> Result<(Vec<Event>, Head), Error> {
    let membership = service.members.require(conversation, caller).await?;
    let after = after.max(membership.member.since.seq);
    // In this order: the head is then never below the last event.
    let events = service.store.list_events(conversation, after, limit).await?;
    let mut events = service.members.visible(membership, events).await?;
    let head = service.store.head(conversation).await?;
    cut_to_fit(&mut events);
    Ok((events, head))
}
