//! The program: roles, put together.
//!
//! ```text
//! cli.rs        what was asked, on the command line
//!   config.rs     the settings; file.rs: those of the configuration file
//!   print.rs      `confab config print`
//! serve.rs      `confab serve`: open, build, listen, serve
//!   roles.rs      how each role is built
//!   admin.rs      the admin port: what is counted
//!   media.rs      where pictures and files lie; moving.rs: how they come elsewhere
//!   late.rs       a role that waits for its database
//!   neighbours.rs the roles in other processes
//!   keys.rs       the keys of the installation; secrets.rs: what is configured of them
//!   rotation.rs   a new signing key, while it runs; `confab admin rotate-keys`
//! accounts/     `confab admin`: what operators do with accounts
//! health.rs     `confab health`
//! ```
//!
//! # Invariants
//!
//! * A service does not learn which program it is in, or where the others are.
//! * Whatever goes wrong for a person is one sentence on standard error, and an
//!   exit code that is not zero.
//! * No secret is a setting: it can be neither a flag nor in the configuration file.

mod accounts;
mod admin;
mod cli;
mod config;
mod file;
mod health;
mod keys;
mod late;
mod media;
mod moving;
mod neighbours;
mod outside;
mod print;
mod providers;
mod roles;
mod rotation;
mod secrets;
mod serve;

use std::ffi::OsString;
use std::future::Future;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use crate::cli::{Command, ConfigCommand, ParseError, Parsed};

/// What the exit code is if the command line or the configuration makes no sense.
const EXIT_USAGE: u8 = 2;
/// How long work that nobody waits for may hold up the end of the process. The
/// last part of the 30 s that the end may take: see `serve.rs`.
const RUNTIME_STOP_MAX: Duration = Duration::from_secs(1);

/// Does what `arguments` ask for; the first is the name of the program.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match cli::parse(arguments) {
        Ok(Parsed { command: Command::DecodePicture, .. }) => confab_media::intake::run_worker(),
        Ok(parsed) => match act(parsed) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => complain(&error, ExitCode::FAILURE),
        },
        // `--help` and `--version` come this way too.
        Err(ParseError::CommandLine(error)) => {
            let _ = error.print();
            u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(ParseError::File(error)) => complain(&error.into(), ExitCode::from(EXIT_USAGE)),
    }
}

fn act(parsed: Parsed) -> anyhow::Result<()> {
    match parsed.command {
        Command::Serve(settings) => block_on(serve::serve(*settings)),
        Command::Health(settings) => block_on(health::health(*settings)),
        Command::Admin { command } => block_on(accounts::run(command)),
        // Its answer is a picture, and its exit code is its own: see `run`.
        Command::DecodePicture => Ok(()),
        Command::Config { command: ConfigCommand::Print(_) } => {
            say(&print::print(&cli::settings(), &parsed.matches, &parsed.defaults));
            Ok(())
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut cli::command(), "confab", &mut script);
            say(&String::from_utf8_lossy(&script));
            Ok(())
        }
    }
}

fn block_on(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("cannot start threads")?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(RUNTIME_STOP_MAX);
    done
}

/// Prints `text` for people. That nobody reads it, as in `confab … | head`, is no error.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn complain(error: &anyhow::Error, code: ExitCode) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "confab: {error:#}");
    code
}
