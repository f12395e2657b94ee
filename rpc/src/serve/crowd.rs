//! How many connections there are, from each network and in all.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use confab_core::Network;

use super::DoorConfig;
use crate::measure::{CONNECTIONS, Inside};

/// Everybody who is connected. Clones are one and the same.
#[derive(Clone)]
pub struct Crowd(Arc<Mutex<Counts>>);

struct Counts {
    all_max: usize,
    network_max: Option<NonZeroUsize>,
    all: usize,
    /// Only networks that somebody is connected from.
    networks: HashMap<Network, usize>,
}

/// A place in the crowd, which is free again when this value goes.
pub struct Admitted {
    crowd: Crowd,
    network: Network,
    _inside: Inside,
}

/// There is no place left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Crowd {
    /// Nobody, with room for as many as `config` says.
    pub fn new(config: DoorConfig) -> Self {
        let counts = Counts {
            all_max: config.connections.get(),
            network_max: NonZeroUsize::new(config.network_connections),
            all: 0,
            networks: HashMap::new(),
        };
        Self(Arc::new(Mutex::new(counts)))
    }

    /// Gives a place to a connection from `address`.
    pub fn admit(&self, address: IpAddr) -> Result<Admitted, Full> {
        let network = Network::of(address);
        let mut counts = self.counts();
        let there = counts.networks.get(&network).copied().unwrap_or(0);
        if counts.all >= counts.all_max || counts.network_max.is_some_and(|max| there >= max.get()) {
            return Err(Full);
        }
        counts.all += 1;
        counts.networks.insert(network, there + 1);
        Ok(Admitted { crowd: self.clone(), network, _inside: Inside::new(CONNECTIONS) })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Numbers that are changed in one step are right also after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut counts = self.crowd.counts();
        counts.all -= 1;
        if let Entry::Occupied(mut there) = counts.networks.entry(self.network) {
            *there.get_mut() -= 1;
            if *there.get() == 0 {
                there.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd(all: usize, network: usize) -> Crowd {
        let connections = NonZeroUsize::new(all).unwrap();
        let connection_age = std::time::Duration::from_mins(30);
        Crowd::new(DoorConfig { connections, network_connections: network, connection_age })
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_has_its_places_and_everybody_has_theirs() {
        let crowd = crowd(3, 2);
        let mut within = vec![crowd.admit(address("192.0.2.1")).unwrap()];
        within.push(crowd.admit(address("192.0.2.2")).unwrap());
        assert!(crowd.admit(address("192.0.2.3")).is_err());
        within.push(crowd.admit(address("198.51.100.1")).unwrap());
        assert!(crowd.admit(address("203.0.113.1")).is_err());

        within.remove(0);
        within.push(crowd.admit(address("192.0.2.3")).unwrap());
        drop(within);
        assert!(crowd.counts().networks.is_empty() && crowd.counts().all == 0);
    }

    #[test]
    fn networks_need_not_be_counted() {
        let crowd = crowd(100, 0);
        let within: Vec<_> = (0..100).map(|_| crowd.admit(address("192.0.2.1")).unwrap()).collect();
        assert!(crowd.admit(address("192.0.2.1")).is_err());
        assert_eq!(within.len(), 100);
    }
}
