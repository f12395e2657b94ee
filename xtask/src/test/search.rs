//! Looks for secrets in what servers have logged while they were tested.
//!
//! The log of everything is long, so it goes into files, and grep reads them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::run::command;

/// Tells tests where their servers log all that they do: `app/tests/program/process.rs`.
pub const LOGS_VARIABLE: &str = "CONFAB_TEST_LOGS";

/// What passwords of the tests begin with, and tokens, cookies, hashes and keys, whoever they are for: of
/// these, not even a part may be on the log.
const BEGINNINGS: [&str; 9] = [
    "correct horse",
    "horse battery",
    "Bearer e",
    "eyJ0eXAi",
    "eyJhbGci",
    "__Host-confab",
    "$2a$1",
    "$2b$1",
    "-----BEGIN",
];

/// How many lines are shown that should not be there.
const SHOWN_MAX: usize = 10;

/// The logs of all servers of a run, which go with this value.
pub struct Logs(TempDir);

impl Logs {
    /// There are none yet.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("confab-logs-").tempdir();
        Ok(Self(folder.context("cannot make a temporary folder")?))
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Fails if there is a secret in any of them, and says how much there was to search.
    pub fn search(&self) -> Result<String> {
        let mut grep = command("grep", &["--recursive", "--text", "--no-filename", "--fixed-strings"]);
        grep.args(BEGINNINGS.iter().flat_map(|beginning| ["-e", beginning])).arg(self.folder());
        // A character is a byte, which is faster.
        let found = grep.env("LC_ALL", "C").output().context("cannot start grep")?;
        match found.status.code() {
            Some(1) => {}
            Some(0) => {
                let lines = String::from_utf8_lossy(&found.stdout);
                let shown: Vec<&str> = lines.lines().take(SHOWN_MAX).collect();
                bail!("secrets were logged:\n{}", shown.join("\n"));
            }
            _ => bail!("grep failed: {}", String::from_utf8_lossy(&found.stderr)),
        }
        let mut bytes = 0;
        for entry in fs::read_dir(self.folder()).context("cannot read the logs")? {
            bytes += entry.and_then(|entry| entry.metadata()).context("cannot read the logs")?.len();
        }
        ensure!(bytes > 0, "no server has logged anything");
        Ok(format!("no secret in {} MB of logs", bytes / 1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs(text: &str) -> Logs {
        let logs = Logs::new().unwrap();
        fs::write(logs.folder().join("one.log"), "nothing\n").unwrap();
        fs::write(logs.folder().join("other.log"), text).unwrap();
        logs
    }

    #[test]
    fn a_secret_is_found_wherever_it_stands() {
        logs("much\nmore\n").search().unwrap();
        for line in ["password=correct horse 7", "Cookie: __Host-confab=x", "Bearer eyJ", "\0$2b$12$\u{e4}"] {
            let refused = logs(&format!("much\n{line}\nmore\n")).search().unwrap_err().to_string();
            assert!(refused.contains(line), "{refused}");
        }
    }

    #[test]
    fn a_search_of_nothing_fails() {
        assert!(Logs::new().unwrap().search().is_err());
    }
}
