//! Processes that end: with the value that stands for them, and with Ctrl-C.

use std::fmt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::run::show;

/// How long a process may take to end by itself before it is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// How often to look whether something has happened by now.
pub const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// What the shell expects of a program that Ctrl-C has ended.
pub const INTERRUPTED_STATUS: u8 = 130;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The groups that are running, so that Ctrl-C can end them.
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// The developer pressed Ctrl-C.
#[derive(Debug)]
pub struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("stopped by Ctrl-C")
    }
}

impl std::error::Error for Interrupted {}

/// Makes Ctrl-C end whatever is running; a second one ends it by force.
///
/// Only the processes are ended here. Whoever waits for them then sees it, and
/// every value that has something to clean up does so on the way out.
pub fn end_with_ctrl_c() -> Result<()> {
    ctrlc::set_handler(|| {
        let again = INTERRUPTED.swap(true, Ordering::SeqCst);
        let signal = if again { Signal::SIGKILL } else { Signal::SIGTERM };
        for group in running().iter() {
            // It may just have ended by itself.
            let _ = killpg(*group, signal);
        }
    })
    .context("cannot listen for Ctrl-C")
}

/// Fails with [`Interrupted`] once the developer has pressed Ctrl-C.
pub fn go_on() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) { Err(Interrupted.into()) } else { Ok(()) }
}

/// Waits until `ready` says so; fails after `limit`, or when Ctrl-C is pressed.
pub fn wait_until(what: &str, limit: Duration, mut ready: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + limit;
    loop {
        go_on()?;
        if ready().with_context(|| format!("while waiting until {what}"))? {
            return Ok(());
        }
        if Instant::now() > deadline {
            anyhow::bail!("waited {} seconds, in vain, until {what}", limit.as_secs());
        }
        thread::sleep(POLL_INTERVAL);
    }
}

fn running() -> MutexGuard<'static, Vec<Pid>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A process and all that it starts. They end when this value goes.
pub struct Group {
    /// The process that was started.
    pub leader: Child,
    id: Pid,
}

impl Group {
    /// Starts `command` as the leader of a group of its own.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        // The list is held meanwhile: Ctrl-C comes either before the start,
        // and prevents it, or after it, and finds the group.
        let mut running = running();
        go_on()?;
        let leader =
            command.process_group(0).spawn().with_context(|| format!("cannot start {}", show(command)))?;
        let id = Pid::from_raw(i32::try_from(leader.id()).context("a process id beyond 31 bits")?);
        running.push(id);
        Ok(Self { leader, id })
    }

    /// Waits until the leader ends.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.leader.wait().context("cannot wait for a process")?;
        go_on()?;
        Ok(status)
    }

    /// How the leader has ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.leader.try_wait().context("cannot ask after a process")
    }

    /// Whether anything of the group is left.
    fn is_alive(&mut self) -> bool {
        // A leader that nobody asks after stays in the group when it is dead.
        let _ = self.leader.try_wait();
        killpg(self.id, None).is_ok()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let deadline = Instant::now() + STOP_TIMEOUT;
        let _ = killpg(self.id, Signal::SIGTERM);
        while self.is_alive() {
            if Instant::now() > deadline {
                let _ = killpg(self.id, Signal::SIGKILL);
                let _ = self.leader.wait();
                break;
            }
            thread::sleep(POLL_INTERVAL);
        }
        running().retain(|group| *group != self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_ends_with_its_value() {
        let mut group = Group::spawn(Command::new("sh").args(["-c", "sleep 600 & wait"])).unwrap();
        assert!(group.is_alive());
        let id = group.id;

        drop(group);
        assert!(killpg(id, None).is_err());
    }

    #[test]
    fn waiting_ends_at_the_limit() {
        let error = wait_until("pigs fly", Duration::ZERO, || Ok(false)).unwrap_err();
        assert!(error.to_string().ends_with("until pigs fly"));
    }
}
