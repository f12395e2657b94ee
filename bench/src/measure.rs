//! Latencies, and the part of a trial in which they count.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hdrhistogram::Histogram;

/// The longest latency that is told from longer ones.
const LATENCY_MAX: Duration = Duration::from_mins(1);
/// How exact latencies are kept: to one part in a thousand.
const DIGITS: u8 = 3;

/// Many latencies, in microseconds.
#[derive(Clone, Debug)]
pub struct Latencies(Histogram<u64>);

impl Latencies {
    /// None yet.
    ///
    /// # Errors
    ///
    /// Never: the bounds make sense.
    pub fn new() -> Result<Self> {
        let histogram = Histogram::new_with_bounds(1, micros(LATENCY_MAX), DIGITS);
        Ok(Self(histogram.context("cannot keep latencies")?))
    }

    /// Adds one.
    pub fn record(&mut self, latency: Duration) {
        self.0.saturating_record(micros(latency).max(1));
    }

    /// Adds those of `others`.
    ///
    /// # Errors
    ///
    /// Never: all have the same bounds.
    pub fn add(&mut self, others: &Self) -> Result<()> {
        self.0.add(&others.0).context("cannot add latencies")
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The latency that the part `quantile` of them does not exceed, in milliseconds.
    #[must_use]
    pub fn millis(&self, quantile: f64) -> f64 {
        to_millis(self.0.value_at_quantile(quantile))
    }

    /// The longest, in milliseconds.
    #[must_use]
    pub fn longest_millis(&self) -> f64 {
        to_millis(self.0.max())
    }
}

/// The part of a trial that is measured. What comes before warms up.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// When it begins.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
}

impl Window {
    /// A window of `length`, `warm_up` from now.
    #[must_use]
    pub fn after(warm_up: Duration, length: Duration) -> Self {
        let start = Instant::now() + warm_up;
        Self { start, end: start + length }
    }

    /// Whether `moment` is in it.
    #[must_use]
    pub fn contains(&self, moment: Instant) -> bool {
        (self.start..self.end).contains(&moment)
    }

    /// How many seconds it lasts.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        (self.end - self.start).as_secs_f64()
    }

    /// `count` of something, for each second.
    #[must_use]
    pub fn rate(&self, count: u64) -> f64 {
        to_float(count) / self.seconds()
    }
}

/// `count` as a number to calculate with; exact up to 2⁵³.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "nothing here is counted beyond 2⁵³")]
pub const fn to_float(count: u64) -> f64 {
    count as f64
}

fn to_millis(micros: u64) -> f64 {
    to_float(micros) / 1_000.0
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_exact_to_a_thousandth() {
        let mut latencies = Latencies::new().unwrap();
        (1..=1_000).for_each(|millis| latencies.record(Duration::from_millis(millis)));
        for (quantile, expected) in [(0.5, 500.0), (0.99, 990.0)] {
            let millis = latencies.millis(quantile);
            assert!((millis - expected).abs() <= expected / 1_000.0, "{quantile} is {millis}");
        }
    }

    #[test]
    fn a_latency_beyond_the_bounds_counts_as_the_longest() {
        let mut latencies = Latencies::new().unwrap();
        latencies.record(Duration::ZERO);
        latencies.record(LATENCY_MAX * 2);
        assert_eq!(latencies.count(), 2);
        assert!(latencies.longest_millis() >= 60_000.0);
    }

    #[test]
    fn what_warms_up_does_not_count() {
        let window = Window::after(Duration::from_secs(1), Duration::from_secs(2));
        assert!(!window.contains(Instant::now()));
        assert!(window.contains(window.start));
        assert!(!window.contains(window.end));
        assert!((window.rate(10) - 5.0).abs() < f64::EPSILON);
    }
}
