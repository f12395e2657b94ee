//! What stands between a right password and a session, for whoever has a second factor.

use std::time::Duration;

use confab_core::{Timestamp, UserId};

use super::{ChallengeCode, GuessKey, Method, PasswordHash, SecretHash};

/// That somebody has shown the first factor, and has to show a second one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Recognises its code.
    pub hash: SecretHash,
    /// Whose account it is.
    pub user: UserId,
    /// The device, if the owner has logged in on it before.
    pub device: Option<SecretHash>,
    /// Recognises what the password hashed to, if that was the first factor: it is
    /// worth nothing once it was changed.
    pub password: Option<SecretHash>,
    /// How often a code was tried.
    pub tries: u32,
    /// When it is good for nothing any more.
    pub expires: Timestamp,
}

impl Challenge {
    /// How long one has to show the second factor.
    pub const LIFETIME: Duration = Duration::from_mins(5);
    /// How often one may try, before the first factor is asked for again.
    pub const TRIES_MAX: u32 = 10;
    /// How many a person can have at once; further ones take the place of the oldest.
    pub const PER_USER_MAX: usize = 20;

    /// What is kept to recognise the password that `hash` was made from.
    #[must_use]
    pub fn mark(hash: &PasswordHash) -> SecretHash {
        SecretHash::of(hash.as_str().as_bytes())
    }

    /// What tries of codes are counted for.
    #[must_use]
    pub fn guess_key(&self) -> GuessKey {
        match self.device {
            Some(device) => GuessKey::of_device_codes(self.user, device),
            None => GuessKey::of_codes(self.user),
        }
    }
}

/// A second factor that is asked for.
#[derive(Debug)]
pub struct Asked {
    /// What the answer is to be sent with.
    pub code: ChallengeCode,
    /// How one can answer.
    pub methods: Vec<Method>,
    /// What a passkey is asked, for the browser, if there is one.
    pub passkey_options: Option<String>,
    /// Until when.
    pub expires: Timestamp,
}
