//! One-time codes by the clock (RFC 6238), as authenticator apps make them:
//! SHA-1, six digits, thirty seconds.

use std::fmt;

use aws_lc_rs::hmac;
use confab_core::Timestamp;
use data_encoding::BASE32_NOPAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::zeroize::Zeroizing;

use super::Email;

/// What an authenticator app and we know: 160 random bits. Not printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Zeroizing<[u8; TotpSecret::BYTES]>);

/// A one-time code that somebody claims their app to show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TotpCode(u32);

/// What is kept of the app of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totp {
    /// What their app knows.
    pub secret: TotpSecret,
    /// When they asked for it.
    pub begun: Timestamp,
    /// The step whose code was used last; none as long as the app has not
    /// proved that it knows the secret, and is no factor yet.
    pub last_step: Option<i64>,
}

impl Totp {
    /// How long one has to type the first code.
    pub const BEGUN_FOR: std::time::Duration = std::time::Duration::from_mins(15);
}

impl TotpSecret {
    /// The length of the secret, in bytes: that of a SHA-1 (RFC 4226, section 4).
    pub const BYTES: usize = 20;
    /// The length of a step, in seconds.
    const STEP_SECONDS: i64 = 30;
    /// How many steps the clock of a phone may be apart from ours.
    const STEPS_APART_MAX: i64 = 1;
    /// What authenticator apps show above the code.
    const ISSUER: &str = "Confab";

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

    /// Takes what a store has kept; `None` if it does not have 20 bytes.
    pub(crate) fn stored(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The bytes to keep. Codes are made of them, so that no hash would do.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The secret as people type it into an app, shown once, to its owner.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(self.as_bytes()))
    }

    /// The secret as apps read it from a picture, for whoever logs in with `email`.
    #[must_use]
    pub fn uri(&self, email: &Email) -> Zeroizing<String> {
        let (issuer, email) = (Self::ISSUER, utf8_percent_encode(email.as_str(), NON_ALPHANUMERIC));
        let secret = self.expose();
        Zeroizing::new(format!("otpauth://totp/{issuer}:{email}?secret={}&issuer={issuer}", *secret))
    }

    /// The step that `code` belongs to, if it is good at `now`: not before, and
    /// not again, after the code of `last` was used.
    #[must_use]
    pub fn step_of(&self, code: TotpCode, last: Option<i64>, now: Timestamp) -> Option<i64> {
        let current = now.as_seconds().div_euclid(Self::STEP_SECONDS);
        let mut around = current - Self::STEPS_APART_MAX..=current + Self::STEPS_APART_MAX;
        around.find(|step| last.is_none_or(|last| *step > last) && self.code(*step) == code)
    }

    /// The code of `step` (RFC 4226, section 5.3).
    fn code(&self, step: i64) -> TotpCode {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.as_bytes());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag.last().copied().unwrap_or_default() & 0x0f);
        let word = tag.iter().skip(offset).take(4).fold(0, |word, byte| word << 8 | u32::from(*byte));
        TotpCode((word & 0x7fff_ffff) % TotpCode::COUNT)
    }
}

impl TotpCode {
    /// How many digits a code has.
    const DIGITS: usize = 6;
    /// How many codes there are.
    const COUNT: u32 = 1_000_000;

    /// A code as somebody typed it, with or without spaces; `None` if it cannot be one.
    #[must_use]
    pub fn claimed(text: &str) -> Option<Self> {
        let digits: Vec<u32> =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(10)).collect::<Option<_>>()?;
        let code = digits.iter().fold(0, |code: u32, digit| code.wrapping_mul(10).wrapping_add(*digit));
        (digits.len() == Self::DIGITS).then_some(Self(code))
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret([redacted])")
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That of the test vectors (RFC 6238, appendix B).
    fn secret() -> TotpSecret {
        TotpSecret::stored(b"12345678901234567890").unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let (now, code) = (Timestamp::from_millis(seconds * 1_000), TotpCode::claimed(code).unwrap());
            assert_eq!(secret().step_of(code, None, now), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_for_a_step_before_and_after_its_own_and_never_after_a_later_one() {
        let code = TotpCode::claimed("081804").unwrap();
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        let step = 1_111_111_109 / 30;
        for (apart, good) in [(-600, false), (-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let now = at((step + apart) * 30);
            assert_eq!(secret().step_of(code, None, now), good.then_some(step), "{apart}");
            assert_eq!(secret().step_of(code, Some(step - 1), now), good.then_some(step), "{apart}");
            assert_eq!(secret().step_of(code, Some(step), now), None, "{apart}");
        }
    }

    #[test]
    fn what_is_no_code_is_known_to_be_none() {
        assert_eq!(TotpCode::claimed(" 081 804"), TotpCode::claimed("081804"));
        for odd in ["", "81804", "0081804", "08180x", "٠٨١٨٠٤", "-81804", "99999999999999999999"] {
            assert_eq!(TotpCode::claimed(odd), None, "{odd}");
        }
    }

    #[test]
    fn apps_read_the_secret_and_logs_do_not() {
        let uri = secret().uri(&Email::new("ada+1@example.com").unwrap());
        let expected = "otpauth://totp/Confab:ada%2B1%40example%2Ecom\
                        ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Confab";
        assert_eq!(uri.as_str(), expected);
        assert_eq!(format!("{:?}", secret()), "TotpSecret([redacted])");
        assert_ne!(TotpSecret::generate().unwrap(), TotpSecret::generate().unwrap());
    }
}
