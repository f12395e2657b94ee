//! Somebody who says one thing after another, and makes sure of most of it.

use confab_bench::history::{Key, Outcome, Recorder};
use confab_bench::person::Person;
use confab_bench::random::Random;
use confab_core::ConversationId;
use tokio::sync::watch;

use crate::phase::{Phase, not_down};

/// How much one sender says at the most.
const MESSAGES_MAX: usize = 20_000;
/// How often one message is tried: more than the server is killed.
const ATTEMPTS_MAX: usize = 100;
/// One in so many messages in doubt is left so, to be settled at the end.
const LEFT_IN_DOUBT: u64 = 2;
/// One in so many messages is read at once, as everybody must be able to.
const READ_BACK: u64 = 4;
/// One in so many messages is sent once more although it was acknowledged.
const REPEATED: u64 = 8;
/// One in so many is followed by another text with its id, which is refused.
const MISUSED: u64 = 16;

pub struct Sender {
    pub person: Person,
    pub conversation: ConversationId,
    pub recorder: Recorder,
    pub phase: watch::Receiver<Phase>,
    pub random: Random,
}

impl Sender {
    /// Talks until it is over.
    pub async fn run(mut self) {
        for number in 0..MESSAGES_MAX {
            if not_down(&mut self.phase).await == Phase::Over {
                return;
            }
            let client = self.random.client_id();
            let key = Key { conversation: self.conversation, sender: self.person.id, client };
            self.say(key, &format!("message {number}")).await;
        }
    }

    async fn say(&mut self, key: Key, text: &str) {
        let Some(seq) = self.make_sure(key, text).await else { return };
        if self.random.one_in(READ_BACK) {
            // If the server is gone by now, there is nothing to compare.
            let _ = self.person.page(key.conversation, seq - 1, &self.recorder).await;
        }
        if self.random.one_in(REPEATED) {
            self.make_sure(key, text).await;
        }
        if self.random.one_in(MISUSED) {
            self.person.try_to_say(key, &format!("not {text}"), &self.recorder).await;
        }
    }

    /// Tries until `text` is acknowledged, and returns its number. Some doubts
    /// are left for later, and a refusal is for the checker.
    async fn make_sure(&mut self, key: Key, text: &str) -> Option<i64> {
        for _ in 0..ATTEMPTS_MAX {
            not_down(&mut self.phase).await;
            match self.person.try_to_say(key, text, &self.recorder).await {
                Outcome::Ok { seq, .. } => return Some(seq),
                Outcome::Refused(_) => return None,
                Outcome::Unknown if self.random.one_in(LEFT_IN_DOUBT) => return None,
                Outcome::Unknown => {}
            }
        }
        panic!("{text:?} was tried {ATTEMPTS_MAX} times");
    }
}
