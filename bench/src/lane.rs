//! A closed loop: everybody waits for an answer before they go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use confab_core::ConversationId;
use tokio::task::JoinSet;

use crate::crowd::Crowd;
use crate::history::{Key, Outcome, Recorder};
use crate::measure::{Latencies, Window};
use crate::person::Person;
use crate::random::Random;
use crate::scenario::TEXT;

/// With more failures on one connection there is nothing to measure.
const FAILURES_MAX: usize = 100;

/// Somebody on a connection of their own, who says one thing after the other.
#[derive(Debug)]
pub struct Lane {
    person: Person,
    talks: Vec<ConversationId>,
    recorder: Recorder,
    random: Random,
    said: u64,
    failures: usize,
}

impl Lane {
    /// A connection for each of `count` senders: the people of `crowd` in turn.
    pub fn each(crowd: &Crowd, count: usize, random: &mut Random) -> Vec<Self> {
        let places = (0..crowd.people.len()).filter(|place| !crowd.talks_of(*place).is_empty());
        let places: Vec<usize> = places.collect();
        let lane = |place: &usize| Self {
            person: crowd.people[*place].elsewhere(),
            talks: crowd.talks_of(*place),
            recorder: crowd.recorder.clone(),
            random: random.fork(),
            said: 0,
            failures: 0,
        };
        places.iter().cycle().take(count).map(lane).collect()
    }

    /// Lets all of `lanes` talk until `window` ends. Returns how long those
    /// messages took that were acknowledged within it.
    ///
    /// # Errors
    ///
    /// If too many calls fail.
    pub async fn talk(lanes: &mut Vec<Self>, window: Window) -> Result<Latencies> {
        let mut talking = JoinSet::new();
        for lane in lanes.drain(..) {
            talking.spawn(lane.talk_until_the_end(window));
        }
        let mut all = Latencies::new()?;
        while let Some(ended) = talking.join_next().await {
            let (lane, latencies) = ended.context("a sender failed")??;
            all.add(&latencies)?;
            lanes.push(lane);
        }
        Ok(all)
    }

    /// Lets all of `lanes` together say `count` things, as fast as they are acknowledged.
    ///
    /// # Errors
    ///
    /// If too many calls fail.
    pub async fn say_so_many(lanes: &mut Vec<Self>, count: usize) -> Result<()> {
        let left = Arc::new(AtomicUsize::new(count));
        let mut talking = JoinSet::new();
        for mut lane in lanes.drain(..) {
            let left = left.clone();
            talking.spawn(async move {
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                    .is_ok()
                {
                    lane.say().await?;
                }
                anyhow::Ok(lane)
            });
        }
        while let Some(ended) = talking.join_next().await {
            lanes.push(ended.context("a sender failed")??);
        }
        Ok(())
    }

    async fn talk_until_the_end(mut self, window: Window) -> Result<(Self, Latencies)> {
        let mut latencies = Latencies::new()?;
        loop {
            let begin = Instant::now();
            if begin >= window.end {
                return Ok((self, latencies));
            }
            let outcome = self.say().await?;
            let end = Instant::now();
            if matches!(outcome, Outcome::Ok { .. }) && window.contains(end) {
                latencies.record(end - begin);
            }
        }
    }

    /// Says something in one of the conversations.
    async fn say(&mut self) -> Result<Outcome> {
        let conversation = self.talks[self.random.place(self.talks.len())];
        let key = Key { conversation, sender: self.person.id, client: self.random.client_id() };
        self.said += 1;
        let outcome = self.person.try_to_say(key, &format!("{} {TEXT}", self.said), &self.recorder).await;
        if !matches!(outcome, Outcome::Ok { .. }) {
            self.failures += 1;
            ensure!(self.failures <= FAILURES_MAX, "too many calls fail; the last as {outcome:?}");
        }
        Ok(outcome)
    }
}
