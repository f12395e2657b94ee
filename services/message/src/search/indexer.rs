//! Follows the logs of conversations, and keeps what their messages are found by.
//!
//! It runs behind the appender, which only tells it where something happened,
//! and rests longer than it works, so that those who write wait for nobody.
//!
//! # Invariants
//!
//! * What is found by a search can be made anew from the log at any time. How
//!   far that has come is a mark for each conversation, written with the entries.
//! * Being told is a hint: what was not told, because this node has stopped, is
//!   found by its mark when it begins again; if another one has, when the turn
//!   comes to that conversation, of which each node looks at a few at a time.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use confab_core::ConversationId;
use confab_db::StoreError;
use confab_rpc::Shutdown;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::entry::Entry;
use crate::domain::{Event, EventKind};
use crate::store::{Chunk, MessageStore, SearchIndex};

/// How long is waited for more, so that many messages cost one write.
const GATHER_TIME: Duration = Duration::from_millis(200);
/// How often a rest is as long as the work before it.
const REST_FACTOR: u32 = 4;
/// The longest rest: search is to catch up also where the disk is slow.
const REST_TIME_MAX: Duration = Duration::from_secs(1);
/// How long is waited after a failure of the store.
const RETRY_PAUSE: Duration = Duration::from_secs(5);
/// How many events of a conversation are looked at in one go.
const EVENTS_MAX: usize = 100;
/// How many conversations are looked at side by side: their writes share an fsync.
const CONVERSATIONS_AT_ONCE: usize = 8;
/// How many conversations are looked up at a time when all are looked at.
const PAGE_SIZE: usize = 100;
/// How often the next few conversations are looked at, told of or not.
const TURN_INTERVAL: Duration = Duration::from_secs(30);
/// How many that are: 60,000 in an hour, for two small queries each.
const TURN_SIZE: usize = 500;
/// How many conversations can be told of. If there are more, all are looked at.
const TOLD_MAX: usize = 10_000;

/// Keeps the index behind the log. Clones are one and the same.
#[derive(Clone)]
pub struct Indexer {
    store: Arc<dyn MessageStore>,
    index: Arc<dyn SearchIndex>,
    shutdown: Shutdown,
    begun: Arc<Once>,
    told: Arc<Mutex<Told>>,
    bell: Arc<Notify>,
}

/// Where something has happened.
#[derive(Default)]
struct Told {
    conversations: HashSet<ConversationId>,
    /// Somewhere else too.
    elsewhere: bool,
}

impl Indexer {
    /// Makes an indexer. It does nothing before it is told something, or to begin.
    pub fn new(store: Arc<dyn MessageStore>, index: Arc<dyn SearchIndex>, shutdown: Shutdown) -> Self {
        // What happened before nobody knows.
        let told = Told { elsewhere: true, ..Told::default() };
        Self {
            store,
            index,
            shutdown,
            begun: Arc::new(Once::new()),
            told: Arc::new(Mutex::new(told)),
            bell: Arc::default(),
        }
    }

    /// Begins, when it is called for the first time.
    pub fn begin(&self) {
        self.begin_with_turns_every(TURN_INTERVAL);
    }

    /// The same, and looks at the next few conversations each `turn_interval`.
    pub fn begin_with_turns_every(&self, turn_interval: Duration) {
        self.begun.call_once(|| drop(tokio::spawn(self.clone().run(turn_interval))));
    }

    /// Says that something has happened in `conversation`. Waits for nothing.
    pub fn tell(&self, conversation: ConversationId) {
        self.begin();
        let mut told = self.told();
        if told.conversations.len() < TOLD_MAX {
            told.conversations.insert(conversation);
        } else {
            told.elsewhere = true;
        }
        drop(told);
        self.bell.notify_one();
    }

    async fn run(self, turn_interval: Duration) {
        tokio::select! {
            () = self.work() => {}
            () = self.take_turns(turn_interval) => {}
            () = self.shutdown.begun() => {}
        }
    }

    /// Tells itself of a few conversations after the other. A node that was killed
    /// has not told anybody of what it did not come to, and may never be back.
    async fn take_turns(&self, turn_interval: Duration) {
        let mut turns = interval(turn_interval);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first is at once, and when it begins all are looked at anyway.
        turns.tick().await;
        let mut after = None;
        loop {
            turns.tick().await;
            match self.store.list_ids(after, TURN_SIZE).await {
                Ok(page) => {
                    // Behind the last one comes the first again.
                    after = page.last().copied();
                    for conversation in page {
                        self.tell(conversation);
                    }
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "cannot look what is not found");
                }
            }
        }
    }

    async fn work(&self) {
        loop {
            if let Err(error) = self.catch_up().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "what was said is not found yet");
                self.told().elsewhere = true;
                sleep(RETRY_PAUSE).await;
                continue;
            }
            self.bell.notified().await;
            sleep(GATHER_TIME).await;
        }
    }

    /// Indexes all that was told of.
    async fn catch_up(&self) -> Result<(), StoreError> {
        let epoch = self.store.epoch().await?;
        if std::mem::take(&mut self.told().elsewhere) {
            let mut after = None;
            loop {
                let page = self.store.list_ids(after, PAGE_SIZE).await?;
                after = page.last().copied();
                self.follow_all(&epoch, page).await?;
                if after.is_none() {
                    break;
                }
                // Those who have just said something go first.
                self.follow_told(&epoch).await?;
            }
        }
        self.follow_told(&epoch).await
    }

    async fn follow_told(&self, epoch: &str) -> Result<(), StoreError> {
        let told = std::mem::take(&mut self.told().conversations);
        self.follow_all(epoch, told).await
    }

    async fn follow_all(
        &self,
        epoch: &str,
        conversations: impl IntoIterator<Item = ConversationId>,
    ) -> Result<(), StoreError> {
        let all = stream::iter(conversations).map(|conversation| self.follow(epoch, conversation));
        all.buffer_unordered(CONVERSATIONS_AT_ONCE).try_collect().await
    }

    /// Indexes what happened in `conversation` since it was indexed last.
    async fn follow(&self, epoch: &str, conversation: ConversationId) -> Result<(), StoreError> {
        loop {
            let begun = Instant::now();
            let mark = self.index.indexed(epoch, conversation).await?;
            let events = self.store.list_events(conversation, mark, EVENTS_MAX).await?;
            if let Some(last) = events.last() {
                // As they look now, which may be later than the last event. What
                // happened in between is looked at again.
                let seqs: Vec<i64> =
                    events.iter().filter_map(changed).collect::<BTreeSet<_>>().into_iter().collect();
                let messages = self.store.find_messages(conversation, &seqs).await?;
                let entries = messages.iter().map(Entry::of).collect();
                self.index.index(epoch, Chunk { conversation, to: last.seq(), entries }).await?;
            }
            sleep((begun.elapsed() * REST_FACTOR).min(REST_TIME_MAX)).await;
            if events.len() < EVENTS_MAX {
                return Ok(());
            }
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The message whose text is another after `event`.
fn changed(event: &Event) -> Option<i64> {
    match &event.kind {
        EventKind::MessageSent(_) => Some(event.seq()),
        EventKind::MessageEdited { target, .. } | EventKind::MessageDeleted { target } => Some(*target),
        _ => None,
    }
}
