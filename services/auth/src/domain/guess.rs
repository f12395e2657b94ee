//! How often a password may be tried before somebody has to wait.
//!
//! A try counts before it is made, and against the account that it is for, from
//! wherever it comes. Two things keep the owner from being locked out by that:
//! the right password takes all earlier tries back, and a device on which they
//! have logged in before is counted by itself.

use std::time::Duration;

use confab_core::{Timestamp, UserId};

use super::{Email, SecretHash};

/// What tries are counted for. Says nothing about whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GuessKey(SecretHash);

impl GuessKey {
    /// Those to log in with `email` from anywhere, whether it has an account or not.
    #[must_use]
    pub fn of_email(email: &Email) -> Self {
        Self::of(b"email\0", email.as_str().as_bytes())
    }

    /// Those to log in as `user` on the device that is known by `device`.
    #[must_use]
    pub fn of_device(user: UserId, device: SecretHash) -> Self {
        let both = [user.as_uuid().as_bytes().as_slice(), device.as_bytes()].concat();
        Self::of(b"device\0", &both)
    }

    /// Those to prove, in a session of `user`, that it is still them.
    #[must_use]
    pub fn of_owner(user: UserId) -> Self {
        Self::of(b"owner\0", user.as_uuid().as_bytes())
    }

    /// Those of codes, to log in as `user` from anywhere.
    #[must_use]
    pub fn of_codes(user: UserId) -> Self {
        Self::of(b"codes\0", user.as_uuid().as_bytes())
    }

    /// Those of codes, to log in as `user` on the device that is known by `device`.
    #[must_use]
    pub fn of_device_codes(user: UserId, device: SecretHash) -> Self {
        let both = [user.as_uuid().as_bytes().as_slice(), device.as_bytes()].concat();
        Self::of(b"device codes\0", &both)
    }

    /// Those of codes, to prove, in a session of `user`, that it is still them.
    #[must_use]
    pub fn of_owner_codes(user: UserId) -> Self {
        Self::of(b"owner codes\0", user.as_uuid().as_bytes())
    }

    fn of(label: &[u8], what: &[u8]) -> Self {
        Self(SecretHash::of(&[label, what].concat()))
    }

    /// The bytes to keep.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The tries of a password since it was last right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesses {
    /// All of them.
    pub total: u32,
    /// Those with less than [`Guesses::FORGIVEN_AFTER`] between one and the next.
    pub recent: u32,
    /// When the last one was.
    pub last: Timestamp,
    /// When they are forgotten; `None` if never.
    pub expires: Option<Timestamp>,
}

/// Why a password may not be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMoreGuesses {
    /// Not so soon after the last try.
    Wait(Duration),
    /// Not from a device that is not known.
    Closed,
}

/// For how long tries are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Until the password is right: those that could open an account.
    ForGood,
    /// As long as it takes for them to be forgiven: those that cannot. There
    /// can be more of them than there are accounts.
    ForADay,
}

impl Guesses {
    /// How many wrong passwords in a row are ever compared with that of an
    /// account (NIST SP 800-63B-4, section 3.2.2).
    pub const TOTAL_MAX: u32 = 100;
    /// How many tries need not wait: more than a person makes.
    pub const FREE_COUNT: u32 = 10;
    /// How long the first try has to wait that does. Each one after it waits
    /// for twice as long.
    pub const WAIT_MIN: Duration = Duration::from_secs(1);
    /// The longest that a try has to wait.
    pub const WAIT_MAX: Duration = Duration::from_hours(1);
    /// How long after the last try the next one need not wait again.
    pub const FORGIVEN_AFTER: Duration = Duration::from_hours(24);

    /// The tries with one more, at `now`, after those of `before`.
    ///
    /// # Errors
    ///
    /// [`NoMoreGuesses`] if there must not be one.
    pub fn one_more(before: Option<Self>, kept: Kept, now: Timestamp) -> Result<Self, NoMoreGuesses> {
        let first = Self { total: 0, recent: 0, last: now, expires: None };
        let is_kept = |before: &Self| before.expires.is_none_or(|expires| expires > now);
        let before = before.filter(is_kept).unwrap_or(first);
        if before.total >= Self::TOTAL_MAX {
            return Err(NoMoreGuesses::Closed);
        }
        let past = now.since(before.last);
        let recent = if past >= Self::FORGIVEN_AFTER { 0 } else { before.recent };
        match Self::wait_after(recent).checked_sub(past) {
            Some(wait) if !wait.is_zero() => return Err(NoMoreGuesses::Wait(wait)),
            _ => {}
        }
        let expires = match kept {
            Kept::ForGood => None,
            Kept::ForADay => Some(now.plus(Self::FORGIVEN_AFTER)),
        };
        Ok(Self { total: before.total + 1, recent: recent + 1, last: now, expires })
    }

    fn wait_after(count: u32) -> Duration {
        let Some(doublings) = count.checked_sub(Self::FREE_COUNT) else { return Duration::ZERO };
        let wait = 2_u32.checked_pow(doublings).and_then(|factor| Self::WAIT_MIN.checked_mul(factor));
        wait.map_or(Self::WAIT_MAX, |wait| wait.min(Self::WAIT_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(4_102_444_800_000);

    /// Tries as fast as it is allowed, and returns when each try was.
    fn try_on(kept: Kept, count: usize) -> Vec<Duration> {
        let (mut before, mut now, mut times) = (None, NOW, Vec::new());
        while times.len() < count {
            match Guesses::one_more(before, kept, now) {
                Ok(after) => {
                    before = Some(after);
                    times.push(now.since(NOW));
                }
                Err(NoMoreGuesses::Wait(wait)) => now = now.plus(wait),
                Err(NoMoreGuesses::Closed) => break,
            }
        }
        times
    }

    #[test]
    fn after_a_few_tries_each_one_waits_twice_as_long() {
        let seconds: Vec<u64> = try_on(Kept::ForGood, 15).iter().map(Duration::as_secs).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 7, 15, 31]);
        let times = try_on(Kept::ForADay, 40);
        assert_eq!(times[39].checked_sub(times[38]).unwrap(), Guesses::WAIT_MAX);
    }

    #[test]
    fn a_hundred_wrong_tries_are_the_end() {
        for kept in [Kept::ForGood, Kept::ForADay] {
            assert_eq!(try_on(kept, 1_000).len(), 100);
        }
    }

    #[test]
    fn a_day_later_nobody_waits_but_all_tries_are_counted() {
        let before = Guesses { total: 60, recent: 30, last: NOW, expires: None };
        let soon = Guesses::one_more(Some(before), Kept::ForGood, NOW);
        assert_eq!(soon, Err(NoMoreGuesses::Wait(Guesses::WAIT_MAX)));
        let later = NOW.plus(Guesses::FORGIVEN_AFTER);
        let after = Guesses::one_more(Some(before), Kept::ForGood, later).unwrap();
        assert_eq!((after.total, after.recent), (61, 1));
    }

    #[test]
    fn tries_that_could_open_nothing_are_forgotten() {
        let first = Guesses::one_more(None, Kept::ForADay, NOW).unwrap();
        let expires = first.expires.unwrap();
        assert_eq!(Guesses::one_more(Some(first), Kept::ForADay, expires).unwrap().total, 1);
        assert_eq!(Guesses::one_more(None, Kept::ForGood, NOW).unwrap().expires, None);
    }

    #[test]
    fn whatever_is_counted_is_counted_apart() {
        let (one, other) = (UserId::new(NOW), UserId::new(NOW));
        let (ada, bob) = (Email::new("ada@example.com").unwrap(), Email::new("bob@example.com").unwrap());
        let device = SecretHash::of(b"a device");
        let keys = [
            GuessKey::of_email(&ada),
            GuessKey::of_email(&bob),
            GuessKey::of_device(one, device),
            GuessKey::of_device(other, device),
            GuessKey::of_owner(one),
            GuessKey::of_owner(other),
            GuessKey::of_codes(one),
            GuessKey::of_device_codes(one, device),
            GuessKey::of_owner_codes(one),
        ];
        for (place, key) in keys.iter().enumerate() {
            assert!(!keys[..place].contains(key), "{place}");
        }
    }
}
