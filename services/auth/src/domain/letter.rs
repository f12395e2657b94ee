//! Letters by e-mail, and the codes in them.

use std::time::Duration;

use confab_core::{Timestamp, UserId};

use super::{Email, SecretHash};

/// A letter that is to be sent. There is no code in it: that is made when it is
/// sent, so that none is ever kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// What it is about.
    pub kind: LetterKind,
    /// To whom. Whether they have an account is found out when it is sent, so
    /// that asking for a letter does the same whether they have one or not.
    pub to: Email,
    /// Who asked for it, if that has to be known.
    pub user: Option<UserId>,
    /// What it has to say besides.
    pub about: String,
    /// When it was asked for.
    pub created: Timestamp,
    /// When it is to be tried (again).
    pub next: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// Whether it was sent. It is kept for [`Letter::INTERVAL_MIN`] after that,
    /// so that nobody is flooded with letters that others ask for.
    pub sent: bool,
}

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterKind {
    /// A way to sign up for whoever has the address, or that it has an account already.
    SignUp,
    /// Whether the address belongs to whoever has an account with it.
    VerifyEmail,
    /// A way in for who has forgotten the password.
    ResetPassword,
    /// Whether the new address belongs to whoever wants to have it.
    ChangeEmail,
    /// To the old address: that there is a new one.
    EmailChanged,
    /// That there was a log-in on a device that was not known.
    NewDevice,
    /// That something was added, removed or made anew that is asked for beside the password.
    FactorsChanged,
}

impl LetterKind {
    /// All there are.
    const ALL: [Self; 7] = [
        Self::SignUp,
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::ChangeEmail,
        Self::EmailChanged,
        Self::NewDevice,
        Self::FactorsChanged,
    ];

    /// The word that stores and logs have for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignUp => "sign-up",
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::ChangeEmail => "change-email",
            Self::EmailChanged => "email-changed",
            Self::NewDevice => "new-device",
            Self::FactorsChanged => "factors-changed",
        }
    }

    /// The kind that has this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Letter {
    /// How many letters wait at most. What is asked for then is refused.
    pub const WAITING_MAX: usize = 10_000;
    /// How long passes at least between two letters of a kind to one address.
    pub const INTERVAL_MIN: Duration = Duration::from_mins(1);
    /// For how long a letter is tried.
    pub const AGE_MAX: Duration = Duration::from_hours(24);
    /// How long a try may take. No other node tries in this time.
    pub const TRY_TIME_MAX: Duration = Duration::from_mins(2);
    /// How long to wait after the first try that failed; after each further one
    /// twice as long.
    const WAIT_MIN: Duration = Duration::from_secs(30);
    /// The longest time between two tries.
    const WAIT_MAX: Duration = Duration::from_hours(1);

    /// A letter to be sent at once.
    #[must_use]
    pub fn new(kind: LetterKind, to: Email, now: Timestamp) -> Self {
        let about = String::new();
        Self { kind, to, user: None, about, created: now, next: now, tries: 0, sent: false }
    }

    /// Recognises letters of the same kind to the same address that say the same.
    #[must_use]
    pub fn key(&self) -> SecretHash {
        let words = [self.kind.word(), self.to.as_str(), &self.about];
        SecretHash::of(words.join("\0").as_bytes())
    }

    /// The letter while it is tried at `now`.
    #[must_use]
    pub fn tried(&self, now: Timestamp) -> Self {
        Self { tries: self.tries + 1, next: now.plus(Self::TRY_TIME_MAX), ..self.clone() }
    }

    /// The letter after it was sent at `now`.
    #[must_use]
    pub fn sent(&self, now: Timestamp) -> Self {
        Self { sent: true, next: now.plus(Self::INTERVAL_MIN), ..self.clone() }
    }

    /// The letter after it could not be sent at `now`; `None` if it is too old
    /// to be tried again.
    #[must_use]
    pub fn put_off(&self, now: Timestamp) -> Option<Self> {
        let factor = 2_u32.checked_pow(self.tries.saturating_sub(1));
        let wait = factor.and_then(|factor| Self::WAIT_MIN.checked_mul(factor));
        let wait = wait.map_or(Self::WAIT_MAX, |wait| wait.min(Self::WAIT_MAX));
        let next = now.plus(wait);
        (next.since(self.created) < Self::AGE_MAX).then(|| Self { next, ..self.clone() })
    }
}

/// What the code in a letter is good for, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailCode {
    /// Recognises the code.
    pub hash: SecretHash,
    /// The kind of letter that it was sent in: it is good for nothing else.
    pub kind: LetterKind,
    /// Whose it is, or will be.
    pub user: UserId,
    /// The address that it was sent to.
    pub email: Email,
    /// When it is no good any more.
    pub expires: Timestamp,
}

impl MailCode {
    /// For how long a code is good.
    pub const LIFETIME: Duration = Duration::from_hours(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(4_102_444_800_000);

    #[test]
    fn a_letter_is_put_off_longer_and_longer_and_given_up_after_a_day() {
        let mut letter = Letter::new(LetterKind::NewDevice, Email::new("ada@example.com").unwrap(), NOW);
        let (mut now, mut waits) = (NOW, Vec::new());
        while let Some(later) = letter.tried(now).put_off(now) {
            waits.push(later.next.since(now).as_secs());
            (now, letter) = (later.next, later);
        }
        assert_eq!(waits[..9], [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        assert!(waits.len() < 32 && now.since(NOW) < Letter::AGE_MAX, "{waits:?}");
    }

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        for kind in LetterKind::ALL {
            assert_eq!(LetterKind::of_word(kind.word()), Some(kind));
        }
        assert_eq!(LetterKind::of_word("spam"), None);
    }
}
