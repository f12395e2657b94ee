//! The doorbell: tells everybody who delivers that a conversation has new events.
//!
//! # Invariants
//!
//! * Nothing is rung for that is not in the store already.
//! * The bus may lose, repeat and reorder anything. Whoever listens goes by the
//!   numbers: a jump in `seq` is a reason to read the store.
//! * Neither ringing nor whispering ever waits, however slow a listener is.
//! * Rings come before whispers, and whispers are lost first.

use bytes::Bytes;
use confab_core::ConversationId;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

/// How many rings a listener may be behind before it has missed some.
///
/// A ring is mostly a few hundred bytes, kept once for all listeners.
const RINGS_MAX: usize = 8_192;
/// How many whispers a listener may be behind before it has missed some.
const WHISPERS_MAX: usize = 1_024;

/// Says that `conversation` now has events up to `seq`. There is one for each commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// The conversation.
    pub conversation: ConversationId,
    /// The number of its newest event.
    pub seq: i64,
    /// The events of the commit as they go over the wire, so that nobody has to
    /// read them again: in order, without a hole, the last one has the number
    /// `seq`. Empty if whoever rings does not have them at hand.
    pub events: Vec<Bytes>,
}

/// Something that is worth hearing only now, and is kept nowhere: who is typing,
/// who is online.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whisper {
    /// The conversation or the person it is about. Whispers about one and the
    /// same go the same way.
    pub key: Uuid,
    /// What is whispered. Only whoever whispers and whoever listens know its form.
    pub payload: Bytes,
}

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A ring.
    Ring(Ring),
    /// A whisper.
    Whisper(Whisper),
    /// Nothing for a while: some rings are lost, nobody knows which. Lost
    /// whispers are not mentioned.
    Missed,
}

/// The doorbell of a process. Clones are one and the same.
#[derive(Clone, Debug)]
pub struct Bus {
    rings: broadcast::Sender<Ring>,
    whispers: broadcast::Sender<Whisper>,
}

/// Somebody who listens, from when it was made.
#[derive(Debug)]
pub struct Listener {
    rings: broadcast::Receiver<Ring>,
    whispers: broadcast::Receiver<Whisper>,
}

impl Bus {
    /// A bus that is heard in this process only.
    #[must_use]
    pub fn in_process() -> Self {
        Self { rings: broadcast::Sender::new(RINGS_MAX), whispers: broadcast::Sender::new(WHISPERS_MAX) }
    }

    /// Rings.
    pub fn ring(&self, ring: Ring) {
        // It fails when nobody listens, which is fine: the store has it.
        let _ = self.rings.send(ring);
    }

    /// Whispers. Whoever is too busy does not hear it.
    pub fn whisper(&self, whisper: Whisper) {
        // It fails when nobody listens, which is fine: nobody had to hear it.
        let _ = self.whispers.send(whisper);
    }

    /// Starts to listen.
    #[must_use]
    pub fn listen(&self) -> Listener {
        Listener { rings: self.rings.subscribe(), whispers: self.whispers.subscribe() }
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
                    Ok(ring) => Some(Heard::Ring(ring)),
                    Err(RecvError::Lagged(_)) => Some(Heard::Missed),
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
    use confab_core::Timestamp;

    use super::*;

    fn ring(seq: i64) -> Ring {
        let conversation = ConversationId::new(Timestamp::from_millis(0));
        Ring { conversation, seq, events: vec![Bytes::from_static(b"event")] }
    }

    fn whisper(key: u128) -> Whisper {
        Whisper { key: Uuid::from_u128(key), payload: Bytes::from_static(b"typing") }
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
    async fn rings_are_heard_before_whispers() {
        let bus = Bus::in_process();
        let mut listener = bus.listen();
        let (ring, whisper) = (ring(1), whisper(1));
        bus.whisper(whisper.clone());
        bus.ring(ring.clone());
        assert_eq!(listener.next().await, Some(Heard::Ring(ring)));
        assert_eq!(listener.next().await, Some(Heard::Whisper(whisper)));
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

    #[tokio::test]
    async fn lost_whispers_are_not_mentioned() {
        let bus = Bus::in_process();
        let mut slow = bus.listen();
        for key in 0..=WHISPERS_MAX {
            bus.whisper(whisper(u128::try_from(key).unwrap()));
        }
        assert_eq!(slow.next().await, Some(Heard::Whisper(whisper(1))));
    }

    #[tokio::test]
    async fn listening_ends_with_the_bus() {
        let bus = Bus::in_process();
        let mut listener = bus.listen();
        drop(bus);
        assert_eq!(listener.next().await, None);
    }
}
