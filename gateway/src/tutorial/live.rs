//! What is told over one socket, as long as the session lasts.
//!
//! The socket follows the log as every subscriber does. Whatever its client
//! does not read in time waits there, not here.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, Timestamp};
use confab_proto::message::v1::event::Kind;
use confab_proto::message::v1::subscribe_response::Frame;
use confab_proto::message::v1::{
    self, Event, HeadMoved, ListEventsRequest, Presence, Ready, SubscribeRequest, SubscribeResponse,
    WatchPresenceRequest,
};
use serde::Serialize;
use socketioxide::extract::SocketRef;
use socketioxide::{SendError, SocketError};
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;

use super::heads::{self, Heads};
use super::shapes::Message;
use super::sockets::Guest;

/// How often the list of those who are watched is made anew, and asked for.
const WATCH_INTERVAL: Duration = Duration::from_mins(1);
/// How long a full queue is left to its reader before the next look.
const FULL_PAUSE: Duration = Duration::from_millis(200);
/// What to wait at first, and at most, before subscribing again.
const RETRY_MIN: Duration = Duration::from_millis(500);
const RETRY_MAX: Duration = Duration::from_secs(30);
/// How many events are fetched at once of those that were too many to send.
const EVENTS_PAGE_SIZE: i32 = 500;

/// One socket.
pub struct Live {
    socket: SocketRef,
    guest: Guest,
    begun: Timestamp,
    epoch: String,
    heads: Option<Heads>,
    stream_id: String,
    online: BTreeSet<String>,
}

/// Why there is nothing more to tell for now.
enum Ended {
    /// The client has gone.
    Gone,
    /// A call has failed.
    Failed(Status),
}

impl From<Status> for Ended {
    fn from(status: Status) -> Self {
        Self::Failed(status)
    }
}

impl Live {
    /// The socket of `guest`, opened now.
    pub fn new(socket: SocketRef, guest: Guest, clock: &dyn Clock) -> Self {
        let online = BTreeSet::from([guest.user.clone()]);
        let (epoch, stream_id) = (String::new(), String::new());
        Self { socket, guest, begun: clock.now(), epoch, heads: None, stream_id, online }
    }

    /// Tells what there is to tell until the client has gone or the session has ended.
    pub async fn run(mut self) {
        let gone = Arc::new(Notify::new());
        let goes = gone.clone();
        self.socket.on_disconnect(move || {
            goes.notify_one();
            std::future::ready(())
        });
        tokio::select! {
            () = gone.notified() => {}
            () = self.follow() => {}
        }
    }

    async fn follow(&mut self) {
        let mut pause = RETRY_MIN;
        // A token ends every few minutes; a session that has ended gives no other.
        let mut had_token = true;
        loop {
            let begun = Instant::now();
            match self.tell().await {
                Ok(()) => {}
                Err(Ended::Gone) => return,
                Err(Ended::Failed(status)) if status.code() == Code::Unauthenticated => {
                    if !had_token {
                        return Self::close(&self.socket).await;
                    }
                    had_token = false;
                    continue;
                }
                Err(Ended::Failed(status)) => {
                    let delay = status.get_error_details().retry_info().and_then(|retry| retry.retry_delay);
                    pause = pause.max(delay.unwrap_or_default()).min(RETRY_MAX);
                }
            }
            had_token = true;
            sleep(pause).await;
            // What went well for a while is no reason to wait longer the next time.
            pause = if begun.elapsed() > RETRY_MAX { RETRY_MIN } else { (pause * 2).min(RETRY_MAX) };
        }
    }

    /// Has the client know that it is not heard any more.
    pub async fn close(socket: &SocketRef) {
        while let Err(SocketError::InternalChannelFull) = socket.clone().disconnect() {
            sleep(FULL_PAUSE).await;
        }
    }

    /// Subscribes, and tells what comes until the stream ends.
    async fn tell(&mut self) -> Result<(), Ended> {
        let mut frames = self.subscribe().await?;
        let mut watch = interval_at(Instant::now() + WATCH_INTERVAL, WATCH_INTERVAL);
        watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                frame = frames.message() => match frame? {
                    Some(SubscribeResponse { frame }) => self.take(frame).await?,
                    None => return Ok(()),
                },
                _ = watch.tick() => self.watch(false).await?,
            }
        }
    }

    async fn subscribe(&mut self) -> Result<Streaming<SubscribeResponse>, Status> {
        let asker = &self.guest.asker;
        let heads = match self.heads.take() {
            Some(heads) => heads,
            None => Heads::list(asker, &self.guest.user).await?,
        };
        let known_heads = self.heads.insert(heads).to_known();
        let request = SubscribeRequest { epoch: self.epoch.clone(), known_heads, heads_hash: None };
        Ok(asker.live().subscribe(request).await?.into_inner())
    }

    async fn take(&mut self, frame: Option<Frame>) -> Result<(), Ended> {
        match frame {
            Some(Frame::Ready(Ready { stream_id, epoch })) => {
                (self.stream_id, self.epoch) = (stream_id, epoch);
                self.watch(true).await
            }
            Some(Frame::Event(event)) => self.take_event(event).await,
            Some(Frame::HeadMoved(moved)) => self.catch_up(moved).await,
            Some(Frame::Reset(reset)) => {
                self.epoch = reset.epoch;
                self.heads = Some(Heads::list(&self.guest.asker, &self.guest.user).await?);
                Ok(())
            }
            Some(Frame::Gone(gone)) => {
                self.heads_mut()?.forget(&gone.conversation_id);
                Ok(())
            }
            Some(Frame::PresenceChanged(changed)) => self.take_presences(changed.presences).await,
            // The app shows neither who types nor who has read.
            _ => Ok(()),
        }
    }

    async fn take_event(&mut self, event: Event) -> Result<(), Ended> {
        let (begun, asker) = (self.begun, self.guest.asker.clone());
        let heads = self.heads_mut()?;
        let known = heads.seq(&event.conversation_id);
        let is_unknown = known.is_none();
        match known {
            Some(known) if event.seq <= known => return Ok(()),
            Some(_) => heads.advance(&event.conversation_id, event.seq),
            None => heads.learn(&asker, &event.conversation_id, event.seq).await?,
        }
        let other = heads.other(&event.conversation_id).map(str::to_owned);
        if is_unknown && other.is_some() {
            // Somebody else who may be online.
            self.watch(false).await?;
        }
        // What was said before the socket was there is in the history.
        let is_new = event.create_time.is_some_and(|created| Timestamp::from(created) >= begun);
        let Some(message) = other.filter(|_| is_new).and_then(|other| self.message(event, other)) else {
            return Ok(());
        };
        self.emit("newMessage", &message).await
    }

    /// What `event` says, if it says something: between whoever has the socket and `other`.
    fn message(&self, event: Event, other: String) -> Option<Message> {
        let Some(Kind::MessageSent(sent)) = event.kind else { return None };
        if sent.deleted {
            return None;
        }
        let receiver = if event.actor_id == self.guest.user { other } else { self.guest.user.clone() };
        let message = v1::Message {
            conversation_id: event.conversation_id,
            seq: event.seq,
            sender_id: event.actor_id,
            text: sent.text,
            attachments: sent.attachments,
            create_time: event.create_time,
            ..v1::Message::default()
        };
        Some(Message::of(message, receiver, &self.guest.asker.host()))
    }

    /// Fetches what was too much to send.
    async fn catch_up(&mut self, HeadMoved { conversation_id, head_seq }: HeadMoved) -> Result<(), Ended> {
        let asker = self.guest.asker.clone();
        let heads = self.heads_mut()?;
        let Some(mut known) = heads.seq(&conversation_id) else {
            return Ok(heads.learn(&asker, &conversation_id, head_seq).await?);
        };
        while known < head_seq {
            let request = ListEventsRequest {
                conversation_id: conversation_id.clone(),
                after_seq: known,
                page_size: Some(EVENTS_PAGE_SIZE),
            };
            let events = match asker.messages().list_events(request).await {
                Ok(answer) => answer.into_inner().events,
                Err(status) if status.code() == Code::NotFound => Vec::new(),
                Err(status) => return Err(status.into()),
            };
            // Whoever was removed sees no more of it.
            let Some(last) = events.last().map(|event| event.seq) else { return Ok(()) };
            for event in events {
                self.take_event(event).await?;
            }
            known = last;
        }
        Ok(())
    }

    /// Asks who is online, and says so: `at_once`, or if it is not what was said last.
    async fn watch(&mut self, at_once: bool) -> Result<(), Ended> {
        let user_ids = heads::people(&self.guest.asker, &self.guest.user).await?;
        let request = WatchPresenceRequest { stream_id: self.stream_id.clone(), user_ids };
        let answer = self.guest.asker.live().watch_presence(request).await?.into_inner();
        let mut online = BTreeSet::from([self.guest.user.clone()]);
        online.extend(answer.presences.into_iter().filter(|one| one.online).map(|one| one.user_id));
        let is_other = self.online != online;
        self.online = online;
        if at_once || is_other { self.tell_online().await } else { Ok(()) }
    }

    async fn take_presences(&mut self, presences: Vec<Presence>) -> Result<(), Ended> {
        let before = self.online.clone();
        for Presence { user_id, online, .. } in presences {
            if user_id == self.guest.user {
                continue;
            }
            if online {
                self.online.insert(user_id);
            } else {
                self.online.remove(&user_id);
            }
        }
        if self.online == before { Ok(()) } else { self.tell_online().await }
    }

    async fn tell_online(&self) -> Result<(), Ended> {
        self.emit("getOnlineUsers", &self.online).await
    }

    /// Sends `data`, as soon as the client has read enough of what came before.
    /// One that reads nothing answers no ping either, and is closed then.
    async fn emit<T: Serialize>(&self, event: &'static str, data: &T) -> Result<(), Ended> {
        loop {
            match self.socket.emit(event, data) {
                Ok(()) => return Ok(()),
                Err(SendError::Socket(SocketError::InternalChannelFull)) => sleep(FULL_PAUSE).await,
                Err(_) => return Err(Ended::Gone),
            }
        }
    }

    /// What is known of the conversations; it is, once the stream has begun.
    fn heads_mut(&mut self) -> Result<&mut Heads, Ended> {
        self.heads.as_mut().ok_or(Ended::Gone)
    }
}
