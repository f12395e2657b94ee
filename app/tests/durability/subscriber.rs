//! Somebody who listens, and comes back knowing what they have heard.

use std::collections::BTreeMap;
use std::time::Duration;

use confab_core::ConversationId;
use confab_proto::message::v1;
use confab_proto::message::v1::subscribe_response::Frame;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::history::{Reading, Recorder, Source, Step};
use crate::people::{Person, last_of, seen};
use crate::phase::{Phase, not_down};
use crate::random::Random;

/// How often somebody comes back at the most.
const STREAMS_MAX: usize = 1_000;
/// How long a stream may be silent: longer than the time between heartbeats.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// How long it may take to hear what was missed.
const CATCH_UP_MAX: Duration = Duration::from_secs(20);
/// How much of each conversation is forgotten at the end: up to what a stream
/// sends in one go, and some more.
const FORGOTTEN_MAX: u64 = 120;

/// The last number of each conversation.
pub type Heads = BTreeMap<ConversationId, i64>;

pub struct Subscriber {
    person: Person,
    recorder: Recorder,
    /// The history that the numbers belong to.
    epoch: String,
    /// Everything up to here has been heard.
    known: Heads,
    /// What the stream of now has told, and what was known before it.
    told: BTreeMap<ConversationId, (i64, Vec<Step>)>,
}

impl Subscriber {
    pub fn new(person: Person, conversations: &[ConversationId], recorder: Recorder) -> Self {
        let known = conversations.iter().map(|conversation| (*conversation, 0)).collect();
        Self { person, recorder, epoch: String::new(), known, told: BTreeMap::new() }
    }

    /// Listens until it is over, coming back whenever the server does.
    pub async fn run(mut self, mut phase: watch::Receiver<Phase>) -> Self {
        for _ in 0..STREAMS_MAX {
            if not_down(&mut phase).await == Phase::Over {
                return self;
            }
            tokio::select! {
                () = self.listen(None) => {}
                _ = phase.wait_for(|phase| *phase == Phase::Over) => self.write_down(None),
            }
        }
        panic!("the stream has broken {STREAMS_MAX} times");
    }

    /// Comes back once more, as if the last things heard had been lost, and
    /// listens until everything up to `heads` is known.
    pub async fn catch_up(mut self, heads: &Heads, mut random: Random) {
        for seq in self.known.values_mut() {
            *seq -= i64::try_from(random.below(FORGOTTEN_MAX)).unwrap().min(*seq);
        }
        let heads = heads.iter().filter(|(conversation, _)| self.known.contains_key(conversation));
        let heads: Heads = heads.map(|(conversation, head)| (*conversation, *head)).collect();
        self.listen(Some(&heads)).await;
    }

    /// Listens to one stream, until it breaks or everything up to `goal` is known.
    async fn listen(&mut self, goal: Option<&Heads>) {
        let begin = self.known.iter().map(|(conversation, seq)| (*conversation, (*seq, Vec::new())));
        self.told = begin.collect();
        match goal {
            None => self.hear(goal).await,
            // How far it came is for the checker.
            Some(_) => drop(timeout(CATCH_UP_MAX, self.hear(goal)).await),
        }
        self.write_down(goal);
    }

    async fn hear(&mut self, goal: Option<&Heads>) {
        let known = self.known.iter();
        let known_heads = known.map(|(id, seq)| v1::KnownHead { conversation_id: id.to_string(), seq: *seq });
        let request = v1::SubscribeRequest { epoch: self.epoch.clone(), known_heads: known_heads.collect() };
        let Ok(mut stream) = self.person.subscribe(request).await else { return };
        while goal.is_none_or(|goal| !self.has_reached(goal)) {
            // Ends with the stream, which ends with the server, or with silence.
            let Ok(Ok(Some(frame))) = timeout(SILENCE_MAX, stream.message()).await else { return };
            if self.take(frame.frame.unwrap()).await.is_err() {
                return;
            }
        }
    }

    async fn take(&mut self, frame: Frame) -> Result<(), tonic::Status> {
        match frame {
            Frame::Ready(ready) => self.epoch = ready.epoch,
            Frame::Heartbeat(_) => {}
            Frame::Event(event) => {
                let conversation = event.conversation_id.parse().unwrap();
                let known = self.known.entry(conversation).or_default();
                *known = event.seq.max(*known);
                self.add(conversation, Step::Event(seen(event)));
            }
            Frame::HeadMoved(moved) => {
                let conversation = moved.conversation_id.parse().unwrap();
                self.add(conversation, Step::HeadMoved(moved.head_seq));
                self.fetch(conversation, moved.head_seq).await?;
            }
            Frame::Reset(reset) => {
                self.epoch = reset.epoch;
                self.known.values_mut().for_each(|seq| *seq = 0);
                self.told.values_mut().for_each(|(_, steps)| steps.push(Step::Reset));
            }
        }
        Ok(())
    }

    /// Reads what the stream left out.
    async fn fetch(&mut self, conversation: ConversationId, head: i64) -> Result<(), tonic::Status> {
        let mut known = self.known.get(&conversation).copied().unwrap_or(0);
        while known < head {
            let page = self.person.page(conversation, known, &self.recorder).await?;
            if last_of(&page) <= known {
                return Err(tonic::Status::data_loss("the head has moved to what is not there"));
            }
            known = last_of(&page);
            self.known.insert(conversation, known);
        }
        Ok(())
    }

    fn add(&mut self, conversation: ConversationId, step: Step) {
        self.told.entry(conversation).or_default().1.push(step);
    }

    fn has_reached(&self, heads: &Heads) -> bool {
        heads.iter().all(|(conversation, head)| self.known.get(conversation) >= Some(head))
    }

    fn write_down(&mut self, goal: Option<&Heads>) {
        let begin = self.recorder.now();
        for (conversation, (after, steps)) in std::mem::take(&mut self.told) {
            let (reader, source) = (self.person.id, Source::Stream);
            let head = goal.and_then(|goal| goal.get(&conversation)).copied();
            self.recorder.add_reading(Reading { reader, conversation, source, begin, after, head, steps });
        }
    }
}
