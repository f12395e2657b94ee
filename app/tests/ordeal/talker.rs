//! Somebody who says one thing after another, until all together have said enough.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use confab_bench::ear::Acknowledged;
use confab_bench::history::{Key, Outcome, Recorder};
use confab_bench::listener::Heads;
use confab_bench::person::Person;
use confab_bench::random::Random;
use confab_core::ConversationId;
use tokio::time::{MissedTickBehavior, interval};

/// How often one message is tried.
const ATTEMPTS_MAX: usize = 500;
/// How long to wait before trying again.
const PAUSE: Duration = Duration::from_millis(500);
/// One in so many messages in doubt is left so, to be settled at the end.
const LEFT_IN_DOUBT: u64 = 32;
/// One in so many messages is read at once, as everybody must be able to.
const READ_BACK: u64 = 8;
/// One in so many messages is sent once more although it was acknowledged.
const REPEATED: u64 = 16;

/// How many different things there are to say.
const TEXTS: u64 = 10_000;

/// How much has been said. Clones are one and the same.
#[derive(Clone)]
pub struct Said {
    goal: usize,
    so_far: Arc<Mutex<(usize, Acknowledged)>>,
}

pub struct Talker {
    pub person: Person,
    /// The other one, whose node is another.
    pub reader: Person,
    pub conversation: ConversationId,
    pub recorder: Recorder,
    pub random: Random,
    pub said: Said,
}

impl Said {
    /// Nothing yet; enough are `goal` messages that were acknowledged.
    pub fn new(goal: usize) -> Self {
        Self { goal, so_far: Arc::default() }
    }

    /// How many messages have been acknowledged.
    pub fn count(&self) -> usize {
        self.so_far.lock().unwrap().0
    }

    /// How far each conversation has come.
    pub fn heads(&self) -> Heads {
        self.so_far.lock().unwrap().1.heads().clone()
    }

    fn add(&self, conversation: ConversationId, seq: i64) {
        let mut so_far = self.so_far.lock().unwrap();
        so_far.0 += 1;
        so_far.1.add(conversation, seq);
    }
}

impl Talker {
    /// Talks until enough is said.
    pub async fn run(mut self) {
        while self.said.count() < self.said.goal {
            let client = self.random.client_id();
            let key = Key { conversation: self.conversation, sender: self.person.id, client };
            let text = format!("message {}", self.random.below(TEXTS));
            self.say(key, &text).await;
        }
    }

    async fn say(&mut self, key: Key, text: &str) {
        let Some(seq) = self.make_sure(key, text).await else { return };
        self.said.add(key.conversation, seq);
        if self.random.one_in(READ_BACK) {
            // If the node is gone by now, there is nothing to compare.
            let _ = self.reader.page(key.conversation, seq - 1, &self.recorder).await;
        }
        if self.random.one_in(REPEATED) {
            self.make_sure(key, text).await;
        }
    }

    /// Tries until `text` is acknowledged, and returns its number. Some doubts
    /// are left for later, and a refusal is for the checker.
    async fn make_sure(&mut self, key: Key, text: &str) -> Option<i64> {
        let mut pause = interval(PAUSE);
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..ATTEMPTS_MAX {
            // The first is at once.
            pause.tick().await;
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
