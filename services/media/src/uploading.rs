//! How many files each person is uploading to this process at this moment.
//!
//! It is not stored: a place is free when the stream ends that had it, however it
//! ends, and nothing is left of it after a crash. What is stored of uploads is
//! bounded by how many bytes and files somebody may have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use confab_core::UserId;

/// Who is uploading how many files. Clones are one and the same.
#[derive(Clone, Debug)]
pub struct Uploading {
    each_max: u64,
    now: Arc<Mutex<HashMap<UserId, u64>>>,
}

/// That somebody is uploading a file, for as long as this is kept.
#[derive(Debug)]
pub struct Lane {
    user: UserId,
    now: Arc<Mutex<HashMap<UserId, u64>>>,
}

impl Uploading {
    /// Lets each person upload up to `each_max` files at once.
    #[must_use]
    pub fn new(each_max: u64) -> Self {
        Self { each_max, now: Arc::default() }
    }

    /// How many files each person may be uploading at once.
    #[must_use]
    pub const fn each_max(&self) -> u64 {
        self.each_max
    }

    /// Lets `user` upload one more file, if they may.
    #[must_use]
    pub fn enter(&self, user: UserId) -> Option<Lane> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = now.get(&user).copied().unwrap_or_default();
        if theirs >= self.each_max {
            return None;
        }
        now.insert(user, theirs + 1);
        Some(Lane { user, now: self.now.clone() })
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever uploads nothing takes no room.
        match now.get_mut(&self.user) {
            Some(theirs) if *theirs > 1 => *theirs -= 1,
            _ => drop(now.remove(&self.user)),
        }
    }
}

#[cfg(test)]
mod tests {
    use confab_core::Timestamp;

    use super::*;

    #[test]
    fn as_many_as_may_are_in_and_each_that_leaves_makes_room() {
        let uploading = Uploading::new(2);
        let [ada, bob] = [0, 1].map(|millis| UserId::new(Timestamp::from_millis(millis)));
        let (first, second) = (uploading.enter(ada).unwrap(), uploading.enter(ada).unwrap());
        assert!(uploading.enter(ada).is_none());
        let his = uploading.enter(bob).unwrap();
        drop(first);
        let third = uploading.enter(ada).unwrap();
        assert!(uploading.enter(ada).is_none());
        drop((second, third, his));
        assert!(uploading.now.lock().unwrap().is_empty());
    }
}
