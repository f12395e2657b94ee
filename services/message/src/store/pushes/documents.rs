//! What the collections of devices and pushes hold, and what they must be like.

use bson::{Binary, Bson, DateTime, Document, doc, spec::BinarySubtype};
use confab_core::{Id, Timestamp};
use confab_db::StoreError;
use confab_db::mongo::{CollectionSpec, Index};
use serde::{Deserialize, Serialize};

use crate::domain::{Device, DeviceKeys, Endpoint, Outcome, Push, PushText};

const TASK: &str = "read what is kept of pushes";

/// A device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceDocument {
    #[serde(rename = "_id")]
    pub session: bson::Uuid,
    user: bson::Uuid,
    endpoint: String,
    p256dh: Binary,
    auth: Binary,
    hide_text: bool,
    created: DateTime,
}

/// A push.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushDocument {
    #[serde(rename = "_id")]
    pub id: bson::Uuid,
    session: bson::Uuid,
    user: bson::Uuid,
    conversation: bson::Uuid,
    seq: i64,
    sender: bson::Uuid,
    messages: i32,
    created: DateTime,
    /// When it was decided; while it waits, when it is due.
    decided: DateTime,
    outcome: i32,
    tries: i32,
    status: i32,
    /// True while it waits; then absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<bool>,
}

impl From<&Device> for DeviceDocument {
    fn from(device: &Device) -> Self {
        Self {
            session: key(device.session),
            user: key(device.user),
            endpoint: device.endpoint.as_str().to_owned(),
            p256dh: bytes(&device.keys.p256dh),
            auth: bytes(&device.keys.auth),
            hide_text: device.text == PushText::Hidden,
            created: date(device.created),
        }
    }
}

impl TryFrom<DeviceDocument> for Device {
    type Error = StoreError;

    fn try_from(document: DeviceDocument) -> Result<Self, StoreError> {
        let malformed = |_| StoreError::corrupt(TASK, "the keys of a device have another length");
        let p256dh = document.p256dh.bytes.try_into().map_err(malformed)?;
        let auth = document.auth.bytes.try_into().map_err(malformed)?;
        Ok(Self {
            session: id(document.session),
            user: id(document.user),
            endpoint: Endpoint::stored(document.endpoint),
            keys: DeviceKeys { p256dh, auth },
            text: if document.hide_text { PushText::Hidden } else { PushText::Shown },
            created: moment(document.created),
        })
    }
}

impl From<&Push> for PushDocument {
    fn from(push: &Push) -> Self {
        Self {
            id: key(push.id),
            session: key(push.session),
            user: key(push.user),
            conversation: key(push.conversation),
            seq: push.seq,
            sender: key(push.sender),
            messages: push.messages,
            created: date(push.created),
            decided: date(push.decided),
            outcome: push.outcome.number(),
            tries: push.tries,
            status: push.status.into(),
            waiting: (push.outcome == Outcome::Waiting).then_some(true),
        }
    }
}

impl PushDocument {
    pub fn is_waiting(&self) -> bool {
        self.waiting == Some(true)
    }
}

impl TryFrom<PushDocument> for Push {
    type Error = StoreError;

    fn try_from(document: PushDocument) -> Result<Self, StoreError> {
        let outcome = Outcome::of_number(document.outcome);
        Ok(Self {
            id: id(document.id),
            session: id(document.session),
            user: id(document.user),
            conversation: id(document.conversation),
            seq: document.seq,
            sender: id(document.sender),
            messages: document.messages,
            created: moment(document.created),
            decided: moment(document.decided),
            outcome: outcome.ok_or_else(|| StoreError::corrupt(TASK, "an outcome that is none"))?,
            tries: document.tries,
            status: u16::try_from(document.status).unwrap_or_default(),
        })
    }
}

/// What the store relies on.
pub fn collections() -> [CollectionSpec; 2] {
    let of = |name: &str| doc! { "bsonType": name };
    let device = doc! {
        "_id": of("binData"), "user": of("binData"), "endpoint": of("string"), "p256dh": of("binData"),
        "auth": of("binData"), "hide_text": of("bool"), "created": of("date"),
    };
    let push = doc! {
        "_id": of("binData"), "session": of("binData"), "user": of("binData"), "conversation": of("binData"),
        "seq": of("long"), "sender": of("binData"), "messages": of("int"), "created": of("date"),
        "decided": of("date"), "outcome": of("int"), "tries": of("int"), "status": of("int"),
    };
    let waiting = || doc! { "waiting": true };
    let one_waits = Index::unique(doc! { "session": 1, "conversation": 1 });
    [
        CollectionSpec {
            name: "devices",
            indexes: vec![Index::on(doc! { "user": 1, "created": -1 }), Index::on(doc! { "endpoint": 1 })],
            validator: schema(device, Document::new()),
        },
        CollectionSpec {
            name: "pushes",
            indexes: vec![
                one_waits.only(waiting()),
                Index::on(doc! { "user": 1, "_id": -1 }),
                Index::on(doc! { "decided": 1 }),
                Index::on(doc! { "waiting": 1, "decided": 1 }).only(waiting()),
            ],
            validator: schema(push, doc! { "waiting": of("bool") }),
        },
    ]
}

fn schema(needed: Document, more: Document) -> Document {
    let required: Vec<Bson> = needed.keys().map(|key| Bson::from(key.clone())).collect();
    let mut properties = needed;
    properties.extend(more);
    doc! { "$jsonSchema": {
        "bsonType": "object", "required": required, "properties": properties, "additionalProperties": false,
    } }
}

pub fn key<Of>(id: Id<Of>) -> bson::Uuid {
    bson::Uuid::from_bytes(id.as_uuid().into_bytes())
}

pub fn id<Of>(uuid: bson::Uuid) -> Id<Of> {
    Id::from_uuid(uuid::Uuid::from_bytes(uuid.bytes()))
}

pub fn date(time: Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millis())
}

fn moment(date: DateTime) -> Timestamp {
    Timestamp::from_millis(date.timestamp_millis())
}

fn bytes(bytes: &[u8]) -> Binary {
    Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() }
}
