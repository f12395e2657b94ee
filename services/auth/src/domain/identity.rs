//! Who people are elsewhere, where they log in with that (OpenID Connect).

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use confab_core::{Id, Timestamp, UserId};

use super::{BindingCode, Delivery, Device, DeviceSecret, InviteCode, SecretHash, StateCode};

/// Names an identity.
pub type IdentityId = Id<Identity>;

/// That somebody is known elsewhere. Nothing in here opens a door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Names it.
    pub id: IdentityId,
    /// Who it is here.
    pub user: UserId,
    /// Where they are known.
    pub provider: ProviderId,
    /// As whom: never anybody else's there.
    pub subject: String,
    /// The address they had there when it was linked, to recognise it by.
    pub email: String,
    /// When it was linked.
    pub created: Timestamp,
}

impl Identity {
    /// How many one person can have.
    pub const PER_USER_MAX: usize = 20;
}

/// Names a provider in our configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProviderId(String);

/// Why a text does not name a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 32 of a to z, 0 to 9 and hyphens")]
pub struct InvalidProviderId;

impl ProviderId {
    /// The longest name, in characters.
    const CHARS_MAX: usize = 32;

    /// Takes what a store has kept.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProviderId {
    type Err = InvalidProviderId;

    fn from_str(text: &str) -> Result<Self, InvalidProviderId> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_one = (1..=Self::CHARS_MAX).contains(&text.len()) && text.chars().all(fits);
        if is_one { Ok(Self(text.to_owned())) } else { Err(InvalidProviderId) }
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// That somebody was sent to a provider, and is to come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Recognises what the provider sends back with them.
    pub state: SecretHash,
    /// Recognises what their browser has kept meanwhile.
    pub binding: SecretHash,
    /// Where they were sent.
    pub provider: ProviderId,
    /// To whose account it is to be linked; none if they want to log in.
    pub user: Option<UserId>,
    /// When it is too late.
    pub expires: Timestamp,
}

impl Attempt {
    /// How long one has to log in there.
    pub const LIFETIME: Duration = Duration::from_mins(10);
}

/// Somebody who comes back from a provider.
#[derive(Debug)]
pub struct Return {
    /// What the provider sends back; `None` if it cannot be that.
    pub state: Option<StateCode>,
    /// What their browser has kept; `None` if it cannot be that.
    pub binding: Option<BindingCode>,
    /// What the provider tells us about them for.
    pub code: secrecy::SecretString,
}

/// A log-in with a provider.
#[derive(Debug)]
pub struct ProviderLogIn {
    /// Who comes back.
    pub back: Return,
    /// How the session is handed over.
    pub delivery: Delivery,
    /// From where they come.
    pub device: Device,
    /// What the device is known by, if it has been given something.
    pub device_secret: Option<DeviceSecret>,
    /// The code of an invitation, if they have one and no account.
    pub invite: Option<InviteCode>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_has_a_name_that_fits_everywhere() {
        assert_eq!("my-company-1".parse::<ProviderId>().unwrap().as_str(), "my-company-1");
        for odd in ["", "My", "a b", "a/b", &"a".repeat(33)] {
            assert!(odd.parse::<ProviderId>().is_err(), "{odd}");
        }
    }
}
