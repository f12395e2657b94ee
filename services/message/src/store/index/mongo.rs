//! The index in MongoDB.
//!
//! | collection | `_id` | holds |
//! |---|---|---|
//! | `terms` | conversation and seq | what a message is found by |
//! | `indexed` | conversation | how far it is indexed |

use std::time::Duration;

use async_trait::async_trait;
use bson::{Bson, DateTime, Document, doc};
use confab_core::ConversationId;
use confab_db::mongo::{CollectionSpec, Index, Mongo, OrStoreError, Server, binary};
use confab_db::{OpenError, StoreError};
use futures_util::TryStreamExt;
use mongodb::Collection;
use serde::Deserialize;
use uuid::Uuid;

use super::{Chunk, SearchIndex};
use crate::search::{Entry, Feature, Found, Place, Scope, Search, Term};

/// How many conversations are looked into at a time: the server reads each of
/// so many by time, and merges them.
const SCOPES_AT_ONCE: usize = 100;
/// How long the server may look for something.
const FIND_TIME_MAX: Duration = Duration::from_secs(5);
/// How many messages of one millisecond are told apart.
const SAME_TIME_MAX: i64 = 1_000;

const TASK: &str = "index what was said";

/// Keeps the index in two collections.
pub struct MongoIndex {
    mongo: Mongo,
    terms: Collection<PlaceDocument>,
    indexed: Collection<Document>,
}

/// Where a message is.
#[derive(Clone, Debug, Deserialize)]
struct PlaceDocument {
    #[serde(rename = "_id")]
    id: PlaceId,
    created: DateTime,
}

#[derive(Clone, Debug, Deserialize)]
struct PlaceId {
    c: bson::Uuid,
    s: i64,
}

impl MongoIndex {
    /// Opens the collections, and makes what is missing.
    pub async fn open(server: &Server) -> Result<Self, OpenError> {
        let mongo = server.database("message");
        mongo.prepare(&collections()).await?;
        Ok(Self { terms: mongo.collection("terms"), indexed: mongo.collection("indexed"), mongo })
    }

    /// Keeps those of `chunk` that are not known from more of the log.
    async fn write_entries(&self, chunk: &Chunk) -> Result<(), StoreError> {
        // What is there already was made of as much of the log, or of more.
        let updates = chunk.entries.iter().map(|entry| update(chunk, entry)).collect();
        self.mongo.update_each("terms", updates, TASK).await
    }

    /// The newest in `scopes`, which all are looked into from the same number on.
    async fn find_in(&self, search: &Search, scopes: &[Scope]) -> Result<Vec<Place>, StoreError> {
        let filter = filter(search, scopes);
        let limit = i64::try_from(search.limit).unwrap_or(i64::MAX);
        let mut places = self.find_places(filter.clone(), limit).await?;
        // By time only, which is what the index has: those that share the last
        // one are put in order here.
        if places.len() == search.limit
            && let Some(last) = places.last().map(|place| place.created)
        {
            places.retain(|place| place.created > last);
            let same_time = doc! { "created": DateTime::from_millis(last.as_millis()) };
            let same_time = self.find_places(doc! { "$and": [filter, same_time] }, SAME_TIME_MAX).await?;
            places.extend(same_time);
        }
        Ok(places)
    }

    async fn find_places(&self, filter: Document, limit: i64) -> Result<Vec<Place>, StoreError> {
        let task = "search messages";
        let find = self.terms.find(filter).sort(doc! { "created": -1 }).limit(limit);
        let find = find.projection(doc! { "created": 1 }).max_time(FIND_TIME_MAX);
        find.await.or_store_error(task)?.map_ok(Place::from).try_collect().await.or_store_error(task)
    }
}

#[async_trait]
impl SearchIndex for MongoIndex {
    async fn indexed(&self, epoch: &str, conversation: ConversationId) -> Result<i64, StoreError> {
        let mark = doc! { "_id": binary(conversation.as_uuid()), "epoch": epoch };
        let found = self.indexed.find_one(mark).await.or_store_error("see what is indexed")?;
        Ok(found.and_then(|mark| mark.get_i64("seq").ok()).unwrap_or_default())
    }

    async fn index(&self, epoch: &str, chunk: Chunk) -> Result<(), StoreError> {
        // In this order: behind the mark, everything is there.
        self.write_entries(&chunk).await?;
        let same = doc! { "$eq": ["$epoch", epoch] };
        let further = doc! { "$max": ["$seq", chunk.to] };
        let seq = doc! { "$cond": [same, further, chunk.to] };
        let mark = doc! { "_id": binary(chunk.conversation.as_uuid()) };
        let move_on = vec![doc! { "$set": { "seq": seq, "epoch": { "$literal": epoch } } }];
        self.indexed.update_one(mark, move_on).upsert(true).await.or_store_error(TASK).map(drop)
    }

    async fn find(&self, search: &Search) -> Result<Found, StoreError> {
        // Those who have joined late see each their own part; the others can be
        // asked for together.
        let (late, whole): (Vec<Scope>, Vec<Scope>) = search.scopes.iter().partition(|scope| scope.since > 0);
        let mut places = Vec::new();
        for scopes in whole.chunks(SCOPES_AT_ONCE).chain(late.chunks(1)) {
            places.extend(self.find_in(search, scopes).await?);
            places.sort_unstable_by(|one, other| other.cmp(one));
            places.truncate(search.limit);
        }
        let next = if places.len() < search.limit { None } else { places.last().copied() };
        Ok(Found { places, next })
    }

    async fn failed(&self) -> String {
        // A server that is away comes back; nothing here breaks for good.
        std::future::pending().await
    }

    // The connections belong to the program, which shares them out.
    async fn close(&self) {}
}

/// Writes `entry`, unless there is one that was made of more of the log.
fn update(chunk: &Chunk, entry: &Entry) -> Document {
    let terms: Vec<&str> = entry.terms.iter().map(Term::as_str).collect();
    let fields = doc! {
        "to": chunk.to,
        "created": DateTime::from_millis(entry.created.as_millis()),
        "sender": binary(entry.sender.as_uuid()),
        "link": entry.link,
        "terms": terms,
    };
    let id = doc! { "c": binary(chunk.conversation.as_uuid()), "s": entry.seq };
    doc! { "q": { "_id": id, "to": { "$lt": chunk.to } }, "u": { "$set": fields }, "upsert": true }
}

/// What is as `search` wants it, in `scopes`.
fn filter(search: &Search, scopes: &[Scope]) -> Document {
    let conversations: Vec<_> = scopes.iter().map(|scope| binary(scope.conversation.as_uuid())).collect();
    let terms: Vec<&str> = search.query.terms().map(Term::as_str).collect();
    let mut filter = doc! { "_id.c": { "$in": conversations }, "terms": { "$all": terms } };
    if let Some(since) = scopes.iter().map(|scope| scope.since).max().filter(|since| *since > 0) {
        filter.insert("_id.s", doc! { "$gt": since });
    }
    if let Some(sender) = search.sender {
        filter.insert("sender", binary(sender.as_uuid()));
    }
    match search.feature {
        Some(Feature::Link) => drop(filter.insert("link", true)),
        // These are among the terms.
        Some(Feature::Image | Feature::File) | None => {}
    }
    let mut times = Document::new();
    if let Some(after) = search.after {
        times.insert("$gte", DateTime::from_millis(after.as_millis()));
    }
    if let Some(before) = search.before {
        times.insert("$lt", DateTime::from_millis(before.as_millis()));
    }
    if let Some(Place { created, conversation, seq }) = search.behind {
        let created = DateTime::from_millis(created.as_millis());
        times.insert("$lte", created);
        let conversation = binary(conversation);
        filter.insert(
            "$or",
            [
                doc! { "created": { "$lt": created } },
                doc! { "_id.c": { "$lt": &conversation } },
                doc! { "_id.c": conversation, "_id.s": { "$lt": seq } },
            ],
        );
    }
    if !times.is_empty() {
        filter.insert("created", times);
    }
    filter
}

impl From<PlaceDocument> for Place {
    fn from(document: PlaceDocument) -> Self {
        Self {
            created: confab_core::Timestamp::from_millis(document.created.timestamp_millis()),
            conversation: Uuid::from_bytes(document.id.c.bytes()),
            seq: document.id.s,
        }
    }
}

/// What the index relies on.
fn collections() -> [CollectionSpec; 2] {
    let of = |name: &str| doc! { "bsonType": name };
    let id = doc! {
        "bsonType": "object", "required": ["c", "s"], "properties": { "c": of("binData"), "s": of("long") },
    };
    let entry = doc! {
        "_id": id,
        "to": of("long"),
        "created": of("date"),
        "sender": of("binData"),
        "link": of("bool"),
        "terms": of("array"),
    };
    let mark = doc! { "_id": of("binData"), "epoch": of("string"), "seq": of("long") };
    let schema = |properties: Document| {
        let required: Vec<Bson> = properties.keys().map(|key| Bson::from(key.clone())).collect();
        let schema = doc! { "bsonType": "object", "required": required, "properties": properties, "additionalProperties": false };
        doc! { "$jsonSchema": schema }
    };
    let by_term = Index::on(doc! { "_id.c": 1, "terms": 1, "created": -1 });
    [
        CollectionSpec { name: "terms", indexes: vec![by_term], validator: schema(entry) },
        CollectionSpec { name: "indexed", indexes: vec![], validator: schema(mark) },
    ]
}
