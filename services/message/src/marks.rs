//! Queues how far people have come, and stores it in batches.
//!
//! A client that catches up says so over and over. What one member says of one
//! conversation within a short time becomes one write, together with what
//! others say; each is answered after it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use confab_core::{ConversationId, UserId};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::domain::{Advance, Marks};
use crate::error::Error;
use crate::store::MessageStore;

/// How long what is said waits for more.
const WINDOW: Duration = Duration::from_millis(50);
/// How many members' marks of conversations go out in one write.
const BATCH_MAX: usize = 256;
/// How many of them may wait.
const QUEUE_MAX: usize = 16_384;
/// How many may wait for one of them: a member has a few devices, and one call
/// may say the same a hundred times.
const ANSWERS_MAX: usize = 256;

/// Moves the marks of members. Clones are one and the same.
#[derive(Clone)]
pub struct Marker {
    store: Arc<dyn MessageStore>,
    queue: Arc<Mutex<Queue>>,
}

#[derive(Default)]
struct Queue {
    waiting: HashMap<(ConversationId, UserId), Waiting>,
    /// Whether a task empties it.
    is_drained: bool,
}

struct Waiting {
    advance: Advance,
    answers: Vec<oneshot::Sender<Result<Option<Marks>, Error>>>,
}

impl Marker {
    pub fn new(store: Arc<dyn MessageStore>) -> Self {
        Self { store, queue: Arc::default() }
    }

    /// Moves marks forward to events that are there, and returns how far the
    /// member has come now; `None` if they are not in the conversation. When
    /// this returns, it is durable.
    pub async fn advance(&self, advance: Advance) -> Result<Option<Marks>, Error> {
        let (answer, answered) = oneshot::channel();
        let begins = self.queue().add(advance, answer)?;
        if begins {
            // Not part of the request: its caller may go away, the others may not.
            tokio::spawn(Drain(self.clone()).run());
        }
        // No answer means that the task is gone, and nobody knows how far it came.
        answered.await.unwrap_or(Err(Error::Unsettled))
    }

    async fn store(&self, batch: Vec<Waiting>) {
        let advances: Vec<Advance> = batch.iter().map(|one| one.advance).collect();
        let stored = self.store.advance_marks(&advances).await.map_err(Error::from);
        for (at, answer) in batch
            .into_iter()
            .enumerate()
            .flat_map(|(at, one)| one.answers.into_iter().map(move |to| (at, to)))
        {
            let marks = stored.as_ref().map(|all| all.get(at).copied().flatten()).map_err(Error::clone);
            // Whoever asked may have gone; it is stored all the same.
            let _ = answer.send(marks);
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Adds what somebody says; returns whether nobody empties the queue yet.
    fn add(
        &mut self,
        advance: Advance,
        answer: oneshot::Sender<Result<Option<Marks>, Error>>,
    ) -> Result<bool, Error> {
        let key = (advance.conversation, advance.member);
        if let Some(waiting) = self.waiting.get_mut(&key) {
            if waiting.answers.len() >= ANSWERS_MAX {
                return Err(Error::MarksBusy);
            }
            waiting.advance.add(advance);
            waiting.answers.push(answer);
        } else if self.waiting.len() < QUEUE_MAX {
            self.waiting.insert(key, Waiting { advance, answers: vec![answer] });
        } else {
            return Err(Error::MarksBusy);
        }
        Ok(!std::mem::replace(&mut self.is_drained, true))
    }

    /// Takes what waits. Nothing: then whoever comes next starts another task.
    fn next_batch(&mut self) -> Option<Vec<Waiting>> {
        let keys: Vec<_> = self.waiting.keys().take(BATCH_MAX).copied().collect();
        let batch: Vec<Waiting> = keys.iter().filter_map(|key| self.waiting.remove(key)).collect();
        self.is_drained = !batch.is_empty();
        self.is_drained.then_some(batch)
    }
}

/// The task that empties the queue, and then ends.
struct Drain(Marker);

impl Drain {
    async fn run(self) {
        loop {
            sleep(WINDOW).await;
            // Under no lock while it is stored.
            let Some(batch) = self.0.queue().next_batch() else { return };
            self.0.store(batch).await;
        }
    }
}

impl Drop for Drain {
    /// A task that ends by a panic leaves its queue; without this, nobody would
    /// empty it ever again. Those who wait are told that nobody knows.
    fn drop(&mut self) {
        if std::thread::panicking() {
            *self.0.queue() = Queue::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use confab_core::Timestamp;

    use super::*;

    fn advance(member: UserId, read: i64, delivered: i64) -> Advance {
        Advance { conversation: ConversationId::new(Timestamp::from_millis(0)), member, read, delivered }
    }

    fn user() -> UserId {
        UserId::new(Timestamp::from_millis(0))
    }

    #[test]
    fn what_one_member_says_becomes_one_write() {
        let (mut queue, one, other) = (Queue::default(), user(), user());
        let first = advance(one, 3, 0);
        let theirs = Advance { member: other, ..first };
        let later = [Advance { read: 5, ..first }, Advance { read: 0, delivered: 9, ..first }, theirs];
        assert!(queue.add(first, oneshot::channel().0).unwrap());
        for advance in later {
            assert!(!queue.add(advance, oneshot::channel().0).unwrap(), "somebody empties it already");
        }

        let mut batch = queue.next_batch().unwrap();
        batch.sort_by_key(|one| one.answers.len());
        assert_eq!(batch.len(), 2);
        assert_eq!(batch[0].advance, theirs);
        assert_eq!(batch[1].advance, Advance { read: 5, delivered: 9, ..first });
        assert_eq!(batch[1].answers.len(), 3, "each is answered");
        assert!(queue.next_batch().is_none());
        assert!(queue.add(first, oneshot::channel().0).unwrap(), "and it begins anew");
    }

    #[test]
    fn only_so_many_wait_for_one_mark() {
        let (mut queue, first) = (Queue::default(), advance(user(), 1, 0));
        for _ in 0..ANSWERS_MAX {
            queue.add(first, oneshot::channel().0).unwrap();
        }
        let refused = queue.add(Advance { read: 2, ..first }, oneshot::channel().0);
        assert!(matches!(refused, Err(Error::MarksBusy)));
        let theirs = Advance { member: user(), ..first };
        assert!(queue.add(theirs, oneshot::channel().0).is_ok(), "others may");

        let batch = queue.next_batch().unwrap();
        let own = batch.iter().find(|one| one.advance.member == first.member).unwrap();
        assert_eq!(own.advance, first, "what was refused is not stored");
        assert_eq!(own.answers.len(), ANSWERS_MAX);
    }

    #[test]
    fn the_queue_is_bounded() {
        let mut queue = Queue::default();
        for _ in 0..QUEUE_MAX {
            queue.add(advance(user(), 1, 0), oneshot::channel().0).unwrap();
        }
        let refused = queue.add(advance(user(), 1, 0), oneshot::channel().0);
        assert!(matches!(refused, Err(Error::MarksBusy)));
        assert_eq!(queue.next_batch().unwrap().len(), BATCH_MAX);
    }
}
