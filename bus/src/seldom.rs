//! Says what happens over and over only once in a while.

use std::time::{Duration, Instant};

/// How long to be silent after something was said.
const SILENCE: Duration = Duration::from_secs(30);

/// Counts what happens, and says when it is time to mention it.
#[derive(Debug, Default)]
pub struct Seldom {
    said: Option<Instant>,
    count: u64,
}

impl Seldom {
    /// Counts what happened `times` more. Returns how often it has happened
    /// since it was last mentioned, if it is to be mentioned now.
    pub fn count(&mut self, times: u64, now: Instant) -> Option<u64> {
        self.count = self.count.saturating_add(times);
        if self.said.is_some_and(|said| now.duration_since(said) < SILENCE) {
            return None;
        }
        self.said = Some(now);
        Some(std::mem::take(&mut self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_often_is_mentioned_seldom() {
        let (mut seldom, now) = (Seldom::default(), Instant::now());
        assert_eq!(seldom.count(2, now), Some(2));
        assert_eq!((seldom.count(1, now), seldom.count(1, now)), (None, None));
        assert_eq!(seldom.count(1, now + SILENCE), Some(3));
    }
}
