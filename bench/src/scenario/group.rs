//! One group with many members, all of them online: how much is delivered.

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use super::{Section, TEXT};
use crate::audience::Audience;
use crate::crowd::Crowd;
use crate::deployment::Deployment;
use crate::figures::Figures;
use crate::figures::Goal::AtLeast;
use crate::figures::Unit::{Count, Millis, PerSecond};
use crate::history::{Key, Outcome};
use crate::load;
use crate::measure::{Latencies, Window, to_float};
use crate::person::Person;
use crate::plan::Plan;
use crate::random::Random;

/// Those who send, and write down all that they read.
const WRITERS: usize = 8;
/// How many events a trial may have, so that there is room to count them: more
/// than can be delivered to everybody.
const EVENTS_MAX: i64 = 100_000;

/// See [this module](self).
pub async fn run(plan: &Plan, mut random: Random) -> Result<Section> {
    ensure!(plan.members > WRITERS, "a group to deliver to has more than {WRITERS} members");
    let deployment = Deployment::start(&plan.environment, plan.topology, &[]).await?;
    let (crowd, listeners) =
        Crowd::gather_group(&deployment.gateways()?, WRITERS, plan.members - WRITERS).await?;
    let connections: Vec<Person> = listeners.iter().take(plan.connections).map(Person::elsewhere).collect();
    let group = crowd.talks.first().context("there is no group")?.id;

    let (mut figures, mut findings) = (Figures::default(), Vec::new());
    for _ in 0..plan.trials {
        let head = crowd.people[0].page(group, 0, &crowd.recorder).await?.head.unwrap_or(0);
        let audience = Audience::open(&listeners, &connections, group, head, head + EVENTS_MAX).await?;
        let window = Window::after(plan.warm_up, plan.length);
        audience.count_within(window);
        let watching = load::observe(window, deployment.processes());
        let (latencies, loads) =
            tokio::try_join!(say_until_all_have_heard(&crowd, &audience, window, &mut random), watching)?;
        let (deliveries, found) = audience.close().await?;
        findings.extend(found);

        let rate = window.rate(deliveries.arrived);
        figures.add_with_goal("deliveries", PerSecond, rate, Some(AtLeast(100_000.0)));
        figures.add("messages", PerSecond, window.rate(latencies.count()));
        figures.add("send to seen by all, p50", Millis, latencies.millis(0.5));
        figures.add("send to seen by all, p99", Millis, latencies.millis(0.99));
        figures.add("told to fetch instead", Count, to_float(deliveries.to_fetch));
        load::add(&loads, rate, "", &mut figures);
    }
    let what = format!(
        "a group of {}, all online over {} connections; {WRITERS} of them say something, wait until all have heard \
         it, and say the next",
        plan.members, plan.connections
    );
    let mut verdict = crowd.judge(random).await?;
    verdict.findings.extend(findings);
    Ok(Section { what, figures, sends_min: plan.sends_min, verdict })
}

/// Each writer says something, waits until everybody has heard it, and goes on,
/// until `window` ends. Returns how long that took within it.
async fn say_until_all_have_heard(
    crowd: &Crowd,
    audience: &Audience,
    window: Window,
    random: &mut Random,
) -> Result<Latencies> {
    let writers = crowd.people.iter().map(|writer| (writer, random.fork()));
    let talking = writers.map(|(writer, random)| talk(crowd, audience, writer, window, random));
    let mut all = Latencies::new()?;
    for latencies in futures_util::future::try_join_all(talking).await? {
        all.add(&latencies)?;
    }
    Ok(all)
}

async fn talk(
    crowd: &Crowd,
    audience: &Audience,
    writer: &Person,
    window: Window,
    mut random: Random,
) -> Result<Latencies> {
    let mut latencies = Latencies::new()?;
    let conversation = crowd.talks.first().context("there is no group")?.id;
    loop {
        let begin = Instant::now();
        if begin >= window.end {
            return Ok(latencies);
        }
        let key = Key { conversation, sender: writer.id, client: random.client_id() };
        let outcome = writer.try_to_say(key, TEXT, &crowd.recorder).await;
        let Outcome::Ok { seq, .. } = outcome else { bail!("a message was not taken: {outcome:?}") };
        audience.have_heard(seq).await?;
        let end = Instant::now();
        if window.contains(end) {
            latencies.record(end - begin);
        }
    }
}
