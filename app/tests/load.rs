//! The load driver against the real program: moments only, so that it does not rot.

use std::time::Duration;

use clap::ValueEnum;
use confab_bench::deployment::{Environment, Topology};
use confab_bench::plan::Plan;
use confab_bench::scenario::Scenario;

fn plan() -> Plan {
    Plan {
        environment: Environment {
            program: env!("CARGO_BIN_EXE_confab").into(),
            mongodb_url: None,
            nats_url: None,
            beside: Vec::new(),
        },
        topology: Topology::Embedded,
        scenarios: Scenario::value_variants().to_vec(),
        trials: 1,
        warm_up: Duration::from_millis(50),
        length: Duration::from_millis(300),
        connections: 4,
        rate: 100,
        members: 24,
        stored: 400,
        streams: 32,
        idle: Duration::ZERO,
        sends_min: 20,
        seed: 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_runs_and_finds_nothing_wrong() {
    let report = confab_bench::run(&plan(), "cargo test", |_| {}).await.unwrap();
    assert_eq!(report.problems(), Vec::<String>::new(), "{report}");
    assert_eq!(report.sections.len(), Scenario::value_variants().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_in_which_too_little_happened_fails() {
    let scenarios = vec![Scenario::Latency];
    let plan = Plan { sends_min: usize::MAX, scenarios, ..plan() };
    let report = confab_bench::run(&plan, "cargo test", |_| {}).await.unwrap();
    assert_eq!(report.problems().len(), 1, "{report}");
}
