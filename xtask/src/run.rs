//! Running a command: printed first, ended by Ctrl-C, an error when it fails.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::Group;
use crate::workspace;

/// Cargo, the very one that runs this program, with `arguments`.
pub fn cargo(arguments: &[&str]) -> Command {
    command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()), arguments)
}

/// What builds all programs and all tests of the workspace.
pub const EVERYTHING: &[&str] = &["build", "--workspace", "--all-targets"];

/// Like [`cargo`], with Clippy in the compiler's place for the crates of this workspace: it makes the same
/// programs, and refuses what it would warn of.
///
/// So everything is compiled once, for lints and for tests, where `cargo clippy` would go through all of it, and
/// through every dependency, before the compiler does so again.
pub fn cargo_linting(arguments: &[&str]) -> Command {
    let mut cargo = cargo(arguments);
    // As `cargo clippy` hands its arguments on.
    cargo
        .env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
        .env("CLIPPY_ARGS", "--deny__CLIPPY_HACKERY__warnings");
    cargo
}

/// A command that runs at the root of the repository and reads nothing.
pub fn command(program: &(impl AsRef<OsStr> + ?Sized), arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace::root()).stdin(Stdio::null());
    command
}

/// Prints `command`, runs it, and fails if it fails.
pub fn run(command: &mut Command) -> Result<()> {
    announce(command);
    let status = Group::spawn(command)?.wait()?;
    succeeded(command, status)
}

/// Like [`run`], for a command that may fail: shows `see` each line that it prints, and returns whether it did not fail.
pub fn try_seeing(command: &mut Command, mut see: impl FnMut(&str)) -> Result<bool> {
    announce(command);
    let mut group = Group::spawn(command.stdout(Stdio::piped()))?;
    let output = group.leader.stdout.take().context("the output was not kept")?;
    for line in BufReader::new(output).lines() {
        let line = line.context("cannot read what the command prints")?;
        println!("{line}");
        see(&line);
    }
    Ok(group.wait()?.success())
}

/// Runs `command` without a word, and returns what it printed, trimmed.
///
/// Its complaints, if any, are in the error.
pub fn ask(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", show(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed: {}", show(command), complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Prints `command` as one would type it.
pub fn announce(command: &Command) {
    println!("$ {}", show(command));
}

/// How one would type `command` at the root of the repository.
pub fn show(command: &Command) -> String {
    let folder = command.get_current_dir().and_then(|folder| folder.strip_prefix(workspace::root()).ok());
    let enter = folder.filter(|folder| !folder.as_os_str().is_empty());
    let enter = enter.map(|folder| format!("cd {} &&", quote(folder.as_os_str())));
    let set = command
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), quote(value?))));
    let words = std::iter::once(command.get_program()).chain(command.get_args()).map(quote);
    enter.into_iter().chain(set).chain(words).collect::<Vec<_>>().join(" ")
}

fn quote(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn succeeded(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let first = command.get_args().next().unwrap_or_default();
    bail!("{} {} ended with {status}", program.to_string_lossy(), first.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut sent = command("echo", &["it's", "-n", ""]);
        sent.env("GREETING", "good day").current_dir(workspace::web());
        assert_eq!(show(&sent), r"cd web && GREETING='good day' echo 'it'\''s' -n ''");
    }

    #[test]
    fn a_command_that_fails_is_named() {
        let error = run(&mut command("/bin/false", &["--with", "arguments"])).unwrap_err();
        assert_eq!(error.to_string(), "false --with ended with exit status: 1");
    }

    #[test]
    fn what_a_command_prints_is_seen_line_by_line() {
        let mut lines = Vec::new();
        let printing = &mut command("printf", &[r"one\ntwo\n"]);
        assert!(try_seeing(printing, |line| lines.push(line.to_owned())).unwrap());
        assert_eq!(lines, ["one", "two"]);
    }
}
