//! Logs: for people on a terminal, as JSON for machines.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

/// What log lines look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// One line of text for an event.
    Pretty,
    /// One JSON object for an event.
    Json,
}

/// Sends the log of this program to standard error.
///
/// `filter` says what is logged, in the form of `tracing-subscriber`'s
/// `EnvFilter`: `info`, or `info,confab_rpc=debug`.
///
/// # Errors
///
/// If `filter` is not of that form, or a log was begun before.
pub fn init(filter: &str, format: LogFormat) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let pretty = match format {
        LogFormat::Auto => stderr().is_terminal(),
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let filter = EnvFilter::builder().parse(filter)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    if pretty {
        log.with_target(false).with_ansi(stderr().is_terminal()).try_init()
    } else {
        log.json().flatten_event(true).try_init()
    }
}
