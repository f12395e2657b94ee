//! People who are gone, as MongoDB keeps them.

use bson::{DateTime, Document, doc};
use confab_core::UserId;
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::{date, id, moment, schema_with};
use crate::domain::Departure;

/// Somebody who is gone.
#[derive(Serialize, Deserialize)]
pub struct DepartureDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    deleted: DateTime,
    done: Vec<String>,
    progress: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<DateTime>,
    failures: i64,
    problem: String,
}

impl DepartureDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": { "bsonType": "binData" },
            "deleted": { "bsonType": "date" },
            "done": { "bsonType": "array", "items": { "bsonType": "string" } },
            "progress": { "bsonType": "string" },
            "failures": { "bsonType": "long" },
            "problem": { "bsonType": "string" },
        };
        schema_with(always, doc! { "next": { "bsonType": "date" } })
    }

    /// Who it was.
    pub fn user(&self) -> UserId {
        id(self.id)
    }
}

impl From<&Departure> for DepartureDocument {
    fn from(departure: &Departure) -> Self {
        Self {
            id: departure.user.as_uuid().into(),
            deleted: date(departure.deleted),
            done: departure.done.clone(),
            progress: departure.progress.clone(),
            next: departure.next.map(date),
            failures: departure.failures.into(),
            problem: departure.problem.clone(),
        }
    }
}

impl TryFrom<DepartureDocument> for Departure {
    type Error = StoreError;

    fn try_from(document: DepartureDocument) -> Result<Self, StoreError> {
        let malformed = |_| StoreError::corrupt("read who is gone", "it cannot have failed so often");
        Ok(Self {
            user: document.user(),
            deleted: moment(document.deleted),
            done: document.done,
            progress: document.progress,
            next: document.next.map(moment),
            failures: document.failures.try_into().map_err(malformed)?,
            problem: document.problem,
        })
    }
}
