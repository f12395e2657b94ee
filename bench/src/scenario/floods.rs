//! Clients that send frames of HTTP/2 without end, while others talk (rows H02, H04, H05).

use anyhow::Result;

use super::{PEOPLE, Section, TALKS_MAX};
use crate::crowd::Crowd;
use crate::deployment::{Deployment, NETWORK_CONNECTIONS};
use crate::figures::Figures;
use crate::figures::Goal::AtMost;
use crate::figures::Unit::{Count, Mib, Millis, Ratio};
use crate::flood::Flood;
use crate::lane::Lane;
use crate::measure::{Window, to_float};
use crate::plan::Plan;
use crate::random::Random;

/// How many connections flood at a time.
const FLOODING: usize = 10;
/// How many connections there may be of each network, as if nothing is said.
const LIMITS: [&str; 2] = [NETWORK_CONNECTIONS, "4000"];
/// How many people talk meanwhile.
const TALKING: usize = 2;
/// How much longer others may have to wait.
const SLOWDOWN_GOAL: f64 = 2.0;
/// How much memory a flood may take, in MiB.
const MEMORY_GOAL: f64 = 32.0;

/// See [this module](self).
pub async fn run(plan: &Plan, mut random: Random) -> Result<Section> {
    let deployment = Deployment::start(&plan.environment, plan.topology, &LIMITS).await?;
    let mut crowd = Crowd::gather(&deployment.gateways()?, PEOPLE, TALKS_MAX).await?;
    let mut lanes = Lane::each(&crowd, TALKING, &mut random);
    let mut figures = Figures::default();
    for _ in 0..plan.trials {
        crowd.freshen().await?;
        let before = Lane::talk(&mut lanes, Window::after(plan.warm_up, plan.length)).await?.millis(0.99);
        figures.add("sends, p99", Millis, before);
        for flood in Flood::ALL {
            let resident = resident_mib(&deployment)?;
            let window = Window::after(plan.warm_up, plan.length);
            let pouring = flood.pour(deployment.port()?, FLOODING, window.end);
            let (latencies, ended) = tokio::try_join!(Lane::talk(&mut lanes, window), pouring)?;
            let meanwhile = latencies.millis(0.99);
            let name = flood.name();
            figures.add(&format!("{name}: sends meanwhile, p99"), Millis, meanwhile);
            let slower = meanwhile / before;
            figures.add_with_goal(
                &format!("{name}: for each before"),
                Ratio,
                slower,
                Some(AtMost(SLOWDOWN_GOAL)),
            );
            let more = (resident_mib(&deployment)? - resident).max(0.0);
            figures.add_with_goal(&format!("{name}: memory more"), Mib, more, Some(AtMost(MEMORY_GOAL)));
            figures.add(&format!("{name}: connections ended"), Count, to_float(ended));
        }
    }
    let what = format!(
        "{TALKING} connections send, closed loop, while {FLOODING} of another network flood and come back as soon as they are told to \
         go; they are on the same cores"
    );
    Ok(Section { what, figures, sends_min: plan.sends_min, verdict: crowd.judge(random).await? })
}

/// What the product itself has, over all its processes.
fn resident_mib(deployment: &Deployment) -> Result<f64> {
    let costs = deployment.nodes().into_iter().map(|node| node.cost());
    let kib: u64 = costs.map(|cost| Ok(cost?.resident_kib)).sum::<Result<u64>>()?;
    Ok(to_float(kib) / 1_024.0)
}
