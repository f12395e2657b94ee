//! Tells those who watch what was stored.
//!
//! ```text
//! bus ──▶ deliver.rs ──▶ outbox.rs (one for each stream, bounded) ──▶ subscription.rs ──▶ client
//!           reader.rs    reads what the bus did not bring, once for all
//!           progress.rs  knows what that is
//! hub.rs   the streams, and what they have in common
//! ```
//!
//! The bell may be lost, repeated or out of order; a stream is none of that,
//! because a subscription goes by the numbers and reads the store at a jump.
//! Beside it goes what may really be lost (`whispers.rs`): who is writing, who
//! is online (`presence/`), and how far people have come (`marks.rs`).

mod deliver;
mod hub;
mod marks;
mod outbox;
mod presence;
mod progress;
mod reader;
mod subscription;
mod whispers;

use std::collections::HashMap;
use std::sync::Arc;

use confab_core::ConversationId;
use confab_proto::message::v1;
use sha2::{Digest as _, Sha256};

use crate::store::MemberHead;

pub use hub::Hub;
pub use marks::MarkNews;
pub use presence::Presence;

/// What a client knows when it subscribes.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The history that the numbers belong to; empty if the client knows nothing.
    pub epoch: String,
    /// The newest event known of each conversation.
    pub heads: HashMap<ConversationId, i64>,
    /// In place of the heads: what [`heads_hash`] makes of them.
    pub hash: Option<HeadsHash>,
}

/// A SHA-256, in bytes.
pub type HeadsHash = [u8; 32];

/// The hash of everything that a member sees, as the contract defines it.
fn heads_hash(heads: &[MemberHead]) -> HeadsHash {
    let seen = heads.iter().filter(|theirs| theirs.head.seq > theirs.since.seq);
    let mut seen: Vec<_> = seen.map(|theirs| (theirs.conversation.as_uuid(), theirs.head.seq)).collect();
    seen.sort_unstable();
    let mut hash = Sha256::new();
    for (conversation, seq) in seen {
        hash.update(conversation.as_bytes());
        hash.update(seq.to_be_bytes());
    }
    hash.finalize().into()
}

/// What there is to tell the streams of a conversation.
#[derive(Clone, Debug, PartialEq)]
enum News {
    /// Events in order, without a hole; at least one.
    Events(Vec<Arc<v1::Event>>),
    /// It has come as far as this number; the events are to be read.
    Head(i64),
}

impl News {
    /// How far the conversation has come.
    fn seq(&self) -> i64 {
        match self {
            Self::Events(events) => events.last().map_or(0, |event| event.seq),
            Self::Head(seq) => *seq,
        }
    }

    /// Whether whoever was told up to `told` has missed nothing before it.
    fn goes_on_from(&self, told: i64) -> bool {
        match self {
            Self::Events(events) => events.first().is_some_and(|event| event.seq <= told + 1),
            Self::Head(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use confab_core::UserId;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{Head, Mark};

    fn theirs(conversation: u128, since: i64, seq: i64) -> MemberHead {
        MemberHead {
            member: UserId::from_uuid(Uuid::nil()),
            conversation: ConversationId::from_uuid(Uuid::from_u128(conversation)),
            since: Mark { seq: since, ordinal: 0 },
            head: Head { seq, ..Head::default() },
        }
    }

    #[test]
    fn the_hash_is_that_of_the_contract() {
        let mut bytes = Vec::new();
        bytes.extend([0; 15].iter().chain(&[1]).chain(&[0; 7]).chain(&[7]));
        bytes.extend([0; 15].iter().chain(&[2]).chain(&[0; 6]).chain(&[1, 0]));
        let expected: HeadsHash = Sha256::digest(bytes).into();
        // In any order, and without what is empty or not seen.
        let heads = [theirs(2, 0, 256), theirs(3, 0, 0), theirs(1, 6, 7), theirs(4, 9, 9)];
        assert_eq!(heads_hash(&heads), expected);
    }
}
