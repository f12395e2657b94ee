//! A `confab serve` of our own.

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::process::{self, Group};
use crate::run::{announce, ask, command};

/// How long a server may take from its start until it is ready.
const READY_TIMEOUT: Duration = Duration::from_secs(60);

/// A server that runs until this value goes.
pub struct Server {
    group: Group,
}

impl Server {
    /// Starts `program` with `settings` and with the `secrets` in its environment.
    pub fn start(program: &Path, settings: &[&str], secrets: &[(&str, &str)]) -> Result<Self> {
        let mut serve = command(program, &["serve"]);
        serve.args(settings);
        announce(&serve);
        serve.envs(secrets.iter().copied());
        Ok(Self {
            group: Group::spawn(&mut serve)?,
        })
    }

    /// Waits until the server at `url` answers that it is ready.
    pub fn ready(&mut self, program: &Path, url: &str) -> Result<()> {
        process::wait_until(&format!("{url} is ready"), READY_TIMEOUT, || {
            if let Some(status) = self.ended()? {
                bail!("the server ended with {status}");
            }
            Ok(ask(&mut command(program, &["health", "--url", url])).is_ok())
        })
    }

    /// How the server has ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.group.ended()
    }
}
