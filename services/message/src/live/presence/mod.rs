//! Who is online: told to those who asked, on a lane that may lose anything.
//!
//! Each node says every ten seconds who has a stream on it, and is believed for
//! thirty. The cost of somebody who comes or goes grows with those who watch
//! them, and not with those who are online.

mod board;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use confab_bus::{Bus, Whisper};
use confab_core::{Clock, StreamId, UserId};
use confab_db::StoreError;
use confab_proto::internal::v1::live_whisper::What;
use confab_proto::internal::v1::{HereWhisper, WatchWhisper};
use confab_proto::message::v1;
use confab_rpc::Shutdown;
use tokio::time::{Instant, MissedTickBehavior, interval};
use uuid::Uuid;

use self::board::{Board, Change};
use super::outbox::Outbox;
use super::whispers;
use crate::store::{PeopleStore, Person, Visibility};

/// How often watchers are told what has changed.
const TICK_INTERVAL: Duration = Duration::from_secs(1);
/// How often a node says who is there.
const BEAT_INTERVAL: Duration = Duration::from_secs(10);
/// How many people fit into one whisper.
const PEOPLE_MAX: usize = 1_000;
/// How many people a stream can watch. The contract says the same of the request.
const WATCHED_MAX: usize = 200;

/// Who is online, as far as this node knows.
pub struct Presence {
    /// What this node is called, as long as it runs.
    node: Uuid,
    people: Arc<dyn PeopleStore>,
    bus: Bus,
    clock: Arc<dyn Clock>,
    shutdown: Shutdown,
    begun: Once,
    board: Mutex<Board>,
    /// The streams of this node, and whose they are.
    streams: Mutex<HashMap<StreamId, (UserId, Arc<Outbox>)>>,
}

/// Somebody is here, for as long as this is held.
pub struct Stay {
    presence: Arc<Presence>,
    user: UserId,
    stream: StreamId,
}

impl Presence {
    pub fn new(
        people: Arc<dyn PeopleStore>,
        bus: Bus,
        clock: Arc<dyn Clock>,
        shutdown: Shutdown,
    ) -> Arc<Self> {
        let (board, streams) = (Mutex::default(), Mutex::default());
        Arc::new(Self {
            node: Uuid::new_v4(),
            people,
            bus,
            clock,
            shutdown,
            begun: Once::new(),
            board,
            streams,
        })
    }

    /// `user` has a stream more, which is told of others through `outbox`.
    pub fn join(self: &Arc<Self>, user: UserId, stream: StreamId, outbox: Arc<Outbox>) -> Stay {
        self.begun.call_once(|| drop(tokio::spawn(self.clone().run())));
        self.board().came(user);
        self.streams().insert(stream, (user, outbox));
        self.say_who_is_here(&[user]);
        Stay { presence: self.clone(), user, stream }
    }

    /// Tells `user` about `others`, and from now on what changes about them on `stream`.
    pub async fn watch(
        &self,
        user: UserId,
        stream: StreamId,
        others: &[UserId],
    ) -> Result<Vec<v1::Presence>, StoreError> {
        let known = self.people.acquaintances(user, others).await?;
        if !self.watch_here(user, stream, &known) {
            let watched_ids = known.iter().map(|user| bytes(user.as_uuid())).collect();
            let watch = WatchWhisper {
                stream_id: bytes(stream.as_uuid()),
                user_id: bytes(user.as_uuid()),
                watched_ids,
            };
            self.whisper(stream.as_uuid(), What::Watch(watch));
        }
        self.as_they_are(&known).await
    }

    /// Whether `user` has a stream anywhere, as far as is known.
    pub fn has_stream(&self, user: UserId) -> bool {
        self.board().has_stream(user)
    }

    /// Hears what another node says, or this one.
    pub fn hear(&self, what: What) {
        match what {
            What::Here(HereWhisper { node_id, user_ids }) => {
                let Some(node) = uuid(&node_id).filter(|node| *node != self.node) else { return };
                self.board().heard(node, &ids(&user_ids), Instant::now());
            }
            What::Watch(WatchWhisper { stream_id, user_id, watched_ids }) => {
                if let (Some(stream), Some(user)) = (uuid(&stream_id), uuid(&user_id)) {
                    let (stream, user) = (StreamId::from_uuid(stream), UserId::from_uuid(user));
                    let watched = ids(&watched_ids[..watched_ids.len().min(WATCHED_MAX)]);
                    self.watch_here(user, stream, &watched);
                }
            }
            What::Typing(_) | What::Mark(_) => {}
        }
    }

    /// Puts the list on the board if it is for a stream of `user` on this node.
    fn watch_here(&self, user: UserId, stream: StreamId, others: &[UserId]) -> bool {
        let streams = self.streams();
        let here = streams.get(&stream).is_some_and(|(owner, _)| *owner == user);
        if here {
            self.board().watch(stream, others.to_vec());
        }
        here
    }

    async fn run(self: Arc<Self>) {
        let mut ticks = interval(TICK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut beat = Instant::now();
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.shutdown.begun() => return,
            }
            let changes = self.board().tick(Instant::now());
            for changes in changes.chunks(PEOPLE_MAX) {
                if let Err(error) = self.tell(changes).await {
                    // Whoever watches asks again in a minute.
                    tracing::warn!(error = &error as &dyn std::error::Error, "presence is not told");
                }
            }
            if beat.elapsed() >= BEAT_INTERVAL {
                beat = Instant::now();
                let here: Vec<UserId> = self.board().here().collect();
                here.chunks(PEOPLE_MAX).for_each(|users| self.say_who_is_here(users));
            }
        }
    }

    /// Tells those who watch `user` how they are now.
    pub async fn tell_about(&self, user: UserId) {
        let online = self.board().is_online(user);
        if let Err(error) = self.tell(&[Change { user, online, here: false }]).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "presence is not told");
        }
    }

    /// Keeps who went, and tells the watchers of this node.
    async fn tell(&self, changes: &[Change]) -> Result<(), StoreError> {
        let now = self.clock.now();
        let went = changes.iter().filter(|change| !change.online && change.here);
        let went: Vec<_> = went.map(|change| (change.user, now)).collect();
        if !went.is_empty() {
            self.people.saw(&went).await?;
        }

        let mut watchers: HashMap<StreamId, Vec<UserId>> = HashMap::new();
        for change in changes {
            for stream in self.board().watchers(change.user) {
                watchers.entry(stream).or_default().push(change.user);
            }
        }
        let mut watched: Vec<UserId> = watchers.values().flatten().copied().collect();
        watched.sort_unstable();
        watched.dedup();
        let presences = self.as_they_are(&watched).await?;
        let presences: HashMap<UserId, v1::Presence> = watched.into_iter().zip(presences).collect();
        let streams = self.streams();
        for (stream, users) in watchers {
            if let Some((_, outbox)) = streams.get(&stream) {
                outbox.push_presence(users.iter().filter_map(|user| presences.get(user)).cloned());
            }
        }
        Ok(())
    }

    /// What others may know about `users`, in their order.
    async fn as_they_are(&self, users: &[UserId]) -> Result<Vec<v1::Presence>, StoreError> {
        let kept: HashMap<UserId, Person> = match users {
            [] => HashMap::new(),
            _ => self.people.people(users).await?.into_iter().collect(),
        };
        let board = self.board();
        let presence = |user: &UserId| {
            let person = kept.get(user).copied().unwrap_or_default();
            let shown = person.visibility == Visibility::Shown;
            let online = shown && board.is_online(*user);
            let last_seen_time = person.last_seen.filter(|_| shown && !online).map(Into::into);
            v1::Presence { user_id: user.to_string(), online, last_seen_time }
        };
        Ok(users.iter().map(presence).collect())
    }

    fn say_who_is_here(&self, users: &[UserId]) {
        let user_ids = users.iter().map(|user| bytes(user.as_uuid())).collect();
        self.whisper(self.node, What::Here(HereWhisper { node_id: bytes(self.node), user_ids }));
    }

    fn whisper(&self, key: Uuid, what: What) {
        self.bus.whisper(Whisper { key, payload: whispers::encode(what) });
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<StreamId, (UserId, Arc<Outbox>)>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.presence.streams().remove(&self.stream);
        let mut board = self.presence.board();
        board.forget(self.stream);
        board.left(self.user, Instant::now());
    }
}

fn bytes(id: Uuid) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

fn uuid(bytes: &Bytes) -> Option<Uuid> {
    Uuid::from_slice(bytes).ok()
}

fn ids(users: &[Bytes]) -> Vec<UserId> {
    users.iter().filter_map(uuid).map(UserId::from_uuid).collect()
}
