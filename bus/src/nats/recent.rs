//! What this node has rung for lately: the contents of its digest.

use std::collections::{BTreeMap, HashMap, VecDeque};

use confab_core::ConversationId;

/// How many conversations a digest names. The contract has the same limit.
pub const HEADS_MAX: usize = 1_000;
/// In how many digests a ring is told of, so that one may be lost too.
const DIGESTS: usize = 4;

/// The rings of the last few digests, by their numbers.
#[derive(Debug, Default)]
pub struct Recent {
    /// How many rings there were.
    number: u64,
    /// All rings after this number are in `heads`.
    covers_after: u64,
    /// The last ring of each conversation.
    heads: BTreeMap<u64, (ConversationId, i64)>,
    numbers: HashMap<ConversationId, u64>,
    /// What `number` was at the last few digests, oldest first.
    earlier: VecDeque<u64>,
}

/// What a node rang for lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// How many times it has rung.
    pub number: u64,
    /// The conversations of all rings after this number are in `heads`.
    pub covers_after: u64,
    /// How far those conversations have come.
    pub heads: Vec<(ConversationId, i64)>,
}

impl Recent {
    /// Notes a ring, and returns its number.
    pub fn note(&mut self, conversation: ConversationId, seq: i64) -> u64 {
        self.number += 1;
        let mut head = seq;
        if let Some(number) = self.numbers.insert(conversation, self.number)
            && let Some((_, earlier)) = self.heads.remove(&number)
        {
            head = seq.max(earlier);
        }
        self.heads.insert(self.number, (conversation, head));
        if self.heads.len() > HEADS_MAX {
            self.forget_first();
        }
        self.number
    }

    /// Notes that `count` rings were lost, nobody knows of which conversations.
    pub fn lose(&mut self, count: u64) {
        self.number += count;
        self.covers_after = self.number;
        self.heads.clear();
        self.numbers.clear();
    }

    /// What to tell now.
    pub fn digest(&mut self) -> Digest {
        let heads = self.heads.values().copied().collect();
        let digest = Digest { number: self.number, covers_after: self.covers_after, heads };
        self.earlier.push_back(self.number);
        if self.earlier.len() >= DIGESTS
            && let Some(told) = self.earlier.pop_front()
        {
            while self.heads.first_key_value().is_some_and(|(number, _)| *number <= told) {
                self.forget_first();
            }
            self.covers_after = self.covers_after.max(told);
        }
        digest
    }

    fn forget_first(&mut self) {
        if let Some((number, (conversation, _))) = self.heads.pop_first() {
            self.numbers.remove(&conversation);
            self.covers_after = self.covers_after.max(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn conversation(n: usize) -> ConversationId {
        ConversationId::from_uuid(Uuid::from_u128(n as u128))
    }

    #[test]
    fn a_digest_names_each_conversation_once() {
        let mut recent = Recent::default();
        let numbers = [(1, 5), (2, 7), (1, 6)].map(|(of, seq)| recent.note(conversation(of), seq));
        assert_eq!(numbers, [1, 2, 3]);
        let heads = vec![(conversation(2), 7), (conversation(1), 6)];
        assert_eq!(recent.digest(), Digest { number: 3, covers_after: 0, heads });
    }

    #[test]
    fn a_ring_is_told_of_a_few_times() {
        let mut recent = Recent::default();
        recent.note(conversation(1), 1);
        for _ in 0..DIGESTS {
            assert_eq!(recent.digest().heads, [(conversation(1), 1)]);
        }
        assert_eq!(recent.digest(), Digest { number: 1, covers_after: 1, heads: vec![] });
    }

    #[test]
    fn too_many_conversations_leave_the_oldest_out_and_say_so() {
        let mut recent = Recent::default();
        for of in 0..HEADS_MAX + 2 {
            recent.note(conversation(of), 1);
        }
        let digest = recent.digest();
        assert_eq!((digest.covers_after, digest.heads.len()), (2, HEADS_MAX));
        assert_eq!(digest.heads[0].0, conversation(2));
    }

    #[test]
    fn lost_rings_are_said_to_be_lost() {
        let mut recent = Recent::default();
        recent.note(conversation(1), 1);
        recent.lose(3);
        assert_eq!(recent.digest(), Digest { number: 4, covers_after: 4, heads: vec![] });
        assert_eq!(recent.note(conversation(1), 9), 5);
        assert_eq!(recent.digest().heads, [(conversation(1), 9)]);
    }
}
