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

/// How many people may wait to be told of as writing. Further ones are not told of.
const TYPING_MAX: usize = 64;
/// The same, as having got or read more.
const MARKS_MAX: usize = 128;
/// The same, as coming and going: as many as can be watched.
const PRESENCES_MAX: usize = 200;

/// Something to tell the reader of a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// An event, shared by all streams that it goes to.
    Event(ConversationId, Arc<v1::Event>),
    /// The conversation has come at least as far as this number.
    HeadMoved(ConversationId, i64),
    /// Somebody is writing, or has stopped.
    Typing(v1::Typing),
    /// Somebody has got, or read, more of a conversation.
    MarkMoved(v1::MarkMoved),
    /// Some people came or went.
    Presence(Vec<v1::Presence>),
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
    /// Who is writing, or has stopped: at most one for each person in each conversation.
    typing: Vec<v1::Typing>,
    /// How far people have come: at most one for each person in each conversation.
    marks: VecDeque<v1::MarkMoved>,
    /// Who came or went, as they are now.
    presences: HashMap<String, v1::Presence>,
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

    /// Adds that somebody is writing, or has stopped, if there is room.
    pub fn push_typing(&self, typing: v1::Typing) {
        let mut waiting = self.waiting();
        let same = |other: &v1::Typing| {
            (&other.conversation_id, &other.user_id) == (&typing.conversation_id, &typing.user_id)
        };
        waiting.typing.retain(|other| !same(other));
        if waiting.typing.len() < TYPING_MAX {
            waiting.typing.push(typing);
        }
        drop(waiting);
        self.filled.notify_one();
    }

    /// Adds that somebody has got, or read, more. If there is no room, the
    /// oldest of its kind is lost.
    pub fn push_mark(&self, moved: v1::MarkMoved) {
        let mut waiting = self.waiting();
        let same = |other: &v1::MarkMoved| {
            (&other.conversation_id, &other.user_id) == (&moved.conversation_id, &moved.user_id)
        };
        waiting.marks.retain(|other| !same(other));
        if waiting.marks.len() >= MARKS_MAX {
            waiting.marks.pop_front();
        }
        waiting.marks.push_back(moved);
        drop(waiting);
        self.filled.notify_one();
    }

    /// Adds that people came or went, as far as there is room.
    pub fn push_presence(&self, presences: impl Iterator<Item = v1::Presence>) {
        let mut waiting = self.waiting();
        for presence in presences {
            if waiting.presences.len() < PRESENCES_MAX || waiting.presences.contains_key(&presence.user_id) {
                waiting.presences.insert(presence.user_id.clone(), presence);
            }
        }
        drop(waiting);
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
        // Events before heads: they came in before the head of their conversation moved.
        if let Some((conversation, event)) = self.events.pop_front() {
            self.bytes -= event.encoded_len();
            return Some(Notice::Event(conversation, event));
        }
        if let Some(conversation) = self.moved.keys().next().copied() {
            let seq = self.moved.remove(&conversation)?;
            return Some(Notice::HeadMoved(conversation, seq));
        }
        self.pop_aside()
    }

    /// What may get lost comes last.
    fn pop_aside(&mut self) -> Option<Notice> {
        if !self.typing.is_empty() {
            return Some(Notice::Typing(self.typing.remove(0)));
        }
        if let Some(moved) = self.marks.pop_front() {
            return Some(Notice::MarkMoved(moved));
        }
        let presences = std::mem::take(&mut self.presences);
        (!presences.is_empty()).then(|| Notice::Presence(presences.into_values().collect()))
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
    async fn who_is_there_and_who_writes_is_told_last_and_once() {
        let (outbox, conversation) = (Outbox::default(), conversation(1));
        let writes = |typing| v1::Typing { user_id: "ann".into(), typing, ..Default::default() };
        let is = |online| v1::Presence { user_id: "ann".into(), online, ..Default::default() };
        for now in [true, false] {
            outbox.push_presence([is(now)].into_iter());
            outbox.push_typing(writes(now));
        }
        for n in 0..TYPING_MAX * 2 {
            outbox.push_typing(v1::Typing { user_id: n.to_string(), ..Default::default() });
        }
        outbox.push_head(conversation, 1);

        assert_eq!(outbox.next().await, Notice::HeadMoved(conversation, 1));
        assert_eq!(outbox.next().await, Notice::Typing(writes(false)));
        for _ in 1..TYPING_MAX {
            assert!(matches!(outbox.next().await, Notice::Typing(_)));
        }
        assert_eq!(outbox.next().await, Notice::Presence(vec![is(false)]));
        assert!(outbox.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn how_far_somebody_has_come_is_told_once_and_the_oldest_is_lost() {
        let outbox = Outbox::default();
        let moved = |user: usize, read_seq| v1::MarkMoved {
            user_id: user.to_string(),
            read_seq,
            ..Default::default()
        };
        for user in 0..=MARKS_MAX {
            outbox.push_mark(moved(user, 1));
        }
        outbox.push_mark(moved(5, 2));
        for user in (1..=MARKS_MAX).filter(|user| *user != 5) {
            assert_eq!(outbox.next().await, Notice::MarkMoved(moved(user, 1)));
        }
        assert_eq!(outbox.next().await, Notice::MarkMoved(moved(5, 2)));
        assert!(outbox.next().now_or_never().is_none());
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
