//! How passwords are kept: never, only what they hash to.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bcrypt::BcryptError;
use sha2::{Digest, Sha256};

use super::Password;

/// How much of a text bcrypt sees, in bytes.
const BCRYPT_BYTES_MAX: usize = 72;

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
    pub fn new(password: &Password, cost: u32) -> Result<Self, BcryptError> {
        let hash = bcrypt::non_truncating_hash(digest(password), cost)?;
        Ok(Self(format!("{}{hash}", Self::SCHEME)))
    }

    /// A hash that no password has, and that takes as long as any other of its
    /// cost to find that out: for when there is no account to compare with.
    #[must_use]
    pub fn of_nobody(cost: u32) -> Self {
        Self(format!("{}{}", Self::SCHEME, nobody(cost)))
    }

    /// The highest cost of a hash that is taken over: some seconds for each log-in.
    pub const FOREIGN_COST_MAX: u32 = 16;

    /// Takes over what bcrypt has made of a password elsewhere; `None` if it was
    /// not bcrypt, or nobody can wait for it.
    #[must_use]
    pub fn foreign(text: &str) -> Option<Self> {
        let is_known = ["$2a$", "$2b$", "$2y$"].iter().any(|version| text.starts_with(version));
        let parts: bcrypt::HashParts = text.parse().ok()?;
        (is_known && parts.get_cost() <= Self::FOREIGN_COST_MAX).then(|| Self(text.to_owned()))
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
    /// If it is wrong, that takes as long as with a hash of `cost`, so that the
    /// time does not tell old accounts from those that do not exist. Only with
    /// a hash of a higher cost it takes longer.
    ///
    /// # Errors
    ///
    /// If this is not a hash of a scheme we know.
    pub fn verify(&self, password: &Password, cost: u32) -> Result<bool, BcryptError> {
        self.verify_by(|text, hash| bcrypt::non_truncating_verify(text, hash), password, cost)
    }

    fn verify_by(
        &self,
        mut compare: impl FnMut(&str, &str) -> Result<bool, BcryptError>,
        password: &Password,
        cost: u32,
    ) -> Result<bool, BcryptError> {
        let digest = digest(password);
        let (text, hash) = match self.0.strip_prefix(Self::SCHEME) {
            Some(hash) => (Some(digest.as_str()), hash),
            None => (Some(password.expose()).filter(|text| is_whole_to_bcrypt(text)), self.0.as_str()),
        };
        let hash_cost = hash.parse::<bcrypt::HashParts>()?.get_cost();

        let left_to_do = match text {
            Some(text) if compare(text, hash)? => return Ok(true),
            // Each step of cost takes twice as long: c, and then all from c to
            // below `cost`, take together as long as `cost`.
            Some(_) => hash_cost..cost,
            None => cost..cost + 1,
        };
        for cost in left_to_do {
            std::hint::black_box(compare(&digest, &nobody(cost))?);
        }
        Ok(false)
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

/// What bcrypt compares with when nobody's password is to be compared.
fn nobody(cost: u32) -> String {
    format!("$2b${cost:02}${}", ".".repeat(53))
}

/// Whether bcrypt takes all of `text` into account: it adds a NUL, sees as many
/// bytes as [`BCRYPT_BYTES_MAX`], and others end a text at the first NUL.
fn is_whole_to_bcrypt(text: &str) -> bool {
    text.len() < BCRYPT_BYTES_MAX && !text.contains('\0')
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
        hash.verify(&Password::claimed(text), COST).unwrap()
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
        for place in 0..256 {
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
        let unknown = PasswordHash::stored("plain:secret".into());
        assert!(unknown.verify(&Password::claimed("secret"), COST).is_err());
    }

    /// How long it takes to find out that `text` is wrong, in rounds of bcrypt.
    fn rounds(hash: &PasswordHash, text: &str, cost: u32) -> u64 {
        let mut rounds = 0;
        let count = |_: &str, hash: &str| {
            rounds += 1 << hash.parse::<bcrypt::HashParts>()?.get_cost();
            Ok(false)
        };
        assert!(!hash.verify_by(count, &Password::claimed(text), cost).unwrap());
        rounds
    }

    #[test]
    fn a_wrong_password_takes_as_long_with_any_hash_as_with_none() {
        const TODAY: u32 = COST + 2;
        let imported = |cost| PasswordHash::stored(bcrypt::hash("from elsewhere", cost).unwrap());
        let ours = |cost| PasswordHash::new(&Password::claimed("correct horse"), cost).unwrap();
        let old = (COST..=TODAY).flat_map(|cost| [imported(cost), ours(cost)]);

        for hash in old.chain([PasswordHash::of_nobody(TODAY)]) {
            for wrong in ["wrong", "with\0NUL", &"a".repeat(71), &"a".repeat(72), &"a".repeat(73)] {
                assert_eq!(rounds(&hash, wrong, TODAY), 1 << TODAY, "{} {wrong:?}", hash.as_str());
            }
        }
    }
}
