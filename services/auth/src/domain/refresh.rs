//! Refresh tokens: how a program stays logged in, one use at a time.
//!
//! ```text
//! token        = family ‖ secret           256 random bits each
//! successor    = family ‖ SHA-256(label ‖ salt ‖ secret)
//! what we keep = SHA-256(family), SHA-256(secret), and of the last turn
//!                SHA-256(old secret), its salt, and when it was
//! ```
//!
//! # Invariants
//!
//! * Nothing that we keep is a token, or becomes one without a token.
//! * Of one token comes one successor, however often it is asked for and by
//!   whichever node: a lost answer can be given again, and a race has no loser.
//! * Only who has held a token of a family can be taken for its thief.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_core::Timestamp;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use sha2::{Digest, Sha256};

use super::SecretHash;

/// The length of either half of a token, in bytes.
const HALF_BYTES: usize = 32;
/// What keeps the hash that makes a successor apart from all others.
const SUCCESSOR_LABEL: &[u8] = b"confab refresh token v1\0";

/// What a program shows, once, to go on with its session. Not printed by
/// `Debug`, and wiped from memory when dropped.
#[derive(Clone)]
pub struct RefreshToken {
    /// The same in all tokens of a session: finds it.
    family: Zeroizing<[u8; HALF_BYTES]>,
    /// Another one in each token.
    secret: Zeroizing<[u8; HALF_BYTES]>,
}

impl RefreshToken {
    /// How long a token can be used after it was given out.
    pub const IDLE_TIME_MAX: Duration = Duration::from_hours(30 * 24);
    /// How long a session can go on by refreshing it.
    pub const SESSION_TIME_MAX: Duration = Duration::from_hours(180 * 24);
    /// How long after its use a token gives the same successor once more.
    pub const REPEAT_TIME_MAX: Duration = Duration::from_secs(10);

    /// Makes the first token of a new family.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut family = Zeroizing::new([0; HALF_BYTES]);
        let mut secret = Zeroizing::new([0; HALF_BYTES]);
        getrandom::fill(family.as_mut_slice())?;
        getrandom::fill(secret.as_mut_slice())?;
        Ok(Self { family, secret })
    }

    /// A token that somebody claims to have; `None` if it cannot be one.
    #[must_use]
    pub fn claimed(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        let (family, secret) = bytes.split_at_checked(HALF_BYTES)?;
        let (family, secret) = (family.try_into().ok()?, secret.try_into().ok()?);
        Some(Self { family: Zeroizing::new(family), secret: Zeroizing::new(secret) })
    }

    /// Recognises all tokens of the family.
    #[must_use]
    pub fn family_hash(&self) -> SecretHash {
        SecretHash::of(self.family.as_slice())
    }

    /// Recognises this token among those of its family.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.secret.as_slice())
    }

    /// The token itself, to be handed to its owner and to nobody else.
    #[must_use]
    pub fn expose(&self) -> SecretString {
        let mut bytes = Zeroizing::new([0; 2 * HALF_BYTES]);
        bytes[..HALF_BYTES].copy_from_slice(self.family.as_slice());
        bytes[HALF_BYTES..].copy_from_slice(self.secret.as_slice());
        URL_SAFE_NO_PAD.encode(bytes.as_slice()).into()
    }

    /// The token that takes the place of this one.
    fn successor(&self, salt: &Salt) -> Self {
        let hash = Sha256::new().chain_update(SUCCESSOR_LABEL).chain_update(salt.0);
        let secret = hash.chain_update(self.secret.as_slice()).finalize();
        Self { family: self.family.clone(), secret: Zeroizing::new(secret.into()) }
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken([redacted])")
    }
}

/// What makes a successor unforeseeable for who holds the token before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; HALF_BYTES]);

impl Salt {
    /// Makes a salt that nobody can guess.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; HALF_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Takes what a store has kept; `None` if it does not have 32 bytes.
    pub(crate) fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes to keep.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt([redacted])")
    }
}

/// How far the tokens of a family have come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Recognises the token that is to be used next.
    pub current: SecretHash,
    /// How that came about; `None` if it is the first one.
    pub last: Option<Turn>,
}

/// That one token took the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Recognises the token that was used.
    pub used: SecretHash,
    /// What its successor was made with.
    pub salt: Salt,
    /// When it was used.
    pub at: Timestamp,
}

impl Rotation {
    /// The beginning of a family.
    #[must_use]
    pub fn starting_with(token: &RefreshToken) -> Self {
        Self { current: token.hash(), last: None }
    }

    /// Tells whether it is the turn of `token`.
    #[must_use]
    pub fn awaits(&self, token: &RefreshToken) -> bool {
        self.current == token.hash()
    }

    /// Uses `token` at `now`: what is then to be kept, and its successor.
    #[must_use]
    pub fn turn(token: &RefreshToken, salt: Salt, now: Timestamp) -> (Self, RefreshToken) {
        let successor = token.successor(&salt);
        let last = Some(Turn { used: token.hash(), salt, at: now });
        (Self { current: successor.hash(), last }, successor)
    }

    /// The successor of `token` once more, if it was used last, and just now.
    #[must_use]
    pub fn repeat(&self, token: &RefreshToken, now: Timestamp) -> Option<RefreshToken> {
        let turn = self.last.as_ref().filter(|turn| turn.used == token.hash())?;
        let is_recent = now.since(turn.at) <= RefreshToken::REPEAT_TIME_MAX;
        is_recent.then(|| token.successor(&turn.salt))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(4_102_444_800_000);

    fn text(token: &RefreshToken) -> String {
        token.expose().expose_secret().to_owned()
    }

    #[test]
    fn a_token_survives_the_way_to_its_owner_and_back() {
        let token = RefreshToken::generate().unwrap();
        assert_eq!(text(&token).len(), 86);
        let back = RefreshToken::claimed(&text(&token)).unwrap();
        assert_eq!((back.family_hash(), back.hash()), (token.family_hash(), token.hash()));
        assert_ne!(token.family_hash(), token.hash());
    }

    #[test]
    fn what_cannot_be_a_token_is_none() {
        let token = text(&RefreshToken::generate().unwrap());
        for odd in ["", "A", &token[1..], &format!("{token}A"), &"ä".repeat(43), &format!("{}=", &token[1..])]
        {
            assert!(RefreshToken::claimed(odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn a_token_has_one_successor_of_its_family_for_ten_seconds() {
        let first = RefreshToken::generate().unwrap();
        let (rotation, second) = Rotation::turn(&first, Salt::generate().unwrap(), NOW);
        assert_eq!(second.family_hash(), first.family_hash());
        assert!(rotation.awaits(&second) && !rotation.awaits(&first));

        let at = |millis| Timestamp::from_millis(NOW.as_millis() + millis);
        assert_eq!(text(&rotation.repeat(&first, at(10_000)).unwrap()), text(&second));
        assert!(rotation.repeat(&first, at(10_001)).is_none());
        assert!(rotation.repeat(&second, NOW).is_none());
    }

    #[test]
    fn a_successor_depends_on_the_salt() {
        let token = RefreshToken::generate().unwrap();
        let next = || text(&Rotation::turn(&token, Salt::generate().unwrap(), NOW).1);
        assert_ne!(next(), next());
    }

    #[test]
    fn nothing_of_a_token_is_printed() {
        let token = RefreshToken::generate().unwrap();
        let (rotation, _) = Rotation::turn(&token, Salt::generate().unwrap(), NOW);
        assert_eq!(format!("{token:?}"), "RefreshToken([redacted])");
        assert_eq!(format!("{rotation:?}").matches("[redacted]").count(), 3);
    }
}
