//! One live stream: what its reader has missed, then what happens.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use confab_core::{ConversationId, StreamId, UserId};
use confab_proto::message::v1;
use confab_rpc::Failure;
use futures_util::Stream;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tonic::Status;
use uuid::Uuid;

use super::Known;
use super::hub::Registration;
use super::outbox::Notice;
use crate::convert::frame;
use crate::domain::Event;
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
}

impl Subscription {
    pub fn new(registration: Registration, user: UserId, epoch: String) -> Self {
        let stream = StreamId::from_uuid(Uuid::new_v4());
        Self { registration, user, stream, epoch, told: HashMap::new() }
    }

    /// Streams everything after what is `known`, for at most `lifetime`.
    pub fn run(
        mut self,
        known: Known,
        lifetime: Duration,
    ) -> impl Stream<Item = Result<Frame, Status>> + Send + use<> {
        async_stream::try_stream! {
            yield frame::ready(self.stream, self.epoch.clone());
            for frame in self.begin(known).await? {
                yield frame;
            }

            let mut heartbeat = interval_at(Instant::now() + HEARTBEAT_INTERVAL, HEARTBEAT_INTERVAL);
            heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let shutdown = self.registration.hub().shutdown.clone();
            let outbox = self.registration.outbox.clone();
            let mut expired = Box::pin(sleep(lifetime));
            loop {
                let next = tokio::select! {
                    notice = outbox.next() => Next::Tell(notice),
                    _ = heartbeat.tick() => Next::Heartbeat,
                    () = shutdown.begun() => Next::End(Ended::Stopping),
                    () = &mut expired => Next::End(Ended::TokenExpired),
                };
                match next {
                    Next::Tell(notice) => for frame in self.tell(notice).await? {
                        yield frame;
                    },
                    Next::Heartbeat => yield frame::heartbeat(),
                    Next::End(reason) => Err(reason)?,
                }
            }
        }
    }

    /// Compares what the reader knows with what there is, and returns what to tell.
    async fn begin(&mut self, known: Known) -> Result<Vec<Frame>, Error> {
        let heads = self.heads().await?;
        // Whoever knows more than there is knows another history than ours.
        let ahead = heads.iter().any(|(conversation, head)| known.heads.get(conversation) > Some(head));
        let other = !known.epoch.is_empty() && known.epoch != self.epoch;

        let mut frames = Vec::new();
        if ahead || other {
            frames.push(frame::reset(self.epoch.clone()));
        } else {
            self.told = known.heads;
            // Only what is theirs to know: anybody may state any id.
            self.told.retain(|conversation, _| heads.contains_key(conversation));
        }
        frames.extend(self.catch_up(heads).await?);
        Ok(frames)
    }

    /// Returns what there is to tell because of `notice`.
    async fn tell(&mut self, notice: Notice) -> Result<Vec<Frame>, Error> {
        match notice {
            Notice::Event(conversation, event) => {
                let told = self.told(conversation);
                if event.seq == told + 1 {
                    self.told.insert(conversation, event.seq);
                    Ok(vec![frame::event(Arc::unwrap_or_clone(event))])
                } else {
                    self.close_gap(conversation, event.seq, GAP_MAX).await
                }
            }
            Notice::HeadMoved(conversation, seq) => self.close_gap(conversation, seq, GAP_MAX).await,
            Notice::Unknown => {
                let heads = self.heads().await?;
                self.catch_up(heads).await
            }
        }
    }

    /// Tells what is missing up to `heads`.
    async fn catch_up(&mut self, heads: HashMap<ConversationId, i64>) -> Result<Vec<Frame>, Error> {
        let mut frames = Vec::new();
        for (conversation, head) in heads {
            let room = GAPS_MAX.saturating_sub(frames.len()).min(GAP_MAX);
            frames.extend(self.close_gap(conversation, head, room).await?);
        }
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
        Ok(events.into_iter().map(|event: Event| frame::event(event.into())).collect())
    }

    fn told(&self, conversation: ConversationId) -> i64 {
        self.told.get(&conversation).copied().unwrap_or(0)
    }

    async fn heads(&self) -> Result<HashMap<ConversationId, i64>, Error> {
        let heads = self.registration.hub().store.heads(self.user).await?;
        Ok(heads.into_iter().map(|(conversation, head)| (conversation, head.seq)).collect())
    }
}

/// What a stream does next.
enum Next {
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
            Ended::TokenExpired => {
                Failure::unauthenticated("TOKEN_EXPIRED").into_status_saying(ended.to_string())
            }
            Ended::Stopping => Failure::unavailable("STOPPING")
                .retry_after(RECONNECT_AFTER)
                .into_status_saying(ended.to_string()),
        }
    }
}
