//! Sessions, as MongoDB keeps them.

use bson::{Binary, DateTime, Document, doc};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::{bytes, date, id, moment, schema, schema_with};
use crate::domain::{
    AddressPrefix, Device, DeviceName, Revocation, Rotation, Salt, SecretHash, Session, Turn,
};

/// A session. What is optional is missing in those of earlier versions.
#[derive(Serialize, Deserialize)]
pub struct SessionDocument {
    #[serde(rename = "_id")]
    pub(in crate::store) id: bson::Uuid,
    user: bson::Uuid,
    secret_hash: Binary,
    created: DateTime,
    used: Option<DateTime>,
    expires: DateTime,
    #[serde(default)]
    device_name: String,
    address_prefix: Option<String>,
    rotation: Option<RotationDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<DateTime>,
}

/// That a session was ended before its time.
#[derive(Serialize, Deserialize)]
pub struct RevocationDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    time: DateTime,
}

impl RevocationDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        schema(doc! { "_id": { "bsonType": "binData" }, "time": { "bsonType": "date" } })
    }
}

impl From<RevocationDocument> for Revocation {
    fn from(document: RevocationDocument) -> Self {
        Self { session: id(document.id), time: moment(document.time) }
    }
}

/// How far the refresh tokens of a session have come.
#[derive(Serialize, Deserialize)]
struct RotationDocument {
    current: Binary,
    last: Option<TurnDocument>,
}

/// That one refresh token took the place of another.
#[derive(Serialize, Deserialize)]
struct TurnDocument {
    used: Binary,
    salt: Binary,
    at: DateTime,
}

impl SessionDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let turn = doc! {
            "bsonType": ["object", "null"],
            "required": ["used", "salt", "at"],
            "properties": {
                "used": { "bsonType": "binData" },
                "salt": { "bsonType": "binData" },
                "at": { "bsonType": "date" },
            },
        };
        let rotation = doc! {
            "bsonType": ["object", "null"],
            "required": ["current"],
            "properties": { "current": { "bsonType": "binData" }, "last": turn },
        };
        let always = doc! {
            "_id": { "bsonType": "binData" },
            "user": { "bsonType": "binData" },
            "secret_hash": { "bsonType": "binData" },
            "created": { "bsonType": "date" },
            "expires": { "bsonType": "date" },
        };
        let optional = doc! {
            "used": { "bsonType": "date" },
            "device_name": { "bsonType": "string" },
            "address_prefix": { "bsonType": ["string", "null"] },
            "rotation": rotation,
            "confirmed": { "bsonType": "date" },
        };
        schema_with(always, optional)
    }

    /// What changes when the refresh token of `session` is used.
    ///
    /// # Errors
    ///
    /// If it cannot be written as BSON, which it always can.
    pub fn turned(session: &Session) -> Result<Document, StoreError> {
        let rotation = session.rotation.as_ref().map(RotationDocument::from);
        let rotation = bson::serialize_to_bson(&rotation);
        Ok(doc! {
            "rotation": rotation.map_err(|error| StoreError::corrupt("refresh a session", error))?,
            "used": date(session.used),
            "expires": date(session.expires),
            "address_prefix": address(session),
        })
    }
}

fn address(session: &Session) -> Option<String> {
    session.device.address.as_ref().map(|address| address.as_str().to_owned())
}

impl From<&Session> for SessionDocument {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.as_uuid().into(),
            user: session.user.as_uuid().into(),
            secret_hash: bytes(session.secret_hash.as_bytes()),
            created: date(session.created),
            used: Some(date(session.used)),
            expires: date(session.expires),
            device_name: session.device.name.as_str().to_owned(),
            address_prefix: address(session),
            rotation: session.rotation.as_ref().map(RotationDocument::from),
            confirmed: session.confirmed.map(date),
        }
    }
}

impl From<&Rotation> for RotationDocument {
    fn from(rotation: &Rotation) -> Self {
        let last = rotation.last.as_ref().map(|turn| TurnDocument {
            used: bytes(turn.used.as_bytes()),
            salt: bytes(turn.salt.as_bytes()),
            at: date(turn.at),
        });
        Self { current: bytes(rotation.current.as_bytes()), last }
    }
}

impl TryFrom<SessionDocument> for Session {
    type Error = StoreError;

    fn try_from(document: SessionDocument) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(document.id),
            user: id(document.user),
            secret_hash: hash(&document.secret_hash)?,
            rotation: document.rotation.map(Rotation::try_from).transpose()?,
            device: Device {
                name: DeviceName::stored(document.device_name),
                address: document.address_prefix.map(AddressPrefix::stored),
            },
            created: moment(document.created),
            used: moment(document.used.unwrap_or(document.created)),
            expires: moment(document.expires),
            confirmed: document.confirmed.map(moment),
        })
    }
}

impl TryFrom<RotationDocument> for Rotation {
    type Error = StoreError;

    fn try_from(document: RotationDocument) -> Result<Self, StoreError> {
        let last = document.last.map(|turn| {
            let salt = Salt::stored(&turn.salt.bytes).ok_or_else(malformed)?;
            Ok::<_, StoreError>(Turn { used: hash(&turn.used)?, salt, at: moment(turn.at) })
        });
        Ok(Self { current: hash(&document.current)?, last: last.transpose()? })
    }
}

fn hash(binary: &Binary) -> Result<SecretHash, StoreError> {
    SecretHash::stored(&binary.bytes).ok_or_else(malformed)
}

fn malformed() -> StoreError {
    StoreError::corrupt("read a session", "a hash or a salt in it does not have 32 bytes")
}
