//! `MessageService.SendMessage`.

use confab_core::UserId;

use super::{open_direct_conversation::open_direct, require_member};
use crate::domain::{Draft, Event, Target};
use crate::error::Error;
use crate::service::MessageService;
use crate::store::{Appended, Durability};

/// A message that is stored, and how.
pub struct Sent {
    pub event: Event,
    /// Whether an earlier request had stored it.
    pub replayed: bool,
    pub durability: Durability,
}

/// Stores `draft` as a message to `target`; then whoever is watching is told.
pub async fn send_message(
    service: &MessageService,
    sender: UserId,
    target: Target,
    draft: Draft,
) -> Result<Sent, Error> {
    let conversation = match target {
        Target::Conversation(conversation) => {
            require_member(service, conversation, sender).await?;
            conversation
        }
        Target::User(user) => open_direct(service, sender, user).await?,
    };

    let durability = service.store.durability();
    match service.appender.append(conversation, draft).await? {
        Appended::Stored(event) => Ok(Sent { event, replayed: false, durability }),
        Appended::Replayed(event) => Ok(Sent { event, replayed: true, durability }),
        Appended::Conflict { original_seq } => Err(Error::ClientIdTaken { conversation, original_seq }),
    }
}
