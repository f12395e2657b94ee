//! `MessageService.SendMessage`.

use confab_core::{ConversationId, UserId};

use super::act::{Done, append, require_turn};
use super::attach::send_with_attachments;
use super::open_direct_conversation::open_direct;
use crate::convert::Seen;
use crate::domain::{Draft, Event, Message, Target};
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
pub async fn send_message(service: &MessageService, target: Target, draft: Draft) -> Result<Sent, Error> {
    let conversation = conversation_with(service, draft.actor, target).await?;
    require_turn(service, draft.actor, conversation).await?;
    send_with_attachments(service, conversation, draft, None).await
}

/// The conversation that leads to `target`, opened if there is none yet.
pub async fn conversation_with(
    service: &MessageService,
    sender: UserId,
    target: Target,
) -> Result<ConversationId, Error> {
    match target {
        Target::Conversation(conversation) => Ok(conversation),
        Target::User(user) => open_direct(service, sender, user).await,
    }
}

/// Stores `draft` as a message of a member of `conversation`.
pub async fn send_to(
    service: &MessageService,
    conversation: ConversationId,
    draft: Draft,
) -> Result<Sent, Error> {
    let by = draft.actor;
    match append(service, conversation, draft).await? {
        Done::Now(event) => {
            // Only a message is ever drafted here.
            let message = Message::sent_by(event).ok_or(Error::Unsettled)?;
            let message = Seen { message, by, pinned: false };
            Ok(Sent { message, replayed: false, durability: service.store.durability() })
        }
        Done::Before(event) => sent_before(service, &event).await,
        // There is an event for every message.
        Done::Already => Err(Error::Unsettled),
    }
}

/// The message that `original` sent, as it looks now: what was deleted since is
/// not said again.
pub async fn sent_before(service: &MessageService, original: &Event) -> Result<Sent, Error> {
    let (conversation, by) = (original.conversation, original.actor);
    let mut found = service.store.find_messages(conversation, &[original.seq()]).await?;
    let membership = service.members.require(conversation, by).await?;
    let membership = service.members.as_of(membership, &found).await?;
    let message = Seen::new(found.pop().ok_or(Error::Unsettled)?, by, &membership.conversation);
    Ok(Sent { message, replayed: true, durability: service.store.durability() })
}
