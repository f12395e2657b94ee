//! From where somebody is logged in, as they will recognise it in a list.

use std::net::IpAddr;

use confab_core::Network;

use super::fold::{is_deceptive, normalize};

/// A device, as far as we care.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// What it calls itself.
    pub name: DeviceName,
    /// From where it was used last, if that is known.
    pub address: Option<AddressPrefix>,
}

/// What a device calls itself; empty if it did not say. Anything can be claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceName(String);

/// Why a text is not the name of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDeviceName {
    /// See [`DeviceName::CHARS_MAX`].
    #[error("must not be longer than {} characters", DeviceName::CHARS_MAX)]
    TooLong,
    /// It could spoil the page it stands on.
    #[error("must not have control characters, nor any that turn the direction of writing")]
    Character,
}

impl DeviceName {
    /// The longest name, in characters (Unicode code points).
    pub const CHARS_MAX: usize = 100;

    /// Checks a name that somebody has chosen.
    ///
    /// # Errors
    ///
    /// [`InvalidDeviceName`] says what is wrong.
    pub fn new(text: &str) -> Result<Self, InvalidDeviceName> {
        let name = normalize(text.trim());
        if name.chars().any(is_deceptive) {
            return Err(InvalidDeviceName::Character);
        }
        if name.chars().count() > Self::CHARS_MAX {
            return Err(InvalidDeviceName::TooLong);
        }
        Ok(Self(name))
    }

    /// What a program says of itself without being asked (RFC 9110, section
    /// 10.1.5), cut to what fits.
    #[must_use]
    pub fn of_user_agent(text: &str) -> Self {
        let fits = text.trim().chars().filter(|c| !is_deceptive(*c)).take(Self::CHARS_MAX);
        Self(fits.collect())
    }

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

/// Enough of an address for people to recognise where they were, and too little
/// to tell them apart: 24 bits of IPv4, 48 of IPv6.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressPrefix(String);

impl AddressPrefix {
    /// The prefix that `address` is in. An IPv4 address in the form of an IPv6
    /// one is an IPv4 address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(Network::of(address).to_string())
    }

    /// Takes what a store has kept.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The prefix, such as `198.51.100.0/24`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_checked_and_what_programs_say_is_cut() {
        assert_eq!(DeviceName::new(" Ada's phone ").unwrap().as_str(), "Ada's phone");
        assert_eq!(DeviceName::new("").unwrap(), DeviceName::default());
        assert_eq!(DeviceName::new("a\u{202E}b"), Err(InvalidDeviceName::Character));
        assert_eq!(DeviceName::new(&"x".repeat(101)), Err(InvalidDeviceName::TooLong));
        let cut = DeviceName::of_user_agent(&format!(" grpc\u{7}url/1 {}", "x".repeat(200)));
        assert!(cut.as_str().starts_with("grpcurl/1 x"), "{cut:?}");
        assert_eq!(cut.as_str().chars().count(), DeviceName::CHARS_MAX);
    }

    #[test]
    fn the_end_of_an_address_is_left_out() {
        for (address, prefix) in [
            ("198.51.100.77", "198.51.100.0/24"),
            ("::ffff:198.51.100.77", "198.51.100.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("::1", "::/48"),
        ] {
            assert_eq!(AddressPrefix::of(address.parse().unwrap()).as_str(), prefix);
        }
    }
}
