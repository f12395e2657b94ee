//! What the collections hold, and what they must be like.

use bson::{Binary, Bson, DateTime, Document, doc};
use confab_core::{ConversationId, Id, Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{CollectionSpec, Index, binary};
use serde::{Deserialize, Serialize};

use crate::domain::{Conversation, Event, EventKind, Head, Text};

/// The number of [`EventKind::MessageSent`] in the field `kind`.
pub const MESSAGE_SENT: i32 = 1;

/// The place of an event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogId {
    /// The conversation.
    pub c: Binary,
    /// The number.
    pub s: i64,
}

/// An event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogDocument {
    #[serde(rename = "_id")]
    pub id: LogId,
    pub ordinal: i64,
    pub actor: Binary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<Binary>,
    pub created: DateTime,
    pub kind: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConversationDocument {
    #[serde(rename = "_id")]
    pub id: Binary,
    pub members: Vec<Binary>,
    pub created: DateTime,
}

/// How far a member has read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberDocument {
    #[serde(rename = "_id")]
    pub id: Document,
    pub member: Binary,
    pub read_seq: i64,
    pub read_ordinal: i64,
}

impl MemberDocument {
    pub fn new(conversation: ConversationId, member: UserId) -> Self {
        let id = member_id(conversation, member);
        Self { id, member: binary(member.as_uuid()), read_seq: 0, read_ordinal: 0 }
    }

    pub fn read(&self) -> Head {
        Head { seq: self.read_seq, ordinal: self.read_ordinal }
    }
}

/// The `_id` of a member of a conversation.
pub fn member_id(conversation: ConversationId, member: UserId) -> Document {
    doc! { "c": binary(conversation.as_uuid()), "m": binary(member.as_uuid()) }
}

impl From<&Event> for LogDocument {
    fn from(event: &Event) -> Self {
        let EventKind::MessageSent { client, text } = &event.kind;
        Self {
            id: LogId { c: binary(event.conversation.as_uuid()), s: event.seq },
            ordinal: event.ordinal,
            actor: binary(event.actor.as_uuid()),
            client: Some(binary(client.as_uuid())),
            created: DateTime::from_millis(event.created.as_millis()),
            kind: MESSAGE_SENT,
            text: Some(text.as_str().to_owned()),
        }
    }
}

impl TryFrom<LogDocument> for Event {
    type Error = StoreError;

    fn try_from(document: LogDocument) -> Result<Self, StoreError> {
        let odd = |problem: &str| StoreError::corrupt("read an event", problem);
        let kind = match (document.kind, document.client, document.text) {
            (MESSAGE_SENT, Some(client), Some(text)) => {
                EventKind::MessageSent { client: id(&client)?, text: Text::from_store(text) }
            }
            (MESSAGE_SENT, ..) => return Err(odd("a message has no text or no client id")),
            _ => return Err(odd("there is no such kind of events")),
        };
        Ok(Self {
            conversation: id(&document.id.c)?,
            seq: document.id.s,
            ordinal: document.ordinal,
            actor: id(&document.actor)?,
            created: Timestamp::from_millis(document.created.timestamp_millis()),
            kind,
        })
    }
}

impl From<&Conversation> for ConversationDocument {
    fn from(conversation: &Conversation) -> Self {
        Self {
            id: binary(conversation.id.as_uuid()),
            members: conversation.members.iter().map(|member| binary(member.as_uuid())).collect(),
            created: DateTime::from_millis(conversation.created.as_millis()),
        }
    }
}

impl TryFrom<ConversationDocument> for Conversation {
    type Error = StoreError;

    fn try_from(document: ConversationDocument) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&document.id)?,
            members: document.members.iter().map(id).collect::<Result<_, _>>()?,
            created: Timestamp::from_millis(document.created.timestamp_millis()),
        })
    }
}

/// Reads an id.
pub fn id<Of>(binary: &Binary) -> Result<Id<Of>, StoreError> {
    let uuid = binary.to_uuid().map_err(|error| StoreError::corrupt("read an id", error))?;
    Ok(Id::from_uuid(uuid::Uuid::from_bytes(uuid.bytes())))
}

/// What the store relies on.
pub fn collections() -> Vec<CollectionSpec> {
    let by_client = Index::unique(doc! { "_id.c": 1, "actor": 1, "client": 1 });
    vec![
        CollectionSpec {
            name: "log",
            indexes: vec![by_client.only(doc! { "client": { "$exists": true } })],
            validator: schema(
                &["ordinal", "actor", "created", "kind"],
                doc! {
                    "_id": object(doc! { "c": bson_type("binData"), "s": bson_type("long") }),
                    "ordinal": bson_type("long"),
                    "actor": bson_type("binData"),
                    "client": bson_type("binData"),
                    "created": bson_type("date"),
                    "kind": bson_type("int"),
                    "text": bson_type("string"),
                },
            ),
        },
        CollectionSpec {
            name: "conversations",
            indexes: vec![],
            validator: schema(
                &["members", "created"],
                doc! { "_id": bson_type("binData"), "members": bson_type("array"), "created": bson_type("date") },
            ),
        },
        CollectionSpec {
            name: "members",
            indexes: vec![Index::on(doc! { "member": 1 })],
            validator: schema(
                &["member", "read_seq", "read_ordinal"],
                doc! {
                    "_id": object(doc! { "c": bson_type("binData"), "m": bson_type("binData") }),
                    "member": bson_type("binData"),
                    "read_seq": bson_type("long"),
                    "read_ordinal": bson_type("long"),
                },
            ),
        },
        CollectionSpec {
            name: "store",
            indexes: vec![],
            validator: schema(&["epoch"], doc! { "_id": bson_type("string"), "epoch": bson_type("string") }),
        },
    ]
}

fn schema(required: &[&str], properties: Document) -> Document {
    doc! { "$jsonSchema": {
        "bsonType": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    } }
}

fn object(properties: Document) -> Document {
    let required: Vec<Bson> = properties.keys().map(|key| Bson::String(key.clone())).collect();
    doc! { "bsonType": "object", "required": required, "properties": properties, "additionalProperties": false }
}

fn bson_type(name: &str) -> Document {
    doc! { "bsonType": name }
}
