//! Queues what is to be stored, and stores it in batches.
//!
//! One write to a database costs about as much as a hundred in one go. So at
//! most one write is under way for a conversation, and whatever comes in
//! meanwhile goes out together with the next. A lone message waits for nobody.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use confab_bus::{Bus, Ring};
use confab_core::{Clock, ConversationId};
use confab_db::StoreError;
use confab_rpc::measure::Inside;
use tokio::sync::oneshot;

use crate::convert;
use crate::domain::{Conditions, Draft};
use crate::error::Error;
use crate::push::PushBox;
use crate::search::Indexer;
use crate::store::{Appended, MessageStore};

/// How many drafts go out in one write. At the largest size of a message that
/// is 8 MiB, half of what MongoDB takes.
const BATCH_MAX: usize = 256;
/// How many drafts may wait for one conversation.
const QUEUE_MAX: usize = 4_096;

/// Appends to the logs of conversations, and rings the bell for what it appended.
#[derive(Clone)]
pub struct Appender {
    store: Arc<dyn MessageStore>,
    bus: Bus,
    clock: Arc<dyn Clock>,
    members_max: usize,
    indexer: Indexer,
    push_box: Option<PushBox>,
    queues: Arc<Mutex<HashMap<ConversationId, Queue>>>,
}

/// What waits for one conversation. As long as there is one, a task drains it.
type Queue = VecDeque<Waiting>;

/// Events that wait to be stored.
pub const APPENDS_WAITING: &str = "confab_appends_waiting";

struct Waiting {
    draft: Draft,
    answer: oneshot::Sender<Result<Appended, Error>>,
    _inside: Inside,
}

impl Appender {
    /// `members_max` is how many members a group can have.
    pub fn new(
        store: Arc<dyn MessageStore>,
        bus: Bus,
        clock: Arc<dyn Clock>,
        members_max: usize,
        indexer: Indexer,
    ) -> Self {
        Self { store, bus, clock, members_max, indexer, push_box: None, queues: Arc::default() }
    }

    /// The same, which hands what it appends into `push_box` too.
    pub fn with_push_box(self, push_box: PushBox) -> Self {
        Self { push_box: Some(push_box), ..self }
    }

    /// Appends `draft` to the log of `conversation`. When this returns, it is durable.
    ///
    /// Drafts for one conversation are stored in the order of these calls.
    pub async fn append(&self, conversation: ConversationId, draft: Draft) -> Result<Appended, Error> {
        let (answer, answered) = oneshot::channel();
        self.enqueue(conversation, Waiting { draft, answer, _inside: Inside::new(APPENDS_WAITING) })?;
        // No answer means that the task is gone, and nobody knows how far it came.
        answered.await.unwrap_or(Err(Error::Unsettled))
    }

    fn enqueue(&self, conversation: ConversationId, waiting: Waiting) -> Result<(), Error> {
        let mut queues = self.queues();
        if let Some(queue) = queues.get_mut(&conversation) {
            if queue.len() >= QUEUE_MAX {
                return Err(Error::ConversationBusy);
            }
            queue.push_back(waiting);
        } else {
            queues.insert(conversation, VecDeque::from([waiting]));
            // Not part of the request: its caller may go away, the others in the batch may not.
            tokio::spawn(Drain { appender: self.clone(), conversation }.run());
        }
        Ok(())
    }

    /// Stores `batch` with one write, rings for it, and answers.
    async fn store(&self, conversation: ConversationId, batch: Vec<Waiting>) {
        let (drafts, answers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|one| (one.draft, one.answer)).unzip();
        let conditions = Conditions { now: self.clock.now(), members_max: self.members_max };
        match self.store.append(conversation, &drafts, conditions).await {
            Ok(outcomes) => {
                self.ring_for(conversation, &outcomes);
                self.indexer.tell(conversation);
                self.hand_in(&outcomes);
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    // Whoever asked may have gone; it is stored all the same.
                    let _ = answer.send(Ok(outcome));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for answer in answers {
                    let _ = answer.send(Err(Error::Store(error.clone())));
                }
                if matches!(*error, StoreError::Unknown { .. }) {
                    self.ring_for_unknown(conversation).await;
                }
            }
        }
    }

    /// Rings once for all stored events of a batch; more often if others wrote in
    /// between. Also for those of a retry: nobody may have heard of them the
    /// first time. Who has, knows them by their numbers.
    fn ring_for(&self, conversation: ConversationId, outcomes: &[Appended]) {
        let events: Vec<_> = outcomes.iter().filter_map(Appended::event).collect();
        for run in events.chunk_by(|one, next| next.seq() == one.seq() + 1) {
            let seq = run.last().map_or(0, |event| event.seq());
            let events = run.iter().map(|event| convert::encode(event)).collect();
            self.bus.ring(Ring { conversation, seq, events });
        }
    }

    /// Has devices told of what is new. Of a retry they were told the first time.
    fn hand_in(&self, outcomes: &[Appended]) {
        let Some(push_box) = &self.push_box else { return };
        for outcome in outcomes {
            if let Appended::Stored(event) = outcome {
                push_box.tell(event);
            }
        }
    }

    /// After a write of which nobody knows how it ended, looks how it ended, so
    /// that members hear of what was stored although nobody acknowledged it.
    async fn ring_for_unknown(&self, conversation: ConversationId) {
        match self.store.head(conversation).await {
            Ok(head) => self.bus.ring(Ring { conversation, seq: head.seq, events: Vec::new() }),
            // Then the retry of whoever sent it rings.
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "a write stays unsettled"),
        }
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<ConversationId, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that empties the queue of one conversation, and then ends.
struct Drain {
    appender: Appender,
    conversation: ConversationId,
}

impl Drain {
    async fn run(self) {
        while let Some(batch) = self.next_batch() {
            self.appender.store(self.conversation, batch).await;
        }
    }

    /// Takes what waits. Nothing: then the queue goes, under the same lock, so
    /// that whoever comes next starts another task.
    fn next_batch(&self) -> Option<Vec<Waiting>> {
        let mut queues = self.appender.queues();
        let queue = queues.get_mut(&self.conversation)?;
        if queue.is_empty() {
            queues.remove(&self.conversation);
            return None;
        }
        let size = queue.len().min(BATCH_MAX);
        Some(queue.drain(..size).collect())
    }
}

impl Drop for Drain {
    /// A task that ends by a panic leaves its queue; without this, nobody would
    /// drain it ever again. Those who wait are told that nobody knows.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.appender.queues().remove(&self.conversation);
        }
    }
}
