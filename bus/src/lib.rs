//! The doorbell: tells everybody who delivers that a conversation has a new event.
//!
//! # Invariants
//!
//! * Nothing is on the bus that is not in the store already.
//! * The bus may lose, repeat and reorder anything. Whoever listens goes by the
//!   numbers: a jump in `seq` is a reason to read the store.
//! * Ringing never waits, however slow a listener is.

use bytes::Bytes;
use confab_core::ConversationId;
use tokio::sync::broadcast;

/// How many rings a listener may be behind before it has missed some.
///
/// A ring is a few hundred bytes, kept once for all listeners.
const RINGS_MAX: usize = 8_192;

/// Says that `conversation` now has the event `seq`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// The conversation.
    pub conversation: ConversationId,
    /// The number of its newest event.
    pub seq: i64,
    /// That event as it goes over the wire, so that nobody has to read it again;
    /// empty if whoever rings does not have it at hand.
    pub event: Bytes,
}

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A ring.
    Ring(Ring),
    /// Nothing for a while: some rings are lost, nobody knows which.
    Missed,
}

/// The doorbell of a process. Clones are one and the same.
#[derive(Clone, Debug)]
pub struct Bus(broadcast::Sender<Ring>);

/// Somebody who listens, from when it was made.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Ring>);

impl Bus {
    /// A bus that is heard in this process only.
    #[must_use]
    pub fn in_process() -> Self {
        Self(broadcast::Sender::new(RINGS_MAX))
    }

    /// Rings.
    pub fn ring(&self, ring: Ring) {
        // It fails when nobody listens, which is fine: the store has it.
        let _ = self.0.send(ring);
    }

    /// Starts to listen.
    #[must_use]
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

impl Listener {
    /// Waits for the next ring; `None` when the bus is gone.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(ring) => Some(Heard::Ring(ring)),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Heard::Missed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use confab_core::Timestamp;

    use super::*;

    fn ring(seq: i64) -> Ring {
        let conversation = ConversationId::new(Timestamp::from_millis(0));
        Ring { conversation, seq, event: Bytes::from_static(b"event") }
    }

    #[tokio::test]
    async fn everybody_who_listens_hears_a_ring() {
        let bus = Bus::in_process();
        let (mut one, mut other) = (bus.listen(), bus.listen());
        let ring = ring(1);
        bus.ring(ring.clone());
        assert_eq!(one.next().await, Some(Heard::Ring(ring.clone())));
        assert_eq!(other.next().await, Some(Heard::Ring(ring)));
    }

    #[tokio::test]
    async fn whoever_is_too_slow_is_told_so() {
        let bus = Bus::in_process();
        let mut slow = bus.listen();
        for seq in 0..=i64::try_from(RINGS_MAX).unwrap() {
            bus.ring(ring(seq));
        }
        assert_eq!(slow.next().await, Some(Heard::Missed));
        assert!(matches!(slow.next().await, Some(Heard::Ring(_))));
    }
}
