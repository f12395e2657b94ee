//! Second factors, and those who have yet to show one, as MongoDB keeps them.

use bson::{Binary, DateTime, Document, doc};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::{bytes, date, id, moment, schema_with};
use crate::domain::{Challenge, Factors, SecretHash, Totp, TotpSecret};

/// What somebody has beside the password.
#[derive(Serialize, Deserialize)]
pub struct FactorsDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    totp: Option<TotpDocument>,
    #[serde(default)]
    recovery_codes: Vec<Binary>,
}

/// An app that makes codes.
#[derive(Serialize, Deserialize)]
struct TotpDocument {
    secret: Binary,
    begun: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_step: Option<i64>,
}

/// That somebody has shown the first factor.
#[derive(Serialize, Deserialize)]
pub struct ChallengeDocument {
    #[serde(rename = "_id")]
    pub(in crate::store) id: Binary,
    user: bson::Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<Binary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Binary>,
    tries: i64,
    expires: DateTime,
}

impl FactorsDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let totp = doc! {
            "bsonType": "object",
            "required": ["secret", "begun"],
            "properties": {
                "secret": { "bsonType": "binData" },
                "begun": { "bsonType": "date" },
                "last_step": { "bsonType": "long" },
            },
        };
        let codes = doc! { "bsonType": "array", "items": { "bsonType": "binData" } };
        schema_with(doc! { "_id": { "bsonType": "binData" } }, doc! { "totp": totp, "recovery_codes": codes })
    }

    /// What they are, beside the passkeys.
    pub fn factors(&self) -> Factors {
        let totp = self.totp.as_ref().is_some_and(|totp| totp.last_step.is_some());
        Factors { totp, recovery_codes: self.recovery_codes.len(), passkeys: 0 }
    }

    /// The app, if there is one.
    pub fn into_totp(self) -> Option<Result<Totp, StoreError>> {
        let TotpDocument { secret, begun, last_step } = self.totp?;
        let malformed = || StoreError::corrupt("read an app", "its secret does not have 20 bytes");
        let secret = TotpSecret::stored(&secret.bytes).ok_or_else(malformed);
        Some(secret.map(|secret| Totp { secret, begun: moment(begun), last_step }))
    }
}

impl ChallengeDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": { "bsonType": "binData" },
            "user": { "bsonType": "binData" },
            "tries": { "bsonType": "long" },
            "expires": { "bsonType": "date" },
        };
        let optional = doc! { "device": { "bsonType": "binData" }, "password": { "bsonType": "binData" } };
        schema_with(always, optional)
    }
}

impl From<&Challenge> for ChallengeDocument {
    fn from(challenge: &Challenge) -> Self {
        let kept = |hash: &SecretHash| bytes(hash.as_bytes());
        Self {
            id: kept(&challenge.hash),
            user: challenge.user.as_uuid().into(),
            device: challenge.device.as_ref().map(kept),
            password: challenge.password.as_ref().map(kept),
            tries: challenge.tries.into(),
            expires: date(challenge.expires),
        }
    }
}

impl TryFrom<ChallengeDocument> for Challenge {
    type Error = StoreError;

    fn try_from(document: ChallengeDocument) -> Result<Self, StoreError> {
        let malformed = |what| StoreError::corrupt("read a challenge", what);
        let read = |hash: &Binary| {
            SecretHash::stored(&hash.bytes).ok_or_else(|| malformed("a hash does not have 32 bytes"))
        };
        Ok(Self {
            hash: read(&document.id)?,
            user: id(document.user),
            device: document.device.as_ref().map(read).transpose()?,
            password: document.password.as_ref().map(read).transpose()?,
            tries: document.tries.try_into().map_err(|_| malformed("it cannot be tried so often"))?,
            expires: moment(document.expires),
        })
    }
}
