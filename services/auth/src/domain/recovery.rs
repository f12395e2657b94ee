//! Codes on paper, for whoever has lost their phone.

use std::fmt;

use secrecy::zeroize::Zeroizing;

use super::SecretHash;

/// A code that lets its owner in once, in the place of an app or a passkey: 80
/// random bits, which nobody can try out. Not printed by `Debug`.
#[derive(Clone)]
pub struct RecoveryCode(Zeroizing<[u8; RecoveryCode::CHARS]>);

impl RecoveryCode {
    /// How many one gets at a time.
    pub const COUNT: usize = 10;
    /// The length of a code, in characters of five bits.
    const CHARS: usize = 16;
    /// How many characters stand together when it is shown.
    const GROUP_CHARS: usize = 4;
    /// Those that cannot be taken for each other (Crockford's base 32).
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

    /// Makes a code that nobody can guess.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut chars = Zeroizing::new([0; Self::CHARS]);
        getrandom::fill(chars.as_mut_slice())?;
        for char in chars.iter_mut() {
            *char = Self::ALPHABET[usize::from(*char % 32)];
        }
        Ok(Self(chars))
    }

    /// A code as somebody read it from paper; `None` if it cannot be one.
    #[must_use]
    pub fn claimed(text: &str) -> Option<Self> {
        let read = text.bytes().filter(|c| !c.is_ascii_whitespace() && *c != b'-');
        let meant = read.map(|c| match c.to_ascii_lowercase() {
            b'o' => b'0',
            b'i' | b'l' => b'1',
            other => other,
        });
        let chars: Zeroizing<Vec<u8>> = Zeroizing::new(meant.collect());
        let known = chars.iter().all(|c| Self::ALPHABET.contains(c));
        let chars = chars.as_slice().try_into().ok().filter(|_| known)?;
        Some(Self(Zeroizing::new(chars)))
    }

    /// What is kept of the code.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.0.as_slice())
    }

    /// The code as it is shown, once, to its owner.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let groups: Vec<_> =
            self.0.chunks(Self::GROUP_CHARS).map(|group| String::from_utf8_lossy(group)).collect();
        Zeroizing::new(groups.join("-"))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_however_it_was_read() {
        let code = RecoveryCode::claimed("01a0-1234-5678-9vwx").unwrap();
        for read in ["01a0123456789vwx", " O1AO 1234 5678 9VWX\n", "olao-i234-5678-9vwx"] {
            assert_eq!(RecoveryCode::claimed(read).unwrap().hash(), code.hash(), "{read}");
        }
        assert_eq!(code.expose().as_str(), "01a0-1234-5678-9vwx");
        for odd in
            ["", "01a0-1234-5678-9vw", "01a0-1234-5678-9vwxy", "u1a0-1234-5678-9vwx", "ä1a0-1234-5678-9vw"]
        {
            assert!(RecoveryCode::claimed(odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn codes_differ_and_are_not_printed() {
        let (one, other) = (RecoveryCode::generate().unwrap(), RecoveryCode::generate().unwrap());
        assert_ne!(one.hash(), other.hash());
        assert_eq!(RecoveryCode::claimed(&one.expose()).unwrap().hash(), one.hash());
        assert_eq!(format!("{one:?}"), "RecoveryCode([redacted])");
    }
}
