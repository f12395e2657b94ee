//! Letters and their codes, as MongoDB keeps them.

use bson::{Binary, Bson, DateTime, Document, doc};
use confab_core::UserId;
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::{bytes, date, id, moment, schema, schema_with};
use crate::domain::{Email, Letter, LetterKind, MailCode, SecretHash};

/// A letter.
#[derive(Serialize, Deserialize)]
pub struct LetterDocument {
    #[serde(rename = "_id")]
    id: Binary,
    kind: String,
    recipient: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<bson::Uuid>,
    about: String,
    created: DateTime,
    next: DateTime,
    tries: i64,
    sent: bool,
}

/// A code, one of a kind for each person.
#[derive(Serialize, Deserialize)]
pub struct MailCodeDocument {
    #[serde(rename = "_id")]
    id: MailCodeId,
    hash: Binary,
    email: String,
    expires: DateTime,
}

/// Whose code of which kind.
#[derive(Serialize, Deserialize)]
pub struct MailCodeId {
    user: bson::Uuid,
    kind: String,
}

impl LetterDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": { "bsonType": "binData" },
            "kind": { "bsonType": "string" },
            "recipient": { "bsonType": "string" },
            "about": { "bsonType": "string" },
            "created": { "bsonType": "date" },
            "next": { "bsonType": "date" },
            "tries": { "bsonType": "long" },
            "sent": { "bsonType": "bool" },
        };
        schema_with(always, doc! { "user": { "bsonType": "binData" } })
    }
}

impl From<&Letter> for LetterDocument {
    fn from(letter: &Letter) -> Self {
        Self {
            id: bytes(letter.key().as_bytes()),
            kind: letter.kind.word().to_owned(),
            recipient: letter.to.as_str().to_owned(),
            user: letter.user.map(|user| user.as_uuid().into()),
            about: letter.about.clone(),
            created: date(letter.created),
            next: date(letter.next),
            tries: letter.tries.into(),
            sent: letter.sent,
        }
    }
}

impl TryFrom<LetterDocument> for Letter {
    type Error = StoreError;

    fn try_from(document: LetterDocument) -> Result<Self, StoreError> {
        let malformed = |what| StoreError::corrupt("read a letter", what);
        Ok(Self {
            kind: LetterKind::of_word(&document.kind).ok_or_else(|| malformed("its kind is unknown"))?,
            to: Email::stored(document.recipient),
            user: document.user.map(id),
            about: document.about,
            created: moment(document.created),
            next: moment(document.next),
            tries: document.tries.try_into().map_err(|_| malformed("it cannot be tried so often"))?,
            sent: document.sent,
        })
    }
}

impl MailCodeDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let id = doc! {
            "bsonType": "object",
            "required": ["user", "kind"],
            "properties": { "user": { "bsonType": "binData" }, "kind": { "bsonType": "string" } },
        };
        schema(doc! {
            "_id": id,
            "hash": { "bsonType": "binData" },
            "email": { "bsonType": "string" },
            "expires": { "bsonType": "date" },
        })
    }
}

impl MailCodeId {
    /// The code of `kind` that `user` has.
    pub fn new(user: UserId, kind: LetterKind) -> Self {
        Self { user: user.as_uuid().into(), kind: kind.word().to_owned() }
    }
}

impl From<MailCodeId> for Bson {
    fn from(id: MailCodeId) -> Self {
        doc! { "user": id.user, "kind": id.kind }.into()
    }
}

impl From<&MailCode> for MailCodeDocument {
    fn from(code: &MailCode) -> Self {
        Self {
            id: MailCodeId::new(code.user, code.kind),
            hash: bytes(code.hash.as_bytes()),
            email: code.email.as_str().to_owned(),
            expires: date(code.expires),
        }
    }
}

impl TryFrom<MailCodeDocument> for MailCode {
    type Error = StoreError;

    fn try_from(document: MailCodeDocument) -> Result<Self, StoreError> {
        let malformed = |what| StoreError::corrupt("read the code of a letter", what);
        let hash = SecretHash::stored(&document.hash.bytes);
        Ok(Self {
            hash: hash.ok_or_else(|| malformed("its hash does not have 32 bytes"))?,
            kind: LetterKind::of_word(&document.id.kind).ok_or_else(|| malformed("its kind is unknown"))?,
            user: id(document.id.user),
            email: Email::stored(document.email),
            expires: moment(document.expires),
        })
    }
}
