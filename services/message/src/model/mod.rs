//! A small and slow message service to compare the real one with.
//!
//! It keeps nothing but the list of what happened, and works everything out of
//! that list anew each time. It knows nothing of the code that it checks.

mod cast;
mod fold;
pub mod plan;
mod rules;

use crate::domain::{History, Role};

pub use cast::{Cast, Shown, outcome};

/// How many people there are. The first of them opens or founds the conversation.
pub const PEOPLE: usize = 5;
/// How many of them a group can have.
pub const MEMBERS_MAX: usize = 4;

/// Somebody, by their place among the people.
pub type Person = usize;

/// What kind of conversation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Of the first two people.
    Direct,
    Group(History),
}

/// What somebody tries to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    pub actor: Person,
    /// What the actor calls it.
    pub client: Option<u16>,
    pub deed: Deed,
}

/// What can be done. Targets are numbers of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    Send { text: u8, means: Option<Person>, reply_to: Option<i64> },
    Edit { target: i64, text: u8 },
    Delete { target: i64 },
    React { target: i64, emoji: usize },
    Unreact { target: i64, emoji: usize },
    Pin { target: i64 },
    Unpin { target: i64 },
    Found { members: Vec<Person> },
    Join { people: Vec<Person> },
    Leave { person: Person },
    Appoint { person: Person, role: Role },
    Title { text: u8 },
}

/// What becomes of a try. The numbers are those of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Stored(i64),
    Replayed(i64),
    Conflict(i64),
    Unchanged,
    Refused,
}

/// All that happened in one conversation.
#[derive(Clone, Debug)]
pub struct Model {
    pub shape: Shape,
    /// The first of them has the number 1.
    pub done: Vec<Try>,
    /// Who read up to which event, and how many events there were then.
    marks: Vec<(Person, i64, usize)>,
}

impl Model {
    pub fn new(shape: Shape) -> Self {
        Self { shape, done: Vec::new(), marks: Vec::new() }
    }

    /// Does what is wanted, if it may be done.
    pub fn attempt(&mut self, wanted: &Try) -> Outcome {
        let same_name =
            |done: &Try| done.client.is_some() && (done.actor, done.client) == (wanted.actor, wanted.client);
        if let Some(at) = self.done.iter().position(same_name) {
            let seq = amount(at) + 1;
            return if self.is_retry(seq, &wanted.deed) {
                Outcome::Replayed(seq)
            } else {
                Outcome::Conflict(seq)
            };
        }
        match self.judge(wanted) {
            Err(rules::Forbidden) => Outcome::Refused,
            Ok(None) => Outcome::Unchanged,
            Ok(Some(deed)) => {
                self.done.push(Try { deed, ..wanted.clone() });
                Outcome::Stored(amount(self.done.len()))
            }
        }
    }

    /// Moves the read mark of a member, if there is such an event, and returns
    /// how far they have read now.
    pub fn mark_read(&mut self, person: Person, seq: i64) -> Option<i64> {
        self.role(person)?;
        if (1..=amount(self.done.len())).contains(&seq) {
            self.marks.push((person, seq, self.done.len()));
        }
        Some(self.read(person))
    }

    /// Nobody can tell any more what a deleted message said.
    fn is_retry(&self, seq: i64, wanted: &Deed) -> bool {
        match (self.deed(seq), wanted) {
            (Some(Deed::Send { .. }), Deed::Send { .. }) if self.is_deleted(seq) => true,
            (Some(Deed::Edit { target, .. }), Deed::Edit { target: wanted, .. })
                if self.is_deleted(*target) =>
            {
                target == wanted
            }
            (done, wanted) => done == Some(wanted),
        }
    }
}

fn amount(count: usize) -> i64 {
    i64::try_from(count).unwrap()
}
