//! The Rust tests, with everything real that they need.

use std::fmt;

use anyhow::{Result, bail, ensure};

use crate::mongod::Mongod;
use crate::prerequisites;
use crate::run::{cargo_linting, try_seeing};
use crate::tools::{self, TOOLS_VARIABLE};
use crate::web;

use super::search::{LOGS_VARIABLE, Logs};

/// Runs every test of the workspace, and says how many there were. Whatever their servers log is searched for
/// secrets.
pub fn test() -> Result<String> {
    prerequisites::for_building()?;
    prerequisites::for_lints()?;
    // Among its packages is Cloudinary's own client, which ours is compared with.
    web::install()?;
    let tools = tools::side_by_side()?;
    let (mongod, logs) = (Mongod::start()?, Logs::new()?);

    let mut tests = cargo_linting(&["test", "--workspace", "--no-fail-fast"]);
    tests.env(TOOLS_VARIABLE, tools.path()).env("CONFAB_TEST_MONGODB", mongod.url());
    tests.env(LOGS_VARIABLE, logs.folder());
    let mut count = Count::default();
    if !try_seeing(&mut tests, |line| count.add(line))? {
        bail!("{}", count.failures());
    }
    ensure!(count.passed > 0, "no test has run");
    Ok(format!("{count}; {}", logs.search()?))
}

/// What the tests came to, over all the programs that Cargo ran.
#[derive(Default)]
struct Count {
    passed: usize,
    ignored: usize,
    /// The names of those that failed.
    failed: Vec<String>,
}

impl Count {
    /// Adds what `line` says, if it is that of a test that failed, or the closing line of a program with tests.
    fn add(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.failed.push(name.to_owned());
        }
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            match count.split_once(' ') {
                Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                Some((number, "ignored")) => self.ignored += number.parse().unwrap_or(0),
                _ => {}
            }
        }
    }

    /// What failed, by name: where thousands of tests are printed, nobody finds it otherwise.
    fn failures(&self) -> String {
        if self.failed.is_empty() {
            return "not all tests were built, or a program with tests ended early".into();
        }
        format!("failed: {}", self.failed.join(", "))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} tests", self.passed)?;
        if self.ignored > 0 {
            write!(formatter, ", {} more are ignored", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_over_all_programs() {
        let mut count = Count::default();
        count.add("running 3 tests");
        count.add(
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        );
        count.add(
            "test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 2s",
        );
        assert_eq!(count.to_string(), "5 tests, 1 more are ignored");
    }

    #[test]
    fn what_failed_is_named() {
        let mut count = Count::default();
        assert!(count.failures().contains("ended early"));
        for line in [
            "test one::passes ... ok",
            "test one::fails ... FAILED",
            "test two::fails - should panic ... FAILED",
        ] {
            count.add(line);
        }
        assert_eq!(count.failures(), "failed: one::fails, two::fails - should panic");
    }
}
