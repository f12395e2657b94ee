//! Invitations, as MongoDB keeps them.

use bson::{Binary, DateTime, Document, doc};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::{bytes, date, id, moment, schema};
use crate::domain::{Invite, SecretHash};

/// An invitation.
#[derive(Serialize, Deserialize)]
pub struct InviteDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    code_hash: Binary,
    creator: bson::Uuid,
    created: DateTime,
    expires: DateTime,
    uses: i64,
    uses_max: i64,
}

impl InviteDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        schema(doc! {
            "_id": { "bsonType": "binData" },
            "code_hash": { "bsonType": "binData" },
            "creator": { "bsonType": "binData" },
            "created": { "bsonType": "date" },
            "expires": { "bsonType": "date" },
            "uses": { "bsonType": "long", "minimum": 0 },
            "uses_max": { "bsonType": "long" },
        })
    }
}

impl From<&Invite> for InviteDocument {
    fn from(invite: &Invite) -> Self {
        Self {
            id: invite.id.as_uuid().into(),
            code_hash: bytes(invite.code_hash.as_bytes()),
            creator: invite.creator.as_uuid().into(),
            created: date(invite.created),
            expires: date(invite.expires),
            uses: invite.uses.into(),
            uses_max: invite.uses_max.into(),
        }
    }
}

impl TryFrom<InviteDocument> for Invite {
    type Error = StoreError;

    fn try_from(document: InviteDocument) -> Result<Self, StoreError> {
        let malformed = |what| StoreError::corrupt("read an invitation", what);
        let count = |count: i64| count.try_into().map_err(|_| malformed("it cannot be used so often"));
        let code_hash = SecretHash::stored(&document.code_hash.bytes);
        Ok(Self {
            id: id(document.id),
            code_hash: code_hash.ok_or_else(|| malformed("its code_hash does not have 32 bytes"))?,
            creator: id(document.creator),
            created: moment(document.created),
            expires: moment(document.expires),
            uses: count(document.uses)?,
            uses_max: count(document.uses_max)?,
        })
    }
}
