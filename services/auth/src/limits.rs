//! How many may come in, or have letters sent, before anything is looked up or hashed for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use confab_core::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter};

use crate::config::{Config, EntryLimits};
use crate::domain::AddressPrefix;
use crate::error::Error;

/// Limits log-ins and sign-ups, those from each network and all together.
///
/// Each process counts for itself, and begins anew when it is started: this keeps
/// crowds out. What keeps guessers out is stored, see [`Guesses`](crate::domain::Guesses).
pub struct Limits(Option<All>);

struct All {
    log_ins: Limit,
    sign_ups: Limit,
    letters: Limit,
}

impl Limits {
    /// The limits that `config` sets, with the time by `clock`.
    #[must_use]
    pub fn new(config: &Config, clock: &Arc<dyn Clock>) -> Self {
        let all = || All {
            log_ins: Limit::new(
                Quota::per_minute(config.network_log_ins_per_minute),
                Quota::per_minute(config.log_ins_per_minute),
                clock,
            ),
            sign_ups: Limit::new(
                Quota::per_hour(config.network_sign_ups_per_hour),
                Quota::per_hour(config.sign_ups_per_hour),
                clock,
            ),
            letters: Limit::new(
                Quota::per_hour(config.network_letters_per_hour),
                Quota::per_hour(config.letters_per_hour),
                clock,
            ),
        };
        Self(match config.entry_limits {
            EntryLimits::On => Some(all()),
            EntryLimits::Off => None,
        })
    }

    /// Counts an attempt to log in from `network`.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyRequests`] if there are too many.
    pub fn count_log_in(&self, network: Option<&AddressPrefix>) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |all| all.log_ins.count(network))
    }

    /// Counts an attempt to sign up from `network`.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyRequests`] if there are too many.
    pub fn count_sign_up(&self, network: Option<&AddressPrefix>) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |all| all.sign_ups.count(network))
    }

    /// Counts a letter that somebody in `network` asks for without being logged in.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyRequests`] if there are too many.
    pub fn count_letter(&self, network: Option<&AddressPrefix>) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |all| all.letters.count(network))
    }
}

/// A network, or all those of which we do not know, or have no room for.
type Network = Option<AddressPrefix>;

/// One limit for each network, and one for all.
struct Limit {
    networks: RateLimiter<Network, HashMapStateStore<Network>, Watch, NoOpMiddleware<Duration>>,
    all: RateLimiter<NotKeyed, InMemoryState, Watch, NoOpMiddleware<Duration>>,
    clock: Watch,
    counted: AtomicUsize,
}

impl Limit {
    /// How many networks are counted apart. Further ones share what is left to
    /// all of them, so that a crowd costs no memory.
    const NETWORKS_MAX: usize = 16_384;
    /// After how many attempts networks are forgotten that were quiet for long
    /// enough to begin anew.
    const TIDY_INTERVAL: usize = 1_024;

    fn new(network: Quota, all: Quota, clock: &Arc<dyn Clock>) -> Self {
        let clock = Watch(clock.clone());
        Self {
            networks: RateLimiter::hashmap_with_clock(network, clock.clone()),
            all: RateLimiter::direct_with_clock(all, clock.clone()),
            clock,
            counted: AtomicUsize::new(0),
        }
    }

    fn count(&self, network: Option<&AddressPrefix>) -> Result<(), Error> {
        if self.counted.fetch_add(1, Ordering::Relaxed).is_multiple_of(Self::TIDY_INTERVAL) {
            self.networks.retain_recent();
        }
        let is_full = self.networks.len() >= Self::NETWORKS_MAX;
        // The network first: one that sends too much uses nothing up of what is for all.
        let refused = |until: NotUntil<Duration>| Error::TooManyRequests {
            wait: until.wait_time_from(self.clock.time()),
        };
        self.networks.check_key(&network.cloned().filter(|_| !is_full)).map_err(refused)?;
        self.all.check().map_err(refused)
    }
}

/// The clock as governor reads it. If it is set back, whoever has used up their
/// share waits for as long as it was set back by.
#[derive(Clone)]
struct Watch(Arc<dyn Clock>);

impl Watch {
    fn time(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().as_millis()).unwrap_or(0))
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
    use std::net::{IpAddr, Ipv6Addr};
    use std::num::NonZeroU32;

    use confab_core::{ManualClock, Timestamp};

    use super::*;

    fn network(number: u16) -> AddressPrefix {
        AddressPrefix::of(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, number, 0, 0, 0, 0, 1)))
    }

    fn limit(network: u32, all: u32) -> (Limit, Arc<ManualClock>) {
        let quota = |count| Quota::per_minute(NonZeroU32::new(count).unwrap());
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(4_102_444_800_000)));
        let same: Arc<dyn Clock> = clock.clone();
        (Limit::new(quota(network), quota(all), &same), clock)
    }

    fn wait(refused: Result<(), Error>) -> Duration {
        let Err(Error::TooManyRequests { wait }) = refused else { panic!("{refused:?}") };
        wait
    }

    #[test]
    fn each_network_has_its_own_share_and_gets_it_back() {
        let (limit, clock) = limit(3, 100);
        for _ in 0..3 {
            limit.count(Some(&network(1))).unwrap();
        }
        let wait = wait(limit.count(Some(&network(1))));
        assert_eq!(wait, Duration::from_secs(20));
        limit.count(Some(&network(2))).unwrap();
        limit.count(None).unwrap();

        clock.advance(wait);
        limit.count(Some(&network(1))).unwrap();
        assert!(limit.count(Some(&network(1))).is_err());
    }

    #[test]
    fn all_networks_together_have_a_limit_which_one_alone_does_not_use_up() {
        let (limit, _) = limit(3, 6);
        for _ in 0..50 {
            let _ = limit.count(Some(&network(1)));
        }
        for number in 2..5 {
            limit.count(Some(&network(number))).unwrap();
        }
        assert!(limit.count(Some(&network(5))).is_err());
    }

    #[test]
    fn a_crowd_of_networks_costs_no_memory_and_is_forgotten() {
        let (limit, clock) = limit(1, 1_000_000);
        for number in 0..u16::MAX {
            let _ = limit.count(Some(&network(number)));
        }
        assert!(limit.networks.len() <= Limit::NETWORKS_MAX + 1, "{}", limit.networks.len());

        clock.advance(Duration::from_mins(2));
        for _ in 0..Limit::TIDY_INTERVAL {
            let _ = limit.count(Some(&network(1)));
        }
        assert!(limit.networks.len() <= 2, "{}", limit.networks.len());
    }
}
