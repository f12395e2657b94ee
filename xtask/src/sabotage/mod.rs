//! `cargo xtask sabotage`: whether the history checker finds what is broken on purpose.
//!
//! # How a run goes
//!
//! ```text
//! mod.rs         copies the sources, breaks the copy, and lets people suffer it
//!   copy.rs        the copy, and the way back
//!   faults.rs      what is broken, and where
//! ```
//!
//! The people, the kills and the checker are those of `app/tests/durability`.
//!
//! # Invariants
//!
//! * Nothing broken is in the product, nor in what is built of it: the copy is
//!   broken, and no broken program stays where Cargo puts programs.
//! * The copy is tried unbroken first: a checker that always finds something
//!   has found nothing.

mod copy;
mod faults;

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::prerequisites;
use crate::process;
use crate::run::{cargo, try_seeing};

use self::copy::SourceCopy;
use self::faults::FAULTS;

/// The test in which a server is killed again and again while people talk.
const TRIAL: &str = "a_killed_server_has_lost_no_acknowledged_message_and_doubled_none";

/// What came of a trial.
struct Trial {
    passed: bool,
    /// What the checker found, each kind once.
    found: BTreeSet<String>,
}

/// Breaks the server in every way there is, one after the other, and fails
/// unless the checker finds each of them.
pub fn sabotage() -> Result<()> {
    prerequisites::for_building()?;
    let copy = SourceCopy::make()?;
    let sound = hold_trial(&copy)?;
    let mut lines = vec![line("is as it should be", &sound)];
    let mut missed = usize::from(!sound.passed);
    for fault in &FAULTS {
        process::go_on()?;
        let text = fault.read_from(copy.root())?;
        copy.write(fault.file, &text)?;
        let trial = hold_trial(&copy)?;
        copy.restore(fault.file)?;
        missed += usize::from(trial.found.is_empty());
        lines.push(line(fault.name, &trial));
    }
    println!("\n{}", lines.join("\n"));
    if missed > 0 {
        bail!("the checker was wrong {missed} times");
    }
    Ok(())
}

/// Builds what the copy is now, and lets people talk while it is killed.
fn hold_trial(copy: &SourceCopy) -> Result<Trial> {
    // Of the whole workspace, because what it needs is built already as the workspace needs it.
    let mut test = cargo(&["test", "--workspace", "--test", "durability", TRIAL]);
    test.current_dir(copy.root()).env("CARGO_TARGET_DIR", copy.target());
    let mut found = BTreeSet::new();
    let passed = try_seeing(&mut test, |line| found.extend(finding(line)))?;
    Ok(Trial { passed, found })
}

/// What a line of the test's output says that the checker found.
fn finding(line: &str) -> Option<String> {
    line.trim().strip_prefix("check: ").map(|check| check.trim_end_matches(',').to_owned())
}

/// What is told of a trial.
fn line(server: &str, trial: &Trial) -> String {
    let found: Vec<&str> = trial.found.iter().map(String::as_str).collect();
    let found = match (trial.passed, found.is_empty()) {
        (true, _) => "nothing was found".to_owned(),
        (false, false) => format!("found: {}", found.join(", ")),
        (false, true) => "the test failed without the checker".to_owned(),
    };
    format!("a server that {server}: {found}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_read_from_what_the_test_prints() {
        assert_eq!(finding("        check: Lost,").as_deref(), Some("Lost"));
        assert_eq!(finding("test kills::a ... FAILED"), None);
    }

    #[test]
    fn a_trial_that_failed_for_another_reason_is_told_apart() {
        let trial =
            |passed, found: &[&str]| Trial { passed, found: found.iter().map(|f| (*f).into()).collect() };
        assert!(line("x", &trial(true, &[])).ends_with("nothing was found"));
        assert!(line("x", &trial(false, &["Gap", "Lost"])).ends_with("found: Gap, Lost"));
        assert!(line("x", &trial(false, &[])).ends_with("without the checker"));
    }
}
