//! Passkeys, and what they were asked to sign, as MongoDB keeps them.

use bson::{Binary, DateTime, Document, doc};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::{bytes, date, id, moment, schema_with};
use crate::domain::{Ceremony, CredentialId, DeviceName, Passkey, Purpose, SecretHash};

/// A passkey.
#[derive(Serialize, Deserialize)]
pub struct PasskeyDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    user: bson::Uuid,
    name: String,
    credential: Binary,
    public_key: Binary,
    algorithm: i32,
    counter: i64,
    backup_eligible: bool,
    backed_up: bool,
    created: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<DateTime>,
}

/// That a passkey was asked to sign something.
#[derive(Serialize, Deserialize)]
pub struct CeremonyDocument {
    #[serde(rename = "_id")]
    id: Binary,
    purpose: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<bson::Uuid>,
    expires: DateTime,
}

impl PasskeyDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": { "bsonType": "binData" },
            "user": { "bsonType": "binData" },
            "name": { "bsonType": "string" },
            "credential": { "bsonType": "binData" },
            "public_key": { "bsonType": "binData" },
            "algorithm": { "bsonType": "int" },
            "counter": { "bsonType": "long" },
            "backup_eligible": { "bsonType": "bool" },
            "backed_up": { "bsonType": "bool" },
            "created": { "bsonType": "date" },
        };
        schema_with(always, doc! { "used": { "bsonType": "date" } })
    }
}

impl CeremonyDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": { "bsonType": "binData" },
            "purpose": { "bsonType": "string" },
            "expires": { "bsonType": "date" },
        };
        schema_with(always, doc! { "user": { "bsonType": "binData" } })
    }
}

impl From<&Passkey> for PasskeyDocument {
    fn from(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id.as_uuid().into(),
            user: passkey.user.as_uuid().into(),
            name: passkey.name.as_str().to_owned(),
            credential: bytes(passkey.credential.as_bytes()),
            public_key: bytes(&passkey.public_key),
            algorithm: passkey.algorithm,
            counter: passkey.counter.into(),
            backup_eligible: passkey.backup_eligible,
            backed_up: passkey.backed_up,
            created: date(passkey.created),
            used: passkey.used.map(date),
        }
    }
}

impl TryFrom<PasskeyDocument> for Passkey {
    type Error = StoreError;

    fn try_from(document: PasskeyDocument) -> Result<Self, StoreError> {
        let malformed = |what| StoreError::corrupt("read a passkey", what);
        let credential = CredentialId::new(document.credential.bytes);
        Ok(Self {
            id: id(document.id),
            user: id(document.user),
            name: DeviceName::stored(document.name),
            credential: credential.ok_or_else(|| malformed("its name cannot be one"))?,
            public_key: document.public_key.bytes,
            algorithm: document.algorithm,
            counter: document.counter.try_into().map_err(|_| malformed("it cannot count so far"))?,
            backup_eligible: document.backup_eligible,
            backed_up: document.backed_up,
            created: moment(document.created),
            used: document.used.map(moment),
        })
    }
}

impl From<&Ceremony> for CeremonyDocument {
    fn from(ceremony: &Ceremony) -> Self {
        Self {
            id: bytes(ceremony.hash.as_bytes()),
            purpose: ceremony.purpose.word().to_owned(),
            user: ceremony.user.map(|user| user.as_uuid().into()),
            expires: date(ceremony.expires),
        }
    }
}

impl TryFrom<CeremonyDocument> for Ceremony {
    type Error = StoreError;

    fn try_from(document: CeremonyDocument) -> Result<Self, StoreError> {
        let malformed = |what| StoreError::corrupt("read what a passkey was asked", what);
        let hash = SecretHash::stored(&document.id.bytes);
        Ok(Self {
            hash: hash.ok_or_else(|| malformed("its hash does not have 32 bytes"))?,
            purpose: Purpose::of_word(&document.purpose).ok_or_else(|| malformed("what for is unknown"))?,
            user: document.user.map(id),
            expires: moment(document.expires),
        })
    }
}
