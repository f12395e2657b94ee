//! `MessageService.EditMessage`.

use super::act::{Done, append, require_turn};
use super::get_message::get_message;
use crate::convert::Seen;
use crate::domain::{Draft, Place};
use crate::error::Error;
use crate::service::MessageService;

/// A message that was edited.
pub struct Edited {
    pub message: Seen,
    /// Whether an earlier request had edited it.
    pub replayed: bool,
}

/// Puts a message another way, as `draft` has it.
pub async fn edit_message(service: &MessageService, place: Place, draft: Draft) -> Result<Edited, Error> {
    let actor = draft.actor;
    require_turn(service, actor, place.conversation).await?;
    let done = append(service, place.conversation, draft).await?;
    let message = get_message(service, actor, place).await?;
    Ok(Edited { message, replayed: matches!(done, Done::Before(_)) })
}
