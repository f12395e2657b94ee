//! One live stream: what its reader has missed, then what happens.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use confab_core::{ConversationId, UserId};
use confab_proto::message::v1;
use confab_rpc::Failure;
use futures_util::Stream;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep};
use tonic::Status;
use v1::event::Kind;

use super::hub::Registration;
use super::outbox::Notice;
use super::{HeadsHash, Known, heads_hash};
use crate::convert::frame;
use crate::error::Error;
use crate::store::MemberHead;

/// How often a stream says that it is alive.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// How many missed events of one conversation are sent. More are for the
/// client to fetch, at its own pace.
const GAP_MAX: usize = 100;
/// How many missed events are sent in one go, of all conversations together.
const GAPS_MAX: usize = 1_000;
/// How many events are read in one go: at their largest, 256 KiB.
const CHUNK: usize = 8;
/// What to wait before subscribing again when the server stops.
const RECONNECT_AFTER: Duration = Duration::from_millis(500);

type Frame = v1::SubscribeResponse;

/// A stream that has been registered, and so misses nothing from now on.
pub struct Subscription {
    registration: Registration,
    user: UserId,
    epoch: String,
    /// The newest event of each conversation that the reader has, or was told of.
    told: HashMap<ConversationId, i64>,
    /// Conversations to catch up with, one after the other, and how far each has
    /// come. What happens meanwhile waits in the outbox.
    behind: VecDeque<(ConversationId, i64)>,
    /// How many missed events may still be sent until none is behind.
    room: usize,
}

impl Subscription {
    pub fn new(registration: Registration, user: UserId, epoch: String) -> Self {
        let (told, behind) = (HashMap::new(), VecDeque::new());
        Self { registration, user, epoch, told, behind, room: GAPS_MAX }
    }

    /// Streams everything after what is `known`, for at most `lifetime`.
    pub fn run(
        mut self,
        known: Known,
        lifetime: Duration,
    ) -> impl Stream<Item = Result<Frame, Status>> + Send + use<> {
        async_stream::try_stream! {
            let (begun, frames) = self.begin(known).await?;
            for frame in frames {
                yield frame;
            }
            if begun == Begun::InVain {
                return;
            }

            let mut heartbeat = heartbeat();
            let shutdown = self.registration.hub().shutdown.clone();
            let outbox = self.registration.outbox.clone();
            let mut expired = Box::pin(sleep(lifetime));
            loop {
                let next = tokio::select! {
                    // In this order: nobody who falls behind for ever keeps an expired token.
                    biased;
                    () = &mut expired => Next::End(Ended::TokenExpired),
                    () = shutdown.begun() => Next::End(Ended::Stopping),
                    _ = heartbeat.tick() => Next::Heartbeat,
                    () = std::future::ready(()), if !self.behind.is_empty() => Next::CatchUp,
                    notice = outbox.next() => Next::Tell(notice),
                };
                match next {
                    Next::End(reason) => Err(reason)?,
                    Next::Heartbeat => yield frame::heartbeat(),
                    Next::CatchUp => for frame in self.catch_up().await? {
                        yield frame;
                    },
                    Next::Tell(notice) => if let Some(frame) = self.tell(notice) {
                        yield frame;
                    },
                }
            }
        }
    }

    /// Compares what the reader knows with what there is, and returns the first frames.
    async fn begin(&mut self, known: Known) -> Result<(Begun, Vec<Frame>), Error> {
        let heads = self.look().await?;
        let ready = frame::ready(self.registration.stream, self.epoch.clone());
        let is_other = !known.epoch.is_empty() && known.epoch != self.epoch;
        // Whoever knows more than there is knows another history than ours.
        let is_ahead = heads
            .iter()
            .any(|theirs| known.heads.get(&theirs.conversation).is_some_and(|seq| *seq > theirs.head.seq));
        if is_other || is_ahead {
            return Ok((Begun::Live, vec![ready, frame::reset(self.epoch.clone())]));
        }
        if let Some(hash) = known.hash.filter(|_| known.heads.is_empty()) {
            return Ok(self.begin_with_hash(hash, &heads, ready));
        }
        // Only what is theirs to know: anybody may state any id.
        self.told = heads.iter().map(|theirs| (theirs.conversation, theirs.since.seq)).collect();
        let mut frames = vec![ready];
        for (conversation, seq) in known.heads {
            match self.told.get_mut(&conversation) {
                Some(told) => *told = seq.max(*told),
                None => frames.push(frame::gone(conversation)),
            }
        }
        Ok((Begun::Live, frames))
    }

    /// As [`Subscription::begin`], if all that the reader says of what it knows is `hash`.
    fn begin_with_hash(
        &mut self,
        hash: HeadsHash,
        heads: &[MemberHead],
        ready: Frame,
    ) -> (Begun, Vec<Frame>) {
        if heads_hash(heads) != hash {
            return (Begun::InVain, vec![frame::known_heads_needed()]);
        }
        self.told = heads.iter().map(|theirs| (theirs.conversation, theirs.head.seq)).collect();
        self.behind.clear();
        (Begun::Live, vec![ready])
    }

    /// Returns what there is to tell because of `notice`, if that is at hand.
    fn tell(&mut self, notice: Notice) -> Option<Frame> {
        match notice {
            Notice::Event(conversation, event) if self.told.get(&conversation) == Some(&(event.seq - 1)) => {
                self.has_told(conversation, event.seq, event.kind.as_ref());
                return Some(frame::event(Arc::unwrap_or_clone(event)));
            }
            Notice::Event(conversation, event) => self.behind.push_back((conversation, event.seq)),
            Notice::HeadMoved(conversation, seq) => self.behind.push_back((conversation, seq)),
            Notice::Typing(typing) => return Some(frame::typing(typing)),
            Notice::MarkMoved(moved) => return Some(frame::mark_moved(moved)),
            Notice::Presence(presences) => return Some(frame::presence_changed(presences)),
        }
        None
    }

    /// Reads how far all conversations have come, and remembers to catch up with them.
    async fn look(&mut self) -> Result<Vec<MemberHead>, Error> {
        let heads = self.registration.hub().store.heads(&[self.user]).await?;
        self.behind = heads.iter().map(|theirs| (theirs.conversation, theirs.head.seq)).collect();
        Ok(heads)
    }

    /// Tells the next few events that are missing of the first conversation
    /// that is behind; or, if there are too many, how far it has come.
    async fn catch_up(&mut self) -> Result<Vec<Frame>, Error> {
        let Some(&(conversation, head)) = self.behind.front() else { return Ok(Vec::new()) };
        let Some(told) = self.begin_of(conversation).await? else {
            self.behind.pop_front();
            return Ok(Vec::new());
        };
        let missing = usize::try_from(head - told).unwrap_or(0);
        let mut frames = Vec::new();
        if missing > 0 && missing <= GAP_MAX.min(self.room) {
            frames = self.next_events(conversation, missing.min(CHUNK)).await?;
            self.room -= frames.len();
        }
        // Too many; or the store, asked of another node than the one that rang,
        // has not got them yet: the client asks, and asks again.
        if frames.is_empty() && missing > 0 {
            self.told.insert(conversation, head);
            frames.push(frame::head_moved(conversation, head));
        }
        // What they do not see any more, they are not behind with.
        if self.told.get(&conversation).is_none_or(|told| *told >= head) {
            self.behind.pop_front();
        }
        if self.behind.is_empty() {
            self.room = GAPS_MAX;
        }
        Ok(frames)
    }

    /// Reads up to `count` events behind the last one told, without a hole, as
    /// far as the reader sees them.
    async fn next_events(&mut self, conversation: ConversationId, count: usize) -> Result<Vec<Frame>, Error> {
        let store = self.registration.hub().store.clone();
        let told = self.told.get(&conversation).copied().unwrap_or_default();
        let events = store.list_events(conversation, told, count).await?;
        let revision = events.last().map_or(0, |event| event.at.revision);
        let now = store.conversation(conversation, revision).await?;
        let is_member = now.is_some_and(|now| now.member(self.user).is_some());

        let mut frames = Vec::with_capacity(events.len());
        for (seq, event) in (told + 1..).zip(events) {
            if event.seq() != seq {
                break;
            }
            let event = v1::Event::from(event);
            let left = !is_member && self.is_left_by(event.kind.as_ref());
            self.told.insert(conversation, seq);
            frames.push(frame::event(event));
            if left {
                self.told.remove(&conversation);
                break;
            }
        }
        Ok(frames)
    }

    /// The newest event told of `conversation`, or what comes before the first
    /// that the reader sees; `None` if they see nothing of it.
    async fn begin_of(&mut self, conversation: ConversationId) -> Result<Option<i64>, Error> {
        if let Some(told) = self.told.get(&conversation) {
            return Ok(Some(*told));
        }
        let store = self.registration.hub().store.clone();
        // Mostly the hub has just read it.
        let mut now = store.conversation(conversation, 0).await?;
        if now.as_ref().is_none_or(|now| now.member(self.user).is_none()) {
            // They may have come in since, by another node.
            let head = store.head(conversation).await?;
            now = store.conversation(conversation, head.revision).await?;
        }
        let since = now.and_then(|now| now.member(self.user).map(|member| member.since.seq));
        self.told.extend(since.map(|since| (conversation, since)));
        Ok(since)
    }

    fn has_told(&mut self, conversation: ConversationId, seq: i64, kind: Option<&Kind>) {
        if self.is_left_by(kind) {
            self.told.remove(&conversation);
        } else {
            self.told.insert(conversation, seq);
        }
    }

    /// Whether the reader sees nothing of the conversation after an event like this.
    fn is_left_by(&self, kind: Option<&Kind>) -> bool {
        matches!(kind, Some(Kind::MemberLeft(left)) if left.member_id == self.user.to_string())
    }
}

fn heartbeat() -> Interval {
    let mut heartbeat = interval_at(Instant::now() + HEARTBEAT_INTERVAL, HEARTBEAT_INTERVAL);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat
}

/// How a stream began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begun {
    /// It goes on.
    Live,
    /// It has to begin anew, with what the reader knows.
    InVain,
}

/// What a stream does next.
enum Next {
    CatchUp,
    Tell(Notice),
    Heartbeat,
    End(Ended),
}

/// Why a stream ended although nothing went wrong.
#[derive(Clone, Copy, Debug, thiserror::Error)]
enum Ended {
    #[error("the access token has expired; subscribe again with a new one")]
    TokenExpired,
    #[error("the server is stopping; subscribe again")]
    Stopping,
}

impl From<Ended> for Status {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::TokenExpired => Failure::unauthenticated("TOKEN_EXPIRED").into_status(&ended),
            Ended::Stopping => {
                // Not a failure of ours to log: it was asked for.
                Failure::unavailable("STOPPING")
                    .retry_after(RECONNECT_AFTER)
                    .into_status_saying(ended.to_string())
            }
        }
    }
}
