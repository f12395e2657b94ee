//! What was done and what was seen, on one clock.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use confab_core::{ClientId, ConversationId, UserId};
use tonic::Code;

/// What makes a message one message, however often it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub conversation: ConversationId,
    pub sender: UserId,
    pub client: ClientId,
}

/// How an attempt to send ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored for good, now or by an earlier attempt.
    Ok { seq: i64, replayed: bool },
    /// It is not stored, and this attempt will never store it.
    Refused(Code),
    /// It may be stored or not.
    Unknown,
}

/// One call of `SendMessage`.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub key: Key,
    pub text: String,
    pub begin: Duration,
    pub end: Duration,
    pub outcome: Outcome,
}

/// A message as somebody saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub seq: i64,
    pub sender: UserId,
    pub client: ClientId,
    pub text: String,
}

/// Something that a reader was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Event(Seen),
    /// Everything up to this number is to be fetched.
    HeadMoved(i64),
    /// What the reader knows is to be forgotten.
    Reset,
}

/// Where a reader read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From one live stream, from its beginning to its end.
    Stream,
    /// A page of `ListEvents`.
    Page,
    /// The whole log, after everything had happened.
    Final,
}

/// What one reader was told of one conversation, in the order of telling.
#[derive(Clone, Debug)]
pub struct Reading {
    pub reader: UserId,
    pub conversation: ConversationId,
    pub source: Source,
    /// When it was asked for.
    pub begin: Duration,
    /// The number after which it was asked for.
    pub after: i64,
    /// The head that came with it; of a stream, the one that it was to reach, if any.
    pub head: Option<i64>,
    pub steps: Vec<Step>,
}

/// Everything that happened.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub members: BTreeMap<ConversationId, [UserId; 2]>,
    pub attempts: Vec<Attempt>,
    pub readings: Vec<Reading>,
}

/// Writes a history, for many at a time.
#[derive(Clone)]
pub struct Recorder {
    start: Instant,
    history: Arc<Mutex<History>>,
}

/// How much happened, so that a run in which nothing did is not taken for a good one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub ok: usize,
    pub replayed: usize,
    pub refused: usize,
    pub unknown: usize,
    /// Messages of which an attempt ended without an answer.
    pub in_doubt: usize,
    pub streams: usize,
    /// Events that came over streams.
    pub live: usize,
    pub pages: usize,
}

impl Key {
    /// The message that `seen` is.
    pub const fn of(conversation: ConversationId, seen: &Seen) -> Self {
        Self { conversation, sender: seen.sender, client: seen.client }
    }
}

impl Reading {
    pub fn events(&self) -> impl Iterator<Item = &Seen> {
        self.steps.iter().filter_map(|step| match step {
            Step::Event(seen) => Some(seen),
            Step::HeadMoved(_) | Step::Reset => None,
        })
    }
}

impl History {
    /// What was tried, and has not been answered since: it is to be tried once more.
    pub fn in_doubt(&self) -> Vec<(Key, String)> {
        let mut last = BTreeMap::new();
        for attempt in &self.attempts {
            last.insert((attempt.key, attempt.text.clone()), attempt.outcome);
        }
        let open = last.into_iter().filter(|(_, outcome)| *outcome == Outcome::Unknown);
        open.map(|(what, _)| what).collect()
    }

    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        let mut in_doubt = BTreeSet::new();
        for attempt in &self.attempts {
            match attempt.outcome {
                Outcome::Ok { replayed, .. } => {
                    counts.ok += 1;
                    counts.replayed += usize::from(replayed);
                }
                Outcome::Refused(_) => counts.refused += 1,
                Outcome::Unknown => {
                    counts.unknown += 1;
                    in_doubt.insert(attempt.key);
                }
            }
        }
        counts.in_doubt = in_doubt.len();
        for reading in &self.readings {
            match reading.source {
                Source::Stream => {
                    counts.streams += 1;
                    counts.live += reading.events().count();
                }
                Source::Page => counts.pages += 1,
                Source::Final => {}
            }
        }
        counts
    }
}

impl Recorder {
    pub fn new(members: BTreeMap<ConversationId, [UserId; 2]>) -> Self {
        let history = History { members, ..History::default() };
        Self { start: Instant::now(), history: Arc::new(Mutex::new(history)) }
    }

    /// The time by the one clock.
    pub fn now(&self) -> Duration {
        self.start.elapsed()
    }

    pub fn add_attempt(&self, attempt: Attempt) {
        self.history.lock().unwrap().attempts.push(attempt);
    }

    pub fn add_reading(&self, reading: Reading) {
        self.history.lock().unwrap().readings.push(reading);
    }

    /// How many attempts there have been.
    pub fn attempts(&self) -> usize {
        self.history.lock().unwrap().attempts.len()
    }

    /// What has been written so far.
    pub fn history(&self) -> History {
        self.history.lock().unwrap().clone()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ok, replayed, refused, unknown, in_doubt, streams, live, pages } = self;
        write!(
            formatter,
            "{ok} ok ({replayed} replayed), {refused} refused, {unknown} unknown ({in_doubt} messages in doubt), \
             {live} events over {streams} streams, {pages} pages"
        )
    }
}
