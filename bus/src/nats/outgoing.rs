//! What waits to be sent to other nodes. Bounded: whoever rings never waits.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::{Ring, Whisper};

/// How many rings may wait. More are dropped, and found by the next digest.
const RINGS_MAX: usize = 4_096;
/// How large their events may be together, in bytes. Beyond that, rings go
/// without events.
const EVENT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How many whispers may wait. More are dropped for good.
const WHISPERS_MAX: usize = 1_024;

/// What waits to be sent.
#[derive(Debug, Default)]
pub struct Outgoing {
    waiting: Mutex<Waiting>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    rings: VecDeque<Ring>,
    event_bytes: usize,
    /// How many rings were dropped since the last one that waits.
    dropped: u64,
    whispers: VecDeque<Whisper>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send a ring.
    Ring(Ring),
    /// Send a whisper.
    Whisper(Whisper),
    /// Nothing, but this many rings were dropped.
    Dropped(u64),
}

impl Outgoing {
    pub fn ring(&self, ring: Ring) {
        let mut waiting = self.waiting();
        // Once a ring is dropped, others follow until that is known.
        if waiting.rings.len() >= RINGS_MAX || waiting.dropped > 0 {
            waiting.dropped += 1;
        } else {
            waiting.push(ring);
        }
        drop(waiting);
        self.filled.notify_one();
    }

    pub fn whisper(&self, whisper: Whisper) {
        let mut waiting = self.waiting();
        if waiting.whispers.len() < WHISPERS_MAX {
            waiting.whispers.push_back(whisper);
        }
        drop(waiting);
        self.filled.notify_one();
    }

    /// Waits for what to do next, rings first. Only one task may wait.
    pub async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.waiting().pop() {
                return next;
            }
            self.filled.notified().await;
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn push(&mut self, ring: Ring) {
        let bytes = ring.event_bytes();
        if self.event_bytes + bytes > EVENT_BYTES_MAX {
            return self.rings.push_back(ring.without_events());
        }
        self.event_bytes += bytes;
        self.rings.push_back(ring);
    }

    fn pop(&mut self) -> Option<Next> {
        if let Some(ring) = self.rings.pop_front() {
            self.event_bytes -= ring.event_bytes();
            return Some(Next::Ring(ring));
        }
        if self.dropped > 0 {
            return Some(Next::Dropped(std::mem::take(&mut self.dropped)));
        }
        self.whispers.pop_front().map(Next::Whisper)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use confab_core::ConversationId;
    use futures_util::FutureExt as _;
    use uuid::Uuid;

    use super::*;

    fn ring(seq: i64, bytes: usize) -> Ring {
        let conversation = ConversationId::from_uuid(Uuid::nil());
        Ring { conversation, seq, events: vec![vec![0; bytes].into()] }
    }

    async fn next_seq(outgoing: &Outgoing) -> i64 {
        match outgoing.next().await {
            Next::Ring(ring) => ring.seq,
            other => panic!("no ring: {other:?}"),
        }
    }

    #[tokio::test]
    async fn rings_go_in_order_and_before_whispers() {
        let outgoing = Outgoing::default();
        let whisper = Whisper { key: Uuid::nil(), payload: Bytes::new() };
        outgoing.whisper(whisper.clone());
        outgoing.ring(ring(1, 1));
        outgoing.ring(ring(2, 1));
        assert_eq!((next_seq(&outgoing).await, next_seq(&outgoing).await), (1, 2));
        assert_eq!(outgoing.next().await, Next::Whisper(whisper));
        assert!(outgoing.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn what_does_not_fit_is_dropped_and_counted() {
        let outgoing = Outgoing::default();
        let max = i64::try_from(RINGS_MAX).unwrap();
        for seq in 1..=max + 3 {
            outgoing.ring(ring(seq, 1));
        }
        for seq in 1..=max {
            assert_eq!(next_seq(&outgoing).await, seq);
        }
        assert_eq!(outgoing.next().await, Next::Dropped(3));
        outgoing.ring(ring(max + 4, 1));
        assert_eq!(next_seq(&outgoing).await, max + 4);
    }

    #[tokio::test]
    async fn large_events_are_left_out() {
        let outgoing = Outgoing::default();
        for seq in 1..=3 {
            outgoing.ring(ring(seq, EVENT_BYTES_MAX / 2));
        }
        for expected in [1, 1, 0] {
            let Next::Ring(ring) = outgoing.next().await else { panic!("no ring") };
            assert_eq!(ring.events.len(), expected);
        }
        outgoing.ring(ring(4, 1));
        assert!(matches!(outgoing.next().await, Next::Ring(ring) if ring.events.len() == 1));
    }

    #[tokio::test]
    async fn whispers_that_do_not_fit_are_gone() {
        let outgoing = Outgoing::default();
        for _ in 0..WHISPERS_MAX * 2 {
            outgoing.whisper(Whisper { key: Uuid::nil(), payload: Bytes::new() });
        }
        for _ in 0..WHISPERS_MAX {
            assert!(matches!(outgoing.next().await, Next::Whisper(_)));
        }
        assert!(outgoing.next().now_or_never().is_none());
    }
}
