//! One live stream: what its reader has missed, then what happens.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use confab_core::{ConversationId, StreamId, UserId};
use confab_proto::message::v1;
use confab_rpc::Failure;
use futures_util::Stream;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep};
use tonic::Status;
use uuid::Uuid;

use super::Known;
use super::hub::Registration;
use super::outbox::Notice;
use crate::convert::frame;
use crate::error::Error;

/// How often a stream says that it is alive.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// How many missed events of one conversation are sent. More are for the
/// client to fetch, at its own pace.
const GAP_MAX: usize = 100;
/// How many missed events are sent in one go, of all conversations together.
const GAPS_MAX: usize = 1_000;
/// What to wait before subscribing again when the server stops.
const RECONNECT_AFTER: Duration = Duration::from_millis(500);

type Frame = v1::SubscribeResponse;

/// A stream that has been registered, and so misses nothing from now on.
pub struct Subscription {
    registration: Registration,
    user: UserId,
    stream: StreamId,
    epoch: String,
    /// The newest event of each conversation that the reader has, or was told of.
    told: HashMap<ConversationId, i64>,
    /// Conversations to be looked at, one after the other, and how far each has
    /// come. What happens meanwhile waits in the outbox.
    behind: VecDeque<(ConversationId, i64)>,
    /// How many missed events may still be sent before all are looked at.
    room: usize,
}

impl Subscription {
    pub fn new(registration: Registration, user: UserId, epoch: String) -> Self {
        let stream = StreamId::from_uuid(Uuid::new_v4());
        let (told, behind) = (HashMap::new(), VecDeque::new());
        Self { registration, user, stream, epoch, told, behind, room: 0 }
    }

    /// Streams everything after what is `known`, for at most `lifetime`.
    pub fn run(
        mut self,
        known: Known,
        lifetime: Duration,
    ) -> impl Stream<Item = Result<Frame, Status>> + Send + use<> {
        async_stream::try_stream! {
            yield frame::ready(self.stream, self.epoch.clone());
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
        let ahead = heads.iter().any(|(conversation, head)| known.heads.get(conversation) > Some(head));
        let other = !known.epoch.is_empty() && known.epoch != self.epoch;
        if ahead || other {
            return Ok(true);
        }
        self.told = known.heads;
        // Only what is theirs to know: anybody may state any id.
        self.told.retain(|conversation, _| heads.contains_key(conversation));
        Ok(false)
    }

    /// Returns what there is to tell because of `notice`.
    async fn tell(&mut self, notice: Notice) -> Result<Vec<Frame>, Error> {
        match notice {
            Notice::Event(conversation, event) if event.seq == self.told(conversation) + 1 => {
                self.told.insert(conversation, event.seq);
                Ok(vec![frame::event(Arc::unwrap_or_clone(event))])
            }
            Notice::Event(conversation, event) => self.close_gap(conversation, event.seq, GAP_MAX).await,
            Notice::HeadMoved(conversation, seq) => self.close_gap(conversation, seq, GAP_MAX).await,
            Notice::Unknown => {
                self.look().await?;
                Ok(Vec::new())
            }
        }
    }

    /// Reads how far all conversations have come, and remembers to catch up with them.
    async fn look(&mut self) -> Result<HashMap<ConversationId, i64>, Error> {
        let heads = self.registration.hub().store.heads(self.user).await?;
        self.behind = heads.iter().map(|(conversation, head)| (*conversation, head.seq)).collect();
        self.room = GAPS_MAX;
        Ok(self.behind.iter().copied().collect())
    }

    /// Tells what is missing of the next conversation that was not looked at.
    async fn catch_up(&mut self) -> Result<Vec<Frame>, Error> {
        let Some((conversation, head)) = self.behind.pop_front() else { return Ok(Vec::new()) };
        let frames = self.close_gap(conversation, head, self.room.min(GAP_MAX)).await?;
        self.room = self.room.saturating_sub(frames.len());
        Ok(frames)
    }

    /// Tells what is missing of one conversation up to the event `head`: the
    /// events if there are at most `room`, or else that the head has moved.
    async fn close_gap(
        &mut self,
        conversation: ConversationId,
        head: i64,
        room: usize,
    ) -> Result<Vec<Frame>, Error> {
        let told = self.told(conversation);
        let missing = usize::try_from(head - told).unwrap_or(0);
        if missing == 0 {
            return Ok(Vec::new());
        }
        self.told.insert(conversation, head);
        if missing > room {
            return Ok(vec![frame::head_moved(conversation, head)]);
        }
        let events = self.registration.hub().store.list_events(conversation, told, missing).await?;
        Ok(events.into_iter().map(|event| frame::event(event.into())).collect())
    }

    fn told(&self, conversation: ConversationId) -> i64 {
        self.told.get(&conversation).copied().unwrap_or(0)
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
