//! People, and what they ask for.

use confab_core::{MediaId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Asked, Assertion, ChallengeCode, Delivery, Device, DeviceSecret, Email, FactorProof, InviteCode,
    MailSecret, Name, NamePrefix, Password, StatusText, TimeZone, Welcome,
};

/// A person, as others see them. There is no e-mail address in here, so none
/// can slip out of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who it is.
    pub id: UserId,
    /// What others call them.
    pub name: Name,
    /// What they say of themselves now.
    pub status: StatusText,
    /// Where they live, as far as clocks are concerned, if they have said.
    pub time_zone: Option<TimeZone>,
    /// What they look like, if they show it: a file of the media service.
    pub picture: Option<MediaId>,
    /// When they signed up.
    pub created: Timestamp,
    /// When the profile last changed.
    pub updated: Timestamp,
}

impl User {
    /// Somebody who joins at `now`, and has said nothing but what they are called.
    #[must_use]
    pub fn joining(name: Name, now: Timestamp) -> Self {
        let (status, time_zone, picture) = (StatusText::default(), None, None);
        Self { id: UserId::new(now), name, status, time_zone, picture, created: now, updated: now }
    }
}

/// A person, as they see themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What others see too.
    pub user: User,
    /// What they log in with.
    pub email: Email,
    /// When they have proved that the address is theirs, if they have.
    pub email_verified: Option<Timestamp>,
    /// Who may contact them.
    pub contact: ContactPolicy,
    /// Whether anybody can log in to it.
    pub state: AccountState,
    /// What they may do with the accounts of others.
    pub role: Role,
}

impl Account {
    /// The account of `user`, who has just joined with `email`.
    #[must_use]
    pub fn joining(user: User, email: Email) -> Self {
        Self {
            user,
            email,
            email_verified: None,
            contact: ContactPolicy::default(),
            state: AccountState::Active,
            role: Role::Member,
        }
    }
}

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// It can.
    Active,
    /// Nobody can log in to it, and nobody finds its owner.
    Disabled,
}

impl AccountState {
    /// The word that stores have for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    /// The state that has this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Disabled].into_iter().find(|state| state.word() == word)
    }
}

/// What somebody may do with the accounts of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing.
    Member,
    /// See `AdminService` of the contract.
    Admin,
}

/// Which accounts an admin looks for.
#[derive(Clone, Debug)]
pub struct AccountFilter {
    /// How the name, a word of it, or the address begins.
    pub prefix: NamePrefix,
    /// In which state they are; `None` for any.
    pub state: Option<AccountState>,
    /// What their owners may do; `None` for anything.
    pub role: Option<Role>,
}

/// Who may contact a person: talk with them alone, or bring them into a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContactPolicy {
    /// Anybody.
    #[default]
    Anyone,
    /// Those who are in a group together with them.
    SharedGroup,
    /// Nobody.
    Nobody,
}

/// How somebody may have to do with somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// As they like.
    Open,
    /// If they are in a group together.
    GroupsOnly,
    /// Not at all.
    Blocked,
}

impl From<ContactPolicy> for Contact {
    fn from(policy: ContactPolicy) -> Self {
        match policy {
            ContactPolicy::Anyone => Self::Open,
            ContactPolicy::SharedGroup => Self::GroupsOnly,
            ContactPolicy::Nobody => Self::Blocked,
        }
    }
}

impl ContactPolicy {
    /// All there are.
    const ALL: [Self; 3] = [Self::Anyone, Self::SharedGroup, Self::Nobody];

    /// The word that stores have for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::SharedGroup => "shared-group",
            Self::Nobody => "nobody",
        }
    }

    /// The policy that has this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.word() == word)
    }
}

/// An account that somebody asks for.
#[derive(Debug)]
pub struct SignUp {
    /// What to log in with.
    pub email: Email,
    /// The password, not yet checked.
    pub password: Password,
    /// What others will see.
    pub name: Name,
    /// How the session is handed over.
    pub delivery: Delivery,
    /// From where they come.
    pub device: Device,
    /// What the device is known by, if it has been given something.
    pub device_secret: Option<DeviceSecret>,
    /// The code of an invitation, if they have one.
    pub invite: Option<InviteCode>,
    /// The code of a letter to the address, if they were sent one.
    pub email_code: Option<MailSecret>,
}

/// A claim to own an account.
#[derive(Debug)]
pub struct LogIn {
    /// Whose account; `None` if nobody can have such an address.
    pub email: Option<Email>,
    /// The password that is claimed to be theirs.
    pub password: Password,
    /// How the session is handed over.
    pub delivery: Delivery,
    /// From where they come.
    pub device: Device,
    /// What the device is known by, if it has been given something.
    pub device_secret: Option<DeviceSecret>,
}

/// The second half of a log-in: a proof of another factor.
#[derive(Debug)]
pub struct FinishLogIn {
    /// What the first half was answered with; `None` if it cannot be that.
    pub challenge: Option<ChallengeCode>,
    /// What is shown.
    pub proof: FactorProof,
    /// How the session is handed over.
    pub delivery: Delivery,
    /// From where they come.
    pub device: Device,
    /// What the device is known by, if it has been given something.
    pub device_secret: Option<DeviceSecret>,
}

/// A log-in with nothing but a passkey.
#[derive(Debug)]
pub struct PasskeyLogIn {
    /// What it has signed.
    pub answer: Assertion,
    /// How the session is handed over.
    pub delivery: Delivery,
    /// From where they come.
    pub device: Device,
    /// What the device is known by, if it has been given something.
    pub device_secret: Option<DeviceSecret>,
}

/// What becomes of somebody who has shown the first factor.
#[derive(Debug)]
pub enum Entry {
    /// They are in.
    In(Box<Welcome>),
    /// They have to show another one.
    SecondFactor(Asked),
}

/// A wish for another password.
#[derive(Debug)]
pub struct PasswordChange {
    /// The password that is claimed to be theirs.
    pub old: Password,
    /// The one they want, not yet checked.
    pub new: Password,
}

/// A wish for another e-mail address.
#[derive(Debug)]
pub struct EmailChange {
    /// The address they want.
    pub new: Email,
    /// The password that is claimed to be theirs.
    pub password: Password,
}

/// What is to change in a profile; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// The new name.
    pub name: Option<Name>,
    /// What they say of themselves from now on.
    pub status: Option<StatusText>,
    /// The new time zone; `Some(None)` takes it away.
    #[expect(clippy::option_option, reason = "taking it away is not the same as leaving it")]
    pub time_zone: Option<Option<TimeZone>>,
    /// The new picture; `Some(None)` takes it away.
    #[expect(clippy::option_option, reason = "taking it away is not the same as leaving it")]
    pub picture: Option<Option<MediaId>>,
}

/// A picture, and whose it is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldPicture {
    /// The person.
    pub user: UserId,
    /// The file.
    pub media: MediaId,
}

/// A place in the list of people, which is sorted by name and then by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCursor {
    /// The folded name of the person before.
    pub name: String,
    /// The id of the person before.
    pub id: Uuid,
}

impl UserCursor {
    /// The place behind `user`.
    #[must_use]
    pub fn after(user: &User) -> Self {
        Self { name: user.name.folded(), id: user.id.as_uuid() }
    }
}
