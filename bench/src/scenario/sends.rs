//! Sends in a closed loop: how many there are, and how long each takes.

use anyhow::Result;

use super::{PEOPLE, Section, TALKS_MAX};
use crate::crowd::Crowd;
use crate::deployment::{Deployment, Topology};
use crate::figures::Figures;
use crate::figures::Goal::{self, AtLeast, AtMost};
use crate::figures::Unit::{Millis, PerSecond, Ratio};
use crate::lane::Lane;
use crate::load;
use crate::measure::Window;
use crate::plan::Plan;
use crate::random::Random;
use crate::raw;

/// How many connections there are where latency is what matters.
const FEW: usize = 2;
/// What is acknowledged in a second on one connection at the most, to make room for it beforehand.
const SENDS_PER_CONNECTION_SECOND: u64 = 1_000;

/// What is to be reached.
struct Goals {
    rate: Option<f64>,
    /// Milliseconds.
    p50: Option<f64>,
    /// Milliseconds.
    p99: Option<f64>,
    /// The raw limit that the rate is held against.
    limit: &'static str,
    /// What part of it is to be reached.
    share: Option<f64>,
}

/// Many connections.
pub async fn throughput(plan: &Plan, limits: &Figures, random: Random) -> Result<Section> {
    let goals = match plan.topology {
        Topology::Embedded => {
            Goals { rate: Some(15_000.0), p50: None, p99: Some(20.0), limit: raw::SQLITE, share: Some(0.3) }
        }
        Topology::Mongodb => {
            Goals { rate: Some(8_000.0), p50: None, p99: None, limit: raw::MONGODB, share: Some(2.0) }
        }
        // Two nodes on one machine have less of it each than one.
        Topology::TwoNodes => Goals { rate: None, p50: None, p99: None, limit: raw::MONGODB, share: None },
    };
    run(plan, plan.connections, &goals, limits, random).await
}

/// Two connections.
pub async fn latency(plan: &Plan, random: Random) -> Result<Section> {
    let p50 = if plan.topology.needs_mongodb() { 4.0 } else { 2.0 };
    let goals = Goals { rate: None, p50: Some(p50), p99: None, limit: raw::SQLITE, share: None };
    run(plan, FEW, &goals, &Figures::default(), random).await
}

async fn run(
    plan: &Plan,
    connections: usize,
    goals: &Goals,
    limits: &Figures,
    mut random: Random,
) -> Result<Section> {
    let deployment = Deployment::start(&plan.environment, plan.topology, &[]).await?;
    let mut crowd = Crowd::gather(&deployment.gateways()?, PEOPLE, TALKS_MAX).await?;
    let talks = crowd.talks.len();
    let mut lanes = Lane::each(&crowd, connections, &mut random);
    make_room(&crowd, plan, connections);

    let mut figures = Figures::default();
    for _ in 0..plan.trials {
        crowd.freshen().await?;
        let window = Window::after(plan.warm_up, plan.length);
        let watching = load::observe(window, deployment.processes());
        let (latencies, loads) = tokio::try_join!(Lane::talk(&mut lanes, window), watching)?;

        let rate = window.rate(latencies.count());
        figures.add_with_goal("acknowledged sends", PerSecond, rate, goals.rate.map(AtLeast));
        for (limit, share) in [(goals.limit, goals.share), (raw::UNARY, None)] {
            let Some(raw) = limits.median(limit) else { continue };
            let name = format!("sends for each of: {limit}");
            figures.add_with_goal(&name, Ratio, rate / raw, share.map(AtLeast));
        }
        let mut add = |name, millis, goal: Option<Goal>| figures.add_with_goal(name, Millis, millis, goal);
        add("p50", latencies.millis(0.5), goals.p50.map(AtMost));
        add("p99", latencies.millis(0.99), goals.p99.map(AtMost));
        add("p99.9", latencies.millis(0.999), None);
        add("longest", latencies.longest_millis(), None);
        load::add(&loads, rate, "", &mut figures);
    }
    let what = format!("{connections} connections, {PEOPLE} people, {talks} conversations, closed loop");
    Ok(Section { what, figures, sends_min: plan.sends_min, verdict: crowd.judge(random).await? })
}

fn make_room(crowd: &Crowd, plan: &Plan, connections: usize) {
    let seconds = (plan.warm_up + plan.length).as_secs() + 1;
    let for_each = usize::try_from(seconds * SENDS_PER_CONNECTION_SECOND).unwrap_or(0);
    crowd.recorder.reserve(plan.trials * connections * for_each);
}
