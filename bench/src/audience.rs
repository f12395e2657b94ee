//! Many people who listen to one conversation: how much reaches them, and whether all of it does.
//!
//! What each of them hears is not written down: a history of a thousand readers
//! would cost more than what is measured. Each looks at the numbers instead, as
//! they come; whoever is in the crowd beside them writes down everything.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use confab_core::ConversationId;
use confab_proto::message::v1;
use confab_proto::message::v1::subscribe_response::Frame;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::Streaming;

use crate::checker::{Check, Finding};
use crate::measure::Window;
use crate::person::Person;

/// How long a stream may take until it is live.
const READY_MAX: Duration = Duration::from_secs(20);
/// How long it may take until everybody has heard something.
const HEARD_BY_ALL_MAX: Duration = Duration::from_secs(20);
/// How many streams are being opened at once.
const OPENING_MAX: usize = 64;

/// Live streams of many people, who hear one conversation.
pub struct Audience {
    listening: JoinSet<Finding>,
    heard: Arc<Heard>,
}

/// What all of them have heard together.
struct Heard {
    conversation: String,
    people: usize,
    /// When what arrives counts, once that is known.
    window: OnceLock<Window>,
    /// How many events arrived within the window.
    in_window: AtomicU64,
    /// How many were only told that there is something to fetch.
    to_fetch: AtomicU64,
    /// By the number of the event.
    events: Vec<Event>,
}

/// An event, on its way to everybody.
#[derive(Default)]
struct Event {
    arrived: AtomicUsize,
    all: Notify,
}

/// What is said of the deliveries within the window.
#[derive(Clone, Copy, Debug)]
pub struct Deliveries {
    /// Events that arrived, over all people.
    pub arrived: u64,
    /// Times that somebody was told to fetch events instead.
    pub to_fetch: u64,
}

impl Audience {
    /// Opens a stream for each of `people`, over a few `connections`, and returns when
    /// all are live. The conversation has come as far as `head`, and does not come
    /// beyond `head_max`.
    ///
    /// # Errors
    ///
    /// If one does not become live.
    pub async fn open(
        people: &[Person],
        connections: &[Person],
        conversation: ConversationId,
        head: i64,
        head_max: i64,
    ) -> Result<Self> {
        let events = (0..=head_max).map(|_| Event::default()).collect();
        let ears = Arc::new(Heard {
            conversation: conversation.to_string(),
            people: people.len(),
            window: OnceLock::new(),
            in_window: AtomicU64::new(0),
            to_fetch: AtomicU64::new(0),
            events,
        });
        let mut listening = JoinSet::new();
        let everybody: Vec<Person> =
            people.iter().zip(connections.iter().cycle()).map(|(person, other)| person.over(other)).collect();
        for some in everybody.chunks(OPENING_MAX) {
            let starts: Vec<_> = some
                .iter()
                .cloned()
                .map(|person| tokio::spawn(go_live(person, conversation, head)))
                .collect();
            for start in starts {
                let stream = start.await.context("a subscriber failed")??;
                listening.spawn(ears.clone().listen(stream, head));
            }
        }
        Ok(Self { listening, heard: ears })
    }

    /// Begins to count what arrives within `window`; the first one stays.
    pub fn count_within(&self, window: Window) {
        self.heard.window.get_or_init(|| window);
    }

    /// Waits until everybody has heard the event `seq`.
    ///
    /// # Errors
    ///
    /// If somebody does not hear of it.
    pub async fn have_heard(&self, seq: i64) -> Result<()> {
        let event = usize::try_from(seq).ok().and_then(|seq| self.heard.events.get(seq));
        let event = event.context("more was said than there is room for")?;
        let all = timeout(HEARD_BY_ALL_MAX, event.all.notified()).await;
        all.with_context(|| {
            format!("event {seq} has reached {} people", event.arrived.load(Ordering::Relaxed))
        })
    }

    /// Closes the streams. Returns what arrived, and what was wrong with it.
    ///
    /// # Errors
    ///
    /// If a listener failed.
    pub async fn close(mut self) -> Result<(Deliveries, Vec<Finding>)> {
        let mut findings = Vec::new();
        // Only those that have found something wrong have ended by themselves.
        while let Some(ended) = self.listening.try_join_next() {
            findings.push(ended.context("a listener failed")?);
        }
        self.listening.shutdown().await;
        let Heard { in_window, to_fetch, .. } = &*self.heard;
        let [arrived, to_fetch] = [in_window, to_fetch].map(|count| count.load(Ordering::Relaxed));
        Ok((Deliveries { arrived, to_fetch }, findings))
    }
}

impl Heard {
    /// Listens until something is wrong.
    async fn listen(self: Arc<Self>, mut stream: Streaming<v1::SubscribeResponse>, head: i64) -> Finding {
        let mut last = head;
        loop {
            let frame = match stream.message().await {
                Ok(Some(response)) => response.frame,
                Ok(None) => return wrong(Check::Gap, format!("a stream ended after {last}")),
                Err(status) => return wrong(Check::Gap, format!("a stream broke after {last}: {status}")),
            };
            match frame {
                Some(Frame::Event(event)) if event.conversation_id == self.conversation => {
                    if event.seq != last + 1 {
                        let check = if event.seq > last { Check::Gap } else { Check::Disorder };
                        return wrong(check, format!("{} came after {last}", event.seq));
                    }
                    last = event.seq;
                    if self.window.get().is_some_and(|window| window.contains(Instant::now())) {
                        self.in_window.fetch_add(1, Ordering::Relaxed);
                    }
                    self.arrived(last);
                }
                Some(Frame::HeadMoved(moved)) if moved.conversation_id == self.conversation => {
                    self.to_fetch.fetch_add(1, Ordering::Relaxed);
                    (last + 1..=moved.head_seq).for_each(|seq| self.arrived(seq));
                    last = last.max(moved.head_seq);
                }
                _ => {}
            }
        }
    }

    fn arrived(&self, seq: i64) {
        let Some(event) = usize::try_from(seq).ok().and_then(|seq| self.events.get(seq)) else { return };
        if event.arrived.fetch_add(1, Ordering::Relaxed) + 1 == self.people {
            event.all.notify_one();
        }
    }
}

async fn go_live(
    person: Person,
    conversation: ConversationId,
    head: i64,
) -> Result<Streaming<v1::SubscribeResponse>> {
    let known = v1::KnownHead { conversation_id: conversation.to_string(), seq: head };
    let request = v1::SubscribeRequest { known_heads: vec![known], ..v1::SubscribeRequest::default() };
    let live = async {
        let mut stream = person.subscribe(request).await.context("a stream cannot be opened")?;
        while let Some(response) = stream.message().await.context("a stream broke")? {
            if matches!(response.frame, Some(Frame::Ready(_))) {
                return Ok(stream);
            }
        }
        bail!("a stream ended before it was live")
    };
    timeout(READY_MAX, live).await.context("a stream does not become live")?
}

const fn wrong(check: Check, detail: String) -> Finding {
    Finding { check, detail }
}
