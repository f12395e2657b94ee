//! Listens to the bus for all streams of this node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use confab_bus::{Bus, Heard, Listener, Ring};
use confab_core::{StreamId, UserId};
use confab_db::StoreError;
use confab_proto::message::v1;
use confab_rpc::Shutdown;
use futures_util::Stream;
use prost::Message as _;
use tonic::Status;
use uuid::Uuid;
use v1::event::Kind;

use super::Known;
use super::outbox::Outbox;
use super::presence::{Presence, Stay};
use super::subscription::Subscription;
use crate::config::Config;
use crate::domain::Conversation;
use crate::error::Error;
use crate::store::MessageStore;

/// All streams of this node.
pub struct Hub {
    streams_max: usize,
    streams_per_user_max: usize,
    pub(super) store: Arc<dyn MessageStore>,
    pub(super) shutdown: Shutdown,
    pub(super) bus: Bus,
    pub presence: Arc<Presence>,
    listening: Once,
    streams: Mutex<Streams>,
}

#[derive(Default)]
struct Streams {
    count: usize,
    of_user: HashMap<UserId, Vec<Arc<Outbox>>>,
}

/// One stream, known to the hub for as long as this is held.
pub struct Registration {
    hub: Arc<Hub>,
    user: UserId,
    pub outbox: Arc<Outbox>,
    pub stream: StreamId,
    _stay: Stay,
}

impl Hub {
    pub fn new(
        config: &Config,
        store: Arc<dyn MessageStore>,
        presence: Arc<Presence>,
        bus: Bus,
        shutdown: Shutdown,
    ) -> Arc<Self> {
        Arc::new(Self {
            streams_max: config.live_streams_max,
            streams_per_user_max: config.live_streams_per_user_max,
            store,
            shutdown,
            bus,
            presence,
            listening: Once::new(),
            streams: Mutex::default(),
        })
    }

    /// Streams to `user` everything after what is `known`, for at most `lifetime`.
    pub async fn subscribe(
        self: Arc<Self>,
        user: UserId,
        known: Known,
        lifetime: Duration,
    ) -> Result<impl Stream<Item = Result<v1::SubscribeResponse, Status>> + Send + use<>, Error> {
        let epoch = self.store.epoch().await?;
        self.listen();
        // Before the heads are read: what happens in between waits in the outbox.
        let registration = self.register(user)?;
        Ok(Subscription::new(registration, user, epoch).run(known, lifetime))
    }

    fn register(self: &Arc<Self>, user: UserId) -> Result<Registration, Error> {
        let mut streams = self.streams();
        if streams.count >= self.streams_max {
            return Err(Error::TooManyStreams);
        }
        let of_user = streams.of_user.entry(user).or_default();
        if of_user.len() >= self.streams_per_user_max {
            return Err(Error::TooManyStreams);
        }
        let outbox = Arc::new(Outbox::default());
        of_user.push(outbox.clone());
        streams.count += 1;
        let stream = StreamId::from_uuid(Uuid::new_v4());
        let stay = self.presence.join(user, stream, outbox.clone());
        Ok(Registration { hub: self.clone(), user, outbox, stream, _stay: stay })
    }

    /// Begins to listen when somebody subscribes for the first time. Whoever
    /// comes at the same moment waits until it has begun.
    fn listen(self: &Arc<Self>) {
        self.listening.call_once(|| {
            tokio::spawn(self.clone().deliver(self.bus.listen()));
        });
    }

    async fn deliver(self: Arc<Self>, mut bus: Listener) {
        loop {
            let heard = tokio::select! {
                heard = bus.next() => heard,
                () = self.shutdown.begun() => return,
            };
            match heard {
                Some(Heard::Ring(ring)) => self.tell_members(ring).await,
                Some(Heard::Whisper(whisper)) => self.hear(whisper).await,
                Some(Heard::Missed) => self.tell_all_to_look(),
                None => return,
            }
        }
    }

    /// Puts what was rung for into the outboxes of those who see it.
    async fn tell_members(&self, ring: Ring) {
        let events = events_of(&ring);
        let conversation = match self.conversation_of(&ring, events.as_deref()).await {
            Ok(conversation) => conversation,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "members are not known now");
                return self.tell_all_to_look();
            }
        };
        let streams = self.streams();
        let outboxes = |user| streams.of_user.get(&user).into_iter().flatten();
        let members = conversation.iter().flat_map(|conversation| &conversation.members);
        for outbox in members.flat_map(|member| outboxes(member.user)) {
            match &events {
                Some(events) => outbox.push_events(ring.conversation, events),
                None => outbox.push_head(ring.conversation, ring.seq),
            }
        }
        // Those who left see it, and what was before it.
        for (place, event) in events.iter().flatten().enumerate() {
            let Some(Kind::MemberLeft(left)) = &event.kind else { continue };
            let Ok(user) = left.member_id.parse() else { continue };
            if conversation.as_ref().is_some_and(|conversation| conversation.member(user).is_none()) {
                let seen = events.as_deref().map_or(&[][..], |events| &events[..=place]);
                outboxes(user).for_each(|outbox| outbox.push_events(ring.conversation, seen));
            }
        }
    }

    /// The conversation as it was with the events of `ring`, or later.
    async fn conversation_of(
        &self,
        ring: &Ring,
        events: Option<&[Arc<v1::Event>]>,
    ) -> Result<Option<Arc<Conversation>>, StoreError> {
        let revision = match events.and_then(<[_]>::last) {
            Some(event) => event.revision,
            None => self.store.head(ring.conversation).await?.revision,
        };
        self.store.conversation(ring.conversation, revision).await
    }

    /// Does something with the outboxes of all streams of `users` on this node.
    pub(super) fn each_outbox(&self, users: impl Iterator<Item = UserId>, push: impl Fn(&Outbox)) {
        let streams = self.streams();
        users.filter_map(|user| streams.of_user.get(&user)).flatten().for_each(|outbox| push(outbox));
    }

    fn tell_all_to_look(&self) {
        self.streams().of_user.values().flatten().for_each(|outbox| outbox.push_unknown());
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registration {
    pub fn hub(&self) -> &Hub {
        &self.hub
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let mut streams = self.hub.streams();
        streams.count -= 1;
        if let Some(of_user) = streams.of_user.get_mut(&self.user) {
            of_user.retain(|outbox| !Arc::ptr_eq(outbox, &self.outbox));
            if of_user.is_empty() {
                streams.of_user.remove(&self.user);
            }
        }
    }
}

/// The events in `ring`, decoded once for all streams; `None` if they are to be read.
fn events_of(ring: &Ring) -> Option<Vec<Arc<v1::Event>>> {
    let first = ring.seq.checked_sub(i64::try_from(ring.events.len()).ok()?)?.checked_add(1)?;
    let decode = |(seq, event): (i64, &Bytes)| {
        let event = v1::Event::decode(event.clone()).ok()?;
        (event.seq == seq).then(|| Arc::new(event))
    };
    let events: Vec<_> = (first..).zip(&ring.events).map(decode).collect::<Option<_>>()?;
    (!events.is_empty()).then_some(events)
}

#[cfg(test)]
mod tests {
    use confab_core::{ConversationId, Timestamp};

    use super::*;

    fn ring(seq: i64, events: &[i64]) -> Ring {
        let encode = |seq: &i64| v1::Event { seq: *seq, ..Default::default() }.encode_to_vec().into();
        let conversation = ConversationId::new(Timestamp::from_millis(0));
        Ring { conversation, seq, events: events.iter().map(encode).collect() }
    }

    fn seqs(ring: &Ring) -> Option<Vec<i64>> {
        Some(events_of(ring)?.iter().map(|event| event.seq).collect())
    }

    #[test]
    fn events_on_the_bus_are_taken_as_they_are() {
        assert_eq!(seqs(&ring(3, &[3])), Some(vec![3]));
        assert_eq!(seqs(&ring(3, &[1, 2, 3])), Some(vec![1, 2, 3]));
    }

    #[test]
    fn what_is_not_in_order_is_read_from_the_store() {
        for broken in [vec![], vec![2], vec![2, 1, 3], vec![1, 3]] {
            assert_eq!(seqs(&ring(3, &broken)), None, "{broken:?}");
        }
        let garbage = Ring { events: vec![Bytes::from_static(b"\xff")], ..ring(3, &[]) };
        assert_eq!(seqs(&garbage), None);
    }
}
