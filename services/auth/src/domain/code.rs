//! Random texts that open or prove something, whoever shows them.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::zeroize::Zeroizing;

use super::SecretHash;

/// The length of a code, in bytes: nobody can try out 2²⁵⁶ of them.
const BYTES: usize = 32;

/// 256 random bits for one `Purpose`. Shown once to whom they are for, and kept
/// as their hash. Not printed by `Debug`.
pub struct Code<Purpose>(Zeroizing<[u8; BYTES]>, PhantomData<fn() -> Purpose>);

/// What a device shows to be known again, whoever is logged in on it. It opens
/// nothing: it says that the right password was given there before.
pub type DeviceSecret = Code<purpose::Device>;
/// What lets people sign up where not everybody can.
pub type InviteCode = Code<purpose::Invite>;

/// What shows that somebody has shown the first factor.
pub type ChallengeCode = Code<purpose::Challenge>;

/// What a provider sends back with whom we have sent there.
pub type StateCode = Code<purpose::State>;

/// What a browser keeps while its owner is at a provider. What we say there is made
/// of it, so that nothing of that is kept.
pub type BindingCode = Code<purpose::Binding>;

/// What a letter lets its reader do.
pub type MailSecret = Code<purpose::Letter>;

/// What codes can be for. There are no values of these types.
pub mod purpose {
    /// See [`StateCode`](super::StateCode).
    pub enum State {}
    /// See [`BindingCode`](super::BindingCode).
    pub enum Binding {}
    /// See [`ChallengeCode`](super::ChallengeCode).
    pub enum Challenge {}
    /// See [`DeviceSecret`](super::DeviceSecret).
    pub enum Device {}
    /// See [`InviteCode`](super::InviteCode).
    pub enum Invite {}
    /// See [`MailSecret`](super::MailSecret).
    pub enum Letter {}
}

impl DeviceSecret {
    /// How many devices of a person are known at once: those they used last.
    pub const PER_USER_MAX: usize = 20;
}

impl BindingCode {
    /// What the ID token has to repeat (OpenID Connect Core, section 3.1.2.1).
    #[must_use]
    pub fn nonce(&self) -> String {
        self.derived(b"nonce\0")
    }

    /// What shows the provider that it is us who come for the token (RFC 7636).
    #[must_use]
    pub fn pkce_verifier(&self) -> Zeroizing<String> {
        Zeroizing::new(self.derived(b"verifier\0"))
    }

    /// What the provider recognises that by.
    #[must_use]
    pub fn pkce_challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(SecretHash::of(self.pkce_verifier().as_bytes()).as_bytes())
    }

    fn derived(&self, label: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(SecretHash::of(&[label, self.0.as_slice()].concat()).as_bytes())
    }
}

impl<Purpose> Code<Purpose> {
    /// Makes a code that nobody can guess.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        getrandom::fill(bytes.as_mut_slice())?;
        Ok(Self(bytes, PhantomData))
    }

    /// A code that somebody claims to have; `None` if it cannot be one.
    #[must_use]
    pub fn claimed(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?), PhantomData))
    }

    /// What is kept of the code.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.0.as_slice())
    }

    /// The code itself, to be handed to whom it is for and to nobody else.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }
}

impl<Purpose> fmt::Debug for Code<Purpose> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_by_its_hash() {
        let code = DeviceSecret::generate().unwrap();
        assert_eq!(code.expose().len(), 43);
        assert_eq!(DeviceSecret::claimed(&code.expose()).unwrap().hash(), code.hash());
        assert_ne!(DeviceSecret::generate().unwrap().hash(), code.hash());
        for odd in ["", "short", &"a".repeat(44), &"ä".repeat(43)] {
            assert!(DeviceSecret::claimed(odd).is_none(), "{odd}");
        }
        assert_eq!(format!("{code:?}"), "Code([redacted])");
    }
}
