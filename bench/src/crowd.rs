//! The people of a scenario, where they talk, and what is made of it in the end.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use confab_core::{ConversationId, UserId};
use tokio::time::timeout;
use tonic::transport::Endpoint;

use crate::checker::{Finding, check};
use crate::history::{Counts, Key, Outcome, Recorder};
use crate::listener::{Heads, Listener};
use crate::person::Person;
use crate::random::Random;

/// After this, sessions are renewed before anything is measured. Tokens last ten minutes.
const SESSION_USE_MAX: Duration = Duration::from_mins(5);
/// How often a message in doubt is tried at the end.
const SETTLING_MAX: usize = 20;
/// How much of each conversation is forgotten before a stream is resumed at the end.
const FORGOTTEN_MAX: u64 = 120;
/// How long it may take to hear what was forgotten.
const CATCH_UP_MAX: Duration = Duration::from_secs(30);

/// A conversation.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Its id.
    pub id: ConversationId,
    /// Who is in it, by their places in [`Crowd::people`].
    pub members: Vec<usize>,
}

/// People who are signed up, and their conversations.
pub struct Crowd {
    /// The people, at the gateways in turn.
    pub people: Vec<Person>,
    /// Where they talk.
    pub talks: Vec<Talk>,
    /// Writes down what they do.
    pub recorder: Recorder,
    renewed: Instant,
}

/// What the checker said.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// How much happened.
    pub counts: Counts,
    /// What is wrong: nothing, if all is well.
    pub findings: Vec<Finding>,
    /// How long the checker took.
    pub took: Duration,
}

impl Verdict {
    /// This one and `other`, of another history, together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.counts = self.counts.and(other.counts);
        self.findings.extend(other.findings);
        Self { took: self.took + other.took, ..self }
    }
}

impl Crowd {
    /// Lets `people` sign up, and opens a conversation for each pair of them, up to `talks_max`.
    ///
    /// # Errors
    ///
    /// If the product refuses.
    pub async fn gather(gateways: &[Endpoint], people: usize, talks_max: usize) -> Result<Self> {
        ensure!(people >= 2, "one person alone has nobody to talk with");
        let joined = join(gateways, people).await?;
        let mut talks = Vec::new();
        for members in pairs(people).take(talks_max) {
            let id = joined[members[0]].open(&joined[members[1]]).await;
            talks.push(Talk { id: id.context("a conversation cannot be opened")?, members: members.into() });
        }
        let ids = |talk: &Talk| talk.members.iter().map(|place| joined[*place].id).collect();
        let recorder = Recorder::new(talks.iter().map(|talk| (talk.id, ids(talk))).collect());
        Ok(Self { people: joined, talks, recorder, renewed: Instant::now() })
    }

    /// Lets `writers` and `listeners` sign up, and puts all of them into one group.
    /// Returns the writers, and beside them the listeners, of whom the history knows nothing.
    ///
    /// # Errors
    ///
    /// If the product refuses.
    pub async fn gather_group(
        gateways: &[Endpoint],
        writers: usize,
        listeners: usize,
    ) -> Result<(Self, Vec<Person>)> {
        let mut people = join(gateways, writers + listeners).await?;
        let (founder, others) = people.split_first().context("a group has members")?;
        let id = founder.found(&others.iter().collect::<Vec<_>>()).await;
        let group = Talk { id: id.context("a group cannot be made")?, members: (0..writers).collect() };
        let listeners = people.split_off(writers);
        let members = people.iter().map(|person| person.id).collect();
        let recorder = Recorder::new(HashMap::from([(group.id, members)]));
        Ok((Self { people, talks: vec![group], recorder, renewed: Instant::now() }, listeners))
    }

    /// Where the person at `place` talks.
    #[must_use]
    pub fn talks_of(&self, place: usize) -> Vec<ConversationId> {
        let talks = self.talks.iter().filter(|talk| talk.members.contains(&place));
        talks.map(|talk| talk.id).collect()
    }

    /// Renews all sessions if they are old, so that none ends while something is measured.
    ///
    /// # Errors
    ///
    /// If the product refuses.
    pub async fn freshen(&mut self) -> Result<()> {
        if self.renewed.elapsed() < SESSION_USE_MAX {
            return Ok(());
        }
        self.renewed = Instant::now();
        for person in &self.people {
            person.renew().await.context("somebody cannot log in again")?;
        }
        Ok(())
    }

    /// Settles what is in doubt, lets every member read every log to its end and
    /// resume a stream, and has all of it checked.
    ///
    /// # Errors
    ///
    /// If the product cannot be asked any more.
    pub async fn judge(mut self, mut random: Random) -> Result<Verdict> {
        self.freshen().await?;
        self.settle().await;
        let heads = self.read_all().await?;
        self.resume(&heads, &mut random).await;
        let history = self.recorder.take();
        let begin = Instant::now();
        let checked = tokio::task::spawn_blocking(move || (history.counts(), check(&history)));
        let (counts, findings) = checked.await.context("the checker failed")?;
        Ok(Verdict { counts, findings, took: begin.elapsed() })
    }

    /// Tries everything in doubt once more, until the answer is known.
    async fn settle(&self) {
        let people: HashMap<UserId, &Person> = self.people.iter().map(|person| (person.id, person)).collect();
        for (key, text) in self.recorder.in_doubt() {
            let Key { sender, .. } = key;
            // Of somebody else it stays in doubt, which the checker finds.
            let Some(sender) = people.get(&sender) else { continue };
            for _ in 0..SETTLING_MAX {
                if sender.try_to_say(key, &text, &self.recorder).await != Outcome::Unknown {
                    break;
                }
            }
        }
    }

    async fn read_all(&self) -> Result<Heads> {
        let mut heads = Heads::new();
        for talk in &self.talks {
            for place in &talk.members {
                let last = self.people[*place].read_all(talk.id, &self.recorder).await;
                heads.insert(talk.id, last.context("a log cannot be read to its end")?);
            }
        }
        Ok(heads)
    }

    /// Lets everybody come back to a stream as if the last things heard had been lost.
    async fn resume(&self, heads: &Heads, random: &mut Random) {
        for (place, person) in self.people.iter().enumerate() {
            let talks = self.talks_of(place);
            let mut listener = Listener::new(person.clone(), &talks, self.recorder.clone());
            let mut goal = Heads::new();
            for talk in talks {
                let head = heads.get(&talk).copied().unwrap_or(0);
                let forgotten = i64::try_from(random.below(FORGOTTEN_MAX)).unwrap_or(0);
                listener.known().insert(talk, (head - forgotten).max(0));
                goal.insert(talk, head);
            }
            // How far it came is for the checker.
            let _ = timeout(CATCH_UP_MAX, hear_until(&mut listener, &goal)).await;
            listener.write_down(Some(&goal));
        }
    }
}

/// Lets so many people sign up, at the gateways in turn.
async fn join(gateways: &[Endpoint], people: usize) -> Result<Vec<Person>> {
    let mut joined = Vec::with_capacity(people);
    for (number, gateway) in (0..people).zip(gateways.iter().cycle()) {
        let person = Person::join(gateway, &format!("person{number}")).await;
        joined.push(person.context("somebody cannot sign up")?);
    }
    Ok(joined)
}

async fn hear_until(listener: &mut Listener, goal: &Heads) {
    let Ok(mut stream) = listener.open().await else { return };
    while !listener.has_reached(goal) {
        let Ok(Some(response)) = stream.message().await else { return };
        if listener.take(response).await.is_err() {
            return;
        }
    }
}

/// Every pair of the first `count` numbers, so that the first few pairs have many people in them.
fn pairs(count: usize) -> impl Iterator<Item = [usize; 2]> {
    (1..count).flat_map(move |apart| (0..count - apart).map(move |one| [one, one + apart]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_comes_once() {
        let all: Vec<_> = pairs(4).collect();
        assert_eq!(all, [[0, 1], [1, 2], [2, 3], [0, 2], [1, 3], [0, 3]]);
    }
}
