//! `MessageService.RemoveReaction`.

use confab_core::UserId;

use super::act::change_message;
use crate::convert::Seen;
use crate::domain::{Emoji, EventKind, Place};
use crate::error::Error;
use crate::service::MessageService;

/// Takes back the `emoji` that `caller` put on a message.
pub async fn remove_reaction(
    service: &MessageService,
    caller: UserId,
    place: Place,
    emoji: Emoji,
) -> Result<Seen, Error> {
    change_message(service, caller, place, EventKind::ReactionRemoved { target: place.seq, emoji }).await
}
