//! Takes what other nodes say, and finds out what was lost.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_nats::{Client, SubscribeError, Subscriber};
use bytes::Bytes;
use confab_core::ConversationId;
use futures_util::StreamExt as _;
use quick_cache::unsync::Cache;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::Connection;
use super::envelope::{Body, Envelope, Subjects};
use super::peers::{Before, Peers};
use super::recent::Digest;
use crate::Ring;
use crate::local::Local;
use crate::seldom::Seldom;

/// Of how many conversations we know what was rung for last. Of others, a
/// digest makes listeners look once more than they need.
const CONVERSATIONS_MAX: usize = 100_000;
/// How often listeners are told to look, while something may be lost.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Listens.
pub struct Ear {
    node: Uuid,
    client: Client,
    subjects: Subjects,
    connection: Arc<Connection>,
    local: Local,
    peers: Peers,
    /// The newest event of each conversation that anybody has rung for.
    heard: Cache<ConversationId, i64>,
    /// Whether something was lost, nobody knows what.
    lost: bool,
    malformed: Seldom,
}

impl Ear {
    pub fn new(
        node: Uuid,
        client: Client,
        subjects: Subjects,
        connection: Arc<Connection>,
        local: Local,
    ) -> Self {
        let heard = Cache::new(CONVERSATIONS_MAX);
        let (peers, malformed) = (Peers::new(node), Seldom::default());
        Self { node, client, subjects, connection, local, peers, heard, lost: true, malformed }
    }

    /// Passes on what is heard, for ever.
    pub async fn listen(mut self) {
        let mut look = interval(LOOK_INTERVAL);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let (mut rings, mut whispers) = match self.subscribe().await {
                Ok(subscribed) => subscribed,
                Err(error) => {
                    // Only if the client has ended. Others are not heard any
                    // more, so what they store is looked for.
                    tracing::error!(error = &error as &dyn std::error::Error, "the bus cannot be heard");
                    look.tick().await;
                    self.look();
                    continue;
                }
            };
            loop {
                let heard = tokio::select! {
                    biased;
                    _ = look.tick() => {
                        self.look();
                        continue;
                    }
                    ring = rings.next() => ring,
                    whisper = whispers.next() => whisper,
                };
                let Some(message) = heard else { break };
                self.hear(message.payload);
            }
        }
    }

    async fn subscribe(&self) -> Result<(Subscriber, Subscriber), SubscribeError> {
        let rings = self.client.subscribe(self.subjects.all_rings()).await?;
        let whispers = self.client.subscribe(self.subjects.all_whispers()).await?;
        Ok((rings, whispers))
    }

    fn hear(&mut self, payload: Bytes) {
        match Envelope::decode(payload) {
            Ok(envelope) => self.take(envelope),
            Err(error) => {
                if let Some(count) = self.malformed.count(1, Instant::now()) {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, count, "ignored something on the bus that is not ours");
                }
            }
        }
    }

    fn take(&mut self, Envelope { node, body }: Envelope) {
        match body {
            Body::Ring(number, ring) => {
                self.peers.ring(node, number, Instant::now());
                self.note(ring.conversation, ring.seq);
                // What we rang for ourselves, our listeners have heard long since.
                if node != self.node {
                    self.local.ring(ring);
                }
            }
            Body::Whisper(whisper) if node != self.node => self.local.whisper(whisper),
            Body::Whisper(_) => {}
            Body::Digest(digest) => self.compare(node, digest),
            Body::Farewell => self.peers.farewell(node),
        }
    }

    /// Rings for what `digest` has and was not heard of.
    fn compare(&mut self, node: Uuid, digest: Digest) {
        let before = self.peers.digest(node, digest.number, digest.covers_after, Instant::now());
        self.lost |= before == Before::Lost;
        if node == self.node {
            return;
        }
        for (conversation, seq) in digest.heads {
            if self.note(conversation, seq) {
                self.local.ring(Ring { conversation, seq, events: Vec::new() });
            }
        }
    }

    /// Notes that somebody rang for the event `seq`, and returns whether that is new.
    fn note(&mut self, conversation: ConversationId, seq: i64) -> bool {
        let is_new = self.heard.get(&conversation).is_none_or(|known| *known < seq);
        if is_new {
            self.heard.insert(conversation, seq);
        }
        is_new
    }

    /// Tells listeners to look if anything may be lost now, and once more after that.
    fn look(&mut self) {
        if !self.connection.is_up.load(Ordering::Relaxed) {
            self.peers.lose_own();
        }
        let was_lost = std::mem::take(&mut self.lost);
        let has_overflowed = self.connection.has_overflowed.swap(false, Ordering::Relaxed);
        let is_unsure = !self.peers.are_all_heard(Instant::now()) || has_overflowed;
        self.lost = is_unsure;
        if was_lost || is_unsure {
            self.local.missed();
        }
    }
}
