//! `MessageService.ListPinnedMessages`.

use confab_core::page::{Page, encode_token};
use confab_core::{ConversationId, UserId};

use super::size::cut_to_fit;
use crate::convert::Seen;
use crate::error::Error;
use crate::service::MessageService;

/// Returns a page of the pinned messages of `conversation`, the newest message
/// first, and the token of the next. The cursor is a number.
pub async fn list_pinned_messages(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    page: Page<i64>,
) -> Result<(Vec<Seen>, String), Error> {
    let membership = service.members.require_now(conversation, caller).await?;
    let (kept, since) = (membership.conversation.clone(), membership.member.since.seq);
    let before = page.after.unwrap_or(i64::MAX);
    // By the numbers of the messages, which stay what they are while others are
    // pinned and unpinned from one page to the next.
    let mut pins: Vec<i64> =
        kept.pins.iter().copied().filter(|pin| (since + 1..before).contains(pin)).collect();
    pins.sort_unstable_by(|one, other| other.cmp(one));
    let more = pins.len() > page.size;
    pins.truncate(page.size);

    let messages = service.store.find_messages(conversation, &pins).await?;
    let mut messages = service.members.visible(membership, messages).await?;
    messages.sort_unstable_by_key(|message| std::cmp::Reverse(message.seq()));
    let cut = cut_to_fit(&mut messages);
    let next = messages.last().filter(|_| more || cut).map(|oldest| encode_token(&oldest.seq()));
    let seen = messages.into_iter().map(|message| Seen::new(message, caller, &kept)).collect();
    Ok((seen, next.unwrap_or_default()))
}
