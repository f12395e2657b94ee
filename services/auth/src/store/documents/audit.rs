//! Entries of the audit log, as MongoDB keeps them.

use bson::{DateTime, Document, doc};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::{date, id, moment, schema_with};
use crate::domain::{Actor, AddressPrefix, AuditEntry};

/// An entry.
#[derive(Serialize, Deserialize)]
pub struct AuditDocument {
    #[serde(rename = "_id")]
    pub id: bson::Uuid,
    time: DateTime,
    expires: DateTime,
    kind: String,
    actor_kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<bson::Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<bson::Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    about: String,
}

impl AuditDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": { "bsonType": "binData" },
            "time": { "bsonType": "date" },
            "expires": { "bsonType": "date" },
            "kind": { "bsonType": "string" },
            "actor_kind": { "bsonType": "string" },
            "about": { "bsonType": "string" },
        };
        let optional = doc! {
            "actor": { "bsonType": "binData" },
            "subject": { "bsonType": "binData" },
            "network": { "bsonType": "string" },
        };
        schema_with(always, optional)
    }
}

impl From<&AuditEntry> for AuditDocument {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            id: entry.id.as_uuid().into(),
            time: date(entry.time),
            expires: date(entry.expires),
            kind: entry.kind.clone(),
            actor_kind: entry.actor.word().to_owned(),
            actor: entry.actor.person().map(|person| person.as_uuid().into()),
            subject: entry.subject.map(|subject| subject.as_uuid().into()),
            network: entry.network.as_ref().map(|network| network.as_str().to_owned()),
            about: entry.about.clone(),
        }
    }
}

impl TryFrom<AuditDocument> for AuditEntry {
    type Error = StoreError;

    fn try_from(document: AuditDocument) -> Result<Self, StoreError> {
        let actor = Actor::of_word(&document.actor_kind, document.actor.map(id));
        let unknown = || StoreError::corrupt("read an entry of the audit log", "its actor is none");
        Ok(Self {
            id: id(document.id),
            time: moment(document.time),
            expires: moment(document.expires),
            kind: document.kind,
            actor: actor.ok_or_else(unknown)?,
            subject: document.subject.map(id),
            network: document.network.map(AddressPrefix::stored),
            about: document.about,
        })
    }
}
