//! From the sender's hand to the reader's eye, at a steady rate that does not wait for answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use confab_core::{ClientId, UserId};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{PEOPLE, Section, TALKS_MAX, TEXT};
use crate::crowd::Crowd;
use crate::deployment::Deployment;
use crate::ear::{Acknowledged, Arrival, Ears};
use crate::figures::Figures;
use crate::figures::Goal::AtMost;
use crate::figures::Unit::{Count, Millis, PerSecond};
use crate::history::{Key, Outcome, Recorder};
use crate::load;
use crate::measure::{Latencies, Window, to_float};
use crate::pace::Schedule;
use crate::person::Person;
use crate::plan::Plan;
use crate::random::Random;

/// How many messages may be under way at once. Those after them wait, and that
/// they do counts.
const UNDER_WAY_MAX: usize = 4_096;

/// A message that was to be sent at a certain moment.
struct Said {
    key: Key,
    due: Instant,
    begun: Instant,
    ended: Instant,
    outcome: Outcome,
}

/// The latencies of one trial.
struct Trial {
    seen: Latencies,
    acknowledged: Latencies,
    late: Latencies,
    unseen: u64,
}

/// See [this module](self).
pub async fn run(plan: &Plan, mut random: Random) -> Result<Section> {
    let deployment = Deployment::start(&plan.environment, plan.topology, &[]).await?;
    let mut crowd = Crowd::gather(&deployment.gateways()?, PEOPLE, TALKS_MAX).await?;
    let senders: Vec<Person> =
        crowd.people.iter().cycle().take(plan.connections).map(Person::elsewhere).collect();

    let (mut figures, mut acknowledged) = (Figures::default(), Acknowledged::default());
    for _ in 0..plan.trials {
        crowd.freshen().await?;
        let ears = Ears::open(&crowd, acknowledged.heads()).await?;
        let window = Window::after(plan.warm_up, plan.length);
        let watching = load::observe(window, deployment.processes());
        let sending = send(&crowd, &senders, plan, window, &mut random);
        let (said, loads) = tokio::try_join!(sending, watching)?;
        for Said { key, outcome, .. } in &said {
            if let Outcome::Ok { seq, .. } = outcome {
                acknowledged.add(key.conversation, *seq);
            }
        }
        let arrivals = ears.close(acknowledged.heads()).await?;
        let trial = evaluate(&crowd, &said, &arrivals, window)?;
        trial.show(window, &mut figures);
        load::add(&loads, window.rate(trial.acknowledged.count()), "", &mut figures);
    }
    let what = format!(
        "{} sends a second, open loop, over {} connections; {PEOPLE} people with a stream each, {} conversations; \
         latencies from when each was to be sent",
        plan.rate,
        plan.connections,
        crowd.talks.len()
    );
    Ok(Section { what, figures, sends_min: plan.sends_min, verdict: crowd.judge(random).await? })
}

/// Sends at the moments of the schedule, however long answers take.
async fn send(
    crowd: &Crowd,
    senders: &[Person],
    plan: &Plan,
    window: Window,
    random: &mut Random,
) -> Result<Vec<Said>> {
    let mut moments = Schedule::new(Instant::now(), plan.rate).moments(window.end)?;
    let (room, mut under_way, mut said) =
        (Arc::new(Semaphore::new(UNDER_WAY_MAX)), JoinSet::new(), Vec::new());
    for number in 0_usize.. {
        let Some(due) = moments.recv().await else { break };
        let slot = room.clone().acquire_owned().await?;
        // The connections belong to the people in turn.
        let sender = senders[number % senders.len()].clone();
        let talks = crowd.talks_of(number % senders.len() % crowd.people.len());
        let conversation = talks[random.place(talks.len())];
        let key = Key { conversation, sender: sender.id, client: random.client_id() };
        let recorder = crowd.recorder.clone();
        under_way.spawn(async move {
            let said = say(&sender, key, number, due, &recorder).await;
            drop(slot);
            said
        });
        while let Some(ended) = under_way.try_join_next() {
            said.push(ended.context("a sender failed")?);
        }
    }
    while let Some(ended) = under_way.join_next().await {
        said.push(ended.context("a sender failed")?);
    }
    Ok(said)
}

async fn say(sender: &Person, key: Key, number: usize, due: Instant, recorder: &Recorder) -> Said {
    let begun = Instant::now();
    let outcome = sender.try_to_say(key, &format!("{number} {TEXT}"), recorder).await;
    Said { key, due, begun, ended: Instant::now(), outcome }
}

/// Puts together what was sent within `window` and when the other heard it.
fn evaluate(crowd: &Crowd, said: &[Said], arrivals: &[Arrival], window: Window) -> Result<Trial> {
    let (seen, acknowledged, late) = (Latencies::new()?, Latencies::new()?, Latencies::new()?);
    let mut trial = Trial { seen, acknowledged, late, unseen: 0 };
    let arrived: HashMap<(ClientId, UserId), Instant> =
        arrivals.iter().map(|arrival| ((arrival.client, arrival.reader), arrival.at)).collect();
    let members: HashMap<_, _> = crowd.talks.iter().map(|talk| (talk.id, &talk.members)).collect();
    for Said { key, due, begun, ended, outcome } in said.iter().filter(|said| window.contains(said.due)) {
        trial.late.record(*begun - *due);
        if !matches!(outcome, Outcome::Ok { .. }) {
            continue;
        }
        trial.acknowledged.record(*ended - *due);
        let members = members.get(&key.conversation).into_iter().copied().flatten();
        for reader in members.map(|place| crowd.people[*place].id).filter(|reader| *reader != key.sender) {
            match arrived.get(&(key.client, reader)) {
                Some(at) => trial.seen.record(at.saturating_duration_since(*due)),
                None => trial.unseen += 1,
            }
        }
    }
    Ok(trial)
}

impl Trial {
    fn show(&self, window: Window, figures: &mut Figures) {
        let Self { seen, acknowledged, late, unseen } = self;
        figures.add("acknowledged sends", PerSecond, window.rate(acknowledged.count()));
        figures.add_with_goal("send to seen, p50", Millis, seen.millis(0.5), Some(AtMost(3.0)));
        figures.add_with_goal("send to seen, p99", Millis, seen.millis(0.99), Some(AtMost(15.0)));
        figures.add("send to seen, p99.9", Millis, seen.millis(0.999));
        figures.add("send to seen, longest", Millis, seen.longest_millis());
        figures.add("send to acknowledged, p50", Millis, acknowledged.millis(0.5));
        figures.add("send to acknowledged, p99", Millis, acknowledged.millis(0.99));
        figures.add("the driver sent late, p99", Millis, late.millis(0.99));
        figures.add_with_goal("never came over the stream", Count, to_float(*unseen), Some(AtMost(0.0)));
    }
}
