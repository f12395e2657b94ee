//! A history, looked up in ways that the checks need.

use std::collections::{BTreeSet, HashMap};

use confab_core::{ConversationId, UserId};

use crate::history::{Attempt, History, Key, Outcome, Reading, Seen, Source, Step};

/// See [this module](self).
pub struct Evidence<'a> {
    pub history: &'a History,
    /// All numbers of a message, over all that was seen and said.
    pub numbers: HashMap<Key, BTreeSet<i64>>,
    /// The whole log, as each member read it at the end.
    finals: HashMap<(ConversationId, UserId), HashMap<i64, &'a Seen>>,
    /// The last number of each conversation that anybody saw at the end.
    last: HashMap<ConversationId, i64>,
    /// The number with which somebody stopped being a member.
    left: HashMap<(ConversationId, UserId), i64>,
}

impl<'a> Evidence<'a> {
    pub fn of(history: &'a History) -> Self {
        let (finals, last) = (HashMap::new(), HashMap::new());
        let mut evidence = Self { history, numbers: HashMap::new(), finals, last, left: HashMap::new() };
        for reading in &history.readings {
            evidence.add_leavers(reading);
            for seen in reading.events() {
                evidence.add_number(Key::of(reading.conversation, seen), seen.seq);
            }
            if reading.source == Source::Final {
                evidence.add_final(reading);
            }
        }
        for (attempt, seq) in acknowledged(history) {
            evidence.add_number(attempt.key, seq);
        }
        evidence
    }

    /// Whether `reader` has the message `key` under the number `seq` at the end.
    pub fn has(&self, reader: UserId, key: Key, seq: i64) -> bool {
        let log = self.finals.get(&(key.conversation, reader));
        log.and_then(|log| log.get(&seq)).is_some_and(|seen| Key::of(key.conversation, seen) == key)
    }

    /// The last number that anybody saw at the end.
    pub fn last(&self, conversation: ConversationId) -> i64 {
        self.last.get(&conversation).copied().unwrap_or(0)
    }

    /// The last number that `member` may see, if they left.
    pub fn left(&self, conversation: ConversationId, member: UserId) -> Option<i64> {
        self.left.get(&(conversation, member)).copied()
    }

    fn add_leavers(&mut self, reading: &Reading) {
        for step in &reading.steps {
            let Step::Left { seq, member } = step else { continue };
            let left = self.left.entry((reading.conversation, *member)).or_insert(*seq);
            *left = (*left).min(*seq);
        }
    }

    fn add_final(&mut self, reading: &'a Reading) {
        let log = self.finals.entry((reading.conversation, reading.reader)).or_default();
        log.extend(reading.events().map(|seen| (seen.seq, seen)));
        let last = self.last.entry(reading.conversation).or_default();
        *last = reading.steps.iter().filter_map(Step::seq).max().unwrap_or(0).max(*last);
    }

    fn add_number(&mut self, key: Key, seq: i64) {
        self.numbers.entry(key).or_default().insert(seq);
    }
}

/// The attempts that were acknowledged, and with which number.
pub fn acknowledged(history: &History) -> impl Iterator<Item = (&Attempt, i64)> {
    history.attempts.iter().filter_map(|attempt| match attempt.outcome {
        Outcome::Ok { seq, .. } => Some((attempt, seq)),
        Outcome::Refused(_) | Outcome::Unknown => None,
    })
}
