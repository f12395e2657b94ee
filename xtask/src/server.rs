//! A `confab serve` of our own.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::process::{self, Group};
use crate::run::{announce, ask, command};

/// How long a server may take from its start until it is ready.
const READY_TIMEOUT: Duration = Duration::from_mins(1);

/// A server that runs until this value goes.
pub struct Server {
    group: Group,
    health: Command,
}

impl Server {
    /// Starts `program` with `settings` and with the `variables` in its environment.
    pub fn start(program: &Path, settings: &[&str], variables: &[(&str, &str)]) -> Result<Self> {
        let prepare = |task| {
            let mut command = command(program, &[task]);
            command.args(settings).envs(variables.iter().copied());
            command
        };
        let mut serve = prepare("serve");
        announce(&serve);
        // Asked with the same settings, it knows whom to ask.
        Ok(Self { group: Group::spawn(&mut serve)?, health: prepare("health") })
    }

    /// Waits until the server says that it is ready.
    pub fn ready(&mut self) -> Result<()> {
        process::wait_until("the server is ready", READY_TIMEOUT, || {
            if let Some(status) = self.group.ended()? {
                bail!("it ended with {status}");
            }
            Ok(ask(&mut self.health).is_ok())
        })
    }

    /// How the server has ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.group.ended()
    }
}
