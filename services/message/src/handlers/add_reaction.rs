//! `MessageService.AddReaction`.

use confab_core::UserId;

use super::act::change_message;
use crate::convert::Seen;
use crate::domain::{Emoji, EventKind, Place};
use crate::error::Error;
use crate::service::MessageService;

/// Puts `emoji` on a message, in the name of `caller`.
pub async fn add_reaction(
    service: &MessageService,
    caller: UserId,
    place: Place,
    emoji: Emoji,
) -> Result<Seen, Error> {
    change_message(service, caller, place, EventKind::ReactionAdded { target: place.seq, emoji }).await
}
