//! Passkeys (WebAuthn): keys that a phone, a computer or a stick keeps for its owner.

use std::fmt;
use std::time::Duration;

use confab_core::{Id, Timestamp, UserId};

use super::{DeviceName, SecretHash};

/// Names a passkey.
pub type PasskeyId = Id<Passkey>;

/// A passkey of somebody. Nothing in here opens a door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Names the passkey.
    pub id: PasskeyId,
    /// Whose it is.
    pub user: UserId,
    /// What they call it.
    pub name: DeviceName,
    /// The name that it gave itself.
    pub credential: CredentialId,
    /// Recognises what it signs: a key in the form of COSE (RFC 9052).
    pub public_key: Vec<u8>,
    /// How it signs (IANA COSE Algorithms).
    pub algorithm: i32,
    /// How often it has signed, if it counts.
    pub counter: u32,
    /// Whether it can be on several devices.
    pub backup_eligible: bool,
    /// Whether it was when it was used last.
    pub backed_up: bool,
    /// When it was added.
    pub created: Timestamp,
    /// When it was used last, if it was.
    pub used: Option<Timestamp>,
}

impl Passkey {
    /// How many passkeys one person can have.
    pub const PER_USER_MAX: usize = 20;
}

/// The name that a passkey gave itself.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CredentialId(Vec<u8>);

impl CredentialId {
    /// The longest one, in bytes (Web Authentication, section 4).
    pub const BYTES_MAX: usize = 1_023;

    /// Takes what a passkey says, or a store has kept; `None` if it is too long or empty.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (1..=Self::BYTES_MAX).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialId({} bytes)", self.0.len())
    }
}

/// What a passkey is asked to sign for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be added to an account.
    Register,
    /// To let its owner in, whoever that is.
    LogIn,
    /// To be the second factor of somebody who logs in.
    SecondFactor,
    /// To prove in a session that it is still its owner.
    Confirm,
}

impl Purpose {
    const ALL: [Self; 4] = [Self::Register, Self::LogIn, Self::SecondFactor, Self::Confirm];

    /// The word that stores have for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::LogIn => "log-in",
            Self::SecondFactor => "second-factor",
            Self::Confirm => "confirm",
        }
    }

    /// The purpose that has this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

/// That a passkey was asked to sign something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceremony {
    /// Recognises what it was asked to sign.
    pub hash: SecretHash,
    /// What for.
    pub purpose: Purpose,
    /// Whose passkey, if that is known.
    pub user: Option<UserId>,
    /// When it is too late.
    pub expires: Timestamp,
}

impl Ceremony {
    /// How long people have to find and use their passkey.
    pub const LIFETIME: Duration = Duration::from_mins(5);

    /// What is kept to recognise `challenge`: 256 random bits.
    #[must_use]
    pub fn hash_of(challenge: &[u8]) -> SecretHash {
        SecretHash::of(challenge)
    }
}

/// What a passkey has signed, as a browser sends it.
pub struct Assertion(pub passki::AuthenticationCredential);

/// A passkey that is to be added, as a browser sends it.
pub struct NewCredential(pub passki::RegistrationCredential);

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Assertion([redacted])")
    }
}

impl fmt::Debug for NewCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewCredential([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_has_a_word_of_its_own() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::of_word(purpose.word()), Some(purpose));
        }
        assert_eq!(Purpose::of_word("spam"), None);
    }

    #[test]
    fn a_name_that_a_passkey_gives_itself_has_a_limit() {
        assert!(CredentialId::new(vec![7; CredentialId::BYTES_MAX]).is_some());
        assert!(CredentialId::new(vec![7; CredentialId::BYTES_MAX + 1]).is_none());
        assert!(CredentialId::new(Vec::new()).is_none());
    }
}
