//! `MessageService.ForwardMessage`.

use confab_core::UserId;

use super::act::require_turn;
use super::attach::send_with_attachments;
use super::get_message::get_message;
use super::send_message::{Sent, conversation_with, sent_before};
use crate::domain::{Content, Draft, EventKind, Forward, Holder, Origin, Place, Refusal, Words};
use crate::error::Error;
use crate::service::MessageService;

/// Says again, in the name of `sender`, what was said elsewhere.
pub async fn forward_message(
    service: &MessageService,
    sender: UserId,
    forward: Forward,
) -> Result<Sent, Error> {
    let Forward { target, source, client } = forward;
    let conversation = conversation_with(service, sender, target).await?;
    require_turn(service, sender, conversation).await?;
    match content_of(service, sender, source).await {
        Ok((content, source)) => {
            let kind = EventKind::MessageSent(Some(content));
            let draft = Draft { actor: sender, client: Some(client), kind };
            send_with_attachments(service, conversation, draft, source).await
        }
        // What was forwarded stays forwarded: a retry does not depend on what
        // became of its source since.
        Err(error) => match service.store.find_by_client(conversation, sender, client).await? {
            Some(original) if original.forwards(source) => sent_before(service, &original).await,
            _ => Err(error),
        },
    }
}

/// What a message that repeats `source` says, and what has its attachments already.
async fn content_of(
    service: &MessageService,
    sender: UserId,
    source: Place,
) -> Result<(Content, Option<Holder>), Error> {
    let message = get_message(service, sender, source).await?.message;
    let said = message.content.ok_or(Error::Refused(Refusal::Deleted(source.seq)))?;
    let origin = Origin {
        conversation: source.conversation,
        seq: source.seq,
        // Of what was forwarded before, whoever said it first.
        sender: said.forwarded.map_or(message.sender, |origin| origin.sender),
    };
    // Those who were meant there are not those who are here.
    let words = Words { text: said.words.text, mentions: Vec::new() };
    let attachments = said.attachments;
    let (conversation, sender) = (message.conversation, message.sender);
    let holder = message.client.map(|client| Holder::Message { conversation, sender, client });
    Ok((Content { words, reply_to: None, forwarded: Some(origin), attachments }, holder))
}
