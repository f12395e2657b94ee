//! Messages to send, from the wire, and what became of them.

use confab_core::UserId;
use confab_proto::message::v1;

use super::attachment::attachment_ids;
use super::change::words;
use super::{conversation_id, field, user_id};
use crate::domain::{Attachment, Content, Draft, EventKind, Forward, Place, Target, Text};
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
    let attachments: Vec<Attachment> =
        attachment_ids(&request.attachment_ids)?.into_iter().map(Attachment::bare).collect();
    // Whoever sends a picture need not say anything about it.
    let text = match request.text {
        text if text.is_empty() && !attachments.is_empty() => Text::nothing(),
        text => field("text", Text::new(text))?,
    };
    let client = field("client_id", request.client_id.parse())?;
    let words = words(text, &request.mention_ids)?;
    let reply_to = (request.reply_to_seq != 0).then_some(request.reply_to_seq);
    let kind = EventKind::MessageSent(Some(Content { words, reply_to, forwarded: None, attachments }));
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
