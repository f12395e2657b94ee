//! `cargo xtask bench`: the product, built for speed, under load, measured and checked.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::mongod::Mongod;
use crate::nats::Nats;
use crate::prerequisites;
use crate::run::{cargo, command, run};
use crate::workspace::{self, Profile};

/// Tells the driver where MongoDB is. Not an argument, because those are printed and URLs may hold passwords.
const MONGODB_VARIABLE: &str = "CONFAB_BENCH_MONGODB_URL";
/// Tells the driver where NATS is.
const NATS_VARIABLE: &str = "CONFAB_BENCH_NATS_URL";

/// What `bench` can be told.
#[derive(Args)]
pub struct Arguments {
    /// What the product is put through; everything, if nothing is named. `-- --help` lists what there is.
    scenarios: Vec<String>,

    /// What of the product runs, and where it keeps its data.
    #[arg(long, value_enum, default_value_t = Topology::Embedded)]
    on: Topology,

    /// Writes the report to docs/results as well.
    #[arg(long)]
    write: bool,

    /// Settings for the driver, after `--`: for instance `-- --trials 5`.
    #[arg(last = true)]
    settings: Vec<String>,
}

/// What of the product runs. The driver starts it; what it needs beside it is started here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Topology {
    /// One process, with the embedded database.
    Embedded,
    /// One process, with a MongoDB that is started for it.
    Mongodb,
    /// Two processes with one MongoDB, and a NATS between them.
    TwoNodes,
}

/// Builds the product and the driver, and lets the driver do the rest.
pub fn bench(arguments: &Arguments) -> Result<()> {
    prerequisites::for_building()?;
    run(&mut cargo(&["build", "--release", "--package", "confab", "--package", "confab-bench"]))?;

    let mut drive = command(&workspace::built(Profile::Release, "confab-bench")?, &[]);
    drive.args(&arguments.scenarios).args(["--on", &arguments.on.name()]);
    drive.arg("--program").arg(workspace::program(Profile::Release)?);
    drive.args(["--command", &arguments.typed()]).args(&arguments.settings);
    if arguments.write {
        drive.arg("--write").arg(arguments.file()?);
    }
    // Both end when the driver has ended.
    let mongod = (arguments.on != Topology::Embedded).then(Mongod::start).transpose()?;
    let nats = (arguments.on == Topology::TwoNodes).then(Nats::start).transpose()?;
    if let Some(mongod) = &mongod {
        drive.env(MONGODB_VARIABLE, mongod.url()).args(["--watch", &format!("mongod={}", mongod.pid())]);
    }
    if let Some(nats) = &nats {
        drive.env(NATS_VARIABLE, nats.url()).args(["--watch", &format!("nats={}", nats.pid())]);
    }
    run(&mut drive)
}

impl Arguments {
    /// The command as one would type it again.
    fn typed(&self) -> String {
        let mut words = vec!["cargo xtask bench".to_owned()];
        words.extend(self.scenarios.iter().cloned());
        words.push(format!("--on {}", self.on.name()));
        if !self.settings.is_empty() {
            words.push("--".to_owned());
            words.extend(self.settings.iter().cloned());
        }
        words.join(" ")
    }

    /// Where the report goes: a file for what ran and what it was put through.
    fn file(&self) -> Result<PathBuf> {
        let folder = workspace::root().join("docs/results");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let own = self.on.name();
        let words = ["bench", &own].into_iter().chain(self.scenarios.iter().map(String::as_str));
        Ok(folder.join(words.collect::<Vec<_>>().join("-") + ".md"))
    }
}

impl Topology {
    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> Arguments {
        let settings = ["--trials", "5"].map(String::from).to_vec();
        Arguments { scenarios: vec!["latency".into()], on: Topology::Mongodb, write: true, settings }
    }

    #[test]
    fn the_report_names_the_command_that_makes_it_again() {
        assert_eq!(arguments().typed(), "cargo xtask bench latency --on mongodb -- --trials 5");
    }

    #[test]
    fn reports_of_different_runs_do_not_overwrite_one_another() {
        let name = |arguments: Arguments| {
            arguments.file().unwrap().file_name().unwrap().to_string_lossy().into_owned()
        };
        assert_eq!(name(arguments()), "bench-mongodb-latency.md");
        assert_eq!(name(Arguments { scenarios: vec![], ..arguments() }), "bench-mongodb.md");
    }
}
