//! What waits to be sent on one stream. Bounded: a slow reader costs fixed
//! memory, delays nobody, and is told how far to catch up.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use confab_core::ConversationId;
use confab_proto::message::v1;
use prost::Message as _;
use tokio::sync::Notify;

/// How many events may wait.
const EVENTS_MAX: usize = 256;
/// How large they may be together, in bytes.
const BYTES_MAX: usize = 1024 * 1024;

/// Something to tell the reader of a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// An event, shared by all streams that it goes to.
    Event(ConversationId, Arc<v1::Event>),
    /// The conversation has come at least as far as this number.
    HeadMoved(ConversationId, i64),
    /// Anything may have happened: the heads are to be read again.
    Unknown,
}

/// What waits to be sent on one stream.
#[derive(Debug, Default)]
pub struct Outbox {
    waiting: Mutex<Waiting>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<(ConversationId, Arc<v1::Event>)>,
    bytes: usize,
    /// Conversations whose events were dropped, or not at hand, with their
    /// heads. As many as the reader has conversations, at the most.
    moved: HashMap<ConversationId, i64>,
    unknown: bool,
}

impl Outbox {
    /// Adds the events of one commit. If there is no room, all that wait turn
    /// into [`Notice::HeadMoved`].
    pub fn push_events(&self, conversation: ConversationId, events: &[Arc<v1::Event>]) {
        let mut waiting = self.waiting();
        for event in events {
            waiting.push(conversation, event.clone());
        }
        drop(waiting);
        self.filled.notify_one();
    }

    /// Adds that `conversation` has come as far as `seq`.
    pub fn push_head(&self, conversation: ConversationId, seq: i64) {
        self.waiting().head_moved(conversation, seq);
        self.filled.notify_one();
    }

    /// Adds that anything may have happened.
    pub fn push_unknown(&self) {
        self.waiting().unknown = true;
        self.filled.notify_one();
    }

    /// Waits for the next thing to tell. Only one task may wait.
    pub async fn next(&self) -> Notice {
        loop {
            if let Some(notice) = self.waiting().pop() {
                return notice;
            }
            self.filled.notified().await;
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn push(&mut self, conversation: ConversationId, event: Arc<v1::Event>) {
        if self.moved.contains_key(&conversation) {
            // Its earlier events are gone from here, so this one would be out of order.
            return self.head_moved(conversation, event.seq);
        }
        self.bytes += event.encoded_len();
        self.events.push_back((conversation, event));
        if self.events.len() > EVENTS_MAX || self.bytes > BYTES_MAX {
            self.drop_events();
        }
    }

    fn head_moved(&mut self, conversation: ConversationId, seq: i64) {
        let head = self.moved.entry(conversation).or_insert(seq);
        *head = seq.max(*head);
    }

    fn drop_events(&mut self) {
        for (conversation, event) in std::mem::take(&mut self.events) {
            self.head_moved(conversation, event.seq);
        }
        self.bytes = 0;
    }

    fn pop(&mut self) -> Option<Notice> {
        if std::mem::take(&mut self.unknown) {
            return Some(Notice::Unknown);
        }
        // Events before heads: they came in before the head of their conversation moved.
        if let Some((conversation, event)) = self.events.pop_front() {
            self.bytes -= event.encoded_len();
            return Some(Notice::Event(conversation, event));
        }
        let conversation = *self.moved.keys().next()?;
        let seq = self.moved.remove(&conversation)?;
        Some(Notice::HeadMoved(conversation, seq))
    }
}

#[cfg(test)]
mod tests {
    use confab_core::Timestamp;
    use futures_util::FutureExt;

    use super::*;

    fn conversation(n: i64) -> ConversationId {
        ConversationId::new(Timestamp::from_millis(n))
    }

    fn event(seq: i64) -> Arc<v1::Event> {
        Arc::new(v1::Event { seq, ..Default::default() })
    }

    #[tokio::test]
    async fn events_come_out_as_they_went_in() {
        let (outbox, conversation) = (Outbox::default(), conversation(1));
        for seq in 1..=3 {
            outbox.push_events(conversation, &[event(seq)]);
        }
        for seq in 1..=3 {
            assert_eq!(outbox.next().await, Notice::Event(conversation, event(seq)));
        }
        assert!(outbox.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_full_outbox_says_how_far_to_catch_up() {
        let (outbox, one, other) = (Outbox::default(), conversation(1), conversation(2));
        outbox.push_events(other, &[event(7)]);
        let last = i64::try_from(EVENTS_MAX * 3).unwrap();
        for seq in 1..=last {
            outbox.push_events(one, &[event(seq)]);
        }

        let mut notices = vec![outbox.next().await, outbox.next().await];
        notices.sort_by_key(|notice| matches!(notice, Notice::HeadMoved(_, 7)));
        assert_eq!(notices, [Notice::HeadMoved(one, last), Notice::HeadMoved(other, 7)]);
        assert!(outbox.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn large_events_fill_it_too() {
        let (outbox, conversation) = (Outbox::default(), conversation(1));
        let conversation_id = "x".repeat(BYTES_MAX / 2);
        for seq in 1..=3 {
            let event = v1::Event { seq, conversation_id: conversation_id.clone(), ..Default::default() };
            outbox.push_events(conversation, &[Arc::new(event)]);
        }
        assert_eq!(outbox.next().await, Notice::HeadMoved(conversation, 3));
    }

    #[tokio::test]
    async fn a_conversation_recovers_once_its_head_was_told() {
        let (outbox, conversation) = (Outbox::default(), conversation(1));
        outbox.push_head(conversation, 5);
        outbox.push_events(conversation, &[event(6)]);
        assert_eq!(outbox.next().await, Notice::HeadMoved(conversation, 6));
        outbox.push_events(conversation, &[event(7)]);
        assert_eq!(outbox.next().await, Notice::Event(conversation, event(7)));
    }
}
