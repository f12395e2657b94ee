//! Reads what the bus did not bring: once for all streams of this node,
//! instead of once for each.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use confab_core::ConversationId;
use confab_proto::message::v1;
use tokio::sync::Semaphore;

use super::News;
use super::progress::{Gap, Progress, Step};
use crate::store::MessageStore;

/// How many conversations are read for at the same time.
const READS_AT_ONCE: usize = 8;
/// How many events are read in one go: at their largest, 2 MiB.
const CHUNK: usize = 64;

/// Knows how far streams were told, and reads what they were not.
pub struct Reader {
    store: Arc<dyn MessageStore>,
    permits: Semaphore,
    progress: Mutex<Progress>,
}

/// A task reads for a conversation for as long as it holds this.
pub struct Reading<'a> {
    reader: &'a Reader,
    conversation: ConversationId,
}

impl Reader {
    pub fn new(store: Arc<dyn MessageStore>) -> Self {
        Self { store, permits: Semaphore::new(READS_AT_ONCE), progress: Mutex::default() }
    }

    /// What to do about `news` of `conversation`.
    pub fn step(&self, conversation: ConversationId, news: News) -> Step {
        self.progress().step(conversation, news)
    }

    /// See [`Progress::is_told`].
    pub fn is_told(&self, conversation: ConversationId, seq: i64) -> Option<bool> {
        self.progress().is_told(conversation, seq)
    }

    /// See [`Progress::forget`].
    pub fn forget(&self, conversation: ConversationId) {
        self.progress().forget(conversation);
    }

    /// Begins to read for `conversation`, after [`Step::Read`].
    pub fn begin(&self, conversation: ConversationId) -> Reading<'_> {
        Reading { reader: self, conversation }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading<'_> {
    /// Reads on; `None` when nothing is missing any more.
    pub async fn next(&self) -> Option<News> {
        let Self { reader, conversation } = *self;
        let gap = reader.progress().gap(conversation)?;
        let events = self.events_after(gap).await;
        let news = if events.is_empty() {
            // Not to be had here and now: each stream sees how it gets them.
            News::Head(gap.goal)
        } else {
            News::Events(events)
        };
        reader.progress().fill(conversation, news.seq());
        Some(news)
    }

    /// Leaves out what is missing: nobody here wants to hear of it.
    pub fn skip(&self) {
        let mut progress = self.reader.progress();
        while let Some(gap) = progress.gap(self.conversation) {
            progress.fill(self.conversation, gap.goal);
        }
    }

    async fn events_after(&self, Gap { told, .. }: Gap) -> Vec<Arc<v1::Event>> {
        // Nobody closes it, so all that this does is wait.
        let _permit = self.reader.permits.acquire().await;
        match self.reader.store.list_events(self.conversation, told, CHUNK).await {
            Ok(events) => {
                let in_order = (told + 1..).zip(events).take_while(|(seq, event)| event.seq() == *seq);
                in_order.map(|(_, event)| Arc::new(event.into())).collect()
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "what streams miss is not read now");
                Vec::new()
            }
        }
    }
}

impl Drop for Reading<'_> {
    /// Also after a panic: without this, nobody would hear of the conversation again.
    fn drop(&mut self) {
        self.reader.progress().end_reading(self.conversation);
    }
}
