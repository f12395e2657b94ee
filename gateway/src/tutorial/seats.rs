//! How many sockets there may be.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use confab_core::Network;

/// How many sockets one person may have: tabs and devices.
const PER_USER_MAX: u32 = 32;
/// How many may come from one network, which may be that of a school.
const PER_NETWORK_MAX: u32 = 1_024;
/// How many there may be in all, on each process of the gateway.
const ALL_MAX: u32 = 8_192;

/// Counts sockets, and refuses those that are too many.
#[derive(Clone, Default)]
pub struct Seats(Arc<Mutex<Taken>>);

#[derive(Default)]
struct Taken {
    all: u32,
    users: HashMap<String, u32>,
    networks: HashMap<Option<Network>, u32>,
}

/// The place of one socket. It is free again when this value goes.
pub struct Seat {
    seats: Seats,
    user: String,
    network: Option<Network>,
}

impl Seats {
    /// A place for a socket of `user` from `network`, if there is one.
    pub fn take(&self, user: &str, network: Option<Network>) -> Option<Seat> {
        let mut taken = self.lock();
        let of_user = taken.users.get(user).copied().unwrap_or_default();
        let of_network = taken.networks.get(&network).copied().unwrap_or_default();
        if taken.all >= ALL_MAX || of_user >= PER_USER_MAX || of_network >= PER_NETWORK_MAX {
            return None;
        }
        taken.all += 1;
        *taken.users.entry(user.to_owned()).or_default() += 1;
        *taken.networks.entry(network).or_default() += 1;
        Some(Seat { seats: self.clone(), user: user.to_owned(), network })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Nothing that is done under the lock can fail half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        taken.all -= 1;
        leave(&mut taken.users, &self.user);
        leave(&mut taken.networks, &self.network);
    }
}

/// One less of `key`; whoever has none left is not remembered.
fn leave<K: Hash + Eq>(counts: &mut HashMap<K, u32>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_seats_of_others_and_a_seat_is_free_again() {
        let seats = Seats::default();
        let mut taken: Vec<Seat> = (0..PER_USER_MAX).map(|_| seats.take("ada", None).unwrap()).collect();
        assert!(seats.take("ada", None).is_none());
        assert!(seats.take("ben", None).is_some());
        taken.pop();
        assert!(seats.take("ada", None).is_some());
        drop(taken);
        let empty = seats.lock();
        assert_eq!((empty.all, empty.users.len(), empty.networks.len()), (0, 0, 0));
    }

    #[test]
    fn one_network_does_not_take_all_of_them() {
        let seats = Seats::default();
        let people = |count: u32| (0..count).map(|person| person.to_string());
        let _taken: Vec<Seat> =
            people(PER_NETWORK_MAX).map(|user| seats.take(&user, None).unwrap()).collect();
        let elsewhere = Some(Network::of([192, 0, 2, 1].into()));
        assert!(seats.take("ada", None).is_none());
        assert!(seats.take("ada", elsewhere).is_some());
    }
}
