//! What a device shows to be known again, whoever is logged in on it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::zeroize::Zeroizing;

use super::SecretHash;

/// 256 random bits that a device is known by. It opens nothing: it says that the
/// right password was given there before. Not printed by `Debug`.
#[derive(Clone)]
pub struct DeviceSecret(Zeroizing<[u8; DeviceSecret::BYTES]>);

impl DeviceSecret {
    /// How many devices of a person are known at once: those they used last.
    pub const PER_USER_MAX: usize = 20;
    /// How much randomness there is in it, in bytes.
    const BYTES: usize = 32;

    /// Makes a secret that nobody can guess.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        getrandom::fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// A secret that a device claims to have; `None` if it cannot be one.
    #[must_use]
    pub fn claimed(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// What is kept of the secret.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.0.as_slice())
    }

    /// The secret itself, to be handed to the device and to nobody else.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }
}

impl fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_what_it_was_given() {
        let secret = DeviceSecret::generate().unwrap();
        assert_eq!(secret.expose().len(), 43);
        assert_eq!(DeviceSecret::claimed(&secret.expose()).unwrap().hash(), secret.hash());
        assert_ne!(DeviceSecret::generate().unwrap().hash(), secret.hash());
        for odd in ["", "short", &"a".repeat(44), &"ä".repeat(43)] {
            assert!(DeviceSecret::claimed(odd).is_none(), "{odd}");
        }
        assert_eq!(format!("{secret:?}"), "DeviceSecret([redacted])");
    }
}
