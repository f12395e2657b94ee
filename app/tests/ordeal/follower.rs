//! Somebody who listens, and comes back knowing what they have heard.

use std::pin::pin;
use std::time::{Duration, Instant};

use confab_bench::crowd::Crowd;
use confab_bench::listener::{Heads, Listener};
use confab_core::ConversationId;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How long a stream may be silent: longer than the time between heartbeats.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How long to wait before coming back.
const PAUSE: Duration = Duration::from_millis(100);
/// How long it may take to hear the rest when nobody talks any more, and nothing is away.
const REST_MAX: Duration = Duration::from_secs(20);

/// All of them.
pub struct Followers {
    listening: JoinSet<()>,
    /// What is to be heard before they end; unknown as long as people talk.
    goal: watch::Sender<Option<Heads>>,
}

struct Follower {
    listener: Listener,
    talks: Vec<ConversationId>,
    goal: watch::Receiver<Option<Heads>>,
}

impl Followers {
    /// Lets each person of `crowd` listen, over a connection of their own.
    pub fn begin(crowd: &Crowd) -> Self {
        let (mut listening, goal) = (JoinSet::new(), watch::Sender::new(None));
        for (place, person) in crowd.people.iter().enumerate() {
            let talks = crowd.talks_of(place);
            let listener = Listener::new(person.elsewhere(), &talks, crowd.recorder.clone());
            listening.spawn(Follower { listener, talks, goal: goal.subscribe() }.run());
        }
        Self { listening, goal }
    }

    /// Waits until everything up to `heads` has been heard, for a while, and
    /// returns how long it took. What did not come is for the checker.
    pub async fn end(self, heads: Heads) -> Duration {
        let begin = Instant::now();
        self.goal.send_replace(Some(heads));
        self.listening.join_all().await;
        begin.elapsed()
    }
}

impl Follower {
    async fn run(mut self) {
        let mut goal = self.goal.clone();
        let over = async { drop(goal.wait_for(Option::is_some).await) };
        {
            let mut hearing = pin!(self.hear_all());
            tokio::select! {
                () = &mut hearing => {}
                () = over => drop(timeout(REST_MAX, hearing).await),
            }
        }
        let own = self.own_goal();
        self.listener.write_down(own.as_ref());
    }

    /// Listens until the goal is known and reached, coming back whenever the stream ends.
    async fn hear_all(&mut self) {
        let mut pause = interval(PAUSE);
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pause.tick().await;
            self.hear().await;
            if self.has_heard_all() {
                return;
            }
            self.listener.write_down(None);
        }
    }

    /// Listens to one stream, until it ends or the goal is reached.
    async fn hear(&mut self) {
        let Ok(mut stream) = self.listener.open().await else { return };
        while !self.has_heard_all() {
            let response = tokio::select! {
                response = timeout(SILENCE_MAX, stream.message()) => response,
                _ = self.goal.changed() => continue,
            };
            // It ends with the node, or with silence.
            let Ok(Ok(Some(response))) = response else { return };
            if self.listener.take(response).await.is_err() {
                return;
            }
        }
    }

    fn has_heard_all(&self) -> bool {
        self.own_goal().is_some_and(|goal| self.listener.has_reached(&goal))
    }

    /// What is to be heard of their own conversations, if that is known.
    fn own_goal(&self) -> Option<Heads> {
        let goal = self.goal.borrow();
        let own = goal.as_ref()?.iter().filter(|(talk, _)| self.talks.contains(talk));
        Some(own.map(|(talk, head)| (*talk, *head)).collect())
    }
}
