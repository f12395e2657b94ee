//! Sends what this node has to say to the others.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use async_nats::Client;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::envelope::{Body, Envelope, Subjects};
use super::outgoing::{Next, Outgoing};
use super::recent::Recent;
use super::{Connection, DIGEST_INTERVAL};
use crate::Ring;
use crate::seldom::Seldom;

/// Sends.
pub struct Mouth {
    node: Uuid,
    client: Client,
    subjects: Subjects,
    connection: Arc<Connection>,
}

impl Mouth {
    pub fn new(node: Uuid, client: Client, subjects: Subjects, connection: Arc<Connection>) -> Self {
        Self { node, client, subjects, connection }
    }

    /// Sends what waits in `outgoing`, and the digest beside it, for ever.
    ///
    /// As long as NATS is away, what there is to say is thrown away: the digest
    /// afterwards tells of it, or that it was too much.
    pub async fn talk(&self, outgoing: &Outgoing) {
        let (mut recent, mut drops) = (Recent::default(), Seldom::default());
        let mut digest = interval(DIGEST_INTERVAL);
        digest.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let next = tokio::select! {
                // In this order: others wait for our digest, however much we say.
                biased;
                _ = digest.tick() => None,
                next = outgoing.next() => Some(next),
            };
            match next {
                None => self.say(Body::Digest(recent.digest())).await,
                Some(Next::Ring(ring)) => {
                    let number = recent.note(ring.conversation, ring.seq);
                    self.say(Body::Ring(number, ring)).await;
                }
                Some(Next::Whisper(whisper)) => self.say(Body::Whisper(whisper)).await,
                Some(Next::Dropped(count)) => {
                    recent.lose(count);
                    if let Some(count) = drops.count(count, Instant::now()) {
                        tracing::warn!(count, "NATS is too slow: other nodes hear of events a moment later");
                    }
                }
            }
        }
    }

    /// Tells the others not to wait for us.
    pub async fn say_farewell(&self) {
        self.say(Body::Farewell).await;
        // That it was not sent shows soon enough.
        let _ = self.client.flush().await;
    }

    /// Sends `body`, if NATS is there and takes it.
    async fn say(&self, body: Body) {
        if !self.connection.is_up.load(Ordering::Relaxed) {
            return;
        }
        let subject = self.subjects.of(&body);
        let payload = self.fit(body).encode();
        // Numbers show what is lost. A reason can only be that the client has
        // ended, and then nothing more is heard either.
        if let Err(error) = self.client.publish(subject, payload).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "not sent");
        }
    }

    /// An envelope that NATS takes: events that are too large are left out.
    fn fit(&self, body: Body) -> Envelope {
        /// How much larger an envelope is than the events in it, at the most, in
        /// bytes for each event and in bytes for the rest.
        const FRAME_BYTES_EACH: usize = 8;
        const FRAME_BYTES: usize = 128;

        let body = match body {
            Body::Ring(number, ring) => {
                let bytes = ring.event_bytes() + ring.events.len() * FRAME_BYTES_EACH + FRAME_BYTES;
                let fits = bytes <= self.client.max_payload();
                let ring: Ring = if fits { ring } else { ring.without_events() };
                Body::Ring(number, ring)
            }
            body => body,
        };
        Envelope { node: self.node, body }
    }
}
