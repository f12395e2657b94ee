//! Invitations, and who may sign up without one.

use std::str::FromStr;
use std::time::Duration;

use confab_core::{Id, Timestamp, UserId};

use super::email::InvalidEmail;
use super::{Email, InviteCode, SecretHash};

/// Names an invitation.
pub type InviteId = Id<Invite>;

/// An invitation to sign up. Nothing in here opens a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Names the invitation.
    pub id: InviteId,
    /// Recognises its code.
    pub code_hash: SecretHash,
    /// Who invites.
    pub creator: UserId,
    /// When it was made.
    pub created: Timestamp,
    /// When it is no good any more.
    pub expires: Timestamp,
    /// How many people have signed up with it.
    pub uses: u32,
    /// How many can.
    pub uses_max: u32,
}

impl Invite {
    /// How many invitations that can still be used one person can have.
    pub const PER_USER_MAX: usize = 20;

    /// Tells whether somebody can sign up with it at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.expires > now && self.uses < self.uses_max
    }
}

/// An invitation that somebody wants to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InviteWish {
    /// How many people are to sign up with it.
    pub uses_max: u32,
    /// For how long it is to be good.
    pub lifetime: Duration,
}

/// An invitation that was just made, and the code that nobody sees again.
#[derive(Debug)]
pub struct Invitation {
    /// What is kept.
    pub invite: Invite,
    /// What is sent to whoever is invited.
    pub code: InviteCode,
}

/// A domain of e-mail addresses, such as `example.com`. Those below it do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailDomain(String);

impl EmailDomain {
    /// Tells whether `email` is an address of this domain.
    #[must_use]
    pub fn has(&self, email: &Email) -> bool {
        email.domain() == self.0
    }
}

impl FromStr for EmailDomain {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        Email::new(&format!("somebody@{text}")).map(|email| Self(email.domain().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_open_until_its_time_and_for_as_many_as_it_is_for() {
        let at = |second: i64| Timestamp::from_millis(4_102_444_800_000 + 1_000 * second);
        let invite = Invite {
            id: InviteId::new(at(0)),
            code_hash: InviteCode::generate().unwrap().hash(),
            creator: UserId::new(at(0)),
            created: at(0),
            expires: at(60),
            uses: 1,
            uses_max: 2,
        };
        for (second, uses, is_open) in [(0, 0, true), (59, 1, true), (60, 1, false), (0, 2, false)] {
            let used = Invite { uses, ..invite };
            assert_eq!(used.is_open(at(second)), is_open, "{uses} uses at {second}");
        }
    }

    #[test]
    fn a_domain_has_its_own_addresses_only() {
        let domain: EmailDomain = "Example.COM".parse().unwrap();
        for (email, expected) in [
            ("ada@example.com", true),
            ("ADA@EXAMPLE.COM", true),
            ("ada@sub.example.com", false),
            ("ada@notexample.com", false),
            ("example.com@evil.net", false),
        ] {
            assert_eq!(domain.has(&Email::new(email).unwrap()), expected, "{email}");
        }
        for odd in ["", "localhost", "a@b.com", "exa mple.com"] {
            assert!(odd.parse::<EmailDomain>().is_err(), "{odd}");
        }
    }
}
