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

use super::Known;
use super::hub::Registration;
use super::outbox::Notice;
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
            yield frame::ready(self.registration.stream, self.epoch.clone());
            if self.begin(known).await? {
                yield frame::reset(self.epoch.clone());
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
                    Next::Tell(notice) => for frame in self.tell(notice).await? {
                        yield frame;
                    },
                }
            }
        }
    }

    /// Compares what the reader knows with what there is. Returns whether it
    /// has to forget all of it.
    async fn begin(&mut self, known: Known) -> Result<bool, Error> {
        let heads = self.look().await?;
        // Whoever knows more than there is knows another history than ours.
        let ahead = heads.iter().any(|known_to_us| {
            known.heads.get(&known_to_us.conversation).is_some_and(|seq| *seq > known_to_us.head.seq)
        });
        let other = !known.epoch.is_empty() && known.epoch != self.epoch;
        if ahead || other {
            return Ok(true);
        }
        // Only what is theirs to know: anybody may state any id.
        let told = heads.into_iter().map(|MemberHead { conversation, since, .. }| {
            let known = known.heads.get(&conversation).copied().unwrap_or_default();
            (conversation, known.max(since.seq))
        });
        self.told = told.collect();
        Ok(false)
    }

    /// Returns what there is to tell because of `notice`.
    async fn tell(&mut self, notice: Notice) -> Result<Vec<Frame>, Error> {
        match notice {
            Notice::Event(conversation, event) if self.told.get(&conversation) == Some(&(event.seq - 1)) => {
                self.has_told(conversation, event.seq, event.kind.as_ref());
                return Ok(vec![frame::event(Arc::unwrap_or_clone(event))]);
            }
            Notice::Event(conversation, event) => self.behind.push_back((conversation, event.seq)),
            Notice::HeadMoved(conversation, seq) => self.behind.push_back((conversation, seq)),
            Notice::Unknown => drop(self.look().await?),
            Notice::Typing(typing) => return Ok(vec![frame::typing(typing)]),
            Notice::MarkMoved(moved) => return Ok(vec![frame::mark_moved(moved)]),
            Notice::Presence(presences) => return Ok(vec![frame::presence_changed(presences)]),
        }
        Ok(Vec::new())
    }

    /// Reads how far all conversations have come, and remembers to catch up with them.
    async fn look(&mut self) -> Result<Vec<MemberHead>, Error> {
        let heads = self.registration.hub().store.heads(self.user).await?;
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
        // The hub has just read it, or the store when it was asked for the heads.
        let now = self.registration.hub().store.conversation(conversation, 0).await?;
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
