//! How many may come in, or have letters sent, before anything is looked up or hashed for them.

use std::num::NonZeroU32;
use std::sync::Arc;

use confab_core::{Clock, UserId};
use confab_rpc::{Quota, Rate, TooOften};

use crate::config::{Config, EntryLimits};
use crate::domain::{AddressPrefix, GuessKey};
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
    /// The letters that each person has sent who is logged in.
    own_letters: Rate<UserId>,
    /// The passwords that are compared for each account.
    comparisons: Rate<GuessKey>,
}

/// How many letters an hour somebody who is logged in may have sent, to addresses that
/// need not be theirs: more than it takes to mistype some, and nothing to flood others with.
const OWN_LETTERS_PER_HOUR: NonZeroU32 = NonZeroU32::new(10).expect("10 is not zero");
/// How many passwords a minute are compared for one account, or on one of its devices, though
/// they be right: that takes long, and whoever has an account shall not keep everybody else out.
/// Wrong ones have to wait long before: see [`Guesses`](crate::domain::Guesses).
const COMPARISONS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("30 is not zero");
/// How many people, or accounts, are counted apart in these.
const PEOPLE_MAX: usize = 16_384;

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
            own_letters: Rate::new(Quota::per_hour(OWN_LETTERS_PER_HOUR), None, PEOPLE_MAX, clock),
            comparisons: Rate::new(Quota::per_minute(COMPARISONS_PER_MINUTE), None, PEOPLE_MAX, clock),
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

    /// Counts a letter that `user` asks for, who is logged in.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyRequests`] if there are too many.
    pub fn count_own_letter(&self, user: UserId) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |all| all.own_letters.count(Some(user)).map_err(refused))
    }

    /// Counts that a password is to be compared for `key`, right or wrong.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyRequests`] if there are too many.
    pub fn count_comparison(&self, key: GuessKey) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |all| all.comparisons.count(Some(key)).map_err(refused))
    }
}

fn refused(TooOften { wait, .. }: TooOften) -> Error {
    Error::TooManyRequests { wait }
}

/// One limit for each network, and one for all.
struct Limit(Rate<AddressPrefix>);

impl Limit {
    /// How many networks are counted apart.
    const NETWORKS_MAX: usize = 16_384;

    fn new(network: Quota, all: Quota, clock: &Arc<dyn Clock>) -> Self {
        Self(Rate::new(network, Some(all), Self::NETWORKS_MAX, clock))
    }

    fn count(&self, network: Option<&AddressPrefix>) -> Result<(), Error> {
        self.0.count(network.cloned()).map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv6Addr};
    use std::time::Duration;

    use confab_core::{ManualClock, Timestamp};

    use super::*;

    fn network(number: u16) -> AddressPrefix {
        AddressPrefix::of(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, number, 0, 0, 0, 0, 1)))
    }

    #[test]
    fn a_network_that_tries_too_often_is_told_how_long_to_wait() {
        let quota = |count| Quota::per_minute(NonZeroU32::new(count).unwrap());
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(Timestamp::from_millis(4_102_444_800_000)));
        let limit = Limit::new(quota(3), quota(100), &clock);
        for _ in 0..3 {
            limit.count(Some(&network(1))).unwrap();
        }
        let refused = limit.count(Some(&network(1))).unwrap_err();
        assert!(
            matches!(refused, Error::TooManyRequests { wait } if wait == Duration::from_secs(20)),
            "{refused:?}"
        );
        limit.count(Some(&network(2))).unwrap();
        limit.count(None).unwrap();
    }
}
