//! People, as MongoDB keeps them.

use bson::{DateTime, Document, doc};
use confab_core::{MediaId, UserId};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::{date, id, moment, schema_with};
use crate::domain::{
    Account, AccountState, ContactPolicy, Email, Name, PasswordHash, Role, StatusText, TimeZone, User,
};

/// All of a person.
#[derive(Serialize, Deserialize)]
pub struct AccountDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    name: String,
    #[serde(default)]
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<bson::Uuid>,
    created: DateTime,
    updated: DateTime,
    email: String,
    folded_name: String,
    /// See [`Name::beginnings`].
    #[serde(default)]
    name_words: Vec<String>,
    password: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(default)]
    admin: bool,
}

/// What of a person others see; nothing else is fetched for lists.
#[derive(Deserialize)]
pub struct UserDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    name: String,
    #[serde(default)]
    status: String,
    time_zone: Option<String>,
    picture: Option<bson::Uuid>,
    created: DateTime,
    updated: DateTime,
}

/// Who may contact a person; nothing if it is anyone.
#[derive(Deserialize)]
pub struct ContactDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    contact: Option<String>,
    state: Option<String>,
}

/// What a person is called.
#[derive(Deserialize)]
pub struct NameDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    name: String,
}

impl AccountDocument {
    /// What is stored of a new account.
    pub fn new(account: &Account, password: &PasswordHash) -> Self {
        let Account { user, email, email_verified, contact, state, role } = account;
        Self {
            id: user.id.as_uuid().into(),
            name: user.name.as_str().to_owned(),
            status: user.status.as_str().to_owned(),
            time_zone: user.time_zone.as_ref().map(|zone| zone.as_str().to_owned()),
            picture: user.picture.map(|picture| picture.as_uuid().into()),
            created: date(user.created),
            updated: date(user.updated),
            email: email.as_str().to_owned(),
            folded_name: user.name.folded(),
            name_words: user.name.beginnings(),
            password: password.as_str().to_owned(),
            email_verified: email_verified.map(date),
            contact: Some(contact.word().to_owned()),
            state: Some(state.word().to_owned()),
            admin: *role == Role::Admin,
        }
    }

    /// The address.
    pub fn email(self) -> Email {
        Email::stored(self.email)
    }

    /// What is needed to log somebody in.
    pub fn into_log_in(mut self) -> Result<(Account, PasswordHash), StoreError> {
        let password = PasswordHash::stored(std::mem::take(&mut self.password));
        Ok((self.try_into()?, password))
    }

    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": { "bsonType": "binData" },
            "email": { "bsonType": "string" },
            "name": { "bsonType": "string" },
            "folded_name": { "bsonType": "string" },
            "password": { "bsonType": "string" },
            "created": { "bsonType": "date" },
            "updated": { "bsonType": "date" },
        };
        let optional = doc! {
            "email_verified": { "bsonType": "date" },
            "reset_code": { "bsonType": "binData" },
            "name_words": { "bsonType": "array", "items": { "bsonType": "string" } },
            "status": { "bsonType": "string" },
            "time_zone": { "bsonType": "string" },
            "picture": { "bsonType": "binData" },
            "contact": { "bsonType": "string" },
            "state": { "bsonType": "string" },
            "admin": { "bsonType": "bool" },
        };
        schema_with(always, optional)
    }
}

impl UserDocument {
    /// What is fetched.
    pub fn projection() -> Document {
        doc! { "name": 1, "status": 1, "time_zone": 1, "picture": 1, "created": 1, "updated": 1 }
    }
}

impl ContactDocument {
    /// What is fetched.
    pub fn projection() -> Document {
        doc! { "contact": 1, "state": 1 }
    }
}

impl NameDocument {
    /// What is fetched.
    pub fn projection() -> Document {
        doc! { "name": 1 }
    }

    /// The words that they are to be found by.
    pub fn words(&self) -> Vec<String> {
        Name::stored(self.name.clone()).beginnings()
    }

    /// The person, as long as they are called so.
    pub fn unchanged(&self) -> Document {
        doc! { "_id": self.id, "name": &self.name }
    }
}

impl TryFrom<AccountDocument> for Account {
    type Error = StoreError;

    fn try_from(document: AccountDocument) -> Result<Self, StoreError> {
        let AccountDocument { id, name, status, time_zone, picture, created, updated, .. } = document;
        let user = UserDocument { id, name, status, time_zone, picture, created, updated };
        let AccountDocument { email, email_verified, contact, admin, .. } = document;
        Ok(Self {
            user: user.into(),
            email: Email::stored(email),
            email_verified: email_verified.map(moment),
            contact: policy(contact)?,
            state: state(document.state)?,
            role: if admin { Role::Admin } else { Role::Member },
        })
    }
}

impl From<UserDocument> for User {
    fn from(document: UserDocument) -> Self {
        Self {
            id: id(document.id),
            name: Name::stored(document.name),
            status: StatusText::stored(document.status),
            time_zone: document.time_zone.map(TimeZone::stored),
            picture: document.picture.map(|picture| MediaId::from_uuid(picture.into())),
            created: moment(document.created),
            updated: moment(document.updated),
        }
    }
}

impl TryFrom<ContactDocument> for (UserId, ContactPolicy) {
    type Error = StoreError;

    fn try_from(document: ContactDocument) -> Result<Self, StoreError> {
        let policy = match state(document.state)? {
            AccountState::Active => policy(document.contact)?,
            AccountState::Disabled => ContactPolicy::Nobody,
        };
        Ok((id(document.id), policy))
    }
}

/// Accounts that are older than policies have none.
fn policy(word: Option<String>) -> Result<ContactPolicy, StoreError> {
    let Some(word) = word else { return Ok(ContactPolicy::default()) };
    let unknown = || StoreError::corrupt("read an account", "nobody knows who may contact it");
    ContactPolicy::of_word(&word).ok_or_else(unknown)
}

/// Accounts that are older than states have none.
fn state(word: Option<String>) -> Result<AccountState, StoreError> {
    let Some(word) = word else { return Ok(AccountState::Active) };
    let unknown = || StoreError::corrupt("read an account", "nobody knows its state");
    AccountState::of_word(&word).ok_or_else(unknown)
}
