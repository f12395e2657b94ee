//! Messages to send, from the wire, and what became of them.

use confab_core::UserId;
use confab_proto::message::v1;

use super::change::words;
use super::{conversation_id, field, user_id};
use crate::domain::{Content, Draft, EventKind, Forward, Place, Target};
use crate::error::Error;
use crate::handlers::Sent;
use crate::store::Durability;

pub fn draft(sender: UserId, request: v1::SendMessageRequest) -> Result<(Target, Draft), Error> {
    use v1::send_message_request::Target as Wire;

    let target = match request.target {
        Some(Wire::ConversationId(id)) => Target::Conversation(conversation_id(&id)?),
        Some(Wire::UserId(id)) => Target::User(user_id(&id)?),
        None => return Err(Error::invalid("target", "is required")),
    };
    if !request.attachment_ids.is_empty() {
        return Err(Error::invalid("attachment_ids", "must be empty: nothing can be attached yet"));
    }
    let client = field("client_id", request.client_id.parse())?;
    let words = words(request.text, &request.mention_ids)?;
    let reply_to = (request.reply_to_seq != 0).then_some(request.reply_to_seq);
    let kind = EventKind::MessageSent(Some(Content { words, reply_to, forwarded: None }));
    Ok((target, Draft { actor: sender, client: Some(client), kind }))
}

pub fn forward(request: v1::ForwardMessageRequest) -> Result<Forward, Error> {
    use v1::forward_message_request::Target as Wire;

    let target = match request.target {
        Some(Wire::ConversationId(id)) => Target::Conversation(conversation_id(&id)?),
        Some(Wire::UserId(id)) => Target::User(user_id(&id)?),
        None => return Err(Error::invalid("target", "is required")),
    };
    let conversation = field("source_conversation_id", request.source_conversation_id.parse())?;
    let client = field("client_id", request.client_id.parse())?;
    Ok(Forward { target, source: Place { conversation, seq: request.source_seq }, client })
}

pub fn sent(Sent { message, replayed, durability }: Sent) -> v1::SendMessageResponse {
    let durability = v1::Durability::from(durability).into();
    v1::SendMessageResponse { message: Some(message.into()), replayed, durability }
}

pub fn forwarded(Sent { message, replayed, durability }: Sent) -> v1::ForwardMessageResponse {
    let durability = v1::Durability::from(durability).into();
    v1::ForwardMessageResponse { message: Some(message.into()), replayed, durability }
}

impl From<Durability> for v1::Durability {
    fn from(durability: Durability) -> Self {
        match durability {
            Durability::Synced => Self::Synced,
            Durability::Majority => Self::Majority,
        }
    }
}
