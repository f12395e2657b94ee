//! `cargo xtask test`: every test there is, stage by stage, and a table at the end.

mod containers;
mod contract;
mod e2e;
mod openapi;
mod report;
mod rust;
mod search;
mod stage;

use anyhow::{Result, bail};
use clap::Args;

use crate::run::{EVERYTHING, cargo, cargo_linting, command, run};
use crate::{prerequisites, process, tools, web};

use report::Report;
use stage::Stage;

/// What `test` can be told.
#[derive(Args)]
pub struct Arguments {
    /// The stages to run, in the order in which they are listed here; all that CI runs, if none is named.
    #[arg(value_enum)]
    stages: Vec<Stage>,
}

/// The stages that need no browser.
const CHECK: &[Stage] = &[Stage::Format, Stage::Clippy, Stage::Contract, Stage::Rust];

/// Runs the stages that were asked for.
pub fn test(arguments: &Arguments) -> Result<()> {
    stages(&stage::chosen(&arguments.stages))
}

/// Runs the stages that need no browser.
pub fn check() -> Result<()> {
    stages(&stage::chosen(CHECK))
}

/// Runs `stages` to the last, even if one fails: who waits for a long run wants to know all that is wrong.
fn stages(stages: &[Stage]) -> Result<()> {
    let mut report = Report::default();
    for stage in stages {
        report.measure(*stage, || perform(*stage));
        process::go_on()?;
    }
    println!("\n{report}");
    if report.failed() > 0 {
        bail!("not everything is as it should be");
    }
    Ok(())
}

/// Runs one stage, and returns what is worth telling about it in the table.
fn perform(stage: Stage) -> Result<String> {
    match stage {
        Stage::Tools => tools::ensure_all().map(|()| String::new()),
        Stage::Format => format(),
        Stage::Contract => contract::check(),
        Stage::Containers => containers::check(),
        Stage::Dependencies => check_dependencies(),
        Stage::Web => check_web(),
        Stage::Clippy => clippy(),
        Stage::Rust => rust::test(),
        Stage::E2e => e2e::test(),
        Stage::Openapi => openapi::check(),
    }
}

fn format() -> Result<String> {
    prerequisites::for_lints()?;
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    Ok(String::new())
}

fn clippy() -> Result<String> {
    prerequisites::for_lints()?;
    run(&mut cargo_linting(EVERYTHING))?;
    Ok(String::new())
}

fn check_dependencies() -> Result<String> {
    let deny = tools::ensure(&tools::CARGO_DENY)?;
    run(&mut command(&deny, &["--locked", "check", "bans", "licenses", "sources"]))?;
    Ok("advisories are not looked up".into())
}

fn check_web() -> Result<String> {
    prerequisites::for_web()?;
    web::install()?;
    for script in ["gen", "lint", "check", "test", "build"] {
        run(&mut web::npm(&["run", script]))?;
    }
    Ok(String::new())
}
