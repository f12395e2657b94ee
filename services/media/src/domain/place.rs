//! What files are attached to.

use confab_core::{ClientId, ConversationId, Id, UserId};
use uuid::Uuid;

use super::Purpose;

/// Something that files are attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A message, also before it is sent.
    Message {
        /// Where it is said.
        conversation: ConversationId,
        /// By whom.
        sender: UserId,
        /// What they call it.
        client: ClientId,
    },
    /// A group, as its picture.
    Group(ConversationId),
    /// A person, as their picture.
    Person(UserId),
}

/// What the text of a place in a store begins with.
const MESSAGE: u8 = b'm';
const GROUP: u8 = b'g';
const PERSON: u8 = b'p';

impl Place {
    /// What a file has to be uploaded for to be attached here.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        match self {
            Self::Message { .. } => Purpose::Message,
            Self::Group(_) => Purpose::GroupPicture,
            Self::Person(_) => Purpose::Avatar,
        }
    }

    /// Its key in stores: a letter, and the ids.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Message { conversation, sender, client } => {
                bytes(MESSAGE, &[conversation.as_uuid(), sender.as_uuid(), client.as_uuid()])
            }
            Self::Group(conversation) => bytes(GROUP, &[conversation.as_uuid()]),
            Self::Person(user) => bytes(PERSON, &[user.as_uuid()]),
        }
    }

    /// The place with this key; nothing if there can be none.
    #[must_use]
    pub fn stored(key: &[u8]) -> Option<Self> {
        let (letter, rest) = key.split_first()?;
        let ids: Option<Vec<Uuid>> = rest.chunks(16).map(|id| Uuid::from_slice(id).ok()).collect();
        match (*letter, ids?.as_slice()) {
            (MESSAGE, &[conversation, sender, client]) => Some(Self::Message {
                conversation: Id::from_uuid(conversation),
                sender: Id::from_uuid(sender),
                client: Id::from_uuid(client),
            }),
            (GROUP, &[conversation]) => Some(Self::Group(Id::from_uuid(conversation))),
            (PERSON, &[user]) => Some(Self::Person(Id::from_uuid(user))),
            _ => None,
        }
    }
}

fn bytes(letter: u8, ids: &[Uuid]) -> Vec<u8> {
    let mut bytes = vec![letter];
    for id in ids {
        bytes.extend_from_slice(id.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use confab_core::Timestamp;

    use super::*;

    #[test]
    fn a_place_is_read_back_from_its_key() {
        let now = Timestamp::from_millis(0);
        let (conversation, sender, client) = (Id::new(now), Id::new(now), Id::new(now));
        for place in [
            Place::Message { conversation, sender, client },
            Place::Group(conversation),
            Place::Person(sender),
        ] {
            let key = place.to_bytes();
            assert_eq!(Place::stored(&key), Some(place));
            assert_eq!(Place::stored(&key[..key.len() - 1]), None);
        }
        assert_eq!(Place::stored(b""), None);
        assert_eq!(Place::stored(b"x"), None);
    }
}
