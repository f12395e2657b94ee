//! Somebody who listens, and comes back knowing what they have heard.

use std::time::Duration;

use confab_bench::history::Recorder;
use confab_bench::listener::{Heads, Listener};
use confab_bench::person::Person;
use confab_bench::random::Random;
use confab_core::ConversationId;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::phase::{Phase, not_down};

/// How often somebody comes back at the most.
const STREAMS_MAX: usize = 1_000;
/// How long a stream may be silent: longer than the time between heartbeats.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// How long it may take to hear what was missed.
const CATCH_UP_MAX: Duration = Duration::from_secs(20);
/// How much of each conversation is forgotten at the end: up to what a stream
/// sends in one go, and some more.
const FORGOTTEN_MAX: u64 = 120;

pub struct Subscriber(Listener);

impl Subscriber {
    pub fn new(person: Person, conversations: &[ConversationId], recorder: Recorder) -> Self {
        Self(Listener::new(person, conversations, recorder))
    }

    /// Listens until it is over, coming back whenever the server does.
    pub async fn run(mut self, mut phase: watch::Receiver<Phase>) -> Self {
        for _ in 0..STREAMS_MAX {
            if not_down(&mut phase).await == Phase::Over {
                return self;
            }
            tokio::select! {
                () = self.hear(None) => {}
                _ = phase.wait_for(|phase| *phase == Phase::Over) => {}
            }
            self.0.write_down(None);
        }
        panic!("the stream has broken {STREAMS_MAX} times");
    }

    /// Comes back once more, as if the last things heard had been lost, and
    /// listens until everything up to `heads` is known.
    pub async fn catch_up(mut self, heads: &Heads, mut random: Random) {
        let known = self.0.known();
        for seq in known.values_mut() {
            *seq -= i64::try_from(random.below(FORGOTTEN_MAX)).unwrap().min(*seq);
        }
        let heads = heads.iter().filter(|(conversation, _)| known.contains_key(conversation));
        let heads: Heads = heads.map(|(conversation, head)| (*conversation, *head)).collect();
        // How far it came is for the checker.
        let _ = timeout(CATCH_UP_MAX, self.hear(Some(&heads))).await;
        self.0.write_down(Some(&heads));
    }

    /// Listens to one stream, until it breaks or everything up to `goal` is known.
    async fn hear(&mut self, goal: Option<&Heads>) {
        let Ok(mut stream) = self.0.open().await else { return };
        while goal.is_none_or(|goal| !self.0.has_reached(goal)) {
            // Ends with the stream, which ends with the server, or with silence.
            let Ok(Ok(Some(response))) = timeout(SILENCE_MAX, stream.message()).await else { return };
            if self.0.take(response).await.is_err() {
                return;
            }
        }
    }
}
