//! What was done and what was seen, on one clock.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use confab_core::{ClientId, ConversationId, UserId};
use tonic::Code;

/// What makes a message one message, however often it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Where it was said.
    pub conversation: ConversationId,
    /// Who said it.
    pub sender: UserId,
    /// The id that the sender gave it.
    pub client: ClientId,
}

/// How an attempt to send ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored for good.
    Ok {
        /// The number it has.
        seq: i64,
        /// Whether it was stored by an earlier attempt.
        replayed: bool,
    },
    /// It is not stored, and this attempt will never store it.
    Refused(Code),
    /// It may be stored or not.
    Unknown,
}

/// One call of `SendMessage`.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The message that was to be sent.
    pub key: Key,
    /// What it says.
    pub text: String,
    /// When the call began.
    pub begin: Duration,
    /// When it ended.
    pub end: Duration,
    /// How it ended.
    pub outcome: Outcome,
}

/// A message as somebody saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its number.
    pub seq: i64,
    /// Who said it.
    pub sender: UserId,
    /// The id that the sender gave it.
    pub client: ClientId,
    /// What it says.
    pub text: String,
}

/// Something that a reader was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A message.
    Event(Seen),
    /// Somebody is not a member any more.
    Left {
        /// The number of the event.
        seq: i64,
        /// Who.
        member: UserId,
    },
    /// An event of another kind, which takes a number too.
    Other(i64),
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
    /// A page of `ListEvents` or `ListMessages`.
    Page,
    /// The whole log, after everything had happened.
    Final,
}

/// What one reader was told of one conversation, in the order of telling.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Who read.
    pub reader: UserId,
    /// What was read.
    pub conversation: ConversationId,
    /// Where it was read.
    pub source: Source,
    /// When it was asked for.
    pub begin: Duration,
    /// The number after which it was asked for.
    pub after: i64,
    /// The head that came with it; of a stream, the one that it was to reach, if any.
    pub head: Option<i64>,
    /// What the reader was told.
    pub steps: Vec<Step>,
}

/// Everything that happened.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Who was in which conversation at first. Who leaves is told by its events.
    pub members: HashMap<ConversationId, Vec<UserId>>,
    /// What people tried to say.
    pub attempts: Vec<Attempt>,
    /// What they read.
    pub readings: Vec<Reading>,
}

/// Writes a history, for many at a time. Clones write the same one.
#[derive(Clone, Debug)]
pub struct Recorder {
    start: Instant,
    history: Arc<Mutex<History>>,
}

/// How much happened, so that a run in which nothing did is not taken for a good one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Attempts that were acknowledged.
    pub ok: usize,
    /// Those of them that an earlier attempt had stored.
    pub replayed: usize,
    /// Attempts that were refused.
    pub refused: usize,
    /// Attempts that ended without an answer.
    pub unknown: usize,
    /// Messages of which an attempt ended without an answer.
    pub in_doubt: usize,
    /// Streams, counted once for each conversation.
    pub streams: usize,
    /// Messages that came over streams.
    pub live: usize,
    /// Pages.
    pub pages: usize,
    /// Messages in the logs that were read at the end, over all readers.
    pub read: usize,
}

impl Counts {
    /// These and `other`, of another history, together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            ok: self.ok + other.ok,
            replayed: self.replayed + other.replayed,
            refused: self.refused + other.refused,
            unknown: self.unknown + other.unknown,
            in_doubt: self.in_doubt + other.in_doubt,
            streams: self.streams + other.streams,
            live: self.live + other.live,
            pages: self.pages + other.pages,
            read: self.read + other.read,
        }
    }
}

impl Key {
    /// The message that `seen` is.
    #[must_use]
    pub const fn of(conversation: ConversationId, seen: &Seen) -> Self {
        Self { conversation, sender: seen.sender, client: seen.client }
    }
}

impl Step {
    /// The number of the event, if it is one.
    #[must_use]
    pub const fn seq(&self) -> Option<i64> {
        match self {
            Self::Event(Seen { seq, .. }) | Self::Left { seq, .. } | Self::Other(seq) => Some(*seq),
            Self::HeadMoved(_) | Self::Reset => None,
        }
    }

    /// The number that it tells of: that of the event, or how far the head has moved.
    #[must_use]
    pub const fn reaches(&self) -> Option<i64> {
        match self {
            Self::HeadMoved(seq) => Some(*seq),
            _ => self.seq(),
        }
    }
}

impl Reading {
    /// The messages in it.
    pub fn events(&self) -> impl Iterator<Item = &Seen> {
        self.steps.iter().filter_map(|step| match step {
            Step::Event(seen) => Some(seen),
            Step::Left { .. } | Step::Other(_) | Step::HeadMoved(_) | Step::Reset => None,
        })
    }

    /// The last number in it; without any, the one after which it was asked for.
    #[must_use]
    pub fn last(&self) -> i64 {
        self.steps.iter().rev().find_map(Step::seq).unwrap_or(self.after)
    }
}

impl History {
    /// What was tried, and has not been answered since: it is to be tried once more.
    #[must_use]
    pub fn in_doubt(&self) -> Vec<(Key, String)> {
        let mut last = HashMap::new();
        for attempt in &self.attempts {
            last.insert((attempt.key, &attempt.text), attempt.outcome);
        }
        let open = last.into_iter().filter(|(_, outcome)| *outcome == Outcome::Unknown);
        open.map(|((key, text), _)| (key, text.clone())).collect()
    }

    /// How much happened.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        let mut in_doubt = HashSet::new();
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
                Source::Final => counts.read += reading.events().count(),
            }
        }
        counts
    }
}

impl Recorder {
    /// An empty history of conversations with these `members`.
    #[must_use]
    pub fn new(members: HashMap<ConversationId, Vec<UserId>>) -> Self {
        let history = History { members, ..History::default() };
        Self { start: Instant::now(), history: Arc::new(Mutex::new(history)) }
    }

    /// The time by the one clock.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Writes down that `users` are in `conversation` too, and are to read all of it.
    pub fn add_members(&self, conversation: ConversationId, users: impl Iterator<Item = UserId>) {
        self.history_so_far().members.entry(conversation).or_default().extend(users);
    }

    /// Makes room for so many more attempts, so that writing one takes no time.
    pub fn reserve(&self, attempts: usize) {
        self.history_so_far().attempts.reserve(attempts);
    }

    /// Writes down an attempt to send.
    pub fn add_attempt(&self, attempt: Attempt) {
        self.history_so_far().attempts.push(attempt);
    }

    /// Writes down what somebody was told.
    pub fn add_reading(&self, reading: Reading) {
        self.history_so_far().readings.push(reading);
    }

    /// How many attempts there have been.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.history_so_far().attempts.len()
    }

    /// What was tried, and has not been answered since.
    #[must_use]
    pub fn in_doubt(&self) -> Vec<(Key, String)> {
        self.history_so_far().in_doubt()
    }

    /// Takes what has been written; whoever writes on writes a new history.
    #[must_use]
    pub fn take(&self) -> History {
        std::mem::take(&mut self.history_so_far())
    }

    fn history_so_far(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ok, replayed, refused, unknown, in_doubt, streams, live, pages, read } = self;
        write!(
            formatter,
            "{ok} ok ({replayed} replayed), {refused} refused, {unknown} unknown ({in_doubt} messages in doubt), \
             {live} messages over {streams} streams, {pages} pages, {read} messages read at the end"
        )
    }
}
