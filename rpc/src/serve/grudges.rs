//! Networks whose clients are told to go again and again: whoever comes from there waits before we listen.
//!
//! Each connection may begin with a burst of frames that say nothing, and each is looked at before it is refused. So whoever comes
//! back as soon as they are told to go keeps us busy all the same, and everybody else waits. Nobody is shut out: their neighbours
//! wait a little, too, and connections that are there go on.

use std::collections::HashMap;
use std::error::Error;
use std::iter::successors;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use confab_core::Network;
use tokio::time::Instant;

/// How many connections of one network may end because of what was sent on them, before the next ones wait.
const BREACHES_FREE: u32 = 30;
/// How many are remembered at most: so it is soon forgotten when it stops.
const BREACHES_MAX: u32 = 45;
/// After how long one of them is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(2);
/// How long a connection waits.
const WAIT: Duration = Duration::from_secs(2);
/// How many networks are remembered. In a crowd of more we have other worries.
const NETWORKS_MAX: usize = 4_096;

/// What we have against whom. Clones are one and the same.
#[derive(Clone, Default)]
pub struct Grudges(Arc<Mutex<Memory>>);

#[derive(Default)]
struct Memory {
    networks: HashMap<Network, Grudge>,
    /// When it was last looked through for what is forgotten, which takes a while.
    tidied: Option<Instant>,
}

/// What we have against one network.
#[derive(Clone, Copy, Debug)]
struct Grudge {
    breaches: u32,
    /// Since when none of them was forgotten.
    since: Instant,
}

impl Grudges {
    /// How long a connection from `network` has to wait that has come at `now`.
    pub fn wait(&self, network: Network, now: Instant) -> Option<Duration> {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let grudge = memory.networks.get_mut(&network)?;
        grudge.forget(now);
        (grudge.breaches > BREACHES_FREE).then_some(WAIT)
    }

    /// Takes in that a connection from `network` was ended because of what was sent on it. Returns whether
    /// those that follow have to wait from now on, and those before had not.
    pub fn note(&self, network: Network, now: Instant) -> bool {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !memory.networks.contains_key(&network) && !memory.make_room(now) {
            return false;
        }
        let grudge = memory.networks.entry(network).or_insert(Grudge { breaches: 0, since: now });
        grudge.forget(now);
        grudge.breaches = (grudge.breaches + 1).min(BREACHES_MAX);
        grudge.breaches == BREACHES_FREE + 1
    }
}

impl Memory {
    /// Whether there is room for one more network, after a look at what is forgotten.
    fn make_room(&mut self, now: Instant) -> bool {
        let is_due =
            self.tidied.is_none_or(|tidied| now.saturating_duration_since(tidied) >= FORGOTTEN_AFTER);
        if self.networks.len() >= NETWORKS_MAX && is_due {
            self.tidied = Some(now);
            self.networks.retain(|_, grudge| {
                grudge.forget(now);
                grudge.breaches > 0
            });
        }
        self.networks.len() < NETWORKS_MAX
    }
}

impl Grudge {
    fn forget(&mut self, now: Instant) {
        let gone = now.saturating_duration_since(self.since).as_millis() / FORGOTTEN_AFTER.as_millis();
        let gone = u32::try_from(gone).unwrap_or(u32::MAX).min(self.breaches);
        self.breaches -= gone;
        self.since = if self.breaches == 0 { now } else { self.since + FORGOTTEN_AFTER * gone };
    }
}

/// Whether a connection has ended with `error` because we would not go on with what was sent on it over HTTP/2.
pub fn is_breach(error: &(dyn Error + 'static)) -> bool {
    let causes = successors(Some(error), |&error| error.source());
    causes.filter_map(|cause| cause.downcast_ref::<h2::Error>()).any(h2::Error::is_library)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(last: u8) -> Network {
        Network::of(std::net::IpAddr::from([192, 0, last, 7]))
    }

    #[test]
    fn whoever_comes_back_again_and_again_waits_and_nobody_else() {
        let (grudges, now) = (Grudges::default(), Instant::now());
        for _ in 0..BREACHES_FREE {
            assert!(!grudges.note(network(1), now));
            assert_eq!(grudges.wait(network(1), now), None);
        }
        assert!(grudges.note(network(1), now), "that is said once");
        assert!(!grudges.note(network(1), now));
        assert_eq!(grudges.wait(network(1), now), Some(WAIT));
        assert_eq!(grudges.wait(network(2), now), None);
    }

    #[test]
    fn it_is_forgotten_when_it_stops_however_much_it_was() {
        let (grudges, now) = (Grudges::default(), Instant::now());
        for _ in 0..10 * BREACHES_MAX {
            grudges.note(network(1), now);
        }
        let soon = now + FORGOTTEN_AFTER * (BREACHES_MAX - BREACHES_FREE - 1);
        assert_eq!(grudges.wait(network(1), soon), Some(WAIT));
        assert_eq!(grudges.wait(network(1), soon + FORGOTTEN_AFTER), None);
        assert!(grudges.note(network(1), soon + FORGOTTEN_AFTER), "but not all of it");
    }

    #[test]
    fn a_crowd_of_networks_costs_no_more_than_there_is_room_for() {
        let (grudges, now) = (Grudges::default(), Instant::now());
        let networks = |first: u32| {
            (first..).map(|index| Network::of(std::net::IpAddr::from((index << 8).to_be_bytes())))
        };
        for network in networks(0).take(2 * NETWORKS_MAX) {
            grudges.note(network, now);
        }
        assert_eq!(grudges.0.lock().unwrap().networks.len(), NETWORKS_MAX);
        let later = now + FORGOTTEN_AFTER;
        for network in networks(1 << 20).take(10) {
            grudges.note(network, later);
        }
        assert_eq!(grudges.0.lock().unwrap().networks.len(), 10, "what is forgotten makes room");
    }
}
