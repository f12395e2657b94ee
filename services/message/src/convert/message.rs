//! Messages, on the wire.

use confab_core::UserId;
use confab_proto::message::v1;
use confab_proto::message::v1::list_messages_request;

use super::event::texts;
use super::time;
use crate::domain::{Content, Conversation, Message, Reaction};
use crate::error::Error;
use crate::handlers::{Passage, Start};

/// How many of those who used an emoji are named.
const REACTION_USERS_MAX: usize = 10;

/// A message as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub message: Message,
    pub by: UserId,
    pub pinned: bool,
}

impl Seen {
    /// How `by` sees a message of `conversation`.
    pub fn new(message: Message, by: UserId, conversation: &Conversation) -> Self {
        let pinned = conversation.pins.contains(&message.seq());
        Self { message, by, pinned }
    }
}

/// Where a list begins in the middle.
pub fn start(start: list_messages_request::Start) -> Result<Start, Error> {
    match start {
        list_messages_request::Start::AfterSeq(seq) => Ok(Start::After(seq)),
        list_messages_request::Start::FromTime(from) => time("from_time", from).map(Start::At),
        list_messages_request::Start::FromOrdinal(ordinal) => Ok(Start::Ordinal(ordinal)),
    }
}

impl From<Passage> for v1::ListMessagesResponse {
    fn from(Passage { messages, next, notes }: Passage) -> Self {
        Self {
            messages: messages.into_iter().map(Into::into).collect(),
            next_page_token: next,
            notes: notes.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Seen> for v1::Message {
    fn from(Seen { message, by, pinned }: Seen) -> Self {
        let (words, reply_to, forwarded, attachments) = match message.content {
            Some(Content { words, reply_to, forwarded, attachments }) => {
                (Some(words), reply_to, forwarded, attachments)
            }
            None => (None, None, None, Vec::new()),
        };
        let mention_ids = words.as_ref().map(|words| texts(&words.mentions)).unwrap_or_default();
        Self {
            conversation_id: message.conversation.to_string(),
            seq: message.at.seq,
            ordinal: message.at.ordinal,
            sender_id: message.sender.to_string(),
            text: words.map(|words| words.text.into_string()).unwrap_or_default(),
            client_id: message.client.map(|client| client.to_string()).unwrap_or_default(),
            create_time: Some(message.created.into()),
            edit_time: message.edited.map(Into::into),
            delete_time: message.deleted.map(Into::into),
            reply_to_seq: reply_to.unwrap_or_default(),
            mention_ids,
            forwarded_from: forwarded.map(Into::into),
            reactions: message.reactions.into_iter().map(|reaction| seen_reaction(reaction, by)).collect(),
            pinned,
            attachments: attachments.into_iter().map(Into::into).collect(),
        }
    }
}

fn seen_reaction(Reaction { emoji, users }: Reaction, by: UserId) -> v1::Reaction {
    v1::Reaction {
        emoji: emoji.as_str().to_owned(),
        count: i32::try_from(users.len()).unwrap_or(i32::MAX),
        user_ids: texts(&users[..users.len().min(REACTION_USERS_MAX)]),
        mine: users.contains(&by),
    }
}
