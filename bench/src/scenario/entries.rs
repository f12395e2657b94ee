//! Log-ins: how many there are for each that bcrypt alone would give, and what wrong ones do to everybody else.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use confab_proto::auth::v1::LogInRequest;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tonic::Code;

use super::{PEOPLE, Section, TALKS_MAX};
use crate::crowd::Crowd;
use crate::deployment::{Deployment, PASSWORD_COST};
use crate::figures::Figures;
use crate::figures::Goal::{AtLeast, AtMost};
use crate::figures::Unit::{Count, Millis, PerSecond, Ratio};
use crate::lane::Lane;
use crate::measure::{Latencies, Window, to_float};
use crate::pace::Schedule;
use crate::person::{Person, in_time};
use crate::plan::Plan;
use crate::random::Random;

/// How many log in at once: enough that somebody always waits, fewer than are refused for waiting.
const LOGGING_IN: usize = 8;
/// How many talk while others guess.
const TALKING: usize = 2;
/// How many wrong log-ins there are in a second.
const GUESSES_PER_SECOND: u32 = 200;
/// How many of them may be under way.
const GUESSES_MAX: usize = 1_024;

/// What part of bcrypt's own rate log-ins are to reach.
const SHARE_GOAL: f64 = 0.9;
/// How much longer sends may take meanwhile.
const SLOWDOWN_GOAL: f64 = 2.0;
/// How soon those are told that are too many, in milliseconds.
const REFUSAL_MILLIS_GOAL: f64 = 100.0;

/// See [this module](self).
pub async fn run(plan: &Plan, mut random: Random) -> Result<Section> {
    let deployment = Deployment::start(&plan.environment, plan.topology, &[]).await?;
    let mut crowd = Crowd::gather(&deployment.gateways()?, PEOPLE, TALKS_MAX).await?;
    let mut lanes = Lane::each(&crowd, TALKING, &mut random);
    let mut figures = Figures::default();
    for _ in 0..plan.trials {
        crowd.freshen().await?;
        let length = plan.length;
        let alone = tokio::task::spawn_blocking(move || hashes(length)).await??;
        figures.add("bcrypt alone", PerSecond, alone);
        let log_ins = log_in(plan, &crowd).await?;
        figures.add("log-ins", PerSecond, log_ins);
        figures.add_with_goal(
            "log-ins for each of bcrypt alone",
            Ratio,
            log_ins / alone,
            Some(AtLeast(SHARE_GOAL)),
        );

        let before = Lane::talk(&mut lanes, Window::after(plan.warm_up, plan.length)).await?;
        let window = Window::after(plan.warm_up, plan.length);
        let (meanwhile, refused) = tokio::try_join!(Lane::talk(&mut lanes, window), guess(&crowd, window))?;
        figures.add("sends, p99", Millis, before.millis(0.99));
        figures.add("sends among guesses, p99", Millis, meanwhile.millis(0.99));
        let slower = meanwhile.millis(0.99) / before.millis(0.99);
        figures.add_with_goal(
            "sends among guesses for each before, p99",
            Ratio,
            slower,
            Some(AtMost(SLOWDOWN_GOAL)),
        );
        refused.show(&mut figures);
    }
    let what = format!(
        "bcrypt at cost {PASSWORD_COST}; {LOGGING_IN} log in, closed loop; then {TALKING} talk, and {GUESSES_PER_SECOND} \
         log-ins a second have a wrong password, without limits against guessing: only the queue of the hashes refuses"
    );
    Ok(Section { what, figures, sends_min: plan.sends_min, verdict: crowd.judge(random).await? })
}

/// How many hashes there are in a second on as many threads as the product has for them: all cores but one.
fn hashes(length: Duration) -> Result<f64> {
    let threads = thread::available_parallelism()?.get().saturating_sub(1).max(1);
    let cost = PASSWORD_COST.parse().context("the cost is a number")?;
    let end = Instant::now() + length;
    let hashing: Vec<_> = (0..threads).map(|_| thread::spawn(move || hash_until(end, cost))).collect();
    let mut count = 0;
    for thread in hashing {
        count += thread.join().ok().context("a thread failed")??;
    }
    Ok(to_float(count) / length.as_secs_f64())
}

fn hash_until(end: Instant, cost: u32) -> Result<u64> {
    let mut count = 0;
    loop {
        bcrypt::hash(Person::PASSWORD, cost)?;
        if Instant::now() >= end {
            return Ok(count);
        }
        count += 1;
    }
}

/// Lets people log in again and again, and returns how many did in a second.
async fn log_in(plan: &Plan, crowd: &Crowd) -> Result<f64> {
    let window = Window::after(plan.warm_up, plan.length);
    let mut entering = JoinSet::new();
    for person in crowd.people.iter().take(LOGGING_IN).map(Person::elsewhere) {
        entering.spawn(async move {
            let mut latencies = Latencies::new()?;
            while Instant::now() < window.end {
                let begin = Instant::now();
                person.renew().await.context("somebody cannot log in")?;
                let end = Instant::now();
                if window.contains(end) {
                    latencies.record(end - begin);
                }
            }
            anyhow::Ok(latencies)
        });
    }
    let mut all = Latencies::new()?;
    while let Some(ended) = entering.join_next().await {
        all.add(&ended.context("a task failed")??)?;
    }
    Ok(window.rate(all.count()))
}

/// What came of guesses.
#[derive(Debug)]
struct Guesses {
    wrong: u64,
    /// How soon those were told that were too many.
    too_many: Latencies,
}

impl Guesses {
    fn new() -> Result<Self> {
        Ok(Self { wrong: 0, too_many: Latencies::new()? })
    }

    fn add(&mut self, answer: Result<(), tonic::Status>, took: Duration) -> Result<()> {
        let code = answer.err().context("a wrong password was right")?.code();
        ensure!(
            matches!(code, Code::Unauthenticated | Code::ResourceExhausted),
            "a guess ends with {code:?}"
        );
        if code == Code::Unauthenticated {
            self.wrong += 1;
        } else {
            self.too_many.record(took);
        }
        Ok(())
    }

    fn show(&self, figures: &mut Figures) {
        figures.add("guesses that were looked at", Count, to_float(self.wrong));
        figures.add("guesses that were too many", Count, to_float(self.too_many.count()));
        let (told, goal) = (self.too_many.millis(0.99), Some(AtMost(REFUSAL_MILLIS_GOAL)));
        figures.add_with_goal("guesses that were too many are told so, p99", Millis, told, goal);
    }
}

/// Tries wrong passwords until `window` ends, at a rate that does not wait for answers.
async fn guess(crowd: &Crowd, window: Window) -> Result<Guesses> {
    let mut moments = Schedule::new(Instant::now(), GUESSES_PER_SECOND).moments(window.end)?;
    let (room, mut under_way) = (Arc::new(Semaphore::new(GUESSES_MAX)), JoinSet::new());
    let mut guesses = Guesses::new()?;
    let mut people = crowd.people.iter().map(Person::elsewhere).collect::<Vec<_>>().into_iter().cycle();
    while moments.recv().await.is_some() {
        let slot = room.clone().acquire_owned().await?;
        let person = people.next().context("there are people")?;
        under_way.spawn(async move {
            let request = LogInRequest {
                email: person.email().into(),
                password: "wrong horse 7".into(),
                ..LogInRequest::default()
            };
            let begun = Instant::now();
            let answer = in_time(AuthServiceClient::new(person.channel()).log_in(request)).await;
            drop(slot);
            (answer.map(drop), begun.elapsed())
        });
        while let Some(ended) = under_way.try_join_next() {
            let (answer, took) = ended.context("a guesser failed")?;
            guesses.add(answer, took)?;
        }
    }
    while let Some(ended) = under_way.join_next().await {
        let (answer, took) = ended.context("a guesser failed")?;
        guesses.add(answer, took)?;
    }
    Ok(guesses)
}
