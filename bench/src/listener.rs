//! Somebody who listens, and writes down what they are told.

use std::collections::HashMap;

use confab_core::ConversationId;
use confab_proto::message::v1;
use confab_proto::message::v1::subscribe_response::Frame;
use tonic::{Status, Streaming};

use crate::history::{Reading, Recorder, Source, Step};
use crate::person::{self, Person, id, malformed};

/// The last number of each conversation.
pub type Heads = HashMap<ConversationId, i64>;

/// A person with one live stream after another, who knows what they have heard.
#[derive(Debug)]
pub struct Listener {
    person: Person,
    recorder: Recorder,
    /// The history that the numbers belong to.
    epoch: String,
    /// Everything up to here has been heard.
    known: Heads,
    /// What the stream of now has told, and what was known before it.
    told: HashMap<ConversationId, (i64, Vec<Step>)>,
}

impl Listener {
    /// Somebody who knows nothing of `conversations` yet.
    #[must_use]
    pub fn new(person: Person, conversations: &[ConversationId], recorder: Recorder) -> Self {
        let known = conversations.iter().map(|conversation| (*conversation, 0)).collect();
        Self { person, recorder, epoch: String::new(), known, told: HashMap::new() }
    }

    /// What has been heard, and may be forgotten.
    pub const fn known(&mut self) -> &mut Heads {
        &mut self.known
    }

    /// Opens a stream, which goes on after what is known.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn open(&mut self) -> Result<Streaming<v1::SubscribeResponse>, Status> {
        let begin = self.known.iter().map(|(conversation, seq)| (*conversation, (*seq, Vec::new())));
        self.told = begin.collect();
        let known = self.known.iter();
        let known_heads = known.map(|(id, seq)| v1::KnownHead { conversation_id: id.to_string(), seq: *seq });
        let (epoch, known_heads) = (self.epoch.clone(), known_heads.collect());
        let request = v1::SubscribeRequest { epoch, known_heads, heads_hash: None };
        self.person.subscribe(request).await
    }

    /// Takes in what the stream told, and fetches what it left out.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked, or tells what cannot be.
    pub async fn take(&mut self, response: v1::SubscribeResponse) -> Result<(), Status> {
        match response.frame.ok_or_else(|| malformed("a frame of no kind"))? {
            Frame::Ready(ready) => self.epoch = ready.epoch,
            // Groups that are not there yet are gone too, and come. And what is worth
            // hearing only now: nothing is promised about it.
            Frame::Gone(_)
            | Frame::KnownHeadsNeeded(_)
            | Frame::Heartbeat(_)
            | Frame::Typing(_)
            | Frame::PresenceChanged(_)
            | Frame::MarkMoved(_) => {}
            Frame::Event(event) => {
                let conversation = id(event.conversation_id.parse())?;
                let known = self.known.entry(conversation).or_default();
                *known = event.seq.max(*known);
                self.add(conversation, person::step(event)?);
            }
            Frame::HeadMoved(moved) => {
                let conversation = id(moved.conversation_id.parse())?;
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

    /// Whether everything up to `heads` has been heard.
    #[must_use]
    pub fn has_reached(&self, heads: &Heads) -> bool {
        heads.iter().all(|(conversation, head)| self.known.get(conversation) >= Some(head))
    }

    /// Writes down what the stream told. It was to reach `goal`, if there is one.
    pub fn write_down(&mut self, goal: Option<&Heads>) {
        let begin = self.recorder.now();
        for (conversation, (after, steps)) in std::mem::take(&mut self.told) {
            let (reader, source) = (self.person.id, Source::Stream);
            let head = goal.and_then(|goal| goal.get(&conversation)).copied();
            self.recorder.add_reading(Reading { reader, conversation, source, begin, after, head, steps });
        }
    }

    /// Reads what the stream left out. What a page has beyond that is still for the stream to tell.
    async fn fetch(&mut self, conversation: ConversationId, head: i64) -> Result<(), Status> {
        let mut known = self.known.get(&conversation).copied().unwrap_or(0);
        while known < head {
            let page = self.person.page(conversation, known, &self.recorder).await?;
            if page.last() <= known {
                return Err(malformed("a head that has moved to what is not there"));
            }
            known = page.last().min(head);
            self.known.insert(conversation, known);
        }
        Ok(())
    }

    fn add(&mut self, conversation: ConversationId, step: Step) {
        self.told.entry(conversation).or_default().1.push(step);
    }
}
