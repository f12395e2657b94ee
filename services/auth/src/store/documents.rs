//! The documents that MongoDB keeps, and what they must look like.

mod factors;
mod identities;
mod invites;
mod letters;
mod passkeys;
mod session;
mod tries;

use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Document, doc};
use confab_core::{Id, Timestamp, UserId};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use crate::domain::{Account, Block, Email, Name, PasswordHash, PublishedKey, User};

pub use factors::{ChallengeDocument, FactorsDocument};
pub use identities::{AttemptDocument, IdentityDocument};
pub use invites::InviteDocument;
pub use letters::{LetterDocument, MailCodeDocument, MailCodeId};
pub use passkeys::{CeremonyDocument, PasskeyDocument};
pub use session::{RevocationDocument, SessionDocument};
pub use tries::{DeviceDocument, DeviceId, GuessesDocument};

/// All of a person.
#[derive(Serialize, Deserialize)]
pub struct AccountDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    email: String,
    name: String,
    folded_name: String,
    password: String,
    created: DateTime,
    updated: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<DateTime>,
}

/// What of a person others see; nothing else is fetched for lists.
#[derive(Deserialize)]
pub struct UserDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    name: String,
    created: DateTime,
    updated: DateTime,
}

/// That somebody has blocked somebody.
#[derive(Serialize, Deserialize)]
pub struct BlockDocument {
    #[serde(rename = "_id")]
    id: BlockId,
    created: DateTime,
}

/// Who has blocked whom.
#[derive(Serialize, Deserialize)]
pub struct BlockId {
    blocker: bson::Uuid,
    blocked: bson::Uuid,
}

/// A public key.
#[derive(Serialize, Deserialize)]
pub struct KeyDocument {
    #[serde(rename = "_id")]
    id: String,
    public_key: Binary,
    created: DateTime,
    registered: DateTime,
}

impl AccountDocument {
    /// What is stored of a new account.
    pub fn new(account: &Account, password: &PasswordHash) -> Self {
        let Account { user, email, email_verified } = account;
        Self {
            id: user.id.as_uuid().into(),
            email: email.as_str().to_owned(),
            name: user.name.as_str().to_owned(),
            folded_name: user.name.folded(),
            password: password.as_str().to_owned(),
            created: date(user.created),
            updated: date(user.updated),
            email_verified: email_verified.map(date),
        }
    }

    /// The address.
    pub fn email(self) -> Email {
        Email::stored(self.email)
    }

    /// What is needed to log somebody in.
    pub fn into_log_in(mut self) -> (Account, PasswordHash) {
        let password = PasswordHash::stored(std::mem::take(&mut self.password));
        (self.into(), password)
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
        schema_with(
            always,
            doc! { "email_verified": { "bsonType": "date" }, "reset_code": { "bsonType": "binData" } },
        )
    }
}

impl UserDocument {
    /// What is fetched.
    pub fn projection() -> Document {
        doc! { "name": 1, "created": 1, "updated": 1 }
    }
}

impl BlockDocument {
    /// What is stored of a new block.
    pub fn new(owner: UserId, blocked: UserId, now: Timestamp) -> Self {
        Self { id: BlockId::new(owner, blocked), created: date(now) }
    }

    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let id = doc! {
            "bsonType": "object",
            "required": ["blocker", "blocked"],
            "properties": { "blocker": { "bsonType": "binData" }, "blocked": { "bsonType": "binData" } },
        };
        schema(doc! { "_id": id, "created": { "bsonType": "date" } })
    }
}

impl BlockDocument {
    /// Whoever of the two is not `one`.
    pub fn other_than(&self, one: UserId) -> UserId {
        let [owner, other] = [self.id.blocker, self.id.blocked].map(id);
        if owner == one { other } else { owner }
    }
}

impl BlockId {
    /// The block of `blocked` by `owner`.
    pub fn new(owner: UserId, blocked: UserId) -> Self {
        Self { blocker: owner.as_uuid().into(), blocked: blocked.as_uuid().into() }
    }
}

impl From<BlockId> for Bson {
    fn from(id: BlockId) -> Self {
        doc! { "blocker": id.blocker, "blocked": id.blocked }.into()
    }
}

impl From<BlockDocument> for Block {
    fn from(document: BlockDocument) -> Self {
        Self { blocked: id(document.id.blocked), created: moment(document.created) }
    }
}

impl KeyDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": { "bsonType": "string" },
            "public_key": { "bsonType": "binData" },
            "created": { "bsonType": "date" },
            "registered": { "bsonType": "date" },
        };
        schema_with(always, doc! { "retired": { "bsonType": "date" } })
    }
}

impl From<AccountDocument> for Account {
    fn from(document: AccountDocument) -> Self {
        let AccountDocument { id, email, name, created, updated, email_verified, .. } = document;
        let user = UserDocument { id, name, created, updated };
        Self { user: user.into(), email: Email::stored(email), email_verified: email_verified.map(moment) }
    }
}

impl From<UserDocument> for User {
    fn from(document: UserDocument) -> Self {
        Self {
            id: id(document.id),
            name: Name::stored(document.name),
            created: moment(document.created),
            updated: moment(document.updated),
        }
    }
}

impl TryFrom<KeyDocument> for PublishedKey {
    type Error = StoreError;

    fn try_from(document: KeyDocument) -> Result<Self, StoreError> {
        let malformed = |_| StoreError::corrupt("read a key", "its public_key does not have 32 bytes");
        Ok(Self {
            id: document.id,
            bytes: document.public_key.bytes.try_into().map_err(malformed)?,
            created: moment(document.created),
        })
    }
}

/// Bytes as MongoDB keeps them.
pub fn bytes(bytes: &[u8]) -> Binary {
    Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() }
}

/// A moment as MongoDB keeps it.
pub fn date(time: Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millis())
}

fn moment(date: DateTime) -> Timestamp {
    Timestamp::from_millis(date.timestamp_millis())
}

fn id<Of>(uuid: bson::Uuid) -> Id<Of> {
    Id::from_uuid(uuid.into())
}

/// A validator that asks for all of `properties`, and allows others, so that
/// two versions of the program can work side by side.
fn schema(properties: Document) -> Document {
    schema_with(properties, Document::new())
}

/// The same, with `optional` properties that are right if they are there.
fn schema_with(properties: Document, optional: Document) -> Document {
    let required: Vec<&str> = properties.keys().map(String::as_str).collect();
    let mut all = properties.clone();
    all.extend(optional);
    doc! { "$jsonSchema": { "bsonType": "object", "required": required, "properties": all } }
}
