//! All streams of this node.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use confab_bus::Bus;
use confab_core::{SessionId, StreamId, UserId};
use confab_proto::message::v1;
use confab_rpc::Shutdown;
use futures_util::Stream;
use tokio::sync::Notify;
use tonic::Status;
use uuid::Uuid;

use super::Known;
use super::outbox::Outbox;
use super::presence::{Presence, Stay};
use super::reader::Reader;
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
    pub(super) reader: Reader,
    /// Wakes whoever looks for what the bus has lost.
    pub(super) missed: Notify,
    pub(super) bus: Bus,
    pub presence: Arc<Presence>,
    listening: Once,
    streams: Mutex<Streams>,
}

#[derive(Default)]
struct Streams {
    count: usize,
    of_user: HashMap<UserId, Vec<Arc<Outbox>>>,
    /// How many each session has.
    of_session: HashMap<SessionId, usize>,
}

/// One stream, known to the hub for as long as this is held.
pub struct Registration {
    hub: Arc<Hub>,
    user: UserId,
    session: SessionId,
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
            reader: Reader::new(store.clone()),
            missed: Notify::new(),
            store,
            shutdown,
            bus,
            presence,
            listening: Once::new(),
            streams: Mutex::default(),
        })
    }

    /// Streams to `user`, in `session`, everything after what is `known`, for at most `lifetime`.
    pub async fn subscribe(
        self: Arc<Self>,
        (user, session): (UserId, SessionId),
        known: Known,
        lifetime: Duration,
    ) -> Result<impl Stream<Item = Result<v1::SubscribeResponse, Status>> + Send + use<>, Error> {
        let epoch = self.store.epoch().await?;
        self.listen();
        // Before the heads are read: what happens in between waits in the outbox.
        let registration = self.register(user, session)?;
        Ok(Subscription::new(registration, user, epoch).run(known, lifetime))
    }

    fn register(self: &Arc<Self>, user: UserId, session: SessionId) -> Result<Registration, Error> {
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
        *streams.of_session.entry(session).or_default() += 1;
        let stream = StreamId::from_uuid(Uuid::new_v4());
        let stay = self.presence.join(user, stream, outbox.clone());
        Ok(Registration { hub: self.clone(), user, session, outbox, stream, _stay: stay })
    }

    /// Begins to listen when somebody subscribes for the first time. Whoever
    /// comes at the same moment waits until it has begun.
    fn listen(self: &Arc<Self>) {
        self.listening.call_once(|| {
            tokio::spawn(self.clone().deliver(self.bus.listen()));
            tokio::spawn(self.clone().look_when_missed());
        });
    }

    /// Does something with the outboxes of all streams of `users` on this node.
    pub(super) fn each_outbox(&self, users: impl Iterator<Item = UserId>, push: impl Fn(&Outbox)) {
        let streams = self.streams();
        users.filter_map(|user| streams.of_user.get(&user)).flatten().for_each(|outbox| push(outbox));
    }

    /// Whether `session` has a stream here.
    pub fn has_session(&self, session: SessionId) -> bool {
        self.streams().of_session.contains_key(&session)
    }

    /// Those who have a stream here.
    pub(super) fn people_here(&self) -> Vec<UserId> {
        self.streams().of_user.keys().copied().collect()
    }

    /// Whether any member of `conversation` has a stream here.
    pub(super) fn is_anybody_here(&self, conversation: &Conversation) -> bool {
        let streams = self.streams();
        conversation.members.iter().any(|member| streams.of_user.contains_key(&member.user))
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
        if let Entry::Occupied(mut count) = streams.of_session.entry(self.session) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
        if let Some(of_user) = streams.of_user.get_mut(&self.user) {
            of_user.retain(|outbox| !Arc::ptr_eq(outbox, &self.outbox));
            if of_user.is_empty() {
                streams.of_user.remove(&self.user);
            }
        }
    }
}
