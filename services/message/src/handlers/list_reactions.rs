//! `MessageService.ListReactions`.

use confab_core::UserId;
use confab_core::page::{Page, encode_token};
use uuid::Uuid;

use super::get_message::get_message;
use crate::domain::{Emoji, Place};
use crate::error::Error;
use crate::service::MessageService;

/// Where a page of reactions goes on: after this emoji of that person.
pub type ReactionCursor = (String, Uuid);

/// Returns a page of those who put emoji on a message, or that `emoji` only, in
/// the order of emoji and ids, and the token of the next.
pub async fn list_reactions(
    service: &MessageService,
    caller: UserId,
    place: Place,
    emoji: Option<Emoji>,
    page: Page<ReactionCursor>,
) -> Result<(Vec<(Emoji, UserId)>, String), Error> {
    let reactions = get_message(service, caller, place).await?.message.reactions;
    let wanted =
        reactions.into_iter().filter(|reaction| emoji.as_ref().is_none_or(|emoji| reaction.emoji == *emoji));
    // Not in the order in which they came: with that, those who take theirs back
    // from one page to the next would move the others.
    let mut all: Vec<(Emoji, UserId)> = wanted
        .flat_map(|reaction| reaction.users.into_iter().map(move |user| (reaction.emoji.clone(), user)))
        .filter(|(emoji, user)| {
            page.after
                .as_ref()
                .is_none_or(|(after, by)| (emoji.as_str(), user.as_uuid()) > (after.as_str(), *by))
        })
        .collect();
    all.sort_unstable();
    let more = all.len() > page.size;
    all.truncate(page.size);
    let next =
        all.last().filter(|_| more).map(|(emoji, user)| encode_token(&(emoji.as_str(), user.as_uuid())));
    Ok((all, next.unwrap_or_default()))
}
