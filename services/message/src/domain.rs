//! The rules that need no I/O.

use confab_core::{ClientId, ConversationId, Timestamp, UserId};
use uuid::Uuid;

/// What a person wrote: something other than white space.
///
/// Its length, and that it has no NUL, is checked by the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

/// The text says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must not be only white space")]
pub struct BlankText;

impl Text {
    /// Checks `text` once, at the door. It is kept as it is: nothing is trimmed.
    pub fn new(text: String) -> Result<Self, BlankText> {
        if text.chars().all(is_invisible) { Err(BlankText) } else { Ok(Self(text)) }
    }

    /// Takes back what was checked before it was stored.
    pub fn from_store(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

/// White space, and the characters that look like none at all.
fn is_invisible(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

/// To whom something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Conversation(ConversationId),
    User(UserId),
}

/// A message that is not stored yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Who says it.
    pub sender: UserId,
    /// What the sender calls it, so that a retry is known for what it is.
    pub client: ClientId,
    pub text: Text,
}

/// Something that happened in a conversation, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub conversation: ConversationId,
    /// Its place: 1, 2, 3 …
    pub seq: i64,
    /// How many messages there are up to and with this event.
    pub ordinal: i64,
    pub actor: UserId,
    pub created: Timestamp,
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    MessageSent { client: ClientId, text: Text },
}

impl Event {
    /// The size of its text, in bytes.
    pub fn text_bytes(&self) -> usize {
        let EventKind::MessageSent { text, .. } = &self.kind;
        text.as_str().len()
    }

    /// Whether this is what `draft` became: the same words, by the same person.
    pub fn came_from(&self, draft: &Draft) -> bool {
        let EventKind::MessageSent { client, text } = &self.kind;
        self.actor == draft.sender && *client == draft.client && *text == draft.text
    }
}

/// How far a conversation has come. All zero before anything has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of the newest event.
    pub seq: i64,
    /// How many messages there are.
    pub ordinal: i64,
}

impl Head {
    /// The event that `draft` becomes when it is the next to be stored.
    pub fn next(self, conversation: ConversationId, draft: &Draft, now: Timestamp) -> Event {
        let kind = EventKind::MessageSent { client: draft.client, text: draft.text.clone() };
        let (seq, ordinal) = (self.seq + 1, self.ordinal + 1);
        Event { conversation, seq, ordinal, actor: draft.sender, created: now, kind }
    }
}

impl From<&Event> for Head {
    fn from(event: &Event) -> Self {
        Self { seq: event.seq, ordinal: event.ordinal }
    }
}

/// People who talk with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    pub id: ConversationId,
    /// In the order of their ids.
    pub members: Vec<UserId>,
    pub created: Timestamp,
}

impl Conversation {
    /// The conversation of two people, the same whoever of them opens it.
    pub fn direct(one: UserId, other: UserId, now: Timestamp) -> Self {
        let members = vec![one.min(other), one.max(other)];
        Self { id: direct_id(one, other), members, created: now }
    }
}

/// The id of the conversation of two people: a UUIDv5 of the two, so that both
/// arrive at the same one without asking.
pub fn direct_id(one: UserId, other: UserId) -> ConversationId {
    /// Made up once (UUIDv4); another one would make other conversations of all.
    const NAMESPACE: Uuid = Uuid::from_u128(0x3e5f_7f0c_6b1d_4c57_9a54_0d5b_64f0_8a11);
    let names = [one.min(other), one.max(other)].map(|user| *user.as_uuid().as_bytes());
    ConversationId::from_uuid(Uuid::new_v5(&NAMESPACE, names.as_flattened()))
}

/// A conversation as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    pub conversation: Conversation,
    pub head: Head,
    /// The newest message; `None` before anybody has said anything.
    pub last_message: Option<Event>,
    /// How far the member has read.
    pub read: Head,
}

impl Overview {
    /// When something last happened: what the list of conversations is sorted by.
    pub fn active(&self) -> Timestamp {
        self.last_message.as_ref().map_or(self.conversation.created, |event| event.created)
    }

    /// How many messages the member has not read.
    pub fn unread(&self) -> i64 {
        unread(self.head, self.read)
    }
}

/// How many messages there are between two places of one conversation.
pub fn unread(head: Head, read: Head) -> i64 {
    (head.ordinal - read.ordinal).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn a_text_must_say_something() {
        for blank in ["", " ", "\n\t", "\u{a0}\u{2003}", "\u{200b}\u{feff}"] {
            assert_eq!(Text::new(blank.into()), Err(BlankText), "{blank:?}");
        }
    }

    #[test]
    fn a_text_is_kept_as_it_is() {
        for text in [" hello ", "e\u{301}", "👩\u{200d}👩\u{200d}👧", "\u{202e}olleh"] {
            assert_eq!(Text::new(text.into()).unwrap().as_str(), text);
        }
    }

    #[test]
    fn two_people_have_one_conversation() {
        assert_eq!(direct_id(user(1), user(2)), direct_id(user(2), user(1)));
        assert_ne!(direct_id(user(1), user(2)), direct_id(user(1), user(3)));
        // Stored ids depend on it.
        assert_eq!(direct_id(user(1), user(2)).as_uuid().get_version_num(), 5);
    }
}
