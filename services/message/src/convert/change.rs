//! What is wanted of messages, from the wire.

use confab_core::{Timestamp, UserId};
use confab_proto::message::v1;

use super::event::texts;
use super::{conversation_id, field};
use crate::domain::{Draft, Emoji, Event, EventKind, Place, Text, Words};
use crate::error::Error;

/// The message that is meant.
pub fn place(conversation: &str, seq: i64) -> Result<Place, Error> {
    Ok(Place { conversation: conversation_id(conversation)?, seq })
}

pub fn edit(actor: UserId, request: v1::EditMessageRequest) -> Result<(Place, Draft), Error> {
    let place = place(&request.conversation_id, request.seq)?;
    let client = field("client_id", request.client_id.parse())?;
    let text = field("text", Text::new(request.text))?;
    let words = Some(words(text, &request.mention_ids)?);
    let kind = EventKind::MessageEdited { target: place.seq, words };
    Ok((place, Draft { actor, client: Some(client), kind }))
}

pub fn words(text: Text, mentions: &[String]) -> Result<Words, Error> {
    let mentions: Result<Vec<UserId>, Error> =
        mentions.iter().map(|id| field("mention_ids", id.parse())).collect();
    let mut mentions = mentions?;
    mentions.sort_unstable();
    if mentions.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::invalid("mention_ids", "must not name anybody twice"));
    }
    Ok(Words { text, mentions })
}

pub fn emoji(text: &str) -> Result<Emoji, Error> {
    field("emoji", Emoji::new(text))
}

/// The emoji that is asked for; `None`: all.
pub fn wanted_emoji(text: &str) -> Result<Option<Emoji>, Error> {
    if text.is_empty() { Ok(None) } else { emoji(text).map(Some) }
}

pub fn user_reaction((emoji, user): (Emoji, UserId)) -> v1::UserReaction {
    v1::UserReaction { emoji: emoji.as_str().to_owned(), user_id: user.to_string() }
}

/// How `event` put a message; `None` if nothing is left of that.
pub fn version(event: Event) -> Option<v1::Version> {
    let (seq, created) = (event.seq(), event.created);
    let words = match event.kind {
        EventKind::MessageSent(content) => content?.words,
        EventKind::MessageEdited { words, .. } => words?,
        _ => return None,
    };
    Some(of_words(seq, words, created))
}

fn of_words(seq: i64, words: Words, created: Timestamp) -> v1::Version {
    v1::Version {
        seq,
        mention_ids: texts(&words.mentions),
        text: words.text.into_string(),
        create_time: Some(created.into()),
    }
}
