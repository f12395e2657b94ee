//! The contract: its style, its form, and whether it breaks anybody who uses it.

use anyhow::{Result, bail};

use crate::run::{ask, command, run};
use crate::tools;

/// The trailer of a commit that breaks the contract on purpose, and says why.
const BREAK_TRAILER: &str = "Breaks-Contract";

/// Lints and formats the contract, and compares it with an earlier one.
pub fn check() -> Result<String> {
    let buf = tools::ensure(&tools::BUF)?;
    run(&mut command(&buf, &["lint"]))?;
    run(&mut command(&buf, &["format", "--diff", "--exit-code"]))?;

    let Some(base) = base() else {
        return Ok("compared with nothing: there is no earlier contract in this clone".into());
    };
    if ask(&mut git(&["cat-file", "-e", &format!("{base}:buf.yaml")])).is_err() {
        return Ok(format!("compared with nothing: there is no contract in {base}"));
    }
    let on_purpose = git_says(&["log", &format!("{base}..HEAD"), &trailer_format()]);
    if let Some(why) = on_purpose {
        return Ok(format!("breaks {base} on purpose: {why}"));
    }
    if run(&mut command(&buf, &["breaking", "--against", &format!(".git#ref={base}")])).is_err() {
        bail!(
            "the contract breaks whoever uses the one of {base}; add, deprecate or begin a v2, or say in a commit \
             why it must be: `{BREAK_TRAILER}: <why>`"
        );
    }
    Ok(format!("compared with {base}"))
}

/// The commit whose contract others may be using already.
///
/// That is the last release. Before the first one: where this branch left `main`, or on `main` the commit before.
fn base() -> Option<String> {
    let release = || git_says(&["describe", "--tags", "--abbrev=0", "--match", "v*"]);
    let head = git_says(&["rev-parse", "HEAD"])?;
    let fork = |main| git_says(&["merge-base", "HEAD", main]).filter(|commit| *commit != head);
    let before = || git_says(&["rev-parse", "--short", "--verify", "--quiet", "HEAD~1"]);
    release().or_else(|| fork("origin/main")).or_else(|| fork("main")).or_else(before)
}

fn trailer_format() -> String {
    format!("--format=%(trailers:key={BREAK_TRAILER},valueonly,separator=%x20)")
}

/// What git answers; nothing, if it answers nothing or fails.
fn git_says(question: &[&str]) -> Option<String> {
    ask(&mut git(question)).ok().filter(|answer| !answer.is_empty())
}

fn git(arguments: &[&str]) -> std::process::Command {
    command("git", arguments)
}
