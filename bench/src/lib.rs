//! The load driver, and the checker of what it saw.
//!
//! # How a run goes
//!
//! ```text
//! main.rs         reads what to do; prints what came of it
//!   plan.rs         what a run is to do
//!   raw/            what the machine gives without the product
//!   scenario/       what the product is put through, one file for each kind
//!     deployment.rs   the product, started for one scenario, with data of its own
//!     crowd.rs        people and their conversations; has everything checked in the end
//!       person.rs       calls through the gateway; each call is written down
//!       listener.rs     a live stream; what it tells is written down
//!     audience.rs     a thousand streams, of which the numbers are looked at
//!     ear.rs          streams that are open meanwhile, and when each message arrived
//!     parcel.rs       files that are cheap to make, and to tell from one another
//!     carrier.rs      brings files to the gateway over HTTP, and has them back
//!     lane.rs         closed loop: everybody waits for their answer
//!     pace.rs         open loop: latency counts from when something was to begin
//!     measure.rs      latencies, and the part of a trial that counts
//!     load.rs         what the processes cost meanwhile
//!   figures.rs      all trials, their median, what was to be reached
//!   report.rs       all of it, in Markdown
//! history.rs      what was done and what was seen, on one clock
//! checker/        compares the two
//! ```
//!
//! # Invariants
//!
//! * The driver knows what clients know: it sees the contract, and nothing of the product's code.
//! * Nothing is checked while it happens: the checker sees the whole history, and nothing but the history.
//! * Every run is checked, and a run in which too little happened fails.
//! * Every trial is printed; none is left out for being slow.

pub mod audience;
pub mod carrier;
pub mod checker;
pub mod crowd;
pub mod deployment;
pub mod door;
pub mod ear;
pub mod figures;
pub mod flood;
pub mod history;
pub mod lane;
pub mod listener;
pub mod load;
pub mod machine;
pub mod measure;
pub mod pace;
pub mod parcel;
pub mod person;
pub mod plan;
pub mod process;
pub mod random;
pub mod raw;
pub mod report;
pub mod scenario;

use std::fmt;

use anyhow::Result;

use crate::plan::Plan;
use crate::random::Random;
use crate::report::Report;

/// Does what `plan` says, and shows what has been done as it goes. `command` is
/// what does it again.
///
/// A scenario that cannot be done to the end does not keep the others from it;
/// the report says so, and what is wrong with what was seen.
///
/// # Errors
///
/// If nothing can be done.
pub async fn run(plan: &Plan, command: &str, show: impl Fn(&dyn fmt::Display)) -> Result<Report> {
    plan.check()?;
    let mut random = Random::from_seed(plan.seed);
    let (trials, length, warm_up) = (plan.trials, plan.length, plan.warm_up);
    let mut report = Report {
        command: command.to_owned(),
        machine: machine::describe(&plan.environment.program),
        topology: plan.topology,
        how: format!("{trials} trials of {length:?} after {warm_up:?} of warming up"),
        seed: plan.seed,
        limits: raw::measure(plan).await?,
        sections: Vec::new(),
        undone: Vec::new(),
    };
    show(&report);
    for scenario in &plan.scenarios {
        match scenario.run(plan, &report.limits, random.fork()).await {
            Ok(section) => {
                show(&format_args!("## {scenario:?}\n\n{section}"));
                report.sections.push((*scenario, section));
            }
            Err(error) => report.undone.push((*scenario, format!("{error:#}"))),
        }
    }
    Ok(report)
}
