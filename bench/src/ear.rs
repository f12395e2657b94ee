//! Live streams that are open while something else goes on, and when each message arrived.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use confab_core::{ClientId, ConversationId, UserId};
use confab_proto::message::v1;
use confab_proto::message::v1::event::Kind;
use confab_proto::message::v1::subscribe_response::Frame;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::Streaming;

use crate::crowd::Crowd;
use crate::listener::{Heads, Listener};

/// How long a stream may take until it is live.
const READY_MAX: Duration = Duration::from_secs(20);
/// How long it may take to hear the rest when nobody sends any more.
const REST_MAX: Duration = Duration::from_secs(20);

/// A message that somebody heard.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Who heard it.
    pub reader: UserId,
    /// The id that the sender gave it.
    pub client: ClientId,
    /// When.
    pub at: Instant,
}

/// Live streams, each on a connection of its own.
pub struct Ears {
    listening: JoinSet<Ear>,
    /// What is to be heard before they close; unknown as long as people send.
    goal: watch::Sender<Option<Heads>>,
}

struct Ear {
    listener: Listener,
    reader: UserId,
    arrivals: Vec<Arrival>,
}

impl Ears {
    /// Opens a stream for each person of `crowd`, and returns when all are live.
    /// They know everything up to `heads`.
    ///
    /// # Errors
    ///
    /// If one does not become live.
    pub async fn open(crowd: &Crowd, heads: &Heads) -> Result<Self> {
        let (mut listening, goal) = (JoinSet::new(), watch::Sender::new(None));
        for (place, person) in crowd.people.iter().enumerate() {
            let talks = crowd.talks_of(place);
            let mut listener = Listener::new(person.elsewhere(), &talks, crowd.recorder.clone());
            let known = talks.iter().filter_map(|talk| Some((*talk, *heads.get(talk)?)));
            listener.known().extend(known);
            let mut ear = Ear { listener, reader: person.id, arrivals: Vec::new() };
            let stream =
                timeout(READY_MAX, ear.go_live()).await.context("a stream does not become live")??;
            listening.spawn(ear.listen(stream, goal.subscribe()));
        }
        Ok(Self { listening, goal })
    }

    /// Waits until everything up to `heads` has been heard, for a while, and
    /// closes the streams. What did not come is for the checker.
    ///
    /// # Errors
    ///
    /// If a listener failed.
    pub async fn close(mut self, heads: &Heads) -> Result<Vec<Arrival>> {
        self.goal.send_replace(Some(heads.clone()));
        let mut arrivals = Vec::new();
        while let Some(ended) = self.listening.join_next().await {
            let mut ear = ended.context("a listener failed")?;
            ear.listener.write_down(Some(heads));
            arrivals.append(&mut ear.arrivals);
        }
        Ok(arrivals)
    }
}

impl Ear {
    async fn go_live(&mut self) -> Result<Streaming<v1::SubscribeResponse>> {
        let mut stream = self.listener.open().await.context("a stream cannot be opened")?;
        while let Some(response) = stream.message().await.context("a stream broke")? {
            let is_ready = matches!(response.frame, Some(Frame::Ready(_)));
            self.listener.take(response).await.context("a stream tells what cannot be")?;
            if is_ready {
                return Ok(stream);
            }
        }
        bail!("a stream ended before it was live")
    }

    /// Listens until the goal is known and reached, or the stream ends.
    async fn listen(
        mut self,
        mut stream: Streaming<v1::SubscribeResponse>,
        mut goal: watch::Receiver<Option<Heads>>,
    ) -> Self {
        loop {
            let response = tokio::select! {
                response = stream.message() => response,
                // Also when nobody is there any more to tell it.
                _ = goal.changed() => break,
            };
            let Ok(Some(response)) = response else { return self };
            if self.hear(response).await.is_err() {
                return self;
            }
        }
        let goal = goal.borrow().clone().unwrap_or_default();
        let own = goal.into_iter().filter(|(talk, _)| self.listener.known().contains_key(talk)).collect();
        let _ = timeout(REST_MAX, self.hear_the_rest(stream, &own)).await;
        self
    }

    async fn hear_the_rest(&mut self, mut stream: Streaming<v1::SubscribeResponse>, goal: &Heads) {
        while !self.listener.has_reached(goal) {
            let Ok(Some(response)) = stream.message().await else { return };
            if self.hear(response).await.is_err() {
                return;
            }
        }
    }

    async fn hear(&mut self, response: v1::SubscribeResponse) -> Result<()> {
        let at = Instant::now();
        if let Some(client) = client_of(&response) {
            self.arrivals.push(Arrival { reader: self.reader, client, at });
        }
        Ok(self.listener.take(response).await?)
    }
}

/// The id of the message in `response`, if there is one.
fn client_of(response: &v1::SubscribeResponse) -> Option<ClientId> {
    let Some(Frame::Event(v1::Event { kind: Some(Kind::MessageSent(message)), .. })) = &response.frame else {
        return None;
    };
    message.client_id.parse().ok()
}

/// The last number of each conversation, as far as messages have been acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Acknowledged(Heads);

impl Acknowledged {
    /// Takes in that `conversation` has come to `seq`.
    pub fn add(&mut self, conversation: ConversationId, seq: i64) {
        let head = self.0.entry(conversation).or_default();
        *head = seq.max(*head);
    }

    /// How far each conversation has come.
    #[must_use]
    pub const fn heads(&self) -> &Heads {
        &self.0
    }
}
