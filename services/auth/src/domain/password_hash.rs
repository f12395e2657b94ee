//! How passwords are kept: never, only what they hash to.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha256};

use super::Password;

/// What a password hashes to, with the name of the scheme in front.
///
/// Hashing and comparing take as long as the cost demands, so they are done
/// where nobody waits: see [`Hasher`](crate::hashing::Hasher).
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// bcrypt over the base64 of the SHA-256, so that every byte of a password
    /// counts: bcrypt alone cuts at 72 bytes and stumbles over NUL.
    const SCHEME: &'static str = "bcrypt-sha256:";

    /// Hashes `password` at `cost`; each step of cost takes twice as long.
    ///
    /// # Errors
    ///
    /// If the cost is out of bcrypt's range, or the system has no randomness.
    pub fn new(password: &Password, cost: u32) -> Result<Self, bcrypt::BcryptError> {
        let hash = bcrypt::non_truncating_hash(digest(password), cost)?;
        Ok(Self(format!("{}{hash}", Self::SCHEME)))
    }

    /// A hash that no password has, and that takes as long as any other of its
    /// cost to find that out: for when there is no account to compare with.
    #[must_use]
    pub fn of_nobody(cost: u32) -> Self {
        Self(format!("{}$2b${cost:02}${}", Self::SCHEME, ".".repeat(53)))
    }

    /// Takes what a store has kept.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text to keep.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether `password` is the one.
    ///
    /// Accounts that were imported from elsewhere have bare bcrypt hashes. These
    /// never saw more than 72 bytes, so a longer password proves nothing there.
    ///
    /// # Errors
    ///
    /// If this is not a hash of a scheme we know.
    pub fn verify(&self, password: &Password) -> Result<bool, bcrypt::BcryptError> {
        match self.0.strip_prefix(Self::SCHEME) {
            Some(hash) => bcrypt::non_truncating_verify(digest(password), hash),
            None if password.expose().contains('\0') => Ok(false),
            None => match bcrypt::non_truncating_verify(password.expose(), &self.0) {
                Err(bcrypt::BcryptError::Truncation(_)) => Ok(false),
                verdict => verdict,
            },
        }
    }

    /// Tells whether this was made in another way than [`PasswordHash::new`] would now.
    #[must_use]
    pub fn is_outdated(&self, cost: u32) -> bool {
        !self.0.starts_with(&format!("{}$2b${cost:02}$", Self::SCHEME))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

/// 43 characters, none of them NUL: as much as bcrypt takes without loss.
fn digest(password: &Password) -> String {
    STANDARD_NO_PAD.encode(Sha256::digest(password.expose()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lowest that bcrypt allows; what is tested does not depend on it.
    const COST: u32 = 4;

    fn hash(text: &str) -> PasswordHash {
        PasswordHash::new(&Password::claimed(text), COST).unwrap()
    }

    fn is(hash: &PasswordHash, text: &str) -> bool {
        hash.verify(&Password::claimed(text)).unwrap()
    }

    #[test]
    fn only_the_password_itself_is_accepted() {
        let stored = hash("correct horse");
        assert!(is(&stored, "correct horse"));
        for wrong in ["", "correct hors", "correct horse ", "Correct horse", "correct horse\0"] {
            assert!(!is(&stored, wrong), "{wrong:?}");
        }
    }

    #[test]
    fn every_byte_of_a_long_password_counts() {
        let password = "a".repeat(256);
        let stored = hash(&password);
        for place in [0, 71, 72, 73, 255] {
            let mut wrong = password.clone();
            wrong.replace_range(place..=place, "b");
            assert!(!is(&stored, &wrong), "byte {place}");
        }
    }

    #[test]
    fn the_keyboard_does_not_matter() {
        assert!(is(&hash("cafe\u{301} au lait"), "caf\u{e9} au lait"));
    }

    #[test]
    fn hashes_are_salted_and_name_their_scheme() {
        let (one, other) = (hash("same"), hash("same"));
        assert_ne!(one, other);
        assert!(one.as_str().starts_with("bcrypt-sha256:$2b$04$"));
        assert!(!one.is_outdated(COST));
        assert!(one.is_outdated(COST + 1));
    }

    #[test]
    fn nobody_has_no_password() {
        let nobody = PasswordHash::of_nobody(COST);
        for text in ["", "password", "."] {
            assert!(!is(&nobody, text), "{text:?}");
        }
    }

    #[test]
    fn imported_hashes_are_accepted_and_outdated() {
        let imported =
            PasswordHash::stored(bcrypt::hash("from elsewhere", COST).unwrap().replace("$2b$", "$2a$"));
        assert!(is(&imported, "from elsewhere"));
        assert!(!is(&imported, "from elsewher"));
        assert!(imported.is_outdated(COST));
    }

    #[test]
    fn an_imported_hash_does_not_accept_what_it_never_saw() {
        let imported = PasswordHash::stored(bcrypt::hash("a".repeat(72), COST).unwrap());
        assert!(!is(&imported, &format!("{}tail", "a".repeat(72))));
        let nul = PasswordHash::stored(bcrypt::hash("\0", COST).unwrap());
        assert!(!is(&nul, "\0\0"));
    }

    #[test]
    fn a_hash_of_an_unknown_scheme_is_an_error() {
        assert!(PasswordHash::stored("plain:secret".into()).verify(&Password::claimed("secret")).is_err());
    }
}
