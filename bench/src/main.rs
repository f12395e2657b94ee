//! The load driver as a program; `cargo xtask bench` builds and starts it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use std::{fmt, fs};

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, ValueEnum};
use confab_bench::deployment::{Environment, Topology};
use confab_bench::plan::Plan;
use confab_bench::process::Watched;
use confab_bench::scenario::Scenario;
use tokio::signal::unix::{SignalKind, signal};

/// With fewer trials nobody knows how far figures scatter.
const TRIALS_TO_WRITE_MIN: usize = 3;

/// Puts the product through scenarios, measures it, and checks what it says.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
struct Arguments {
    /// The scenarios; all of them, if none is named.
    #[arg(value_enum)]
    scenarios: Vec<Scenario>,

    /// What of the product runs, and where it keeps its data.
    #[arg(long, value_enum, default_value_t = Topology::Embedded)]
    on: Topology,

    /// How often each figure is taken.
    #[arg(long, default_value_t = 3)]
    trials: usize,

    /// How many seconds each trial counts.
    #[arg(long, default_value_t = 10)]
    seconds: u64,

    /// How many seconds each trial goes before it counts.
    #[arg(long, default_value_t = 3)]
    warm_up_seconds: u64,

    /// How many connections send at once where many do.
    #[arg(long, default_value_t = 64)]
    connections: usize,

    /// How many messages a second are sent where the rate is given.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,

    /// How many members the group has, where there is one.
    #[arg(long, default_value_t = 1_000)]
    members: usize,

    /// How many messages are stored where there are to be many.
    #[arg(long, default_value_t = 1_000_000)]
    stored: usize,

    /// How many streams are open where there are to be many.
    #[arg(long, default_value_t = 10_000)]
    streams: usize,

    /// How many seconds streams are idle before their memory is taken: longer
    /// than the time between heartbeats, of which each then has had one.
    #[arg(long, default_value_t = 20)]
    idle_seconds: u64,

    /// So many messages have to be acknowledged in each scenario; fewer show nothing.
    #[arg(long, default_value_t = 1_000)]
    sends_min: usize,

    /// What chance begins with, to have the same choices again.
    #[arg(long)]
    seed: Option<u64>,

    /// A file to write the report to as well.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,

    /// The program `confab`. `cargo xtask bench` says which.
    #[arg(long, value_name = "FILE")]
    program: PathBuf,

    /// A process to measure beside the product, such as `mongod=1234`.
    #[arg(long, value_name = "NAME=PID")]
    watch: Vec<Watched>,

    /// The URL of a MongoDB, if the product is to run on one.
    #[arg(long, value_name = "URL", env = "CONFAB_BENCH_MONGODB_URL")]
    mongodb_url: Option<String>,

    /// The URL of a NATS, if there are to be several nodes.
    #[arg(long, value_name = "URL", env = "CONFAB_BENCH_NATS_URL")]
    nats_url: Option<String>,

    /// The command that the report names.
    #[arg(long, value_name = "COMMAND", default_value = "cargo xtask bench")]
    command: String,
}

impl Arguments {
    fn plan(&self) -> Plan {
        let all = || Scenario::value_variants().to_vec();
        Plan {
            environment: Environment {
                program: self.program.clone(),
                mongodb_url: self.mongodb_url.clone(),
                nats_url: self.nats_url.clone(),
                beside: self.watch.clone(),
            },
            topology: self.on,
            scenarios: if self.scenarios.is_empty() { all() } else { self.scenarios.clone() },
            trials: self.trials,
            warm_up: Duration::from_secs(self.warm_up_seconds),
            length: Duration::from_secs(self.seconds),
            connections: self.connections,
            rate: self.rate,
            members: self.members,
            stored: self.stored,
            streams: self.streams,
            idle: Duration::from_secs(self.idle_seconds),
            sends_min: self.sends_min,
            seed: self.seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = tokio::select! {
        done = run(&arguments) => done,
        // What was started ends, and its files go, on the way out.
        told = told_to_end() => told.and_then(|()| bail!("told to end")),
    };
    match done {
        Ok(problems) if problems.is_empty() => ExitCode::SUCCESS,
        Ok(problems) => {
            for problem in &problems {
                eprintln!("wrong: {problem}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Waits until somebody wants this to end.
async fn told_to_end() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for signals")?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot wait for signals"),
    }
}

/// Does what was asked, and returns what is wrong with what was seen.
async fn run(arguments: &Arguments) -> Result<Vec<String>> {
    let few = arguments.trials < TRIALS_TO_WRITE_MIN;
    ensure!(arguments.write.is_none() || !few, "a report to keep has {TRIALS_TO_WRITE_MIN} trials or more");
    let show = |part: &dyn fmt::Display| println!("{part}");
    let report = confab_bench::run(&arguments.plan(), &arguments.command, show).await?;
    if let Some(file) = &arguments.write {
        fs::write(file, report.to_string()).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(report.problems())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_clash() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_scenario_runs_if_none_is_named() {
        let arguments = Arguments::parse_from(["bench", "--program", "confab"]);
        assert_eq!(arguments.plan().scenarios, Scenario::value_variants());
        let arguments = Arguments::parse_from(["bench", "--program", "confab", "latency"]);
        assert_eq!(arguments.plan().scenarios, [Scenario::Latency]);
    }
}
