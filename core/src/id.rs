//! Ids that cannot be mistaken for one another.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use uuid::{NoContext, Uuid};

use crate::Timestamp;

/// The id of one `Of`: a UUID (RFC 9562) in its canonical text.
pub struct Id<Of>(Uuid, PhantomData<fn() -> Of>);

/// Names a person.
pub type UserId = Id<kind::User>;
/// Names a log-in of a person.
pub type SessionId = Id<kind::Session>;
/// Names a conversation.
pub type ConversationId = Id<kind::Conversation>;
/// Names what a client wants done once; made up by the client.
pub type ClientId = Id<kind::Client>;
/// Names a live stream, in logs.
pub type StreamId = Id<kind::Stream>;
/// Names a picture or file.
pub type MediaId = Id<kind::Media>;

/// What ids can be of. There are no values of these types.
pub mod kind {
    /// See [`UserId`](super::UserId).
    pub enum User {}
    /// See [`SessionId`](super::SessionId).
    pub enum Session {}
    /// See [`ConversationId`](super::ConversationId).
    pub enum Conversation {}
    /// See [`ClientId`](super::ClientId).
    pub enum Client {}
    /// See [`StreamId`](super::StreamId).
    pub enum Stream {}
    /// See [`MediaId`](super::MediaId).
    pub enum Media {}
}

/// The text was not a UUID in canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a UUID in its canonical form of 36 characters")]
pub struct InvalidId;

impl<Of> Id<Of> {
    /// Makes a new id that sorts by the time it was made (UUIDv7).
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let (seconds, nanos) = now.to_unix();
        let time = uuid::Timestamp::from_unix(NoContext, seconds, nanos);
        Self::from_uuid(Uuid::new_v7(time))
    }

    /// Takes `uuid` to be the id of an `Of`.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID, for stores.
    #[must_use]
    pub const fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl<Of> FromStr for Id<Of> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        // `Uuid` also reads braces, URNs and bare hex; one id has one text here.
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(InvalidId);
        }
        Uuid::try_parse(text).map(Self::from_uuid).map_err(|_| InvalidId)
    }
}

impl<Of> fmt::Display for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl<Of> fmt::Debug for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// Derived, these would ask the same of `Of`, which is only a name.
impl<Of> Clone for Id<Of> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Of> Copy for Id<Of> {}

impl<Of> PartialEq for Id<Of> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<Of> Eq for Id<Of> {}

impl<Of> PartialOrd for Id<Of> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Of> Ord for Id<Of> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<Of> Hash for Id<Of> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_from_its_text() {
        let id = UserId::new(Timestamp::from_millis(1_700_000_000_000));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn other_spellings_of_a_uuid_are_refused() {
        let id = UserId::new(Timestamp::from_millis(0)).as_uuid();
        for text in [id.simple().to_string(), id.braced().to_string(), id.urn().to_string(), String::new()] {
            assert_eq!(text.parse::<UserId>(), Err(InvalidId), "{text}");
        }
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let earlier = UserId::new(Timestamp::from_millis(1_000));
        let later = UserId::new(Timestamp::from_millis(2_000));
        assert!(earlier < later);
    }
}
