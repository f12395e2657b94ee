//! `MessageService.SendMessage`.

use confab_core::{ConversationId, UserId};

use super::act::{Done, append};
use super::open_direct_conversation::open_direct;
use crate::convert::Seen;
use crate::domain::{Draft, Message, Target};
use crate::error::Error;
use crate::service::MessageService;
use crate::store::Durability;

/// A message that is stored, and how.
pub struct Sent {
    pub message: Seen,
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
        Target::Conversation(conversation) => conversation,
        Target::User(user) => open_direct(service, sender, user).await?,
    };
    send_to(service, sender, conversation, draft).await
}

async fn send_to(
    service: &MessageService,
    sender: UserId,
    conversation: ConversationId,
    draft: Draft,
) -> Result<Sent, Error> {
    service.members.require(conversation, sender).await?;
    let durability = service.store.durability();
    let (message, replayed) = match append(service, conversation, draft).await? {
        Done::Now(event) => (Message::sent_by(event), false),
        Done::Before(event) => {
            // As it looks now: what was deleted is not said again.
            (service.store.find_messages(conversation, &[event.seq()]).await?.pop(), true)
        }
        Done::Already => (None, true),
    };
    // Only a message is ever drafted here, and its client id is known for one.
    let message = message.ok_or(Error::Unsettled)?;
    let message = Seen { message, by: sender, pinned: false };
    Ok(Sent { message, replayed, durability })
}
