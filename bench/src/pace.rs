//! An open loop: things begin when they are to begin, however long those before them take.
//!
//! A driver that waits for one answer before it sends the next request sends
//! less while the server is slow, and so leaves out those who would have had to
//! wait longest ("coordinated omission"). Here latencies count from when
//! something was to begin, also if it could not.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::sync::mpsc;

/// How many moments may have come that nobody has taken yet.
const MOMENTS_MAX: usize = 1_024;

/// When each of many things is to begin: the same time apart.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    start: Instant,
    per_second: u32,
}

impl Schedule {
    /// So many a second, from `start` on; at least one.
    #[must_use]
    pub fn new(start: Instant, per_second: u32) -> Self {
        Self { start, per_second: per_second.max(1) }
    }

    /// When the thing at the place `index`, counted from 0, is to begin. No error adds up.
    #[must_use]
    pub fn due(&self, index: u64) -> Instant {
        let per_second = u64::from(self.per_second);
        let nanos = (index % per_second) * 1_000_000_000 / per_second;
        self.start + Duration::from_secs(index / per_second) + Duration::from_nanos(nanos)
    }

    /// Hands out the moments of this schedule as they come, until `end`. Who
    /// takes them late gets all of them, late.
    ///
    /// A thread of its own keeps the time: the timers of the asynchronous
    /// runtime are only as exact as a millisecond.
    ///
    /// # Errors
    ///
    /// If no thread can be started.
    pub fn moments(self, end: Instant) -> Result<mpsc::Receiver<Instant>> {
        let (sender, moments) = mpsc::channel(MOMENTS_MAX);
        let keep = move || {
            let all = (0..).map(|index| self.due(index));
            for due in all.take_while(|due| *due < end) {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                if sender.blocking_send(due).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("pace".to_owned()).spawn(keep).context("cannot start a thread")?;
        Ok(moments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_adds_up() {
        let start = Instant::now();
        let schedule = Schedule::new(start, 3);
        assert_eq!(schedule.due(0), start);
        assert_eq!(schedule.due(1) - start, Duration::from_nanos(333_333_333));
        assert_eq!(schedule.due(3_000_000) - start, Duration::from_secs(1_000_000));
    }

    #[tokio::test]
    async fn whoever_is_late_gets_every_moment() {
        let start = Instant::now();
        let schedule = Schedule::new(start, 1_000_000);
        // All of them are past before the first is taken, and more than wait at once.
        let end = start + Duration::from_millis(5);
        let mut moments = schedule.moments(end).unwrap();
        let mut index = 0;
        while let Some(due) = moments.recv().await {
            assert_eq!(due, schedule.due(index));
            index += 1;
        }
        assert_eq!(index, 5_000);
    }

    #[tokio::test]
    async fn no_moment_comes_early() {
        let schedule = Schedule::new(Instant::now(), 200);
        let mut moments = schedule.moments(schedule.due(10)).unwrap();
        while let Some(due) = moments.recv().await {
            assert!(Instant::now() >= due);
        }
    }
}
