//! The documents that MongoDB keeps, and what they must look like.

mod audit;
mod departures;
mod factors;
mod identities;
mod invites;
mod letters;
mod passkeys;
mod session;
mod tries;
mod users;

use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Document, doc};
use confab_core::{Id, Timestamp, UserId};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use crate::domain::{Block, PublishedKey};

pub use audit::AuditDocument;
pub use departures::DepartureDocument;
pub use factors::{ChallengeDocument, FactorsDocument};
pub use identities::{AttemptDocument, IdentityDocument};
pub use invites::InviteDocument;
pub use letters::{LetterDocument, MailCodeDocument, MailCodeId};
pub use passkeys::{CeremonyDocument, PasskeyDocument};
pub use session::{RevocationDocument, SessionDocument};
pub use tries::{DeviceDocument, DeviceId, GuessesDocument};
pub use users::{AccountDocument, ContactDocument, NameDocument, UserDocument};

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
