//! The form on the wire: protobuf, and the subjects it goes by.

use bytes::Bytes;
use confab_core::ConversationId;
use confab_proto::Violations;
use confab_proto::internal::v1;
use confab_proto::internal::v1::envelope::Body as Wire;
use prost::Message as _;
use uuid::Uuid;

use super::recent::Digest;
use crate::{Ring, Whisper};

/// Over how many subjects rings are spread, and as many for whispers.
const SHARDS: u8 = 64;

/// What a node says to the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Who says it.
    pub node: Uuid,
    /// What.
    pub body: Body,
}

/// What can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// The ring with this number.
    Ring(u64, Ring),
    Whisper(Whisper),
    Digest(Digest),
    Farewell,
}

/// What came in is no envelope.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    #[error("it is not protobuf")]
    Undecodable(#[from] prost::DecodeError),
    #[error("{field} {problem}")]
    Forbidden { field: String, problem: &'static str },
    #[error("it says nothing that is known here")]
    Unknown,
}

/// The subjects of one installation.
#[derive(Clone, Debug)]
pub struct Subjects {
    prefix: String,
}

impl Subjects {
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// Where `body` goes.
    pub fn of(&self, body: &Body) -> String {
        let prefix = &self.prefix;
        match body {
            Body::Ring(_, ring) => format!("{prefix}.ring.{}", shard(ring.conversation.as_uuid())),
            Body::Whisper(whisper) => format!("{prefix}.whisper.{}", shard(whisper.key)),
            // The same way as rings, so that they stay behind those before them.
            Body::Digest(_) | Body::Farewell => format!("{prefix}.ring.digest"),
        }
    }

    /// Where rings and digests come from.
    pub fn all_rings(&self) -> String {
        format!("{}.ring.*", self.prefix)
    }

    /// Where whispers come from.
    pub fn all_whispers(&self) -> String {
        format!("{}.whisper.*", self.prefix)
    }
}

/// The last byte of an id is random in all of ours.
fn shard(key: Uuid) -> u8 {
    key.as_bytes()[15] % SHARDS
}

impl Envelope {
    pub fn encode(self) -> Bytes {
        let body = match self.body {
            Body::Ring(number, Ring { conversation, seq, events }) => {
                Wire::Ring(v1::Ring { number, conversation_id: bytes(conversation.as_uuid()), seq, events })
            }
            Body::Whisper(Whisper { key, payload }) => {
                Wire::Whisper(v1::Whisper { key: bytes(key), payload })
            }
            Body::Digest(digest) => Wire::Digest(digest.into()),
            Body::Farewell => Wire::Farewell(v1::Farewell {}),
        };
        v1::Envelope { node_id: bytes(self.node), body: Some(body) }.encode_to_vec().into()
    }

    pub fn decode(payload: Bytes) -> Result<Self, Malformed> {
        let envelope = v1::Envelope::decode(payload)?;
        if let Some(first) = Violations::of(&envelope).as_slice().first() {
            return Err(Malformed::Forbidden { field: first.field.clone(), problem: first.problem });
        }
        let body = match envelope.body.ok_or(Malformed::Unknown)? {
            Wire::Ring(v1::Ring { number, conversation_id, seq, events }) => {
                Body::Ring(number, Ring { conversation: conversation(&conversation_id)?, seq, events })
            }
            Wire::Whisper(v1::Whisper { key, payload }) => {
                Body::Whisper(Whisper { key: uuid(&key)?, payload })
            }
            Wire::Digest(digest) => Body::Digest(digest.try_into()?),
            Wire::Farewell(v1::Farewell {}) => Body::Farewell,
        };
        Ok(Self { node: uuid(&envelope.node_id)?, body })
    }
}

impl From<Digest> for v1::Digest {
    fn from(Digest { number, covers_after, heads }: Digest) -> Self {
        let head = |(conversation, seq): (ConversationId, i64)| v1::ActiveHead {
            conversation_id: bytes(conversation.as_uuid()),
            seq,
        };
        Self { number, covers_after, heads: heads.into_iter().map(head).collect() }
    }
}

impl TryFrom<v1::Digest> for Digest {
    type Error = Malformed;

    fn try_from(v1::Digest { number, covers_after, heads }: v1::Digest) -> Result<Self, Malformed> {
        let head = |head: v1::ActiveHead| Ok((conversation(&head.conversation_id)?, head.seq));
        let heads = heads.into_iter().map(head).collect::<Result<_, Malformed>>()?;
        Ok(Self { number, covers_after, heads })
    }
}

fn bytes(uuid: Uuid) -> Bytes {
    Bytes::copy_from_slice(uuid.as_bytes())
}

/// The contract has checked the length; whoever breaks it is malformed all the same.
fn uuid(bytes: &Bytes) -> Result<Uuid, Malformed> {
    Uuid::from_slice(bytes).map_err(|_| Malformed::Unknown)
}

fn conversation(bytes: &Bytes) -> Result<ConversationId, Malformed> {
    uuid(bytes).map(ConversationId::from_uuid)
}

#[cfg(test)]
mod tests {
    use super::super::recent::HEADS_MAX;
    use super::*;

    fn conversation(n: u128) -> ConversationId {
        ConversationId::from_uuid(Uuid::from_u128(n))
    }

    fn every_body() -> [Body; 4] {
        let events = vec![Bytes::from_static(b"one"), Bytes::from_static(b"two")];
        [
            Body::Ring(7, Ring { conversation: conversation(1), seq: 2, events }),
            Body::Whisper(Whisper { key: Uuid::from_u128(65), payload: Bytes::from_static(b"typing") }),
            Body::Digest(Digest { number: 9, covers_after: 8, heads: vec![(conversation(2), 3)] }),
            Body::Farewell,
        ]
    }

    #[test]
    fn what_is_said_is_what_is_heard() {
        for body in every_body() {
            let envelope = Envelope { node: Uuid::from_u128(5), body };
            assert_eq!(Envelope::decode(envelope.clone().encode()).unwrap(), envelope);
        }
    }

    #[test]
    fn subjects_are_those_that_are_listened_to() {
        let subjects = every_body().map(|body| Subjects::new("confab").of(&body));
        let expected = ["confab.ring.1", "confab.whisper.1", "confab.ring.digest", "confab.ring.digest"];
        assert_eq!(subjects, expected);
    }

    #[test]
    fn anything_else_is_refused() {
        let short = v1::Envelope { node_id: Bytes::from_static(b"short"), body: None };
        let no_body = v1::Envelope { node_id: bytes(Uuid::nil()), body: None };
        let heads = vec![v1::ActiveHead { conversation_id: bytes(Uuid::nil()), seq: 1 }; HEADS_MAX + 1];
        let digest = v1::Digest { number: 1, covers_after: 0, heads };
        let long = v1::Envelope { node_id: bytes(Uuid::nil()), body: Some(Wire::Digest(digest)) };
        for bad in [vec![0xff], short.encode_to_vec(), no_body.encode_to_vec(), long.encode_to_vec()] {
            assert!(Envelope::decode(bad.into()).is_err());
        }
    }
}
