//! What came of each stage.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::stage::Stage;

/// How much of an error the table shows: some names of what failed.
const REMARK_CHARS_MAX: usize = 400;

/// What came of the stages so far.
#[derive(Default)]
pub struct Report {
    outcomes: Vec<Outcome>,
}

/// What came of one stage.
struct Outcome {
    stage: Stage,
    result: Result<String>,
    took: Duration,
}

impl Report {
    /// Runs `stage`, announcing it first, and keeps what comes of it.
    pub fn measure(&mut self, stage: Stage, perform: impl FnOnce() -> Result<String>) {
        println!("\n==== {stage}");
        let start = Instant::now();
        let result = perform();
        if let Err(error) = &result {
            eprintln!("error: {error:#}");
        }
        self.outcomes.push(Outcome { stage, result, took: start.elapsed() });
    }

    /// How many stages failed.
    pub fn failed(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.result.is_err()).count()
    }
}

/// A table, and a last line that counts.
impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{:<14}{:<8}{:>8}", "stage", "result", "seconds")?;
        for Outcome { stage, result, took } in &self.outcomes {
            let (verdict, remark) = match result {
                Ok(remark) => ("passed", remark.clone()),
                // Where a run prints much, its end is all that one is shown of it.
                Err(error) => ("FAILED", beginning(&format!("{error:#}"))),
            };
            let line = format!("{stage:<14}{verdict:<8}{:>8.1}  {remark}", took.as_secs_f64());
            writeln!(formatter, "{}", line.trim_end())?;
        }
        let failed = self.failed();
        writeln!(formatter, "\nstages: {} passed, {failed} failed", self.outcomes.len() - failed)
    }
}

fn beginning(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(REMARK_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn the_table_tells_what_failed() {
        let mut report = Report::default();
        report.measure(Stage::Format, || Ok(String::new()));
        report.measure(Stage::Rust, || Err(anyhow!("one test failed\nand here is why").context("twice")));

        let table = report.to_string();
        // Whatever time a busy machine takes for them.
        let is_row = |row: &str, begin: &str, end: &str| row.starts_with(begin) && row.ends_with(end);
        assert!(table.lines().any(|row| is_row(row, "format        passed  ", "")), "{table}");
        assert!(
            table.lines().any(|row| is_row(row, "rust          FAILED  ", "  twice: one test failed")),
            "{table}"
        );
        assert!(table.ends_with("\nstages: 1 passed, 1 failed\n"), "{table}");
        assert_eq!(report.failed(), 1);
    }
}
