//! The doorbell: tells everybody who delivers that a conversation has new events.
//!
//! ```text
//! local.rs            what is rung and heard inside this process
//! nats/               what goes to other nodes, and comes from them
//!   servers.rs          where NATS is
//!   outgoing.rs         what waits to be sent; bounded
//!   talk.rs             sends it, and a digest beside it
//!   hear.rs             takes what comes in
//!   recent.rs           what the digest says; peers.rs: who has missed what
//!   envelope.rs         the form on the wire
//! ```
//!
//! # Invariants
//!
//! * Nothing is rung for that is not in the store already.
//! * The bus may lose, repeat and reorder anything. Whoever listens goes by the
//!   numbers: a jump in `seq` is a reason to read the store.
//! * But it does not lose in silence: what was lost on the way is rung for
//!   again, or [`Heard::Missed`] says to look, as long as it takes.
//! * Neither ringing nor whispering ever waits, however slow a listener or
//!   NATS is.
//! * Rings come before whispers, and whispers are lost first.

mod local;
mod nats;
mod seldom;

use std::sync::Arc;

use bytes::Bytes;
use confab_core::ConversationId;
use uuid::Uuid;

pub use local::Listener;
use local::Local;
use nats::Outgoing;
pub use nats::{Credentials, InvalidServers, NatsLine, NatsServers};

/// Says that `conversation` now has events up to `seq`. There is one for each commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// The conversation.
    pub conversation: ConversationId,
    /// The number of its newest event.
    pub seq: i64,
    /// The events of the commit as they go over the wire, so that nobody has to
    /// read them again: in order, without a hole, the last one has the number
    /// `seq`. Empty if they are not at hand.
    pub events: Vec<Bytes>,
}

impl Ring {
    /// The size of its events, in bytes.
    fn event_bytes(&self) -> usize {
        self.events.iter().map(Bytes::len).sum()
    }

    /// The same without its events, which are then to be read.
    fn without_events(self) -> Self {
        Self { events: Vec::new(), ..self }
    }
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
    /// Some rings may be lost, nobody knows which: whoever delivers has to look
    /// into the store. Heard again each second for as long as nodes cannot hear
    /// each other. Lost whispers are not mentioned.
    Missed,
}

/// The doorbell of a process. Clones are one and the same.
#[derive(Clone, Debug)]
pub struct Bus {
    local: Local,
    /// What other nodes are to hear, if there are any.
    outgoing: Option<Arc<Outgoing>>,
}

impl Bus {
    /// A bus that is heard in this process only.
    #[must_use]
    pub fn in_process() -> Self {
        Self { local: Local::default(), outgoing: None }
    }

    /// A bus that is heard in this process and, by NATS, in those that have the
    /// same `servers` and `prefix`: the first word of all subjects.
    ///
    /// Other nodes hear, and are heard, while [`NatsLine::run`] runs. That NATS
    /// is not there is no error: everything goes on, and listeners hear
    /// [`Heard::Missed`] each second.
    #[must_use]
    pub fn nats(servers: NatsServers, prefix: &str) -> (Self, NatsLine) {
        let (local, outgoing) = (Local::default(), Arc::new(Outgoing::default()));
        let line = NatsLine::new(servers, prefix, local.clone(), outgoing.clone());
        (Self { local, outgoing: Some(outgoing) }, line)
    }

    /// Rings.
    pub fn ring(&self, ring: Ring) {
        if let Some(outgoing) = &self.outgoing {
            outgoing.ring(ring.clone());
        }
        self.local.ring(ring);
    }

    /// Whispers. Whoever is too busy does not hear it.
    pub fn whisper(&self, whisper: Whisper) {
        if let Some(outgoing) = &self.outgoing {
            outgoing.whisper(whisper.clone());
        }
        self.local.whisper(whisper);
    }

    /// Starts to listen.
    #[must_use]
    pub fn listen(&self) -> Listener {
        self.local.listen()
    }
}
