//! How often something may happen: for each of many, and for all of them together.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use confab_core::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, RateLimiter};

pub use governor::Quota;

/// A limit for each `Key`, and one for all.
///
/// Each process counts for itself, and begins anew when it is started: this
/// keeps crowds out, and nothing else.
pub struct Rate<Key: Hash + Eq + Clone> {
    /// Those that we do not know, or have no room for, share one place.
    each: RateLimiter<Option<Key>, HashMapStateStore<Option<Key>>, Watch, NoOpMiddleware<Duration>>,
    all: Option<RateLimiter<NotKeyed, InMemoryState, Watch, NoOpMiddleware<Duration>>>,
    watch: Watch,
    keys_max: usize,
    counted: AtomicUsize,
}

/// It happened too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it happened too often; wait {wait:?}")]
pub struct TooOften {
    /// When it may happen again.
    pub wait: Duration,
    /// Whose share is used up.
    pub share: Share,
}

/// Who has a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// One of many.
    Own,
    /// All of them together.
    All,
}

impl<Key: Hash + Eq + Clone> Rate<Key> {
    /// Keys are forgotten, if they were quiet for long enough to begin anew,
    /// after as many counts as this part of `keys_max`.
    const TIDY_PART: usize = 16;

    /// Allows `each` key its quota, and `all` of them together theirs, by the time of `clock`.
    ///
    /// `keys_max` keys are counted apart. Further ones share what is left to all
    /// of them, so that a crowd costs no memory.
    #[must_use]
    pub fn new(each: Quota, all: Option<Quota>, keys_max: usize, clock: &Arc<dyn Clock>) -> Self {
        let watch = Watch::new(clock.clone());
        Self {
            each: RateLimiter::hashmap_with_clock(each, watch.clone()),
            all: all.map(|all| RateLimiter::direct_with_clock(all, watch.clone())),
            watch,
            keys_max,
            counted: AtomicUsize::new(0),
        }
    }

    /// Counts once for `key`, which is nothing if it is not known.
    ///
    /// # Errors
    ///
    /// [`TooOften`] if the share of the key, or that of all, is used up.
    pub fn count(&self, key: Option<Key>) -> Result<(), TooOften> {
        let interval = (self.keys_max / Self::TIDY_PART).max(1);
        if self.counted.fetch_add(1, Ordering::Relaxed).is_multiple_of(interval) {
            self.each.retain_recent();
        }
        let is_full = self.each.len() >= self.keys_max;
        let refused = |until: NotUntil<Duration>, share| TooOften {
            wait: until.wait_time_from(self.watch.time()),
            share,
        };
        // The key first: one that comes too often uses nothing up of what is for all.
        let own = self.each.check_key(&key.filter(|_| !is_full));
        own.map_err(|until| refused(until, Share::Own))?;
        let Some(all) = &self.all else { return Ok(()) };
        all.check().map_err(|until| refused(until, Share::All))
    }
}

/// The clock as governor reads it: it never goes back.
#[derive(Clone)]
struct Watch(Arc<Hands>);

struct Hands {
    clock: Arc<dyn Clock>,
    /// What the clock showed last, in milliseconds.
    seen: AtomicI64,
    /// How far it went forward in all, in milliseconds.
    gone: AtomicU64,
}

impl Watch {
    /// The least by which a clock is set back. Two who read it at once may
    /// come in another order by less.
    const SET_BACK_MILLIS: i64 = 1_000;

    fn new(clock: Arc<dyn Clock>) -> Self {
        let seen = AtomicI64::new(clock.now().as_millis());
        Self(Arc::new(Hands { clock, seen, gone: AtomicU64::new(0) }))
    }

    /// If the clock is set back, time goes on from there: otherwise everybody
    /// would wait for as long as it was set back by.
    fn time(&self) -> Duration {
        let Hands { clock, seen, gone } = &*self.0;
        let now = clock.now().as_millis();
        let last = seen.fetch_max(now, Ordering::Relaxed);
        if last - now > Self::SET_BACK_MILLIS {
            let _ = seen.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed);
        }
        let step = u64::try_from(now - last).unwrap_or(0);
        Duration::from_millis(gone.fetch_add(step, Ordering::Relaxed) + step)
    }
}

impl governor::clock::Clock for Watch {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.time()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use confab_core::{ManualClock, Timestamp};

    use super::*;

    const KEYS_MAX: usize = 1_024;

    fn rate(each: u32, all: u32) -> (Rate<u32>, Arc<ManualClock>) {
        let quota = |count| Quota::per_minute(NonZeroU32::new(count).unwrap());
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(4_102_444_800_000)));
        let same: Arc<dyn Clock> = clock.clone();
        (Rate::new(quota(each), Some(quota(all)), KEYS_MAX, &same), clock)
    }

    #[test]
    fn each_has_its_own_share_and_gets_it_back() {
        let (rate, clock) = rate(3, 100);
        for _ in 0..3 {
            rate.count(Some(1)).unwrap();
        }
        let refused = rate.count(Some(1)).unwrap_err();
        assert_eq!(refused, TooOften { wait: Duration::from_secs(20), share: Share::Own });
        rate.count(Some(2)).unwrap();
        rate.count(None).unwrap();

        clock.advance(refused.wait);
        rate.count(Some(1)).unwrap();
        assert!(rate.count(Some(1)).is_err());
    }

    #[test]
    fn all_together_have_a_limit_which_one_alone_does_not_use_up() {
        let (rate, _) = rate(3, 6);
        for _ in 0..50 {
            let _ = rate.count(Some(1));
        }
        for key in 2..5 {
            rate.count(Some(key)).unwrap();
        }
        assert_eq!(rate.count(Some(5)).unwrap_err().share, Share::All);
    }

    #[test]
    fn a_crowd_costs_no_memory_and_is_forgotten() {
        let (rate, clock) = rate(1, 1_000_000);
        for key in 0..100_000 {
            let _ = rate.count(Some(key));
        }
        assert!(rate.each.len() <= KEYS_MAX + 1, "{}", rate.each.len());

        clock.advance(Duration::from_mins(2));
        for _ in 0..KEYS_MAX {
            let _ = rate.count(Some(1));
        }
        assert!(rate.each.len() <= 2, "{}", rate.each.len());
    }

    /// A clock that can be set, also back.
    struct Settable(AtomicI64);

    impl Clock for Settable {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nobody_up() {
        let (day, minute) = (86_400_000, 60_000);
        let settable = Arc::new(Settable(AtomicI64::new(2 * day)));
        let clock: Arc<dyn Clock> = settable.clone();
        let rate = Rate::new(Quota::per_minute(NonZeroU32::MIN), None, KEYS_MAX, &clock);
        rate.count(Some(1)).unwrap();

        settable.0.store(day, Ordering::Relaxed);
        assert_eq!(rate.count(Some(1)).unwrap_err().wait, Duration::from_mins(1));
        settable.0.store(day + minute, Ordering::Relaxed);
        rate.count(Some(1)).unwrap();
    }
}
