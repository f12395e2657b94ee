//! People, and what they ask for.

use confab_core::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Asked, Assertion, ChallengeCode, Delivery, Device, DeviceSecret, Email, FactorProof, InviteCode, Name,
    Password, Welcome,
};

/// A person, as others see them. There is no e-mail address in here, so none
/// can slip out of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who it is.
    pub id: UserId,
    /// What others call them.
    pub name: Name,
    /// When they signed up.
    pub created: Timestamp,
    /// When the profile last changed.
    pub updated: Timestamp,
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
    In(Welcome),
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
