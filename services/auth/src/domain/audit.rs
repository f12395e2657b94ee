//! What is written down of what happened to accounts, for those who run the server.

use std::fmt;

use confab_core::{Id, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::AddressPrefix;
use super::fold::is_deceptive;

/// Names an entry. Later entries have greater ones.
pub type AuditId = Id<AuditEntry>;

/// The most characters that an event says besides (Unicode code points).
const ABOUT_CHARS_MAX: usize = 200;

/// Something that happened to an account, or was tried. Holds no secret, and no
/// e-mail address: ids say who it was for as long as the account is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// What it was.
    pub kind: AuditKind,
    /// Who did it.
    pub actor: Actor,
    /// To whose account, if that is known.
    pub subject: Option<UserId>,
    /// From where, if that is known.
    pub network: Option<AddressPrefix>,
    /// What there is to say besides: one line.
    about: String,
}

/// An event, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Names the entry.
    pub id: AuditId,
    /// When it happened.
    pub time: Timestamp,
    /// When it is forgotten.
    pub expires: Timestamp,
    /// The word for what it was: see [`AuditKind::word`]. A later version of the
    /// program may have written one that this does not know.
    pub kind: String,
    /// Who did it.
    pub actor: Actor,
    /// To whose account, if that is known.
    pub subject: Option<UserId>,
    /// From where, if that is known.
    pub network: Option<AddressPrefix>,
    /// What there is to say besides.
    pub about: String,
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Whoever it was had not shown who they are.
    Anybody,
    /// Somebody who was signed in, or has just been let in.
    Person(UserId),
    /// Whoever runs the server, by a command.
    Operator,
    /// The server, by itself.
    Server,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditKind {
    /// An account was made.
    SignedUp,
    /// Somebody was let in.
    LoggedIn,
    /// Somebody was not: a wrong password, or an account that nobody may use.
    LogInRefused,
    /// Somebody has shown the password, and is asked for a second factor.
    SecondFactorAsked,
    /// What somebody has shown as a second factor was wrong.
    SecondFactorWrong,
    /// Somebody has proved once more who they are.
    IdentityConfirmed,
    /// An authenticator app is a second factor.
    TotpAdded,
    /// It is none any more.
    TotpRemoved,
    /// A passkey was added.
    PasskeyAdded,
    /// It opens nothing any more.
    PasskeyRemoved,
    /// Somebody can log in as who they are elsewhere.
    IdentityLinked,
    /// They cannot any more.
    IdentityUnlinked,
    /// Somebody was given codes to write down; earlier ones open nothing any more.
    RecoveryCodesMade,
    /// Somebody has shown a code that they had written down.
    RecoveryCodeUsed,
    /// Somebody has ended the session that they were in.
    LoggedOut,
    /// Somebody has ended one of their sessions.
    SessionRevoked,
    /// Somebody has ended all sessions but the one they were in.
    OtherSessionsRevoked,
    /// A refresh token was used twice, so its session was ended.
    RefreshTokenReused,
    /// The password was changed by whoever knew the old one.
    PasswordChanged,
    /// The password that was to be changed, or to prove who somebody is, was wrong.
    PasswordWrong,
    /// The password was changed by whoever has read a letter.
    PasswordReset,
    /// The address was proved to be the owner's.
    EmailVerified,
    /// The account has another address.
    EmailChanged,
    /// An invitation was made.
    InviteCreated,
    /// An invitation was taken back.
    InviteRevoked,
    /// Nobody can log in to the account any more.
    AccountDisabled,
    /// Its owner can log in again.
    AccountEnabled,
    /// The password opens nothing any more.
    PasswordResetForced,
    /// The person is an admin.
    AdminMade,
    /// The person is none any more.
    AdminRevoked,
    /// The account was taken over from elsewhere.
    AccountImported,
    /// Somebody was given everything that is kept of them.
    AccountExported,
    /// The account is gone.
    AccountDeleted,
    /// Nothing is left of what its owner had said.
    AccountErased,
    /// Access tokens are signed with another key.
    SigningKeyChanged,
    /// Somebody who is no admin wanted to do what only admins can.
    AdminRefused,
}

impl AuditKind {
    /// The word for it in logs and stores.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignedUp => "signed-up",
            Self::LoggedIn => "logged-in",
            Self::SecondFactorAsked => "second-factor-asked",
            Self::SecondFactorWrong => "second-factor-wrong",
            Self::IdentityConfirmed => "identity-confirmed",
            Self::TotpAdded => "totp-added",
            Self::TotpRemoved => "totp-removed",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
            Self::IdentityLinked => "identity-linked",
            Self::IdentityUnlinked => "identity-unlinked",
            Self::RecoveryCodesMade => "recovery-codes-made",
            Self::RecoveryCodeUsed => "recovery-code-used",
            Self::LogInRefused => "log-in-refused",
            Self::LoggedOut => "logged-out",
            Self::SessionRevoked => "session-revoked",
            Self::OtherSessionsRevoked => "other-sessions-revoked",
            Self::RefreshTokenReused => "refresh-token-reused",
            Self::PasswordChanged => "password-changed",
            Self::PasswordWrong => "password-wrong",
            Self::PasswordReset => "password-reset",
            Self::EmailVerified => "email-verified",
            Self::EmailChanged => "email-changed",
            Self::InviteCreated => "invite-created",
            Self::InviteRevoked => "invite-revoked",
            Self::AccountDisabled => "account-disabled",
            Self::AccountEnabled => "account-enabled",
            Self::PasswordResetForced => "password-reset-forced",
            Self::AdminMade => "admin-made",
            Self::AdminRevoked => "admin-revoked",
            Self::AccountImported => "account-imported",
            Self::AccountExported => "account-exported",
            Self::AccountDeleted => "account-deleted",
            Self::AccountErased => "account-erased",
            Self::SigningKeyChanged => "signing-key-changed",
            Self::AdminRefused => "admin-refused",
        }
    }
}

impl AuditEvent {
    /// That `kind` happened, by `actor`.
    #[must_use]
    pub const fn new(kind: AuditKind, actor: Actor) -> Self {
        Self { kind, actor, subject: None, network: None, about: String::new() }
    }

    /// That somebody has done `kind` to their own account.
    #[must_use]
    pub fn of(kind: AuditKind, person: UserId) -> Self {
        Self { subject: Some(person), ..Self::new(kind, Actor::Person(person)) }
    }

    /// The same, to the account of `subject`.
    #[must_use]
    pub fn to(self, subject: Option<UserId>) -> Self {
        Self { subject, ..self }
    }

    /// The same, from `network`.
    #[must_use]
    pub fn from(self, network: Option<AddressPrefix>) -> Self {
        Self { network, ..self }
    }

    /// The same, with more to say. It is made one line, which reads as it is
    /// stored, and cut to [`ABOUT_CHARS_MAX`].
    #[must_use]
    pub fn about(self, about: &str) -> Self {
        let safe = |c: char| if is_deceptive(c) { '\u{FFFD}' } else { c };
        Self { about: about.chars().map(safe).take(ABOUT_CHARS_MAX).collect(), ..self }
    }

    /// The event as it is kept until `expires`.
    #[must_use]
    pub fn into_entry(self, time: Timestamp, expires: Timestamp) -> AuditEntry {
        let Self { kind, actor, subject, network, about } = self;
        let (id, kind) = (AuditId::new(time), kind.word().to_owned());
        AuditEntry { id, time, expires, kind, actor, subject, network, about }
    }
}

impl AuditEntry {
    /// How many entries are kept: the latest ones.
    pub const COUNT_MAX: u64 = 1_000_000;
}

impl Actor {
    /// The word that stores and logs have for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::Person(_) => "person",
            Self::Operator => "operator",
            Self::Server => "server",
        }
    }

    /// Whoever is called `word`, and has the id `person` if they are somebody.
    #[must_use]
    pub fn of_word(word: &str, person: Option<UserId>) -> Option<Self> {
        match (word, person) {
            ("anybody", None) => Some(Self::Anybody),
            ("person", Some(person)) => Some(Self::Person(person)),
            ("operator", None) => Some(Self::Operator),
            ("server", None) => Some(Self::Server),
            _ => None,
        }
    }

    /// The person, if it is one.
    #[must_use]
    pub const fn person(self) -> Option<UserId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Anybody | Self::Operator | Self::Server => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => person.fmt(f),
            other => f.write_str(other.word()),
        }
    }
}

/// A place in the list of entries, the latest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditCursor {
    /// The id of the entry before.
    pub id: Uuid,
}

impl AuditCursor {
    /// The place behind `entry`.
    #[must_use]
    pub fn after(entry: &AuditEntry) -> Self {
        Self { id: entry.id.as_uuid() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_event_says_is_one_line_whatever_it_is() {
        let event = AuditEvent::new(AuditKind::LoggedIn, Actor::Anybody);
        let event = event.about("a phone\r\nlevel=ERROR \u{1b}[31m forged\u{2028}\u{202E}");
        let entry = event.into_entry(Timestamp::from_millis(0), Timestamp::from_millis(1));
        assert_eq!(entry.about, "a phone\u{FFFD}\u{FFFD}level=ERROR \u{FFFD}[31m forged\u{FFFD}\u{FFFD}");
        let long = AuditEvent::new(AuditKind::LoggedIn, Actor::Anybody).about(&"ä".repeat(1 << 20));
        assert_eq!(long.about.chars().count(), ABOUT_CHARS_MAX);
    }

    #[test]
    fn an_actor_is_known_again_by_its_word() {
        let somebody = UserId::new(Timestamp::from_millis(0));
        for actor in [Actor::Anybody, Actor::Person(somebody), Actor::Operator, Actor::Server] {
            assert_eq!(Actor::of_word(actor.word(), actor.person()), Some(actor));
        }
        assert_eq!(Actor::of_word("person", None), None);
    }
}
