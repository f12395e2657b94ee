//! What is rung and heard inside this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::{Heard, Ring, Whisper};

/// How many rings a listener may be behind before it has missed some.
const RINGS_MAX: usize = 8_192;
/// How large the events that wait for listeners may be together, in bytes.
/// Rings beyond that come without events.
const EVENT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How many whispers a listener may be behind before it has missed some.
const WHISPERS_MAX: usize = 1_024;

/// Passes on what is rung and whispered. Clones are one and the same.
#[derive(Clone, Debug)]
pub struct Local {
    rings: broadcast::Sender<Waiting>,
    whispers: broadcast::Sender<Whisper>,
    /// How large the events are that wait.
    bytes: Arc<AtomicUsize>,
}

/// Somebody who listens, from when it was made.
#[derive(Debug)]
pub struct Listener {
    rings: broadcast::Receiver<Waiting>,
    whispers: broadcast::Receiver<Whisper>,
}

/// What waits until every listener has taken it.
#[derive(Clone, Debug)]
enum Waiting {
    Ring(Arc<Held>),
    Missed,
}

/// A ring whose events are counted for as long as it waits.
#[derive(Debug)]
struct Held {
    ring: Ring,
    counted: usize,
    bytes: Arc<AtomicUsize>,
}

impl Default for Local {
    fn default() -> Self {
        Self {
            rings: broadcast::Sender::new(RINGS_MAX),
            whispers: broadcast::Sender::new(WHISPERS_MAX),
            bytes: Arc::default(),
        }
    }
}

impl Local {
    pub fn ring(&self, ring: Ring) {
        // It fails when nobody listens, which is fine: the store has it.
        let _ = self.rings.send(Waiting::Ring(Arc::new(self.hold(ring))));
    }

    /// Says that rings may be lost.
    pub fn missed(&self) {
        // As above.
        let _ = self.rings.send(Waiting::Missed);
    }

    pub fn whisper(&self, whisper: Whisper) {
        // It fails when nobody listens, which is fine: nobody had to hear it.
        let _ = self.whispers.send(whisper);
    }

    pub fn listen(&self) -> Listener {
        Listener { rings: self.rings.subscribe(), whispers: self.whispers.subscribe() }
    }

    fn hold(&self, ring: Ring) -> Held {
        let bytes = self.bytes.clone();
        let counted = ring.event_bytes();
        if bytes.fetch_add(counted, Ordering::Relaxed) + counted <= EVENT_BYTES_MAX {
            return Held { ring, counted, bytes };
        }
        bytes.fetch_sub(counted, Ordering::Relaxed);
        Held { ring: ring.without_events(), counted: 0, bytes }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.bytes.fetch_sub(self.counted, Ordering::Relaxed);
    }
}

impl Listener {
    /// Waits for what comes next; `None` when the bus is gone.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            tokio::select! {
                // As long as there are rings to hear, whispers wait, and are lost.
                biased;
                ring = self.rings.recv() => return match ring {
                    Ok(Waiting::Ring(held)) => Some(Heard::Ring(held.ring.clone())),
                    Ok(Waiting::Missed) | Err(RecvError::Lagged(_)) => Some(Heard::Missed),
                    Err(RecvError::Closed) => None,
                },
                whisper = self.whispers.recv() => match whisper {
                    Ok(whisper) => return Some(Heard::Whisper(whisper)),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use confab_core::ConversationId;
    use uuid::Uuid;

    use super::*;

    fn ring(seq: i64) -> Ring {
        let conversation = ConversationId::from_uuid(Uuid::nil());
        Ring { conversation, seq, events: vec![Bytes::from_static(b"event")] }
    }

    fn whisper(key: usize) -> Whisper {
        Whisper { key: Uuid::from_u128(key as u128), payload: Bytes::from_static(b"typing") }
    }

    #[tokio::test]
    async fn everybody_who_listens_hears_a_ring() {
        let local = Local::default();
        let (mut one, mut other) = (local.listen(), local.listen());
        let ring = ring(1);
        local.ring(ring.clone());
        assert_eq!(one.next().await, Some(Heard::Ring(ring.clone())));
        assert_eq!(other.next().await, Some(Heard::Ring(ring)));
    }

    #[tokio::test]
    async fn rings_are_heard_before_whispers() {
        let local = Local::default();
        let mut listener = local.listen();
        let (ring, whisper) = (ring(1), whisper(1));
        local.whisper(whisper.clone());
        local.ring(ring.clone());
        assert_eq!(listener.next().await, Some(Heard::Ring(ring)));
        assert_eq!(listener.next().await, Some(Heard::Whisper(whisper)));
    }

    #[tokio::test]
    async fn whoever_is_too_slow_is_told_so() {
        let local = Local::default();
        let mut slow = local.listen();
        for seq in 0..=i64::try_from(RINGS_MAX).unwrap() {
            local.ring(ring(seq));
        }
        assert_eq!(slow.next().await, Some(Heard::Missed));
        assert!(matches!(slow.next().await, Some(Heard::Ring(_))));
    }

    #[tokio::test]
    async fn large_events_wait_up_to_a_limit_and_are_counted_until_they_are_heard() {
        let local = Local::default();
        let mut listener = local.listen();
        let large = Ring { events: vec![vec![0; EVENT_BYTES_MAX].into()], ..ring(1) };
        local.ring(large.clone());
        local.ring(ring(2));
        assert_eq!(listener.next().await, Some(Heard::Ring(large)));
        assert_eq!(listener.next().await, Some(Heard::Ring(ring(2).without_events())));

        local.ring(ring(3));
        assert_eq!(listener.next().await, Some(Heard::Ring(ring(3))));
    }

    #[tokio::test]
    async fn lost_whispers_are_not_mentioned() {
        let local = Local::default();
        let mut slow = local.listen();
        for key in 0..=WHISPERS_MAX {
            local.whisper(whisper(key));
        }
        assert_eq!(slow.next().await, Some(Heard::Whisper(whisper(1))));
    }

    #[tokio::test]
    async fn listening_ends_with_the_bus() {
        let local = Local::default();
        let mut listener = local.listen();
        drop(local);
        assert_eq!(listener.next().await, None);
    }
}
