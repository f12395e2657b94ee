//! Tries of passwords, and known devices, as MongoDB keeps them.

use bson::{Binary, Bson, DateTime, Document, doc};
use confab_core::UserId;
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::{bytes, date, moment, schema, schema_with};
use crate::domain::{GuessKey, Guesses, SecretHash};

/// The tries that are counted for one key.
#[derive(Serialize, Deserialize)]
pub struct GuessesDocument {
    #[serde(rename = "_id")]
    id: Binary,
    total: i64,
    recent: i64,
    last: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<DateTime>,
}

/// That somebody has logged in on a device.
#[derive(Serialize, Deserialize)]
pub struct DeviceDocument {
    #[serde(rename = "_id")]
    pub(in crate::store) id: DeviceId,
    used: DateTime,
}

/// Who has logged in on which device.
#[derive(Clone, Serialize, Deserialize)]
pub struct DeviceId {
    user: bson::Uuid,
    secret_hash: Binary,
}

impl GuessesDocument {
    /// What is stored.
    pub fn new(key: GuessKey, guesses: &Guesses) -> Self {
        Self {
            id: bytes(key.as_bytes()),
            total: guesses.total.into(),
            recent: guesses.recent.into(),
            last: date(guesses.last),
            expires: guesses.expires.map(date),
        }
    }

    /// Finds what is stored, if it is still the same.
    pub fn filter(key: GuessKey, guesses: &Guesses) -> Document {
        let (total, recent) = (i64::from(guesses.total), i64::from(guesses.recent));
        // Null is also what is not there.
        let expires = guesses.expires.map(date);
        doc! { "_id": bytes(key.as_bytes()), "total": total, "recent": recent, "last": date(guesses.last), "expires": expires }
    }

    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": { "bsonType": "binData" },
            "total": { "bsonType": "long" },
            "recent": { "bsonType": "long" },
            "last": { "bsonType": "date" },
        };
        schema_with(always, doc! { "expires": { "bsonType": "date" } })
    }
}

impl TryFrom<GuessesDocument> for Guesses {
    type Error = StoreError;

    fn try_from(document: GuessesDocument) -> Result<Self, StoreError> {
        let malformed = |_| StoreError::corrupt("read the tries of a password", "they cannot be so many");
        Ok(Self {
            total: document.total.try_into().map_err(malformed)?,
            recent: document.recent.try_into().map_err(malformed)?,
            last: moment(document.last),
            expires: document.expires.map(moment),
        })
    }
}

impl DeviceDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let id = doc! {
            "bsonType": "object",
            "required": ["user", "secret_hash"],
            "properties": { "user": { "bsonType": "binData" }, "secret_hash": { "bsonType": "binData" } },
        };
        schema(doc! { "_id": id, "used": { "bsonType": "date" } })
    }
}

impl DeviceId {
    /// The device of `user` that is known by `device`.
    pub fn new(user: UserId, device: SecretHash) -> Self {
        Self { user: user.as_uuid().into(), secret_hash: bytes(device.as_bytes()) }
    }
}

impl From<DeviceId> for Bson {
    fn from(id: DeviceId) -> Self {
        doc! { "user": id.user, "secret_hash": id.secret_hash }.into()
    }
}
