//! Log-ins with others, as MongoDB keeps them.

use bson::{Binary, DateTime, Document, doc};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::{bytes, date, id, moment, schema, schema_with};
use crate::domain::{Attempt, Identity, ProviderId, SecretHash};

/// That somebody is known elsewhere.
#[derive(Serialize, Deserialize)]
pub struct IdentityDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    user: bson::Uuid,
    provider: String,
    subject: String,
    email: String,
    created: DateTime,
}

/// That somebody was sent to a provider.
#[derive(Serialize, Deserialize)]
pub struct AttemptDocument {
    #[serde(rename = "_id")]
    id: Binary,
    binding: Binary,
    provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<bson::Uuid>,
    expires: DateTime,
}

impl IdentityDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        schema(doc! {
            "_id": { "bsonType": "binData" },
            "user": { "bsonType": "binData" },
            "provider": { "bsonType": "string" },
            "subject": { "bsonType": "string" },
            "email": { "bsonType": "string" },
            "created": { "bsonType": "date" },
        })
    }
}

impl AttemptDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": { "bsonType": "binData" },
            "binding": { "bsonType": "binData" },
            "provider": { "bsonType": "string" },
            "expires": { "bsonType": "date" },
        };
        schema_with(always, doc! { "user": { "bsonType": "binData" } })
    }
}

impl From<&Identity> for IdentityDocument {
    fn from(identity: &Identity) -> Self {
        Self {
            id: identity.id.as_uuid().into(),
            user: identity.user.as_uuid().into(),
            provider: identity.provider.as_str().to_owned(),
            subject: identity.subject.clone(),
            email: identity.email.clone(),
            created: date(identity.created),
        }
    }
}

impl From<IdentityDocument> for Identity {
    fn from(document: IdentityDocument) -> Self {
        Self {
            id: id(document.id),
            user: id(document.user),
            provider: ProviderId::stored(document.provider),
            subject: document.subject,
            email: document.email,
            created: moment(document.created),
        }
    }
}

impl From<&Attempt> for AttemptDocument {
    fn from(attempt: &Attempt) -> Self {
        Self {
            id: bytes(attempt.state.as_bytes()),
            binding: bytes(attempt.binding.as_bytes()),
            provider: attempt.provider.as_str().to_owned(),
            user: attempt.user.map(|user| user.as_uuid().into()),
            expires: date(attempt.expires),
        }
    }
}

impl TryFrom<AttemptDocument> for Attempt {
    type Error = StoreError;

    fn try_from(document: AttemptDocument) -> Result<Self, StoreError> {
        let read = |hash: &Binary| {
            let malformed = || StoreError::corrupt("read an attempt", "a hash does not have 32 bytes");
            SecretHash::stored(&hash.bytes).ok_or_else(malformed)
        };
        Ok(Self {
            state: read(&document.id)?,
            binding: read(&document.binding)?,
            provider: ProviderId::stored(document.provider),
            user: document.user.map(id),
            expires: moment(document.expires),
        })
    }
}
